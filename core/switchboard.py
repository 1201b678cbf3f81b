"""One connection that listens to many streams: a blocking read of each would take a connection each."""

from __future__ import annotations

import asyncio
from typing import Any, Never

import structlog
from redis.exceptions import RedisError

from core.connection import BLOCK_MS, Store

log = structlog.get_logger()

#: For how long one round listens: a stream that is added meanwhile is heard from the next one on.
ROUND_MS = 1_000
RETRY_SECONDS = 1.0
FIRST = b"0-0"


class Switchboard:
    """Listens for new entries in every stream that somebody waits for, and wakes whoever does.

    What is heard is a hint: a reader looks for itself, at the latest when its own wait is over.
    """

    def __init__(self, redis: Store) -> None:
        self._redis = redis
        #: The last entry of each stream that was heard of, and what the next one rings.
        self._heard: dict[str, bytes] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._plugged = asyncio.Event()
        self.store = _Waiting(redis, self)

    async def run(self) -> Never:
        """Listen, through every outage of Redis."""
        await self._plugged.wait()
        while True:
            try:
                listening: dict[Any, Any] = dict(self._heard)
                found: Any = await self._redis.xread(listening, count=1, block=ROUND_MS)
            except RedisError as error:
                log.debug("switchboard_deaf", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for stream, entries in found or []:
                self._ring(stream.decode(), entries[-1][0])

    async def plug(self, stream: str) -> asyncio.Event:
        """What rings once, with the first entry that comes from now on. Raises RedisError."""
        if stream not in self._bells:
            self._heard[stream], self._bells[stream] = await self._last(stream), asyncio.Event()
            self._plugged.set()
        return self._bells[stream]

    async def check(self, stream: str) -> None:
        """Listen from where the stream is now, if it was begun anew, and Redis's clock went back: nothing that comes
        would be heard. Raises RedisError.
        """
        last = await self._last(stream)
        if _halves(last) < _halves(self._heard[stream]):
            self._heard[stream] = last

    async def _last(self, stream: str) -> bytes:
        last: Any = await self._redis.xrevrange(stream, count=1)
        return last[0][0] if last else FIRST

    def _ring(self, stream: str, last: bytes) -> None:
        # A bell for each entry: several may wait at one stream, and none takes the other's ring away.
        bell, self._heard[stream], self._bells[stream] = self._bells[stream], last, asyncio.Event()
        bell.set()


class _Waiting(Store):
    """The same Redis, in which a blocking read of a group's stream waits at the switchboard."""

    def __init__(self, redis: Store, switchboard: Switchboard) -> None:
        super().__init__(connection_pool=redis.connection_pool)
        self.signer = redis.signer
        self._switchboard = switchboard

    async def xreadgroup(  # type: ignore[override]
        self, groupname: Any, consumername: Any, streams: Any, *, count: int | None = None, block: int | None = None
    ) -> Any:
        """As redis-py's, of one stream."""
        if not block:
            return await super().xreadgroup(groupname, consumername, streams, count=count)
        [stream] = streams
        bell = await self._switchboard.plug(stream)
        found: Any = await super().xreadgroup(groupname, consumername, streams, count=count)
        if found:
            return found
        try:
            async with asyncio.timeout(min(block, BLOCK_MS) / 1000):
                await bell.wait()
        except TimeoutError:
            # As a blocked read would: what was merely made readable again, by moving the group, is for the next one.
            await self._switchboard.check(stream)
            return []
        return await super().xreadgroup(groupname, consumername, streams, count=count)


def _halves(entry: bytes) -> tuple[int, int]:
    milliseconds, _, number = entry.partition(b"-")
    return int(milliseconds), int(number)
