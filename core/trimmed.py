"""Notices entries of a stream that were trimmed away before a consumer group had read them."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

NONE_YET = b"0-0"


async def trimmed_unread(redis: Redis, stream: str, group: str) -> int:
    """How many; one where Redis (before 7) can't say. Raises RedisError."""
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xinfo_groups(stream)
        pipe.xinfo_stream(stream)
        answers: Any = await pipe.execute()
    groups, of_stream = answers
    ours = next((each for each in groups if each["name"] == group.encode()), None)
    if ours is None or not of_stream["first-entry"]:
        return 0
    last, first = ours["last-delivered-id"], of_stream["first-entry"][0]
    if last == NONE_YET or _halves(last) >= _halves(first):
        return 0
    lag = ours.get("lag")
    return 1 if lag is None else int(lag - of_stream["length"])


def _halves(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition(b"-")
    return int(milliseconds), int(number)
