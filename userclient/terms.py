"""Keeps up with what Telegram has its clients go by: read at the start, after each gap and every few hours."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Never

from redis.exceptions import RedisError

from userclient.gaps import after_each_gap
from userclient.records import Records
from userclient.telegram.guard import Guard

EVERY_SECONDS = 6 * 3600.0


class Terms:
    """One account's."""

    def __init__(self, guard: Guard, records: Records) -> None:
        self._guard = guard
        self._records = records
        self._gap = asyncio.Event()

    def notice(self) -> None:
        """The connection was lost."""
        self._gap.set()

    async def run(self) -> Never:
        """Take what was known last until Telegram has said it anew."""
        with suppress(RedisError):
            if known := await self._records.snapshot():
                self._guard.app_config.autoconfirm_seconds = known.roster.autoconfirm_seconds
        await after_each_gap(self._gap, self._guard.app_config.refresh, what="app config", at_least_every=EVERY_SECONDS)
