"""One connection that listens for everybody: who waits is woken at once, and by nothing else for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core import switchboard as module
from core.connection import Store, connect
from core.settings import CoreSettings
from core.switchboard import Switchboard
from tests.waiting import eventually, running, within_patience

GROUP, NAME = "group", "reader"


@pytest.fixture
async def switchboard(redis: Store) -> AsyncIterator[Switchboard]:
    switchboard = Switchboard(redis)
    async with running(switchboard.run()):
        yield switchboard


async def joined(redis: Store, *streams: str) -> None:
    for stream in streams:
        await redis.xgroup_create(stream, GROUP, id="0", mkstream=True)


async def read(switchboard: Switchboard, stream: str, *, block: int = 5_000) -> list[bytes]:
    """What came, acknowledged."""
    found: Any = await switchboard.store.xreadgroup(GROUP, NAME, {stream: ">"}, count=16, block=block)
    return [fields[b"n"] for _, fields in found[0][1]] if found else []


async def test_what_is_there_is_read_at_once(redis: Store, switchboard: Switchboard) -> None:
    await joined(redis, "a")
    await redis.xadd("a", {"n": "1"})
    assert await within_patience(read(switchboard, "a")) == [b"1"]


async def test_whoever_waits_is_woken_by_what_comes_to_their_stream(redis: Store, switchboard: Switchboard) -> None:
    await joined(redis, "a", "b")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(read(switchboard, "a", block=600_000))
        other = group.create_task(read(switchboard, "b", block=600_000))
        await asyncio.sleep(0)
        await redis.xadd("a", {"n": "1"})
        assert await within_patience(waiting) == [b"1"]
        assert not other.done()
        await redis.xadd("b", {"n": "2"})
        assert await within_patience(other) == [b"2"]


async def test_nothing_is_returned_when_nothing_came(redis: Store, switchboard: Switchboard) -> None:
    await joined(redis, "a")
    assert await within_patience(read(switchboard, "a", block=20)) == []


async def test_entry_after_entry_is_read_in_order(redis: Store, switchboard: Switchboard) -> None:
    await joined(redis, "a")
    got: list[bytes] = []

    async def reading() -> None:
        while len(got) < 50:
            got.extend(await read(switchboard, "a"))

    async with asyncio.TaskGroup() as group:
        group.create_task(within_patience(reading()))
        for number in range(50):
            await redis.xadd("a", {"n": str(number)})
    assert got == [str(number).encode() for number in range(50)]


async def test_many_who_wait_take_one_connection(
    redis: Store, redis_settings: CoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = connect(redis_settings, name="doorman-few", most=2)
    streams = [f"s{number}" for number in range(20)]
    await joined(redis, *streams)
    switchboard = Switchboard(few)
    async with running(switchboard.run()), asyncio.TaskGroup() as group:
        reads = [group.create_task(read(switchboard, stream, block=600_000)) for stream in streams]

        async def all_wait() -> bool:
            return len(switchboard._bells) == len(streams)

        await eventually(all_wait)
        for stream in streams:
            await redis.xadd(stream, {"n": stream})
        assert [await within_patience(one) for one in reads] == [[stream.encode()] for stream in streams]
    clients: Any = await redis.client_list()
    assert sum(client["name"] == "doorman-few" for client in clients) <= 2
    await few.aclose()


async def test_after_an_outage_it_hears_again(
    redis: Store, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    await joined(redis, "a")
    assert await read(switchboard, "a", block=20) == []
    await redis.set("b", "no stream")
    await redis.xadd("a", {"n": "1"})
    assert await within_patience(read(switchboard, "a")) == [b"1"]
    await redis.client_kill_filter(_type="normal", skipme=True)
    waiting = asyncio.ensure_future(read(switchboard, "a", block=600_000))
    await asyncio.sleep(0)
    await redis.xadd("a", {"n": "2"})
    assert await within_patience(waiting) == [b"2"]


async def test_several_readers_of_one_stream_are_all_woken(redis: Store, switchboard: Switchboard) -> None:
    await joined(redis, "a")
    await redis.xgroup_create("a", "other", id="0")

    async def reading(group: str) -> list[bytes]:
        got: list[bytes] = []
        while len(got) < 20:
            found: Any = await switchboard.store.xreadgroup(group, NAME, {"a": ">"}, count=1, block=600_000)
            got += [fields[b"n"] for _, fields in found[0][1]] if found else []
        return got

    async with asyncio.TaskGroup() as tasks:
        readers = [tasks.create_task(within_patience(reading(group))) for group in (GROUP, "other")]
        for number in range(20):
            await redis.xadd("a", {"n": str(number)})
    assert [one.result() for one in readers] == [[str(number).encode() for number in range(20)]] * 2


async def test_entries_with_lower_ids_are_heard_where_redis_was_emptied_and_its_clock_went_back(
    redis: Store, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK_MS", 50)
    await joined(redis, "a")
    await redis.xadd("a", {"n": "1"}, id="9000000000000-0")
    assert await within_patience(read(switchboard, "a")) == [b"1"]
    assert await read(switchboard, "a") == []
    await redis.delete("a")
    await joined(redis, "a")
    unheard = asyncio.ensure_future(read(switchboard, "a"))
    await asyncio.sleep(0.01)  # it waits by now, and is not to hear of it
    await redis.xadd("a", {"n": "2"}, id="5-0")
    assert await within_patience(unheard) == []
    assert await within_patience(read(switchboard, "a")) == [b"2"]
    monkeypatch.setattr(module, "BLOCK_MS", 600_000)
    waiting = asyncio.ensure_future(read(switchboard, "a", block=600_000))
    await asyncio.sleep(0)
    await redis.xadd("a", {"n": "3"}, id="6-0")
    assert await within_patience(waiting) == [b"3"]


async def test_what_a_moved_group_makes_readable_again_is_left_to_the_next_read(
    redis: Store, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a blocked read, which only an entry wakes: a reader comes to rest though somebody moves its group."""
    monkeypatch.setattr(module, "BLOCK_MS", 50)
    await joined(redis, "a")
    await redis.xadd("a", {"n": "1"})
    assert await within_patience(read(switchboard, "a")) == [b"1"]
    waiting = asyncio.ensure_future(read(switchboard, "a"))
    await asyncio.sleep(0.01)
    await redis.xgroup_setid("a", GROUP, "0")
    assert await within_patience(waiting) == []
    assert await within_patience(read(switchboard, "a")) == [b"1"]
