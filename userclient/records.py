"""What the worker keeps in Redis of its account: the snapshot, written in one step with the events it makes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

import structlog

from core import archive, bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.events import Event, Report, Tampering
from core.contract.signing import ForgedError
from core.contract.state import SNAPSHOTS, Condition, Heartbeat, Snapshot, WorkerStatus
from core.domain.history import Entry
from core.domain.standing import Standings
from core.pulse import HEARTBEATS, STATUSES, feel, fingerprint
from userclient.lease import Lease
from userclient.recollection import Recollection

log = structlog.get_logger()


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
        #: What shows that the snapshot in Redis is not the last that was written; told with the next one.
        self.suspicion: Tampering | None = None
        #: How many reports were made, None while only Redis knows; and the most that this process knows of.
        self._count: int | None = None
        self._counted_under = lease.fence
        self._most = memory.reports
        self._recollection: Recollection | None = None
        #: Held by whoever writes: the numbers are in order, and each snapshot counts the reports that there are.
        self._writing = asyncio.Lock()

    @property
    def memory(self) -> Memory:
        """What the next shift should know."""
        return Memory(snapshots=self._remembered if self.had_snapshot else (), reports=self._most)

    @property
    def remembered(self) -> Snapshot | None:
        """The last snapshot that this process wrote, or may have written, whatever Redis holds."""
        return self._remembered[-1] if self._remembered else None

    async def snapshot(self) -> Snapshot | None:
        """The last snapshot written; None before the first, or when Redis lost it, or holds a forged one
        or less than this process wrote. An older one that another process left trusts nobody.
        """
        if self._is_known():
            return self._known
        async with self._writing:
            return await self._read_anew()

    async def write(
        self, snapshot: Snapshot, events: Sequence[Event], *, since: Snapshot | None, history: Sequence[Entry] = ()
    ) -> None:
        """Store the snapshot, which follows from `since`, publish the events and add to the history: all or nothing.

        Raises FencedError too if `since`, which `snapshot` gave, is not what Redis holds by now.
        """
        async with self._writing:
            if since is not self._known or self._known_under != self._lease.fence:
                raise FencedError("the snapshot was lost, or another was written, since it was read")
            # Forgotten first: if the answer is lost, only Redis knows whether it was written.
            self._remembered = (self._known, snapshot) if self._known else (snapshot,)
            self._known = None
            await self._publish(snapshot, events, history=history)
            self._known, self._remembered, self.had_snapshot = snapshot, (snapshot,), True
            self.suspicion = None

    async def announce(
        self, *events: Event, store: Mapping[str, bytes] = MappingProxyType({}), history: Sequence[Entry] = ()
    ) -> None:
        """Publish events that change nothing in the snapshot, with other keys and entries of the history perhaps."""
        async with self._writing:
            await self._publish(await self._read_anew(), events, store=store, history=history)

    def _is_known(self) -> bool:
        return self._known is not None and self._known_under == self._lease.fence

    async def _read_anew(self) -> Snapshot | None:
        """What Redis holds, unless that is known already; while nothing is being written."""
        if not self._is_known():
            self._known_under = self._lease.fence
            self._known = await self._read()
        return self._known

    async def _read(self) -> Snapshot | None:
        try:
            key = keys.snapshot(self._account)
            data, count = await self._get(key, keys.reports(self._account))
            self.had_snapshot = self.had_snapshot or data is not None
            stored = None if data is None else self._checked(SNAPSHOTS.load(self._redis.signer.unwrap(key, data)))
        except MalformedError as error:
            self.had_snapshot = True
            self.suspicion = Tampering.SNAPSHOT_FORGED if isinstance(error, ForgedError) else None
            log.error("snapshot_unreadable", account=self._account, reason=str(error))  # noqa: TRY400
            return None
        if stored is None:
            return None
        is_last = stored.reports == self._counted(count)
        stored = replace(stored, reports=0)  # each writing counts anew
        if self._remembered and stored not in self._remembered:
            log.error("snapshot_is_not_the_last", account=self._account)
            return None
        if not is_last:
            log.error("snapshot_is_of_another_time", account=self._account)
            self.suspicion = Tampering.SNAPSHOT_OLD
            # Good to compare with: what came since is told, once more at worst. Not for whom an owner trusted then, nor
            # for what they let Doorman do by itself.
            return replace(stored, standings=Standings(), preferences=stored.preferences.unarmed())
        return stored

    def _checked(self, snapshot: Snapshot) -> Snapshot:
        if snapshot.roster.account != self._account or snapshot.roster.is_torn:
            raise MalformedError("roster: of another account, or torn")
        return snapshot

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat, and enter the account where the bot looks for accounts."""
        async with self._writing:
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

    async def recollection(self) -> Recollection:
        """What is known of the account's past, with all that was written so far."""
        if self._recollection is None:
            self._recollection = Recollection(await archive.recall(self._redis, self._account))
        return self._recollection

    async def status(self) -> WorkerStatus:
        """What the worker said last; where nothing can be read, that all begins now."""
        pulse = await feel(self._redis, self._account)
        if pulse:
            return pulse.status
        condition = Condition.STOPPED
        return WorkerStatus(account=self._account, account_name="", condition=condition, watching_since=now())

    async def _publish(
        self,
        snapshot: Snapshot | None,
        events: Sequence[Event],
        *,
        store: Mapping[str, bytes] = MappingProxyType({}),
        history: Sequence[Entry] = (),
    ) -> None:
        """`snapshot` is None only where none is believed, whatever it counts."""
        fence = self._lease.fence
        so_far = await self._reports_so_far()
        reports = [Report(number=so_far + at, event=event) for at, event in enumerate(events, 1)]
        count = so_far + len(reports)
        self._count = None  # if the answer is lost, only Redis knows
        said = {**store, keys.reports(self._account): str(count).encode()}
        if snapshot:
            said[keys.snapshot(self._account)] = SNAPSHOTS.dump(replace(snapshot, reports=count))
        await self._send(reports, said, fence=fence, history=history)
        self._count, self._counted_under, self._most = count, fence, count
        if self._recollection:
            self._recollection.add(history, roster=snapshot.roster if snapshot else None)
        for event in events:
            log.info("event_published", account=self._account, type=type(event).__name__)

    async def _reports_so_far(self) -> int:
        if self._count is None or self._counted_under != self._lease.fence:
            self._count, self._counted_under = None, self._lease.fence
            [count] = await self._get(keys.reports(self._account))
            self._count = max(self._counted(count), self._most)
        return self._count

    async def _get(self, *names: str) -> list[bytes | None]:
        return cast("list[bytes | None]", await self._redis.mget(names))

    def _counted(self, count: bytes | None) -> int:
        try:
            return int(self._redis.signer.unwrap(keys.reports(self._account), count)) if count else 0
        except ValueError as error:  # forged: the bot believes the lower numbers, for what they tell is new
            log.error("reports_uncounted", account=self._account, reason=str(error))  # noqa: TRY400
            return 0

    async def _send(
        self, reports: Sequence[Report], store: Mapping[str, bytes], *, fence: int, history: Sequence[Entry] = ()
    ) -> None:
        try:
            await bus.publish(self._redis, self._account, fence, reports, store=store, history=history)
        except FencedError:
            self._lease.doubt()
            raise


def now() -> datetime:
    """The worker's clock: aware UTC."""
    return datetime.now(UTC)
