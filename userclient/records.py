"""What the worker keeps in Redis of its account: the snapshot, written in one step with the events it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import structlog
from redis.asyncio import Redis

from core import bus
from core.bus import FencedError
from core.contract import keys
from core.contract.codec import Document, EventCodec, MalformedError
from core.contract.events import Event
from core.contract.state import Condition, Snapshot, WorkerStatus
from core.pulse import STATUSES, feel
from userclient.lease import Lease

log = structlog.get_logger()

SNAPSHOTS: Document[Snapshot] = Document(Snapshot)
Memory = tuple[Snapshot, ...]


class Records:
    """One account's snapshot, events and status; Redis takes them from the holder of the lease alone.

    Every method raises RedisError; FencedError, one of those, where the lease is not ours any more.
    `remembered` is what this process knew last, in an earlier shift: what Redis holds is compared with it, for Redis
    may have come back with less than it was told.
    """

    def __init__(self, redis: Redis, lease: Lease, *, remembered: Memory = ()) -> None:
        self._redis = redis
        self._lease = lease
        self._account = lease.account
        self._packing = EventCodec(lease.account)
        self._known: Snapshot | None = None
        #: The lease's number when that was read: under a newer one it may be lost.
        self._known_under = lease.fence
        #: What was written last: one snapshot, or two where nobody knows whether the second arrived.
        self.remembered = remembered
        self.had_snapshot = bool(remembered)

    async def snapshot(self) -> Snapshot | None:
        """The last snapshot written; None before the first, or when Redis lost it or holds an older one."""
        if self._known is None or self._known_under != self._lease.fence:
            self._known, self._known_under = None, self._lease.fence
            data = await self._redis.get(keys.snapshot(self._account))
            self.had_snapshot = self.had_snapshot or data is not None
            try:
                stored = self._checked(SNAPSHOTS.load(data)) if data else None
            except MalformedError as error:
                log.error("snapshot_unreadable", account=self._account, reason=str(error))  # noqa: TRY400
                return None
            if self.remembered and stored not in self.remembered:
                log.error("snapshot_is_not_the_last", account=self._account)
                return None
            self._known = stored
        return self._known

    async def write(self, snapshot: Snapshot, events: Sequence[Event]) -> None:
        """Store the snapshot, which follows from the one that `snapshot` gave last, and publish the events, both or
        neither.
        """
        # Forgotten first: if the answer is lost, only Redis knows whether it was written.
        self.remembered = (self._known, snapshot) if self._known else (snapshot,)
        self._known = None
        store = {keys.snapshot(self._account): SNAPSHOTS.dump(snapshot)}
        await self._publish(events, store, fence=self._known_under)
        self._known, self.remembered, self.had_snapshot = snapshot, (snapshot,), True

    def _checked(self, snapshot: Snapshot) -> Snapshot:
        if snapshot.roster.account != self._account or snapshot.roster.is_torn:
            raise MalformedError("roster: of another account, or torn")
        return snapshot

    async def announce(self, event: Event, *, store: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Publish an event that goes with no snapshot, with other keys perhaps."""
        await self._publish([event], store, fence=self._lease.fence)

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat, and enter the account where the bot looks for accounts."""
        said = {keys.heartbeat(self._account): bus.NOW, keys.status(self._account): STATUSES.dump(status)}
        await self._publish([], said, fence=self._lease.fence)
        await self._redis.sadd(keys.ACCOUNTS, self._account)

    async def status(self) -> WorkerStatus:
        """What the worker said last; where nothing can be read, that all begins now."""
        pulse = await feel(self._redis, self._account)
        if pulse:
            return pulse.status
        condition = Condition.STOPPED
        return WorkerStatus(account=self._account, account_name="", condition=condition, watching_since=now())

    async def _publish(self, events: Sequence[Event], store: Mapping[str, bytes], *, fence: int) -> None:
        try:
            await bus.publish(self._redis, self._account, fence, events, self._packing, store=store)
        except FencedError:
            self._lease.doubt()
            raise
        for event in events:
            log.info("event_published", account=self._account, type=type(event).__name__)


def now() -> datetime:
    """The worker's clock: aware UTC."""
    return datetime.now(UTC)
