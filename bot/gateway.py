"""The bot's side of Redis: which accounts there are, how their workers fare, and asking them for something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.press import Press
from core import accounts, bus
from core.contract import keys
from core.contract.codec import Document, MalformedError, T, from_ms
from core.contract.commands import GetRoster, Reply
from core.contract.state import Pulse, Room, Snapshot
from core.domain.sessions import Roster, Session
from core.pulse import feel
from core.room import measure

log = structlog.get_logger()

SNAPSHOTS: Document[Snapshot] = Document(Snapshot)
PRESSES: Document[Press] = Document(Press)
LISTS: Document[tuple[Session, ...]] = Document(tuple[Session, ...])

LISTS_MOST = 20
#: How long a question that ends sessions stands; after that it is asked anew.
QUESTION_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Every method raises RedisError when Redis is away."""

    redis: Redis

    async def accounts(self) -> list[int]:
        """The accounts that a worker has ever watched, in order."""
        return await accounts.known(self.redis)

    async def pulse(self, account: int) -> Pulse | None:
        """How the account's worker fares; None if it never told, or that can't be read."""
        return await feel(self.redis, account)

    async def pulses(self) -> list[tuple[int, Pulse | None]]:
        """Every account with its worker's pulse."""
        return [(account, await self.pulse(account)) for account in await self.accounts()]

    async def account_name(self, account: int) -> str:
        """The account's own name, as far as its worker has told; else its number."""
        pulse = await self.pulse(account)
        return pulse.status.account_name if pulse and pulse.status.account_name else str(account)

    async def room(self) -> Room:
        """How much room Redis has: a full one takes no event and no command."""
        return await measure(self.redis)

    async def last_roster(self, account: int) -> Roster | None:
        """The last roster known."""
        snapshot = await self.snapshot(account)
        return snapshot.roster if snapshot else None

    async def snapshot(self, account: int) -> Snapshot | None:
        """The last roster, and what ended lately."""
        return await self._read(keys.snapshot(account), SNAPSHOTS)

    async def roster(self, account: int, *, owner: int) -> Reply:
        """Have the account's worker fetch the roster. Raises bus.NoReplyError, MalformedError."""
        sent = await bus.new_request(self.redis, GetRoster(), owner=owner)
        return await bus.request(self.redis, account, sent)

    async def unsettled(self, account: int) -> dict[str, Press]:
        """The presses whose owners have not learned yet what came of them, by the ids of their requests."""
        noted = cast("dict[bytes, bytes]", await self.redis.hgetall(keys.presses(account)))
        presses: dict[str, Press] = {}
        for request_id, data in noted.items():
            reason = "under another's name"
            try:
                press = PRESSES.load(data)
            except MalformedError as error:
                press, reason = None, str(error)
            if press and press.account == account and request_id.isalnum():
                presses[request_id.decode()] = press
            else:
                log.error("press_unreadable", account=account, reason=reason)
                await self.redis.hdel(keys.presses(account), request_id)
        return presses

    async def keep_list(self, account: int, sessions: Sequence[Session]) -> str:
        """Keep the list of sessions that an owner is asked about; its name, short enough for a button."""
        data = LISTS.dump(tuple(sessions))
        name = await self.redis.xadd(keys.lists(account), {"sessions": data}, maxlen=LISTS_MOST, approximate=False)
        return cast("bytes", name).decode()

    async def kept_list(self, account: int, name: str) -> tuple[Session, ...] | None:
        """The sessions of that list; None if it is kept no more, or is older than ten minutes."""
        try:
            made_at = from_ms(int(name.partition("-")[0]))
            found: Any = await self.redis.xrange(keys.lists(account), name, name)
        except (ValueError, OverflowError, ResponseError):
            return None
        if not found or await bus.redis_now(self.redis) - made_at > QUESTION_KEPT:
            return None
        try:
            return LISTS.load(found[0][1].get(b"sessions", b""))
        except MalformedError:
            return None

    async def _read(self, key: str, document: Document[T]) -> T | None:
        data = await self.redis.get(key)
        try:
            return document.load(data) if data else None
        except MalformedError as error:
            log.warning("unreadable_in_redis", key=key, reason=str(error))
            return None
