"""What a message to an owner depends on beside its event: whether it is quiet just now, and the account's safety."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.gateway import Gateway
from core.contract.state import Snapshot
from core.domain.account_state import AccountState
from core.domain.preferences import QuietHours

KEPT_SECONDS = 5.0
#: From then on it is read anew where nobody waits for it.
WARM_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The quiet hours as they were read, at `at` by Redis's clock and `clock` by our own, which does not jump."""

    quiet: QuietHours | None
    at: datetime
    clock: float

    @property
    def age(self) -> float:
        """In seconds."""
        return time.monotonic() - self.clock

    @property
    def are_on(self) -> bool:
        """Whether it is quiet now, by Redis's clock."""
        return self.quiet is not None and self.quiet.are_on(self.at + timedelta(seconds=self.age))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What is set is read every few seconds; where that can't be read, nothing is quiet."""

    gateway: Gateway
    known: dict[int, Setting] = field(default_factory=dict)

    async def are_quiet(self, account: int) -> bool:
        """Raises RedisError."""
        known = self.known.get(account)
        if known is None or known.age >= KEPT_SECONDS:
            known = await self._look(account)
        return known.are_on

    async def keep_warm(self, account: int) -> None:
        """Read it before an alert has to wait for that. Raises RedisError."""
        known = self.known.get(account)
        if known is None or known.age >= WARM_SECONDS:
            await self._look(account)

    def forget(self, account: int) -> None:
        """An owner has set something: it counts at once."""
        self.known.pop(account, None)

    async def snapshot(self, account: int) -> Snapshot | None:
        """What the worker has written down last. Raises RedisError."""
        return await self.gateway.snapshot(account)

    async def account_state(self, account: int) -> AccountState | None:
        """As it was last seen, None if it never was. Raises RedisError."""
        snapshot = await self.gateway.snapshot(account)
        return snapshot.account_state if snapshot else None

    async def _look(self, account: int) -> Setting:
        snapshot = await self.gateway.snapshot(account)
        quiet = snapshot.preferences.quiet if snapshot else None
        self.known[account] = Setting(quiet=quiet, at=await self.gateway.now(), clock=time.monotonic())
        return self.known[account]
