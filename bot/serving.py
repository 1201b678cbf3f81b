"""How updates reach the bot: long polling, or a webhook behind its secret token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from contextlib import suppress
from typing import Any, Never

import structlog
from aiogram import Bot, Dispatcher

from bot.delivery.patience import PATIENCE, insist
from bot.settings import BotSettings
from bot.sieve import Sieve

log = structlog.get_logger()

WEBHOOK_PATH = "/telegram"
FINISH_SECONDS = 6.0  # below what whoever stops us grants


def webhook_secret(settings: BotSettings) -> str:
    """The token that Telegram sends along, so that nobody else is believed; derived, so that all replicas know it."""
    key = settings.bot_token.get_secret_value().encode()
    return hmac.new(key, b"doorman webhook secret", hashlib.sha256).hexdigest()


async def serve(bot: Bot, dispatcher: Dispatcher, settings: BotSettings) -> None:
    """Take updates until cancelled."""
    sieve = Sieve(settings.owner_ids)
    bot.session.json_loads = sieve.loads
    allowed = dispatcher.resolve_used_update_types()
    if settings.webhook_url:
        await _serve_webhook(bot, dispatcher, settings, sieve, allowed)
    else:
        await insist(bot.delete_webhook)
        await _poll(bot, dispatcher, allowed)


async def _poll(bot: Bot, dispatcher: Dispatcher, allowed: list[str]) -> None:
    polling = asyncio.ensure_future(
        dispatcher.start_polling(
            bot, allowed_updates=allowed, handle_signals=False, close_bot_session=False, backoff_config=PATIENCE
        )
    )
    try:
        await asyncio.shield(polling)
    except asyncio.CancelledError:
        # A cancelled start_polling would leave its own tasks running, on a session that is closed by then.
        with suppress(RuntimeError):  # it had not begun
            await dispatcher.stop_polling()
        await polling
        await _finish(dispatcher._handle_update_tasks)  # noqa: SLF001 - aiogram leaves them to themselves
        raise


async def _finish(tasks: set[asyncio.Task[Any]]) -> None:
    """Let the presses under way end, so that their owners learn what came of them."""
    if tasks:
        await asyncio.wait(set(tasks), timeout=FINISH_SECONDS)


async def _serve_webhook(
    bot: Bot, dispatcher: Dispatcher, settings: BotSettings, sieve: Sieve, allowed: list[str]
) -> Never:
    # Imported here: a server is not carried along by a bot that polls.
    from bot.webhook import Webhook, listening  # noqa: PLC0415

    secret = webhook_secret(settings)
    async with asyncio.TaskGroup() as handling:
        webhook = Webhook(bot, dispatcher, sieve, secret=secret, handling=handling)
        try:
            async with listening(webhook, host=settings.webhook_host, port=settings.port, path=WEBHOOK_PATH):
                url = settings.webhook_url + WEBHOOK_PATH
                await insist(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=allowed))
                log.info("webhook_set", url=url)
                await asyncio.Event().wait()
        finally:
            await _finish(webhook.under_way)
    raise AssertionError  # that wait never ends
