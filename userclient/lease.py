"""The lease of an account: one worker at a time may connect its guard session, whatever becomes of Redis."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Never
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from core import scripts
from core.connection import Store
from core.contract import keys
from core.contract.signing import ForgedError, place_of

log = structlog.get_logger()

LOOK_SECONDS = 0.5
RETRY_SECONDS = 1.0
RELEASE_SECONDS = 2.0
#: The part of a lease that its holder keeps away from: enough to disconnect in.
MARGIN = 1 / 6


class LeaseLostError(Exception):
    """The lease ran out, or another worker has it: the guard session must not be used any more."""


class Lease:
    """One worker's hold on one account; `fence` is the number under which Redis takes what it writes. It changes when
    Redis has lost its record of us, so that nothing is written that was reckoned from what is lost as well.

    Its end is judged by this machine's own clock, counted from before Redis was asked: wall clocks may jump.
    """

    def __init__(self, redis: Store, account: int, *, seconds: float) -> None:
        self.account = account
        self.fence = 0
        self._seconds = seconds
        self._holder = uuid4().hex
        self._redis = redis
        self._script = scripts.load(redis, __name__, "lease")
        # Whoever reaches Redis through a socket runs on its machine: see lease.lua.
        is_local = "path" in redis.connection_pool.connection_kwargs
        self._trusts_restarts = "1" if is_local else "0"
        self._ends_at = 0.0
        self._doubted = asyncio.Event()
        self._renewed = asyncio.Event()
        self._emptied = asyncio.Event()

    @property
    def seconds_left(self) -> float:
        """How long the guard session may be used, if nothing is renewed; 0 or less is not at all."""
        return self._ends_at - _clock() - self._seconds * MARGIN

    async def take(self, *, waiting: Callable[[float], None] = lambda _: None, give_up: bool = False) -> None:
        """Wait until the lease is ours, through outages of Redis; `waiting` is told once, with the seconds it may last.

        With `give_up`, raises LeaseLostError when its holder is seen to be alive.

        A lease that was given back, under the latest number that we saw, is free at once. Any other, and one of which
        nothing is known, is free when it has not changed before our eyes for its whole length: by then its holder has
        disconnected.
        """
        seen, since, told, newest = "", _clock(), False, 0
        length = self._seconds
        while True:
            asked = _clock()
            known = seen if asked - since >= length else ""
            try:
                answer = await self._ask("take", known)
            except RedisError as error:
                log.warning("lease_not_taken", account=self.account, error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer[0] == b"held":
                self.fence = int(answer[1])
                self._ends_at = asked + self._seconds
                log.info("lease_taken", account=self.account, fence=self.fence)
                return
            fence, newest = int(answer[3]), max(newest, int(answer[3]))
            if fence == newest and self._is_sealed(fence, answer[4]):
                seen, since = answer[1].decode(), -math.inf
                continue
            length = max(self._seconds, float(answer[2]))
            if give_up and seen and answer[1].decode() != seen:
                raise LeaseLostError
            if answer[1].decode() != seen:
                # From now, not from when Redis was asked: its holder may have renewed it on the way.
                seen, since = answer[1].decode(), _clock()
            if not told:
                log.warning("waiting_for_lease", account=self.account, seconds=length)
                waiting(length)
                told = True
            await asyncio.sleep(LOOK_SECONDS)

    async def keep(self) -> Never:
        """Renew it every third of its length. Raises LeaseLostError, before another worker can have it."""
        pause = self._seconds / 3
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(pause, max(self.seconds_left, 0))):
                    await self._doubted.wait()
            self._doubted.clear()
            pause = self._seconds / 3 if await self._renew() else RETRY_SECONDS
            if self.seconds_left <= 0:
                log.error("lease_ran_out", account=self.account)
                raise LeaseLostError

    async def release(self) -> None:
        """Give it back, once Telegram is disconnected; where Redis does not hear of it, it runs out."""
        with suppress(RedisError, TimeoutError):
            async with asyncio.timeout(RELEASE_SECONDS):
                await self._ask("release", str(self.fence), seal=self._seal(self.fence))
                log.info("lease_released", account=self.account)

    async def declare_free(self) -> None:
        """Say of an account without a record that nobody holds it. Raises RedisError."""
        seconds, microseconds = await self._redis.time()
        fence = seconds * 1_000_000 + microseconds
        await self._ask("found", str(fence), seal=self._seal(fence))

    def doubt(self) -> None:
        """Redis refused what we wrote: look at once whether the lease is still ours."""
        self._doubted.set()

    async def renewed(self) -> None:
        """Wait until it was renewed."""
        self._renewed.clear()
        await self._renewed.wait()

    async def emptied(self) -> None:
        """Wait until Redis is found to have lost its record of us: everything else there is lost as well."""
        await self._emptied.wait()
        self._emptied.clear()

    async def _renew(self) -> bool:
        asked = _clock()
        try:
            async with asyncio.timeout(max(self.seconds_left, 0)):
                answer = await self._ask("renew", str(self.fence))
        except (RedisError, TimeoutError) as error:
            log.warning("lease_not_renewed", account=self.account, error=type(error).__name__)
            return False
        if answer[0] == b"lost":
            log.error("lease_lost", account=self.account, fence=self.fence)
            raise LeaseLostError
        self.fence, self._ends_at = int(answer[1]), asked + self._seconds
        self._renewed.set()
        if answer[0] == b"restored":
            log.warning("redis_emptied", account=self.account)
            self._emptied.set()
        return True

    async def _ask(self, operation: str, known: str, *, seal: bytes = b"") -> Any:
        arguments = [operation, self._holder, self._seconds, self._trusts_restarts, known, seal]
        return await self._script(keys=[keys.lease(self.account)], args=arguments)

    def _seal(self, fence: int) -> bytes:
        """Our word that nobody holds the lease under this number any more."""
        return self._redis.signer.wrap(place_of(keys.lease(self.account), "seal"), str(fence).encode())

    def _is_sealed(self, fence: int, seal: bytes) -> bool:
        with suppress(ForgedError):
            return self._redis.signer.unwrap(place_of(keys.lease(self.account), "seal"), seal) == str(fence).encode()
        return False


@asynccontextmanager
async def kept(lease: Lease) -> AsyncIterator[None]:
    """Keep a lease that was taken; at the end, with Telegram disconnected inside, give it back.

    Raises LeaseLostError, in a group, having ended what is inside.
    """
    async with alone(lease), asyncio.TaskGroup() as group:
        keeping = group.create_task(lease.keep())
        yield
        keeping.cancel()


@asynccontextmanager
async def alone(lease: Lease) -> AsyncIterator[None]:
    """Use a lease that was taken for a short while, within its length; at the end, disconnected, give it back."""
    try:
        yield
    finally:
        await lease.release()


def _clock() -> float:
    """Seconds that go on while the machine sleeps; not the wall clock. On macOS it is this CLOCK_MONOTONIC that does,
    and `time.monotonic` that does not.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
