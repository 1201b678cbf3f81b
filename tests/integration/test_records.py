"""What the worker keeps: taken from the holder of the lease alone, read through any rubbish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core import bus
from core.bus import FencedError
from core.contract import keys
from core.contract.events import Event, TtlChanged
from core.contract.state import Condition, Snapshot, WorkerStatus
from core.pulse import feel
from tests.domain_values import ACCOUNT, NOW, roster, session, snapshots, torn_roster
from tests.waiting import running, within_patience
from userclient.lease import Lease
from userclient.records import SNAPSHOTS, Records, now

Published = Callable[[], Awaitable[list[Event]]]

STATUS = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=Condition.WATCHING, watching_since=NOW)
SNAPSHOT = Snapshot(roster=roster(session("1")))
EVENT = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)


async def another_has_it(redis: Redis, lease: Lease) -> None:
    await lease.release()
    await Lease(redis, ACCOUNT, seconds=600).take()


async def redis_was_emptied(redis: Redis, lease: Lease) -> None:
    await redis.flushall()


async def it_was_given_back(redis: Redis, lease: Lease) -> None:
    await lease.release()


LOST = pytest.mark.parametrize("lost", [another_has_it, redis_was_emptied, it_was_given_back])
Lose = Callable[[Redis, Lease], Awaitable[None]]


async def test_a_snapshot_and_its_events_are_written_together(
    records: Records, redis: Redis, lease: Lease, published: Published
) -> None:
    await records.write(SNAPSHOT, [EVENT])
    assert await published() == [EVENT]
    assert await records.snapshot() == SNAPSHOT
    assert await Records(redis, lease).snapshot() == SNAPSHOT


@given(snapshots)
@few(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_was_written_another_process_reads(redis: Redis, lease: Lease, snapshot: Snapshot) -> None:
    await Records(redis, lease).write(snapshot, [])
    assert await Records(redis, lease).snapshot() == snapshot


@LOST
async def test_without_the_lease_neither_a_snapshot_nor_its_events_are_written(
    records: Records, redis: Redis, lease: Lease, published: Published, lost: Lose
) -> None:
    await records.write(SNAPSHOT, [])
    await lost(redis, lease)
    before = await redis.get(keys.snapshot(ACCOUNT))
    with pytest.raises(FencedError):
        await records.write(Snapshot(roster=roster()), [EVENT])
    assert await published() == []
    assert await redis.get(keys.snapshot(ACCOUNT)) == before


@LOST
async def test_without_the_lease_no_heart_beats(records: Records, redis: Redis, lease: Lease, lost: Lose) -> None:
    await lost(redis, lease)
    before = {key: await redis.dump(key) for key in await redis.keys()}
    with pytest.raises(FencedError):
        await records.beat(STATUS)
    assert {key: await redis.dump(key) for key in await redis.keys()} == before


@pytest.mark.parametrize("write", ["snapshot", "event", "heartbeat"])
async def test_a_refused_write_makes_the_lease_look_whether_it_is_still_held(
    records: Records, redis: Redis, lease: Lease, write: str
) -> None:
    async with running(lease.keep()):
        await redis.flushall()
        with pytest.raises(FencedError):
            await {
                "snapshot": lambda: records.write(SNAPSHOT, [EVENT]),
                "event": lambda: records.announce(EVENT),
                "heartbeat": lambda: records.beat(STATUS),
            }[write]()
        await within_patience(lease.emptied())  # not in a third of its ten minutes
    await records.snapshot()
    await records.write(SNAPSHOT, [EVENT])
    await records.beat(STATUS)


async def test_what_a_full_redis_does_not_take_is_no_lost_lease(records: Records, redis: Redis, lease: Lease) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        for write in (records.write(SNAPSHOT, [EVENT]), records.announce(EVENT), records.beat(STATUS)):
            with pytest.raises(RedisError) as caught:
                await write
            assert not isinstance(caught.value, FencedError)
    finally:
        await redis.config_set("maxmemory", "0")
    assert await redis.keys() == [keys.lease(ACCOUNT).encode()]


async def test_after_a_failed_write_only_redis_knows_what_was_written(
    records: Records, redis: Redis, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    await records.write(SNAPSHOT, [])
    other = Snapshot(roster=roster(session("2")))
    really = bus.publish

    async def answer_is_lost(*args: object, **kwargs: object) -> None:
        await really(*args, **kwargs)  # type: ignore[arg-type]
        raise RedisError("gone before it was answered")

    monkeypatch.setattr(bus, "publish", answer_is_lost)
    with pytest.raises(RedisError):
        await records.write(other, [])
    assert await records.snapshot() == other


async def test_an_event_can_go_with_other_keys(records: Records, redis: Redis, published: Published) -> None:
    await records.announce(EVENT, store={keys.dead_guard(ACCOUNT): b"a fingerprint"})
    assert await published() == [EVENT]
    assert await redis.get(keys.dead_guard(ACCOUNT)) == b"a fingerprint"


async def test_it_is_known_whether_there_ever_was_a_snapshot(records: Records, redis: Redis, lease: Lease) -> None:
    assert await records.snapshot() is None
    assert not records.had_snapshot
    await records.write(SNAPSHOT, [])
    assert records.had_snapshot
    next_process = Records(redis, lease)
    assert not next_process.had_snapshot
    await next_process.snapshot()
    assert next_process.had_snapshot
    await redis.delete(keys.snapshot(ACCOUNT))
    assert await Records(redis, lease).snapshot() is None
    assert Records(redis, lease, remembered=(SNAPSHOT,)).had_snapshot


@given(st.binary())
@few(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_snapshots_place_is_none(redis: Redis, lease: Lease, rubbish: bytes) -> None:
    await redis.set(keys.snapshot(ACCOUNT), rubbish)
    records = Records(redis, lease)
    assert await records.snapshot() is None
    assert records.had_snapshot


async def test_a_beat_is_felt_by_everybody_and_names_the_account(records: Records, redis: Redis) -> None:
    before = await bus.redis_now(redis)
    await records.beat(STATUS)
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert pulse.status == STATUS
    assert before - timedelta(milliseconds=1) <= pulse.beat_at <= await bus.redis_now(redis)
    assert pulse.is_alive
    assert await redis.smembers(keys.ACCOUNTS) == {str(ACCOUNT).encode()}


async def test_each_beat_is_later_than_the_one_before(records: Records, redis: Redis) -> None:
    await records.beat(STATUS)
    first = await feel(redis, ACCOUNT)
    await asyncio.sleep(0.005)
    await records.beat(replace(STATUS, condition=Condition.UNREACHABLE))
    second = await feel(redis, ACCOUNT)
    assert first
    assert second
    assert second.beat_at > first.beat_at
    assert second.status.condition is Condition.UNREACHABLE


async def test_what_was_said_last_can_be_read_back(records: Records) -> None:
    await records.beat(STATUS)
    assert await records.status() == STATUS


@given(st.binary(), st.binary())
@few(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_where_nothing_can_be_read_all_begins_now(redis: Redis, lease: Lease, status: bytes, beat: bytes) -> None:
    await redis.set(keys.status(ACCOUNT), status)
    await redis.set(keys.heartbeat(ACCOUNT), beat)
    said = await Records(redis, lease).status()
    assert (said.account, said.condition) == (ACCOUNT, Condition.STOPPED)
    assert now() - said.watching_since < timedelta(minutes=1)


def zoneless(where: str) -> bytes:
    kept = json.loads(SNAPSHOTS.dump(Snapshot(roster=roster())))
    return json.dumps(kept | {where: [{"hash": "1", "at": "2026-03-14T15:09:26", "by": 1}]}).encode()


@pytest.mark.parametrize(
    "kept",
    [
        SNAPSHOTS.dump(Snapshot(roster=roster(account=ACCOUNT + 1))),
        SNAPSHOTS.dump(Snapshot(roster=torn_roster())),
        zoneless("ended"),
        zoneless("ending"),
    ],
    ids=["another account's", "torn", "ended at no known time", "begun at no known time"],
)
async def test_a_snapshot_that_nothing_can_be_compared_with_is_none(redis: Redis, lease: Lease, kept: bytes) -> None:
    await redis.set(keys.snapshot(ACCOUNT), kept)
    records = Records(redis, lease)
    assert await records.snapshot() is None
    assert records.had_snapshot


async def test_what_was_reckoned_before_redis_was_emptied_is_not_written_after_it(
    records: Records, redis: Redis, lease: Lease
) -> None:
    await records.write(SNAPSHOT, [])
    assert await records.snapshot() == SNAPSHOT
    await redis.flushall()
    async with running(lease.keep()):
        lease.doubt()
        await within_patience(lease.emptied())
        with pytest.raises(FencedError):
            await records.write(SNAPSHOT, [EVENT])
    assert await records.snapshot() is None
