"""The login codes that came lately: told at once that one came, and kept in this process's memory, to be killed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from datetime import datetime
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.events import CodeCame
from core.domain.history import Entry, Kind
from userclient.records import Records, now
from userclient.telegram.guard import Guard
from userclient.telegram.line import ANSWER_SECONDS
from userclient.trouble import GuardLostError, TelegramTrouble

log = structlog.get_logger()

#: A code is good for minutes; how many of them Telegram takes in one request is not published.
CODES_MOST = 10
RETRY_SECONDS = 1.0


class Codes:
    """One account's. No code is ever written down, sent or logged, but to Telegram, to be killed."""

    def __init__(self, guard: Guard, records: Records) -> None:
        self._guard = guard
        self._records = records
        self._kept: deque[str] = deque(maxlen=CODES_MOST)
        self._came: asyncio.Queue[str] = asyncio.Queue()

    def take(self, code: str) -> None:
        """One came."""
        self._kept.append(code)
        self._came.put_nowait(code)

    async def run(self) -> Never:
        """Tell of each, and kill it at once while the login lock is on. Raises GuardLostError."""
        while True:
            code, at = await self._came.get(), now()
            try:
                was_killed = await self._kill_if_locked(code)
            except GuardLostError:
                await self._tell(at, was_killed=False)  # whoever asked for it may have thrown the guard out
                raise
            await self._tell(at, was_killed=was_killed)

    async def _tell(self, at: datetime, *, was_killed: bool) -> None:
        event = CodeCame(account=self._guard.account, at=at, was_killed=was_killed)
        while True:
            try:
                await self._records.announce(event, history=[Entry(at=at, kind=Kind.CODE)])
                break
            except RedisError as error:
                log.warning("code_untold", account=self._guard.account, error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def kill(self, *, seconds: float = ANSWER_SECONDS) -> bool:
        """Make all that are kept worthless; False if there is none. Raises the errors of `trouble`."""
        if not self._kept:
            return False
        codes = tuple(self._kept)
        await self._guard.safety.kill_codes(codes, seconds=seconds)
        self._forget(codes)
        return True

    async def _kill_if_locked(self, code: str) -> bool:
        try:
            known = await self._records.snapshot()
            if known is None or not known.preferences.locks(now()):
                return False
            await self._guard.safety.kill_codes([code])
        except GuardLostError:
            raise
        except (TelegramTrouble, RedisError) as trouble:
            log.warning("code_not_killed", account=self._guard.account, trouble=type(trouble).__name__)
            return False
        self._forget([code])
        return True

    def _forget(self, codes: Collection[str]) -> None:
        self._kept = deque((code for code in self._kept if code not in codes), maxlen=CODES_MOST)
