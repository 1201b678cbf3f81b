"""Which message told which owner of which session, so that it is edited and not repeated; kept in Redis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from redis.asyncio import Redis

from core.contract import keys


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """One entry a session and owner, struck out when the session ends."""

    redis: Redis

    async def message(self, account: int, hash_: str, owner: int) -> int | None:
        """The message that told this owner of this session."""
        found = await self.redis.hget(keys.alerts(account), _field(hash_, owner))
        return int(found) if found else None

    async def enter(self, account: int, hash_: str, owner: int, message_id: int) -> None:
        """Note the message."""
        await self.redis.hset(keys.alerts(account), _field(hash_, owner), str(message_id))

    async def strike(self, account: int, hash_: str, owners: Iterable[int]) -> None:
        """Forget the messages of a session that is gone."""
        await self.redis.hdel(keys.alerts(account), *[_field(hash_, owner) for owner in owners])


def _field(hash_: str, owner: int) -> str:
    return f"{hash_}:{owner}"
