"""How often something may be tried: so many times within so many seconds, then Telegram makes one wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sandbox.mtproto.errors import RpcError

FLOOD = 420


@dataclass(slots=True, kw_only=True)
class FloodLimit:
    """Counts by whatever key is given. Monotonic time, seconds."""

    most: int
    within: float
    _tries: dict[int | str, list[float]] = field(default_factory=dict)

    def check(self, who: int | str) -> None:
        """Raises RpcError 420 FLOOD_WAIT_x while there were too many."""
        now = time.monotonic()
        tries = [at for at in self._tries.get(who, ()) if at > now - self.within]
        self._tries[who] = tries
        if len(tries) >= self.most:
            raise RpcError(FLOOD, f"FLOOD_WAIT_{int(tries[0] + self.within - now) + 1}")

    def count(self, who: int | str) -> None:
        """One more."""
        self._tries.setdefault(who, []).append(time.monotonic())

    def forgive(self, who: int | str) -> None:
        """It went well: start afresh."""
        self._tries.pop(who, None)
