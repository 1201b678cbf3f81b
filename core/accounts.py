"""The accounts that Doorman knows of, as both processes find them in Redis."""

from __future__ import annotations

from typing import cast

from redis.asyncio import Redis

from core.contract import keys

DIGITS_MOST = 19  # of a user id: anything longer is none of ours


async def known(redis: Redis) -> list[int]:
    """Those that a worker has ever watched, or a login was kept for, in order. Raises RedisError."""
    members = cast("set[bytes]", await redis.smembers(keys.ACCOUNTS))
    return sorted(int(member) for member in members if member.isdigit() and len(member) < DIGITS_MOST)
