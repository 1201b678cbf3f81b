"""What the worker keeps in Redis of its account: the snapshot, written in one step with the events it makes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

import structlog

from core import archive, bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.events import Event, Report
from core.contract.state import SNAPSHOTS, Condition, Heartbeat, Snapshot, WorkerStatus
from core.domain.history import Entry
from core.pulse import HEARTBEATS, STATUSES, feel, fingerprint
from userclient.belief import Belief
from userclient.clock import now
from userclient.lease import Lease
from userclient.numbering import Numbering
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
        self.belief = Belief(self._account, memory.snapshots)
        self._numbering = Numbering(redis, lease, most=memory.reports)
        self._recollection: Recollection | None = None
        #: Held by whoever writes: the numbers are in order, and each snapshot counts the reports that there are.
        self._writing = asyncio.Lock()

    @property
    def memory(self) -> Memory:
        """What the next shift should know."""
        return Memory(snapshots=self.belief.remembered, reports=self._numbering.most)

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
            self.belief.is_writing(self._known, snapshot)
            self._known = None
            await self._publish(snapshot, events, history=history)
            self._known = snapshot
            self.belief.has_written(snapshot)

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
        names = (keys.snapshot(self._account), keys.reports(self._account))
        data, count = cast("list[bytes | None]", await self._redis.mget(names))
        stored = self.belief.read(data, self._redis.signer)
        return None if stored is None else self.belief.believed(stored, reports=self._numbering.read(count))

    async def beat(self, status: WorkerStatus) -> None:
        """Write the heartbeat, and enter the account where the bot looks for accounts."""
        async with self._writing:
            so_far = await self._numbering.so_far()
            words = STATUSES.dump(status)
            beat = Heartbeat(at=await bus.redis_now(self._redis), reports=so_far, status=fingerprint(words))
            said = {
                keys.heartbeat(self._account): HEARTBEATS.dump(beat),
                keys.status(self._account): words,
                # Each time, so that it is signed under the newest key when an older one goes.
                keys.reports(self._account): str(so_far).encode(),
            }
            await self._send([], said, fence=self._numbering.under)
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
        so_far = await self._numbering.so_far()
        reports = [Report(number=so_far + at, event=event) for at, event in enumerate(events, 1)]
        count = so_far + len(reports)
        self._numbering.doubt()
        said = {**store, keys.reports(self._account): str(count).encode()}
        if snapshot:
            said[keys.snapshot(self._account)] = SNAPSHOTS.dump(replace(snapshot, reports=count))
        await self._send(reports, said, fence=fence, history=history)
        self._numbering.reached(count, under=fence)
        if self._recollection:
            self._recollection.add(history, roster=snapshot.roster if snapshot else None)
        for event in events:
            log.info("event_published", account=self._account, type=type(event).__name__)

    async def _send(
        self, reports: Sequence[Report], store: Mapping[str, bytes], *, fence: int, history: Sequence[Entry] = ()
    ) -> None:
        try:
            await bus.publish(self._redis, self._account, fence, reports, store=store, history=history)
        except FencedError:
            self._lease.doubt()
            raise
