"""The webhook: takes a delivery by its secret token and reads no other; imported only where one is set."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiohttp import web

from bot.sieve import Row, Sieve, is_update
from bot.unreadable import read

log = structlog.get_logger()

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - core.telegram.org/bots/api#setwebhook
LARGEST_UPDATE = 1024 * 1024  # bytes; a message of 4096 characters with its keyboard and entities has far less
LINGER_SECONDS = 1.0  # for what is left of a refused request's body, which is thrown away


class Webhook:
    """Hands on what Telegram delivers, each update in a task of its own in that group, as aiogram's polling does."""

    def __init__(
        self, bot: Bot, dispatcher: Dispatcher, sieve: Sieve, *, secret: str, handling: asyncio.TaskGroup
    ) -> None:
        self.under_way: set[asyncio.Task[Any]] = set()
        self._bot = bot
        self._dispatcher = dispatcher
        self._sieve = sieve
        self._secret = secret.encode()
        self._handling = handling

    async def take(self, request: web.Request) -> web.Response:
        """Answer at once: Telegram sends an update again that was not taken."""
        token = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(token, self._secret):
            return web.Response(status=401)
        try:
            update = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        if not is_update(update):
            return web.Response(status=400)
        if self._sieve.passes(update):
            task = self._handling.create_task(self._handle(update))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)
        return web.Response()

    async def _handle(self, row: Row) -> None:
        try:
            await self._dispatcher.feed_update(self._bot, read(row, self._bot))
        except Exception:  # as aiogram's polling does: one update's failure is no other's
            log.exception("update_failed", update=row["update_id"])


@asynccontextmanager
async def listening(webhook: Webhook, *, host: str, port: int, path: str) -> AsyncIterator[None]:
    """Serve it, and nothing else. Raises OSError when the port is taken."""
    app = web.Application(client_max_size=LARGEST_UPDATE)
    app.router.add_post(path, webhook.take)
    # Anybody can send what is no HTTP, and aiohttp would log a traceback of each.
    server_log = logging.getLogger("aiohttp.server")
    server_log.setLevel(logging.CRITICAL)
    runner = web.AppRunner(
        app,
        handle_signals=False,
        access_log=None,
        logger=server_log,
        lingering_time=LINGER_SECONDS,
        shutdown_timeout=LINGER_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
