"""What one process has in hand: which presses it is at work on, and of which accounts there may be some left."""

from __future__ import annotations

from dataclasses import dataclass, field

from core import bus
from core.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """Shared by those who carry presses and those who look after what is left of them, so that each is told once."""

    #: The requests that this process is at work on.
    requests: set[str] = field(default_factory=set)
    #: Those whose owners know the outcome, while Redis does not take the note of that.
    told: set[str] = field(default_factory=set)
    #: Every account that was ever listed, or has presses left: they are settled though it is listed no more.
    accounts: set[int] = field(default_factory=set)

    async def settle(self, redis: Store, account: int, request_id: str) -> None:
        """Its owner knows the outcome. Raises RedisError."""
        self.told.add(request_id)
        await bus.settle(redis, account, request_id)
        self.told.discard(request_id)
