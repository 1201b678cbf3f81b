"""Tells the owners, through the bot, when somebody else writes into our Redis; not more often than they can bear."""

from __future__ import annotations

import asyncio

import structlog

from core.contract.events import Tampering, TamperingFound
from userclient.records import Records, now

log = structlog.get_logger()

#: A flood of forgeries is one piece of news.
SILENT_SECONDS = 600.0


class Alarm:
    """One account's; each kind of tampering is told at most every ten minutes, and logged each time."""

    def __init__(self, records: Records, *, account: int) -> None:
        self._records = records
        self._account = account
        self._silent_until: dict[Tampering, float] = {}

    async def ring(self, what: Tampering) -> None:
        """Raises RedisError."""
        log.error("tampering", account=self._account, what=what)
        clock = asyncio.get_running_loop().time
        if clock() >= self._silent_until.get(what, 0.0):
            await self._records.announce(TamperingFound(account=self._account, at=now(), what=what))
            self._silent_until[what] = clock() + SILENT_SECONDS
