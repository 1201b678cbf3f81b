"""What the worker keeps in Redis of its account: the snapshot, written in one step with the events it makes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis

from core import bus
from core.contract import keys
from core.contract.codec import Codec, Document, MalformedError
from core.contract.events import Event
from core.contract.state import Snapshot, WorkerStatus

log = structlog.get_logger()

EVENTS: Codec[Event] = Codec(Event)
SNAPSHOTS: Document[Snapshot] = Document(Snapshot)
STATUSES: Document[WorkerStatus] = Document(WorkerStatus)


class Records:
    """One account's snapshot, events and status."""

    def __init__(self, redis: Redis, account: int) -> None:
        self._redis = redis
        self._account = account
        self._known: Snapshot | None = None

    async def snapshot(self) -> Snapshot | None:
        """The last snapshot written; None before the first, or when Redis lost it."""
        if self._known is None:
            data = await self._redis.get(keys.snapshot(self._account))
            try:
                self._known = SNAPSHOTS.load(data) if data else None
            except MalformedError as error:
                log.error("snapshot_unreadable", account=self._account, reason=str(error))  # noqa: TRY400
        return self._known

    async def write(self, snapshot: Snapshot, events: Sequence[Event]) -> None:
        """Store the snapshot and publish the events, both or neither."""
        # Forgotten first: if the answer is lost, only Redis knows whether it was written.
        self._known = None
        store = {keys.snapshot(self._account): SNAPSHOTS.dump(snapshot)}
        await bus.publish(self._redis, keys.events(self._account), events, EVENTS, store=store)
        self._known = snapshot
        for event in events:
            log.info("event_published", account=self._account, type=type(event).__name__)

    async def announce(self, event: Event) -> None:
        """Publish an event that goes with no snapshot."""
        await bus.publish(self._redis, keys.events(self._account), [event], EVENTS)
        log.info("event_published", account=self._account, type=type(event).__name__)

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat, and enter the account where the bot looks for accounts."""
        await self._redis.set(keys.status(self._account), STATUSES.dump(status))
        await self._redis.sadd(keys.ACCOUNTS, self._account)

    async def status(self) -> WorkerStatus | None:
        """The last heartbeat; None if there is none that can be read."""
        data = await self._redis.get(keys.status(self._account))
        try:
            return STATUSES.load(data) if data else None
        except MalformedError:
            return None


def now() -> datetime:
    """The worker's clock: aware UTC."""
    return datetime.now(UTC)
