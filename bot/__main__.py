"""The bot's process, wired by hand: it shows, alerts and asks until it is told to stop."""

from __future__ import annotations

from bot import on_demand  # noqa: F401 - first, before anything that imports aiogram

# isort: split
import asyncio
from contextlib import AsyncExitStack

import structlog
from aiogram import Dispatcher

from bot import handlers, serving
from bot.alert_book import AlertBook
from bot.courier import Courier
from bot.credentials import make_bot
from bot.gateway import Gateway
from bot.menu import offer_commands
from bot.notifier import Notifier
from bot.owners import OwnersOnly
from bot.settings import BotSettings
from core import logs
from core.connection import connect
from core.running import run
from core.settings import load

log = structlog.get_logger()


async def work(settings: BotSettings) -> None:
    """Serve the owners and tell them what happens; whichever of the two dies ends the process."""
    async with AsyncExitStack() as resources:
        redis = connect(settings, name="doorman-bot")
        resources.push_async_callback(redis.aclose)
        bot = await resources.enter_async_context(make_bot(settings))
        gateway, courier = Gateway(redis=redis), Courier(bot=bot)
        notifier = Notifier(owners=settings.owner_ids, gateway=gateway, courier=courier, book=AlertBook(redis=redis))
        dispatcher = Dispatcher(gateway=gateway, courier=courier)
        dispatcher.update.outer_middleware(OwnersOnly(settings.owner_ids))
        dispatcher.include_routers(*handlers.routers(settings.owner_ids))
        log.info("serving", owners=len(settings.owner_ids), webhook=bool(settings.webhook_url))
        async with asyncio.TaskGroup() as loops:
            loops.create_task(notifier.run(redis))
            loops.create_task(offer_commands(bot, *settings.owner_ids))
            loops.create_task(serving.serve(bot, dispatcher, settings))


def main() -> None:
    """Start the bot."""
    settings = load(BotSettings)
    logs.configure(settings, process="bot")
    run(work(settings))


if __name__ == "__main__":
    main()
