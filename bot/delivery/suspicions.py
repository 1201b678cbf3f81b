"""Tells the owners when the bot itself finds that somebody else writes into Doorman's Redis."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import structlog

from bot.delivery.announcer import Announcer
from bot.views.tampering import tampering
from core.contract.events import Tampering

log = structlog.get_logger()

#: A flood of forgeries is one piece of news.
SILENT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Suspicions:
    """Each kind, for each account, is told at most every ten minutes, and logged each time."""

    announcer: Announcer
    _silent_until: dict[tuple[int, Tampering], float] = field(default_factory=dict)

    def notice(self, account: int, what: Tampering, *, account_name: str) -> None:
        """Tell every owner, soon."""
        log.error("tampering", account=account, what=what)
        if time.monotonic() >= self._silent_until.get((account, what), 0.0):
            self._silent_until[account, what] = time.monotonic() + SILENT_SECONDS
            self.announcer.announce(tampering(account, what, account_name=account_name))
