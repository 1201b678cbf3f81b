"""Notices when another program polls with this bot's token: Telegram then answers 409 to one of the two."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramConflictError
from aiogram.methods import GetUpdates, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from redis.exceptions import RedisError

from bot.delivery.announcer import Announcer
from bot.views import blindness
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.codec import from_ms, to_ms

log = structlog.get_logger()

#: Two conflicts further apart than this are two affairs: a deploy makes one, while old and new overlap.
APART_SECONDS = 120.0
TOLD_SECONDS = 3600  # for the others; a bot that told of it and died is no reason to keep silent for long


class Rivals(BaseRequestMiddleware):
    """Sits between aiogram's polling, which backs off by itself, and the wire; tells the owners once if it lasts."""

    def __init__(self, announcer: Announcer, redis: Store, *, patience: float) -> None:
        self._announcer = announcer
        self._redis = redis
        self._patience = patience
        self._since: float | None = None
        self._last = 0.0
        self._told = False

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass, and look at what came of it."""
        try:
            answer: Any = await make_request(bot, method)
        except TelegramConflictError as error:
            if isinstance(method, GetUpdates):
                await self._conflict(error.message)
            raise
        if isinstance(method, GetUpdates):
            await self._peace()
        return answer  # type: ignore[no-any-return]

    async def _conflict(self, why: str) -> None:
        now = time.monotonic()
        if self._since is None or now - self._last > APART_SECONDS:
            self._since = now
            log.warning("another_bot_on_this_token", why=why, hint="stop the other one, or revoke the token")
        self._last = now
        if not self._told and now - self._since >= self._patience:
            self._told = True
            if await self._is_first_to_tell():
                self._announcer.announce(blindness.rival())

    async def _is_first_to_tell(self) -> bool:
        """The other may be a Doorman on the same Redis, which is told the same of us; nobody else's word counts."""
        try:
            now = await redis_now(self._redis)
            word = self._redis.signer.wrap(keys.RIVAL, str(to_ms(now)).encode())
            if await self._redis.set(keys.RIVAL, word, nx=True, ex=TOLD_SECONDS):
                return True
            told_at = from_ms(int(await self._redis.get_signed(keys.RIVAL) or 0))
            return not timedelta(0) <= now - told_at < timedelta(seconds=TOLD_SECONDS)
        except (RedisError, ValueError):
            return True

    async def _peace(self) -> None:
        """Between two conflicts a poll may go well: the rival's turn to be refused."""
        if self._since is not None and time.monotonic() - self._last > APART_SECONDS:
            self._since = None
            log.info("no_other_bot_on_this_token")
            if self._told:
                self._told = False
                with suppress(RedisError):
                    if await self._redis.delete(keys.RIVAL):
                        self._announcer.announce(blindness.rival_gone())
