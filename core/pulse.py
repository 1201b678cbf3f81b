"""The worker's pulse as anybody may feel it: what it said last, and how long it has been silent, by Redis's clock."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from core.bus import from_redis_time
from core.contract import keys
from core.contract.codec import Document, MalformedError, from_ms
from core.contract.state import Pulse, WorkerStatus

STATUSES: Document[WorkerStatus] = Document(WorkerStatus)


async def feel(redis: Redis, account: int) -> Pulse | None:
    """The account's worker's pulse; None if it never reported, or what it said can't be read. Raises RedisError."""
    async with redis.pipeline(transaction=True) as pipe:
        pipe.get(keys.status(account))
        pipe.get(keys.heartbeat(account))
        pipe.time()
        try:
            answers: Any = await pipe.execute()
        except ResponseError:  # something else lies in their place
            return None
    said, beat, time = answers
    if said is None or beat is None:
        return None
    try:
        beat_at = from_ms(int(beat))
        return Pulse(status=STATUSES.load(said), beat_at=beat_at, felt_at=from_redis_time(time))
    except (MalformedError, ValueError, OverflowError):
        return None
