"""A reader of one Redis stream in a consumer group: nothing lost, nothing stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Never, TypeVar

import structlog
from redis.asyncio import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import OutOfMemoryError, RedisError

from core import scripts
from core.connection import BLOCK_MS
from core.contract.codec import MalformedError, Packing
from core.contract.signing import ForgedError
from core.dead_letters import bury
from core.trimmed import trimmed_unread

M = TypeVar("M")
Handler = Callable[[M], Awaitable[None]]
EntryHandler = Callable[[str, M], Awaitable[None]]
Entry = tuple[bytes, dict[bytes, bytes] | None]
log = structlog.get_logger()

ABANDONED_MS = 60_000  # a consumer that has not acked for this long is taken for dead
REPLACED = b"REPLACED"
ATTEMPTS = 5  # a handler that fails this often on one entry makes a dead letter of it


@dataclass(slots=True, kw_only=True)
class Consumer(Generic[M]):
    """One reader of one stream in a consumer group; `name` must be the same after a restart.

    Several groups may read one stream, each getting every entry: `groups` names them all, as "kind:name"; one that
    is added later begins where the foremost of the others is.
    An entry is acked after it was handled, so that a crash means redelivery; with `ack_first` it is acked
    before, so that a crash means that it is never begun again. What can't be read, or fails its handler
    five times, goes to the stream's dead letters.
    """

    redis: Redis
    stream: str
    packing: Packing[M]
    group: str
    name: str
    groups: tuple[str, ...] = ()
    ack_first: bool = False
    #: Told how many entries were trimmed away before they were handled; one where Redis (before 7) can't say.
    lost: Callable[[int], Awaitable[None]] | None = None
    #: Told why an entry can't be read; it is a dead letter by then. Of what lay in the stream's place, too.
    refused: Callable[[MalformedError], Awaitable[None]] | None = None
    #: Called whenever there is nothing left to read.
    drained: Callable[[], Awaitable[None]] | None = None
    #: The last entry that was handled, for a group that somebody took away.
    _last: str = ""

    async def run(self, handle: Handler[M]) -> Never:
        """Hand over value after value, in order, through every outage of Redis."""

        async def without_id(_: str, value: M) -> None:
            await handle(value)

        await self.run_entries(without_id)

    async def run_entries(self, handle: EntryHandler[M]) -> Never:
        """As `run`, each with the id of its entry, which is the same when it is delivered again."""
        backoff, failures = ExponentialWithJitterBackoff(cap=5, base=0.1), 0
        while True:
            try:
                await self._join()
                while True:
                    await self._adopt_abandoned()
                    await self._own_pending(handle)
                    failures = 0
                    await self._lose_unread()
                    while entries := await self._read(">"):
                        await self._deliver_all(entries, handle)
                        await self._lose_unread()
                    if self.drained:
                        await self.drained()
            except RedisError as error:
                failures += 1
                log.warning("stream_unreadable", stream=self.stream, error=type(error).__name__, failures=failures)
                await asyncio.sleep(backoff.compute(failures))

    async def _join(self) -> None:
        try:
            join = scripts.load(self.redis, __name__, "join")
            found = await join(keys=[self.stream], args=[self.group, self._last, *(self.groups or [self.group])])
            if found == REPLACED and self.refused:
                await self.refused(ForgedError("another kind of value in the stream's place"))
        except OutOfMemoryError:
            # A full Redis makes no group, but lets one that is there be read; if it isn't, the read says so.
            log.warning("redis_full", stream=self.stream)

    async def _adopt_abandoned(self) -> None:
        start: Any = "0-0"
        while True:
            # Redis 6.2 answers without the third item, the ids of entries that were trimmed away meanwhile: it leaves
            # them among the pending ones.
            start, _, *trimmed = await self.redis.xautoclaim(
                self.stream, self.group, self.name, min_idle_time=ABANDONED_MS, start_id=start, count=100, justid=False
            )
            if trimmed and trimmed[0]:
                await self._lose(len(trimmed[0]))
            if start == b"0-0":
                return

    async def _own_pending(self, handle: EntryHandler[M]) -> None:
        last: bytes | str = "0"
        while entries := await self._read(last):
            await self._deliver_all(entries, handle)
            last = entries[-1][0]

    async def _read(self, after: bytes | str) -> list[Entry]:
        block = BLOCK_MS if after == ">" else None
        found: Any = await self.redis.xreadgroup(self.group, self.name, {self.stream: after}, count=16, block=block)
        return list(found[0][1]) if found else []

    async def _deliver_all(self, entries: list[Entry], handle: EntryHandler[M]) -> None:
        for entry_id, fields in entries:
            if not fields:  # trimmed away while it was pending
                await self._lose(1)
                await self._ack(entry_id)
                continue
            try:
                value = self.packing.unpack(fields)
            except MalformedError as error:
                await self._bury(entry_id, fields, reason=str(error))
                if self.refused:
                    await self.refused(error)
                continue
            if self.ack_first:
                # Whoever's ack counts has it: a reader of the same name may overlap with this one at a deploy.
                if await self._ack(entry_id):
                    await self._attempt(entry_id, value, handle)
            elif await self._attempt_often(entry_id, value, handle):
                self._last = entry_id.decode()
                await self._ack(entry_id)
            else:
                await self._bury(entry_id, fields, reason="its handler failed")
                await self._lose(1)

    async def _lose(self, count: int) -> None:
        log.error("entries_lost", stream=self.stream, group=self.group, count=count)
        if self.lost:
            await self.lost(count)

    async def _lose_unread(self) -> None:
        """Notice entries that were trimmed away before anybody read them."""
        if self.lost and (count := await trimmed_unread(self.redis, self.stream, self.group)):
            await self._lose(count)

    async def _attempt_often(self, entry_id: bytes, value: M, handle: EntryHandler[M]) -> bool:
        backoff = ExponentialWithJitterBackoff(cap=30, base=0.2)
        for failures in range(1, ATTEMPTS + 1):
            if await self._attempt(entry_id, value, handle):
                return True
            await asyncio.sleep(backoff.compute(failures))
        return False

    async def _attempt(self, entry_id: bytes, value: M, handle: EntryHandler[M]) -> bool:
        try:
            await handle(entry_id.decode(), value)
        except RedisError:
            raise
        except Exception as error:  # a handler's bug must not stop the entries behind it
            if outage := _redis_error_in(error):
                raise outage from error
            log.exception("handler_failed", stream=self.stream, type=type(value).__name__)
            return False
        return True

    async def _ack(self, entry_id: bytes) -> bool:
        return bool(await self.redis.xack(self.stream, self.group, entry_id))

    async def _bury(self, entry_id: bytes, fields: dict[bytes, bytes], *, reason: str) -> None:
        await bury(self.redis, self.stream, entry_id, fields, reason=reason)
        await self._ack(entry_id)


def _redis_error_in(error: BaseException) -> RedisError | None:
    """The first that a handler's TaskGroup holds: an outage, no bug of the handler's."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_redis_error_in, error.exceptions)), None)
    return error if isinstance(error, RedisError) else None
