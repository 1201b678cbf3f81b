"""Tells the owners, through the bot, when somebody else writes into our Redis; not more often than they can bear."""

from __future__ import annotations

import time

import structlog

from core.contract.account_events import TamperingFound
from core.contract.mishaps import Tampering
from core.rarely import Rarely
from userclient.clock import now
from userclient.records import Records

log = structlog.get_logger()


class Alarm:
    """One account's; each kind of tampering is told at most every ten minutes, and logged each time."""

    def __init__(self, records: Records, *, account: int) -> None:
        self._records = records
        self._account = account
        self._rarely: Rarely[Tampering] = Rarely()

    async def ring(self, what: Tampering) -> None:
        """Raises RedisError."""
        log.error("tampering", account=self._account, what=what)
        if self._rarely.is_due(what, now=time.monotonic()):
            await self._records.announce(TamperingFound(account=self._account, at=now(), what=what))
            self._rarely.told(what, now=time.monotonic())
