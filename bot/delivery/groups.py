"""The consumer groups on an account's events, one for each owner and channel: new names for old ones, and their end."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from redis.exceptions import ResponseError

from bot.delivery.alert_book import AlertBook, Reader
from bot.delivery.held import Held
from core.connection import Store
from core.contract import keys

OWNERS, CHANNELS = "bot", "channel"
LAST_OF_MILLISECOND = 2**64 - 1


def group_of(reader: Reader) -> str:
    """The group of an owner, by their user id, or of a channel, which is known by it."""
    return f"{OWNERS}:{reader}" if isinstance(reader, int) else reader


async def dismiss_former(redis: Store, account: int, readers: Iterable[Reader]) -> None:
    """Drop the groups and notes of those who are to be told no more. Raises RedisError."""
    stream, present = keys.events(account), set(map(group_of, readers))
    for group in await _groups(redis, stream):
        kind, _, rest = group.partition(":")
        if kind in {OWNERS, CHANNELS} and group not in present:
            await redis.xgroup_destroy(stream, group)
            await AlertBook(redis=redis).forget(account, rest if kind == OWNERS else group)
            await Held(redis=redis, account=account, reader=rest if kind == OWNERS else group).clear()


async def rename(redis: Store, account: int, former: str, reader: str) -> None:
    """Let a channel that has a new name go on where it was under its former one. Raises RedisError."""
    stream = keys.events(account)
    groups = await _groups(redis, stream)
    if former not in groups:
        return
    if reader not in groups:
        pending: Any = await redis.xpending(stream, former)
        start = _before(pending["min"].decode()) if pending["pending"] else groups[former]
        await AlertBook(redis=redis).rename(account, former, reader)
        await Held(redis=redis, account=account, reader=former).hand_over(reader)
        await redis.xgroup_create(stream, reader, id=start)
    await redis.xgroup_destroy(stream, former)


async def _groups(redis: Store, stream: str) -> dict[str, str]:
    """Their names, and the last entry that each was given."""
    with suppress(ResponseError):  # there is no such stream yet
        groups: Any = await redis.xinfo_groups(stream)
        return {group["name"].decode(): group["last-delivered-id"].decode() for group in groups}
    return {}


def _before(entry: str) -> str:
    milliseconds, number = map(int, entry.split("-"))
    return f"{milliseconds}-{number - 1}" if number else f"{milliseconds - 1}-{LAST_OF_MILLISECOND}"
