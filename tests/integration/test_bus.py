"""Publishing, asking and answering over a real Redis."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from core import bus
from core.connection import connect
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import Codec, MalformedError
from core.contract.commands import EndSession, GetRoster, NotCarried, Reply, Request, RosterFetched, Trouble
from core.contract.events import Event, TtlChanged
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.waiting import eventually, running, within_patience

EVENTS: Codec[Event] = Codec(Event)
STREAM = keys.events(ACCOUNT)
SOON = timedelta(milliseconds=150)


def event(days: int = 7) -> TtlChanged:
    return TtlChanged(account=ACCOUNT, at=NOW, before=180, after=days)


async def published(redis: Redis) -> list[Event]:
    return [EVENTS.unpack(fields) for _, fields in await redis.xrange(STREAM)]


def worker(redis: Redis, account: int = ACCOUNT) -> Consumer[Request]:
    return Consumer(
        redis=redis, stream=keys.commands(account), packing=bus.REQUESTS, group="userclient", name="w", ack_first=True
    )


async def test_values_are_published_in_order_with_what_is_stored(redis: Redis) -> None:
    await bus.publish(redis, STREAM, [event(1), event(2)], EVENTS, store={"a": b"1", "b": b"2"})
    assert await published(redis) == [event(1), event(2)]
    assert await redis.mget("a", "b") == [b"1", b"2"]


async def test_nothing_published_still_stores(redis: Redis) -> None:
    await bus.publish(redis, STREAM, [], EVENTS, store={"a": b"1"})
    assert await redis.get("a") == b"1"
    assert not await redis.exists(STREAM)


async def test_nobody_sees_what_is_stored_without_what_is_published(redis: Redis) -> None:
    seen: list[tuple[bytes | None, int]] = []

    async def watch() -> None:
        while True:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.get("version")
                pipe.xlen(STREAM)
                version, length = await pipe.execute()
            seen.append((version, length))

    async with running(watch()):
        for version in range(1, 101):
            await bus.publish(redis, STREAM, [event(version)], EVENTS, store={"version": str(version).encode()})

        async def last_seen() -> bool:
            return (b"100", 100) in seen

        await eventually(last_seen)
    assert all(int(version or 0) == length for version, length in seen)


async def test_a_stream_keeps_within_its_bounds(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "STREAM_MOST", 50)
    for _ in range(10):
        await bus.publish(redis, STREAM, [event()] * 100, EVENTS)
    assert 50 <= await redis.xlen(STREAM) < 300  # "about": Redis trims whole nodes


async def test_redis_tells_the_time(redis: Redis) -> None:
    before = datetime.now(UTC)
    at = await bus.redis_now(redis)
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)
    assert at.utcoffset() == timedelta()


async def test_a_request_reaches_the_worker_and_its_answer_the_asker(redis: Redis) -> None:
    got: list[Request] = []
    answer = RosterFetched(roster=roster(session("-9223372036854775808")))

    async def handle(request: Request) -> None:
        got.append(request)
        await bus.answer(redis, ACCOUNT, request.id, answer)

    async with running(worker(redis).run(handle)):
        asked_at = await bus.redis_now(redis)
        assert await bus.request(redis, ACCOUNT, EndSession(hash="-1"), owner=OWNER) == answer
    [request] = got
    assert (request.command, request.owner) == (EndSession(hash="-1"), OWNER)
    # The deadline is kept to the millisecond.
    assert timedelta(0) <= request.deadline - asked_at - bus.PATIENCE + timedelta(milliseconds=1) < timedelta(seconds=5)


async def test_a_request_that_nobody_answers_ends_at_its_deadline(redis: Redis) -> None:
    with pytest.raises(bus.NoReplyError):
        await within_patience(bus.request(redis, ACCOUNT, GetRoster(), owner=OWNER, patience=SOON))
    [(_, entry)] = await redis.xrange(keys.commands(ACCOUNT))
    assert bus.REQUESTS.unpack(entry).deadline <= await bus.redis_now(redis)


async def test_an_answer_that_cannot_be_read_is_malformed(redis: Redis) -> None:
    async def handle(request: Request) -> None:
        await redis.xadd(keys.reply(ACCOUNT, request.id), {"rub": "bish"})

    async with running(worker(redis).run(handle)):
        with pytest.raises(MalformedError):
            await bus.request(redis, ACCOUNT, GetRoster(), owner=OWNER)


async def test_fifty_at_once_get_each_their_own_answer(redis: Redis, redis_settings: CoreSettings) -> None:
    """More than there are connections; the worker has its own, in a process of its own."""
    workers_redis = connect(redis_settings, name="doorman-test-worker")

    async def handle(request: Request) -> None:
        answer = NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=request.owner)
        await bus.answer(workers_redis, ACCOUNT, request.id, answer)

    async def ask(number: int) -> Reply:
        return await bus.request(redis, ACCOUNT, GetRoster(), owner=number)

    async with aclosing(workers_redis), running(worker(workers_redis).run(handle)):
        answers = await within_patience(asyncio.gather(*map(ask, range(1, 51))))
    assert answers == [NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=number) for number in range(1, 51)]


async def test_an_answer_does_not_stay(redis: Redis) -> None:
    await bus.answer(redis, ACCOUNT, "f00d", NotCarried(trouble=Trouble.UNREACHABLE))
    assert 0 < await redis.pttl(keys.reply(ACCOUNT, "f00d")) <= bus.REPLY_KEPT_MS


async def test_another_accounts_worker_is_not_asked(redis: Redis) -> None:
    async def handle(request: Request) -> None:
        raise AssertionError(request)

    async with running(worker(redis, ACCOUNT + 1).run(handle)):
        with pytest.raises(bus.NoReplyError):
            await bus.request(redis, ACCOUNT, GetRoster(), owner=OWNER, patience=SOON)
    assert not await redis.exists(keys.dead_letters(keys.commands(ACCOUNT + 1)))


async def test_what_a_full_redis_refuses_is_published_not_in_part_either(redis: Redis) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(ResponseError):
            await bus.publish(redis, STREAM, [event()], EVENTS, store={"a": b"1"})
    finally:
        await redis.config_set("maxmemory", "0")
    assert not await redis.exists("a", STREAM)


async def test_an_asker_who_gives_up_leaves_no_answer_to_the_next(redis: Redis) -> None:
    release = asyncio.Event()

    async def handle(request: Request) -> None:
        if request.owner == 1:
            await release.wait()
        await bus.answer(redis, ACCOUNT, request.id, NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=request.owner))

    async def first_is_waiting() -> Any:
        return await redis.xlen(keys.commands(ACCOUNT))

    async with running(worker(redis).run(handle)):
        async with running(bus.request(redis, ACCOUNT, GetRoster(), owner=1)):
            await eventually(first_is_waiting)
        release.set()
        for owner in range(2, 12):
            answer = await bus.request(redis, ACCOUNT, GetRoster(), owner=owner)
            assert answer == NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=owner)
