"""The bot's side of Redis: which accounts there are, how their workers fare, and asking them for something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from redis.asyncio import Redis

from core import bus
from core.contract import keys
from core.contract.codec import Document, MalformedError, T
from core.contract.commands import Command, Reply
from core.contract.state import Snapshot, WorkerStatus
from core.domain.sessions import Roster

log = structlog.get_logger()

STATUSES: Document[WorkerStatus] = Document(WorkerStatus)
SNAPSHOTS: Document[Snapshot] = Document(Snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Every method raises RedisError when Redis is away."""

    redis: Redis

    async def accounts(self) -> list[int]:
        """The accounts that a worker has ever watched, in order."""
        members = cast("set[bytes]", await self.redis.smembers(keys.ACCOUNTS))
        return sorted(int(member) for member in members)

    async def status(self, account: int) -> WorkerStatus | None:
        """The worker's last heartbeat; None if there is none that can be read."""
        return await self._read(keys.status(account), STATUSES)

    async def statuses(self) -> list[tuple[int, WorkerStatus | None]]:
        """Every account with its worker's last heartbeat."""
        return [(account, await self.status(account)) for account in await self.accounts()]

    async def account_name(self, account: int) -> str:
        """The account's own name, as far as its worker has told; else its number."""
        status = await self.status(account)
        return status.account_name if status and status.account_name else str(account)

    async def last_roster(self, account: int) -> Roster | None:
        """The last roster known."""
        snapshot = await self._read(keys.snapshot(account), SNAPSHOTS)
        return snapshot.roster if snapshot else None

    async def ask(self, account: int, command: Command, *, owner: int) -> Reply:
        """Have the account's worker do something. Raises bus.NoReplyError, MalformedError."""
        return await bus.request(self.redis, account, command, owner=owner)

    async def _read(self, key: str, document: Document[T]) -> T | None:
        data = await self.redis.get(key)
        try:
            return document.load(data) if data else None
        except MalformedError as error:
            log.warning("unreadable_in_redis", key=key, reason=str(error))
            return None
