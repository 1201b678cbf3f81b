"""Which message told which owner of what, so that it is edited and not repeated; kept in Redis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.contract import keys

log = structlog.get_logger()

NUMBER_MOST = 19  # digits
ALERTS_MOST = 1_000  # a session's alert is struck out with its end; some that were only announced never end


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """The alerts, one entry a session and owner; and for each owner the last message sent for an event.

    One is enough: an owner's events are told in order, so none but the last can be delivered again.
    """

    redis: Redis

    async def message(self, account: int, hash_: str, owner: int) -> int | None:
        """The message that told this owner of this session."""
        found = await self.redis.hget(keys.alerts(account), _alert(hash_, owner))
        return _number(found)

    async def enter(self, account: int, hash_: str, owner: int, message_id: int) -> None:
        """Note the message."""
        key = keys.alerts(account)
        await self._note(account, key, _alert(hash_, owner), str(message_id))
        if await self.redis.hlen(key) > ALERTS_MOST:
            await self.redis.hdel(key, *[field async for field, _ in self.redis.hscan_iter(key, count=50)][:50])

    async def strike(self, account: int, hash_: str, owner: int) -> None:
        """Forget the message of a session that is gone."""
        await self.redis.hdel(keys.alerts(account), _alert(hash_, owner))

    async def sent(self, account: int, owner: int, entry: str) -> int | None:
        """The message that was sent to this owner for this event, if its delivery was cut short after that."""
        noted = cast("bytes | None", await self.redis.hget(keys.sent(account), f"{owner}"))
        last, _, message_id = (noted or b"").partition(b" ")
        return _number(message_id) if last == entry.encode() else None

    async def mark_sent(self, account: int, owner: int, entry: str, message_id: int) -> None:
        """Note the message."""
        await self._note(account, keys.sent(account), f"{owner}", f"{entry} {message_id}")

    async def miss(self, account: int, owner: int, number: int = 1) -> None:
        """Count messages that this owner could not be sent in time."""
        count = await self.missed(account, owner) + number
        await self._note(account, keys.sent(account), f"{owner} missed", f"{count}")

    async def missed(self, account: int, owner: int) -> int:
        """How many those are."""
        return _number(await self.redis.hget(keys.sent(account), f"{owner} missed")) or 0

    async def told_of_missed(self, account: int, owner: int) -> None:
        """The owner knows."""
        await self.redis.hdel(keys.sent(account), f"{owner} missed")

    async def _note(self, account: int, key: str, field: str, value: str) -> None:
        try:
            await self.redis.hset(key, field, value)
        except RedisError as error:  # a full Redis takes no entry; the owner is told all the same, and once
            log.warning("message_not_noted", account=account, error=type(error).__name__)


def _alert(hash_: str, owner: int) -> str:
    return f"{hash_}:{owner}"


def _number(noted: bytes | str | None) -> int | None:
    """What was noted; None for what is no number of ours."""
    return int(noted) if noted and noted.isdigit() and len(noted) < NUMBER_MOST else None
