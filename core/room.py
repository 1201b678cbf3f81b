"""How much room Redis has, and what it does when there is none left."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from core.contract.state import Room


async def measure(redis: Redis) -> Room:
    """The room left. Raises RedisError."""
    info: Any = await redis.info("memory")
    most, used = int(info.get("maxmemory", 0)), int(info.get("used_memory", 0))
    return Room(policy=str(info.get("maxmemory_policy", "noeviction")), is_full=0 < most <= used)
