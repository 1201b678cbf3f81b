"""Tells the owners when the bot itself finds that somebody else writes into Doorman's Redis."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import structlog

from bot.delivery.announcer import Announcer
from bot.views.tampering import tampering
from core.contract.mishaps import Tampering
from core.rarely import Rarely

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Suspicions:
    """Each kind, for each account, is told at most every ten minutes, and logged each time."""

    announcer: Announcer
    _rarely: Rarely[tuple[int, Tampering]] = field(default_factory=Rarely)

    def notice(self, account: int, what: Tampering, *, account_name: str) -> None:
        """Tell every owner, soon."""
        log.error("tampering", account=account, what=what)
        now = time.monotonic()
        if self._rarely.is_due((account, what), now=now):
            self._rarely.told((account, what), now=now)
            self.announcer.announce(tampering(account, what, account_name=account_name))
