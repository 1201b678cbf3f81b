"""Publishing, asking and answering over a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.exceptions import RedisError, ResponseError

from core import bus
from core.connection import Store, connect
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.codec import MalformedError
from core.contract.commands import EndSession, GetRoster, Request
from core.contract.events import Report
from core.contract.replies import Carried, NotCarried, Outcome, Reply, Result, RosterFetched, Trouble
from core.contract.signing import ForgedError
from core.settings import CoreSettings
from tests.asking import ask
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.waiting import eventually, running, within_patience
from tests.wire import REQUESTS, SIGNER, STRANGER, events_in
from userclient.lease import Lease

STREAM = keys.events(ACCOUNT)
SOON = timedelta(milliseconds=150)


def event(days: int = 7) -> TtlChanged:
    return TtlChanged(account=ACCOUNT, at=NOW, before=180, after=days)


def reports(*days: int) -> list[Report]:
    return [Report(number=number, event=event(each)) for number, each in enumerate(days, 1)]


async def stored(redis: Store, key: str) -> bytes | None:
    return await redis.get_signed(key)


def worker(redis: Store, account: int = ACCOUNT) -> Consumer[Request]:
    return Consumer(
        redis=redis,
        stream=keys.commands(account),
        packing=bus.requests_to(redis, account),
        group="userclient",
        name="w",
        ack_first=True,
    )


async def test_values_are_published_in_order_with_what_is_stored(redis: Store, lease: Lease) -> None:
    await bus.publish(redis, lease.account, lease.fence, reports(1, 2), store={"a": b"1", "b": b"2"})
    assert await events_in(redis) == [event(1), event(2)]
    assert [await stored(redis, key) for key in ("a", "b")] == [b"1", b"2"]


async def test_nothing_published_still_stores(redis: Store, lease: Lease) -> None:
    await bus.publish(redis, lease.account, lease.fence, [], store={"a": b"1"})
    assert await stored(redis, "a") == b"1"
    assert not await redis.exists(STREAM)


async def test_nobody_sees_what_is_stored_without_what_is_published(redis: Store, lease: Lease) -> None:
    seen: list[tuple[bytes | None, int]] = []

    async def watch() -> None:
        while True:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.get("version")
                pipe.xlen(STREAM)
                version, length = await pipe.execute()
            seen.append((SIGNER.unwrap("version", version) if version else None, length))

    async with running(watch()):
        for version in range(1, 101):
            store = {"version": str(version).encode()}
            await bus.publish(redis, lease.account, lease.fence, reports(version), store=store)

        async def last_seen() -> bool:
            return (b"100", 100) in seen

        await eventually(last_seen)
    assert all(int(version or 0) == length for version, length in seen)


async def test_a_stream_of_events_keeps_within_its_bounds(
    redis: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "EVENTS_MOST", 50)
    for _ in range(10):
        await bus.publish(redis, lease.account, lease.fence, reports(*[7] * 100))
    assert 50 <= await redis.xlen(STREAM) < 300  # "about": Redis trims whole nodes


async def test_redis_tells_the_time(redis: Store) -> None:
    before = datetime.now(UTC)
    at = await bus.redis_now(redis)
    assert before - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)
    assert at.utcoffset() == timedelta()


async def test_a_request_reaches_the_worker_and_its_answer_the_asker(redis: Store) -> None:
    got: list[Request] = []
    answer = RosterFetched(roster=roster(session("-9223372036854775808")))

    async def handle(request: Request) -> None:
        got.append(request)
        await bus.answer(redis, ACCOUNT, request.id, answer)

    async with running(worker(redis).run(handle)):
        asked_at = await bus.redis_now(redis)
        assert await ask(redis, EndSession(hash="-1"), owner=OWNER) == answer
    [request] = got
    assert (request.command, request.owner) == (EndSession(hash="-1"), OWNER)
    # The deadline is kept to the millisecond.
    assert timedelta(0) <= request.deadline - asked_at - bus.PATIENCE + timedelta(milliseconds=1) < timedelta(seconds=5)


async def test_the_stream_of_requests_keeps_within_its_bounds(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "COMMANDS_MOST", 50)
    fields: Any = {"rub": "bish"}
    for _ in range(500):
        await redis.xadd(keys.commands(ACCOUNT), fields)
    with pytest.raises(bus.NoReplyError):
        await ask(redis, GetRoster(), owner=OWNER, patience=timedelta(milliseconds=1))
    assert 50 <= await redis.xlen(keys.commands(ACCOUNT)) < 300  # "about": Redis trims whole nodes


async def test_a_request_that_nobody_answers_ends_at_its_deadline(redis: Store) -> None:
    with pytest.raises(bus.NoReplyError):
        await within_patience(ask(redis, GetRoster(), owner=OWNER, patience=SOON))
    [(_, entry)] = await redis.xrange(keys.commands(ACCOUNT))
    assert REQUESTS.unpack(entry).deadline <= await bus.redis_now(redis)


async def test_an_answer_that_cannot_be_read_is_malformed(redis: Store) -> None:
    async def handle(request: Request) -> None:
        await redis.xadd(keys.reply(ACCOUNT, request.id), {"rub": "bish"})

    async with running(worker(redis).run(handle)):
        with pytest.raises(MalformedError):
            await ask(redis, GetRoster(), owner=OWNER)


async def test_fifty_at_once_get_each_their_own_answer(redis: Store, redis_settings: CoreSettings) -> None:
    """More than there are connections; the worker has its own, in a process of its own."""
    workers_redis = connect(redis_settings, name="doorman-test-worker")

    async def handle(request: Request) -> None:
        answer = NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=request.owner)
        await bus.answer(workers_redis, ACCOUNT, request.id, answer)

    async def answer_to(number: int) -> Reply:
        return await ask(redis, GetRoster(), owner=number)

    async with aclosing(workers_redis), running(worker(workers_redis).run(handle)):
        answers = await within_patience(asyncio.gather(*map(answer_to, range(1, 51))))
    assert answers == [NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=number) for number in range(1, 51)]


@pytest.mark.parametrize(
    ("answer", "most_ms"),
    [
        (RosterFetched(roster=roster()), bus.LIST_KEPT_MS),
        (NotCarried(trouble=Trouble.UNREACHABLE), bus.OUTCOME_KEPT_MS),
        (Carried(results=()), bus.OUTCOME_KEPT_MS),
    ],
)
async def test_an_answer_does_not_stay(redis: Store, answer: Reply, most_ms: int) -> None:
    await bus.answer(redis, ACCOUNT, "f00d", answer)
    assert most_ms / 2 < await redis.pttl(keys.reply(ACCOUNT, "f00d")) <= most_ms


async def test_an_answer_can_be_read_again_by_whoever_comes_later(redis: Store) -> None:
    assert await bus.reply_to(redis, ACCOUNT, "f00d") is None
    await bus.answer(redis, ACCOUNT, "f00d", Carried(results=()))
    for _ in range(2):
        assert await bus.reply_to(redis, ACCOUNT, "f00d") == Carried(results=())


async def test_a_note_lies_beside_a_request_until_it_is_settled(redis: Store) -> None:
    sent = await bus.new_request(redis, GetRoster(), owner=OWNER, patience=SOON)
    with pytest.raises(bus.NoReplyError):
        await bus.request(redis, ACCOUNT, sent, patience=SOON, note=b"a note")
    assert await redis.hkeys(keys.presses(ACCOUNT)) == [sent.id.encode()]
    assert await redis.hget_signed(keys.presses(ACCOUNT), sent.id) == b"a note"
    await bus.settle(redis, ACCOUNT, sent.id)
    assert not await redis.exists(keys.presses(ACCOUNT))


async def test_a_request_that_redis_refuses_is_not_sent_and_leaves_no_note(redis: Store) -> None:
    sent = await bus.new_request(redis, GetRoster(), owner=OWNER)
    await redis.set(keys.commands(ACCOUNT), "no stream")
    with pytest.raises(ResponseError):
        await bus.request(redis, ACCOUNT, sent)
    await redis.delete(keys.commands(ACCOUNT))
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await bus.request(redis, ACCOUNT, sent, note=b"a note")
    finally:
        await redis.config_set("maxmemory", "0")
    assert not await redis.exists(keys.commands(ACCOUNT), keys.presses(ACCOUNT))


async def test_a_request_waits_longer_than_one_read_may(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "BLOCK_MS", 20)

    async def handle(request: Request) -> None:
        await asyncio.sleep(0.1)  # several reads long
        await bus.answer(redis, ACCOUNT, request.id, Carried(results=()))

    async with running(worker(redis).run(handle)):
        assert await ask(redis, GetRoster()) == Carried(results=())


async def test_another_accounts_worker_is_not_asked(redis: Store) -> None:
    async def handle(request: Request) -> None:
        raise AssertionError(request)

    async with running(worker(redis, ACCOUNT + 1).run(handle)):
        with pytest.raises(bus.NoReplyError):
            await ask(redis, GetRoster(), owner=OWNER, patience=SOON)
    assert not await redis.exists(keys.dead_letters(keys.commands(ACCOUNT + 1)))


@pytest.fixture
async def full(redis: Store) -> AsyncIterator[None]:
    """A Redis that takes nothing more."""
    await redis.config_set("maxmemory", "1")
    yield
    await redis.config_set("maxmemory", "0")


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_what_a_full_redis_refuses_is_published_not_in_part_either(
    redis: Store, lease: Lease, full: None, number: int
) -> None:
    with pytest.raises(ResponseError):
        await bus.publish(redis, lease.account, lease.fence, reports(*[7] * number), store={"a": b"1"})
    assert not await redis.exists("a", STREAM)


async def test_a_full_redis_is_no_lost_lease(redis: Store, lease: Lease, full: None) -> None:
    with pytest.raises(ResponseError) as caught:
        await bus.publish(redis, lease.account, lease.fence, reports(7))
    assert not isinstance(caught.value, bus.FencedError)


async def test_what_is_no_stream_gives_way_to_ours(redis: Store, lease: Lease) -> None:
    """Somebody else has put it there: it must not keep the owners from being told."""
    await redis.set(STREAM, "no stream")
    await bus.publish(redis, lease.account, lease.fence, reports(1, 2), store={"a": b"1"})
    assert await redis.xlen(STREAM) == 2
    assert await redis.exists("a")


async def another_has_it(redis: Store, lease: Lease) -> None:
    await lease.release()
    await Lease(redis, ACCOUNT, seconds=600).take()


async def it_was_given_back(redis: Store, lease: Lease) -> None:
    await lease.release()


async def it_is_unknown(redis: Store, lease: Lease) -> None:
    await redis.hset(keys.lease(ACCOUNT), "state", "unknown")


async def redis_was_emptied(redis: Store, lease: Lease) -> None:
    await redis.flushall()


@pytest.mark.parametrize("lost", [another_has_it, it_was_given_back, it_is_unknown, redis_was_emptied])
async def test_without_the_lease_nothing_is_published_and_nothing_stored(
    redis: Store, lease: Lease, lost: Callable[[Store, Lease], Awaitable[None]]
) -> None:
    await bus.publish(redis, lease.account, lease.fence, reports(1), store={"a": b"before"})
    await lost(redis, lease)
    entries, stored = await redis.xrange(STREAM), await redis.get("a")
    with pytest.raises(bus.FencedError):
        await bus.publish(redis, lease.account, lease.fence, reports(2, 3), store={"a": b"after"})
    assert (await redis.xrange(STREAM), await redis.get("a")) == (entries, stored)


async def test_one_accounts_lease_is_none_of_anothers(redis: Store, lease: Lease) -> None:
    other = Lease(redis, ACCOUNT + 1, seconds=600)
    other.fence = lease.fence
    with pytest.raises(bus.FencedError):
        await bus.publish(redis, other.account, other.fence, reports(7))
    assert not await redis.exists(keys.events(ACCOUNT + 1))


async def test_a_script_that_redis_has_forgotten_is_told_to_it_again(redis: Store, lease: Lease) -> None:
    await bus.publish(redis, lease.account, lease.fence, reports(1))
    await redis.script_flush()
    await bus.publish(redis, lease.account, lease.fence, reports(2))
    assert await events_in(redis) == [event(1), event(2)]


async def test_an_asker_who_gives_up_leaves_no_answer_to_the_next(redis: Store) -> None:
    release = asyncio.Event()

    async def handle(request: Request) -> None:
        if request.owner == 1:
            await release.wait()
        await bus.answer(redis, ACCOUNT, request.id, NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=request.owner))

    async def first_is_waiting() -> Any:
        return await redis.xlen(keys.commands(ACCOUNT))

    async with running(worker(redis).run(handle)):
        async with running(ask(redis, GetRoster(), owner=1)):
            await eventually(first_is_waiting)
        release.set()
        for owner in range(2, 12):
            answer = await ask(redis, GetRoster(), owner=owner)
            assert answer == NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=owner)


def carried(hash_: str) -> Carried:
    return Carried(results=(Result(hash=hash_, outcome=Outcome.DONE, at=NOW),))


@pytest.mark.parametrize("forged", ["unsigned", "stranger's", "another request's", "another account's", "altered"])
async def test_an_answer_that_the_worker_did_not_give_to_this_request_is_refused(redis: Store, forged: str) -> None:
    place, plain = keys.reply(ACCOUNT, "f00d"), bus.REPLIES.pack(carried("7"))
    fields: Any = {
        "unsigned": plain,
        "stranger's": STRANGER.sign(place, plain),
        "another request's": SIGNER.sign(keys.reply(ACCOUNT, "beef"), plain),
        "another account's": SIGNER.sign(keys.reply(ACCOUNT + 1, "f00d"), plain),
        "altered": SIGNER.sign(place, plain) | {b"body": bus.REPLIES.pack(carried("8"))[b"body"]},
    }[forged]
    await redis.xadd(place, fields)
    with pytest.raises(ForgedError):
        await bus.reply_to(redis, ACCOUNT, "f00d")


async def test_what_is_published_and_stored_is_signed_for_its_own_place(redis: Store, lease: Lease) -> None:
    await bus.publish(redis, lease.account, lease.fence, reports(1), store={"a": b"1"})
    await redis.rename("a", "b")
    with pytest.raises(ForgedError):
        await redis.get_signed("b")
    [(_, fields)] = await redis.xrange(STREAM)
    with pytest.raises(ForgedError):
        bus.reports_of(redis, ACCOUNT + 1).unpack(fields)


async def test_an_empty_word_in_the_place_of_ours_is_forged_and_not_nothing(redis: Store) -> None:
    await redis.set("a", b"")
    await redis.hset("h", "a", b"")
    with pytest.raises(ForgedError):
        await redis.get_signed("a")
    with pytest.raises(ForgedError):
        await redis.hget_signed("h", "a")
    assert await redis.get_signed("nothing") is await redis.hget_signed("h", "nothing") is None


async def test_an_owners_note_of_a_press_can_not_be_put_beside_another_request(redis: Store) -> None:
    key = keys.presses(ACCOUNT)
    await redis.hset_signed(key, "f00d", b"a note")
    await redis.hset(key, "beef", await redis.hget(key, "f00d") or b"")
    with pytest.raises(ForgedError):
        await redis.hget_signed(key, "beef")
