"""Where what can't be read, or fails its handler, lies for a human to look at: a few of each stream."""

from __future__ import annotations

from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from core.contract import keys

log = structlog.get_logger()

DEAD_LETTERS_MOST = 50


async def bury(redis: Redis, stream: str, entry_id: bytes, fields: dict[bytes, bytes], *, reason: str) -> None:
    """Put it there; a full Redis takes none, and that is no error. Raises RedisError where Redis is away."""
    log.error("dead_letter", stream=stream, entry=entry_id.decode(), reason=reason)
    letter: Any = {**fields, b"reason": reason.encode(errors="replace"), b"entry": entry_id}
    try:
        await redis.xadd(keys.dead_letters(stream), letter, maxlen=DEAD_LETTERS_MOST, approximate=True)
    except ResponseError:  # a full Redis refuses the letter but takes the ack
        log.exception("dead_letter_lost", stream=stream)
