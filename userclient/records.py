"""What the worker keeps in Redis of its account: the snapshot, written in one step with the events it makes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import structlog

from core import bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.codec import Document, MalformedError
from core.contract.events import Event, Report
from core.contract.signing import ForgedError
from core.contract.state import Condition, Heartbeat, Snapshot, WorkerStatus
from core.pulse import HEARTBEATS, STATUSES, feel, fingerprint
from userclient.lease import Lease

log = structlog.get_logger()

SNAPSHOTS: Document[Snapshot] = Document(Snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a process knows of what it wrote last, should Redis forget: one snapshot, or two where nobody knows
    whether the second arrived; and how many reports it has made.
    """

    snapshots: tuple[Snapshot, ...] = ()
    reports: int = 0


class Records:
    """One account's snapshot, events and status; Redis takes them from the holder of the lease alone.

    Every method raises RedisError; FencedError, one of those, where the lease is not ours any more.
    `memory` is of an earlier shift: what Redis holds is compared with it, for Redis may have come back with less than
    it was told.
    """

    def __init__(self, redis: Store, lease: Lease, *, memory: Memory | None = None) -> None:
        self._redis = redis
        self._lease = lease
        self._account = lease.account
        self._known: Snapshot | None = None
        #: The lease's number when that was read: under a newer one it may be lost.
        self._known_under = lease.fence
        memory = memory or Memory()
        self._remembered = memory.snapshots
        self.had_snapshot = bool(memory.snapshots)
        #: Whether somebody else has changed the snapshot.
        self.is_forged = False
        #: How many reports were made, None while only Redis knows; and the most that this process knows of.
        self._count: int | None = None
        self._counted_under = lease.fence
        self._most = memory.reports
        self._numbering = asyncio.Lock()

    @property
    def memory(self) -> Memory:
        """What the next shift should know."""
        return Memory(snapshots=self._remembered if self.had_snapshot else (), reports=self._most)

    async def snapshot(self) -> Snapshot | None:
        """The last snapshot written; None before the first, or when Redis lost it or holds an older or a forged one."""
        if self._known is None or self._known_under != self._lease.fence:
            self._known, self._known_under = None, self._lease.fence
            key = keys.snapshot(self._account)
            try:
                data = await self._redis.get_signed(key)
                self.had_snapshot = self.had_snapshot or data is not None
                stored = self._checked(SNAPSHOTS.load(data)) if data else None
            except MalformedError as error:
                self.had_snapshot = True
                self.is_forged = isinstance(error, ForgedError)
                log.error("snapshot_unreadable", account=self._account, reason=str(error))  # noqa: TRY400
                return None
            if self._remembered and stored not in self._remembered:
                log.error("snapshot_is_not_the_last", account=self._account)
                return None
            self._known = stored
        return self._known

    async def write(self, snapshot: Snapshot, events: Sequence[Event]) -> None:
        """Store the snapshot, which follows from the one that `snapshot` gave last, and publish the events, both or
        neither.
        """
        # Forgotten first: if the answer is lost, only Redis knows whether it was written.
        self._remembered = (self._known, snapshot) if self._known else (snapshot,)
        self._known = None
        store = {keys.snapshot(self._account): SNAPSHOTS.dump(snapshot)}
        await self._publish(events, store, fence=self._known_under)
        self._known, self._remembered, self.had_snapshot = snapshot, (snapshot,), True
        self.is_forged = False

    def _checked(self, snapshot: Snapshot) -> Snapshot:
        if snapshot.roster.account != self._account or snapshot.roster.is_torn:
            raise MalformedError("roster: of another account, or torn")
        return snapshot

    async def announce(self, event: Event, *, store: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Publish an event that goes with no snapshot, with other keys perhaps."""
        await self._publish([event], store, fence=self._lease.fence)

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat, and enter the account where the bot looks for accounts."""
        async with self._numbering:
            so_far = await self._reports_so_far()
            words = STATUSES.dump(status)
            beat = Heartbeat(at=await bus.redis_now(self._redis), reports=so_far, status=fingerprint(words))
            said = {
                keys.heartbeat(self._account): HEARTBEATS.dump(beat),
                keys.status(self._account): words,
                # Each time, so that it is signed under the newest key when an older one goes.
                keys.reports(self._account): str(so_far).encode(),
            }
            await self._send([], said, fence=self._counted_under)
        await self._redis.sadd(keys.ACCOUNTS, self._account)

    async def status(self) -> WorkerStatus:
        """What the worker said last; where nothing can be read, that all begins now."""
        pulse = await feel(self._redis, self._account)
        if pulse:
            return pulse.status
        condition = Condition.STOPPED
        return WorkerStatus(account=self._account, account_name="", condition=condition, watching_since=now())

    async def _publish(self, events: Sequence[Event], store: Mapping[str, bytes], *, fence: int) -> None:
        if not events:
            await self._send([], store, fence=fence)
            return
        async with self._numbering:
            so_far = await self._reports_so_far()
            reports = [Report(number=so_far + at, event=event) for at, event in enumerate(events, 1)]
            count = so_far + len(reports)
            self._count = None  # if the answer is lost, only Redis knows
            await self._send(reports, {**store, keys.reports(self._account): str(count).encode()}, fence=fence)
            self._count, self._counted_under, self._most = count, fence, count
        for event in events:
            log.info("event_published", account=self._account, type=type(event).__name__)

    async def _reports_so_far(self) -> int:
        if self._count is None or self._counted_under != self._lease.fence:
            self._count, self._counted_under = None, self._lease.fence
            key = keys.reports(self._account)
            try:
                stored = int(await self._redis.get_signed(key) or 0)
            except ValueError as error:  # forged: the bot believes the lower numbers, for what they tell is new
                log.error("reports_uncounted", account=self._account, reason=str(error))  # noqa: TRY400
                stored = 0
            self._count = max(stored, self._most)
        return self._count

    async def _send(self, reports: Sequence[Report], store: Mapping[str, bytes], *, fence: int) -> None:
        try:
            await bus.publish(self._redis, self._account, fence, reports, store=store)
        except FencedError:
            self._lease.doubt()
            raise


def now() -> datetime:
    """The worker's clock: aware UTC."""
    return datetime.now(UTC)
