"""What a message to an owner depends on beside its event: whether it is quiet just now, and the account's safety."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.gateway import Gateway
from core.domain.account_state import AccountState
from core.domain.preferences import QuietHours

KEPT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What is set is read every few seconds; where that can't be read, nothing is quiet."""

    gateway: Gateway
    known: dict[int, tuple[float, QuietHours | None]] = field(default_factory=dict)

    async def are_quiet(self, account: int) -> bool:
        """By Redis's clock. Raises RedisError."""
        read_at, quiet = self.known.get(account, (-KEPT_SECONDS, None))
        if (clock := time.monotonic()) - read_at >= KEPT_SECONDS:
            snapshot = await self.gateway.snapshot(account)
            quiet = snapshot.preferences.quiet if snapshot else None
            self.known[account] = clock, quiet
        return quiet is not None and quiet.are_on(await self.gateway.now())

    async def account_state(self, account: int) -> AccountState | None:
        """As it was last seen, None if it never was. Raises RedisError."""
        snapshot = await self.gateway.snapshot(account)
        return snapshot.account_state if snapshot else None
