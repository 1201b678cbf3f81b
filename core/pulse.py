"""The worker's pulse as anybody may feel it: what it said last, and how long it has been silent, by Redis's clock."""

from __future__ import annotations

import hashlib
from typing import Any

import structlog
from redis.exceptions import ResponseError

from core.bus import from_redis_time
from core.connection import Store
from core.contract import keys
from core.contract.codec import Document, MalformedError
from core.contract.state import Heartbeat, Pulse, WorkerStatus

log = structlog.get_logger()

STATUSES: Document[WorkerStatus] = Document(WorkerStatus)
HEARTBEATS: Document[Heartbeat] = Document(Heartbeat)


async def feel(redis: Store, account: int) -> Pulse | None:
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
        words = redis.signer.unwrap(keys.status(account), said)
        status = STATUSES.load(words)
        heartbeat = HEARTBEATS.load(redis.signer.unwrap(keys.heartbeat(account), beat))
    except MalformedError as error:
        log.warning("heartbeat_unreadable", account=account, reason=str(error))
        return None
    if heartbeat.status and heartbeat.status != fingerprint(words):
        log.error("status_of_another_heartbeat", account=account)
        return None
    return Pulse(status=status, beat_at=heartbeat.at, felt_at=from_redis_time(time), reports=heartbeat.reports)


def fingerprint(status: bytes) -> str:
    """What a heartbeat names the status by that goes with it."""
    return hashlib.sha256(status).hexdigest()
