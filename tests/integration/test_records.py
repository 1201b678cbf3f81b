"""What the worker keeps: taken from the holder of the lease alone, read through any rubbish."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from redis.exceptions import RedisError

from core import bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.account_events import TamperingFound, TtlChanged
from core.contract.events import Event
from core.contract.mishaps import Tampering
from core.contract.state import SNAPSHOTS, Condition, Snapshot, WorkerStatus
from core.domain.preferences import Mode, Preferences
from core.domain.standing import Standings, Trust, Unanswered
from core.pulse import feel
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session, snapshots, torn_roster
from tests.waiting import running, within_patience
from tests.wire import SIGNER, STRANGER, reports_in
from userclient.alarm import Alarm
from userclient.clock import now
from userclient.lease import Lease
from userclient.records import Memory, Records

Published = Callable[[], Awaitable[list[Event]]]

STATUS = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=Condition.WATCHING, watching_since=NOW)
SNAPSHOT = Snapshot(roster=roster(session("1")))
OTHER = Snapshot(roster=roster(session("2")))
EVENT = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)


async def written(records: Records, snapshot: Snapshot, events: list[Event]) -> None:
    """As after a look."""
    await records.write(snapshot, events, since=await records.snapshot())


async def another_has_it(redis: Store, lease: Lease) -> None:
    await lease.release()
    await Lease(redis, ACCOUNT, seconds=600).take()


async def redis_was_emptied(redis: Store, lease: Lease) -> None:
    await redis.flushall()


async def it_was_given_back(redis: Store, lease: Lease) -> None:
    await lease.release()


LOST = pytest.mark.parametrize("lost", [another_has_it, redis_was_emptied, it_was_given_back])
Lose = Callable[[Store, Lease], Awaitable[None]]


async def test_a_snapshot_and_its_events_are_written_together(
    records: Records, redis: Store, lease: Lease, published: Published
) -> None:
    await written(records, SNAPSHOT, [EVENT])
    assert await published() == [EVENT]
    assert await records.snapshot() == SNAPSHOT
    assert await Records(redis, lease).snapshot() == SNAPSHOT


@given(snapshots)
@few(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_was_written_another_process_reads(redis: Store, lease: Lease, snapshot: Snapshot) -> None:
    await written(Records(redis, lease), snapshot, [])
    assert await Records(redis, lease).snapshot() == snapshot


@LOST
async def test_without_the_lease_neither_a_snapshot_nor_its_events_are_written(
    records: Records, redis: Store, lease: Lease, published: Published, lost: Lose
) -> None:
    await written(records, SNAPSHOT, [])
    await lost(redis, lease)
    before = await redis.get(keys.snapshot(ACCOUNT))
    with pytest.raises(FencedError):
        await written(records, Snapshot(roster=roster()), [EVENT])
    assert await published() == []
    assert await redis.get(keys.snapshot(ACCOUNT)) == before


@LOST
async def test_without_the_lease_no_heart_beats(records: Records, redis: Store, lease: Lease, lost: Lose) -> None:
    await lost(redis, lease)
    before = {key: await redis.dump(key) for key in await redis.keys()}
    with pytest.raises(FencedError):
        await records.beat(STATUS)
    assert {key: await redis.dump(key) for key in await redis.keys()} == before


@pytest.mark.parametrize("write", ["snapshot", "event", "heartbeat"])
async def test_a_refused_write_makes_the_lease_look_whether_it_is_still_held(
    records: Records, redis: Store, lease: Lease, write: str
) -> None:
    async with running(lease.keep()):
        await redis.flushall()
        with pytest.raises(FencedError):
            await {
                "snapshot": lambda: written(records, SNAPSHOT, [EVENT]),
                "event": lambda: records.announce(EVENT),
                "heartbeat": lambda: records.beat(STATUS),
            }[write]()
        await within_patience(lease.emptied())  # not in a third of its ten minutes
    await records.snapshot()
    await written(records, SNAPSHOT, [EVENT])
    await records.beat(STATUS)


async def test_what_a_full_redis_does_not_take_is_no_lost_lease(records: Records, redis: Store, lease: Lease) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        for write in (written(records, SNAPSHOT, [EVENT]), records.announce(EVENT), records.beat(STATUS)):
            with pytest.raises(RedisError) as caught:
                await write
            assert not isinstance(caught.value, FencedError)
    finally:
        await redis.config_set("maxmemory", "0")
    assert await redis.keys() == [keys.lease(ACCOUNT).encode()]


async def test_after_a_failed_write_only_redis_knows_what_was_written(
    records: Records, redis: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(records, SNAPSHOT, [])
    other = Snapshot(roster=roster(session("2")))
    really = bus.publish

    async def answer_is_lost(*args: object, **kwargs: object) -> None:
        await really(*args, **kwargs)  # type: ignore[arg-type]
        raise RedisError("gone before it was answered")

    monkeypatch.setattr(bus, "publish", answer_is_lost)
    with pytest.raises(RedisError):
        await written(records, other, [])
    assert await records.snapshot() == other


async def test_an_event_can_go_with_other_keys(records: Records, redis: Store, published: Published) -> None:
    await records.announce(EVENT, store={keys.dead_guard(ACCOUNT): b"a fingerprint"})
    assert await published() == [EVENT]
    assert await redis.get_signed(keys.dead_guard(ACCOUNT)) == b"a fingerprint"


async def test_it_is_known_whether_there_ever_was_a_snapshot(records: Records, redis: Store, lease: Lease) -> None:
    assert await records.snapshot() is None
    assert not records.belief.had_snapshot
    await written(records, SNAPSHOT, [])
    assert records.belief.had_snapshot
    next_process = Records(redis, lease)
    assert not next_process.belief.had_snapshot
    await next_process.snapshot()
    assert next_process.belief.had_snapshot
    await redis.delete(keys.snapshot(ACCOUNT))
    assert await Records(redis, lease).snapshot() is None
    assert Records(redis, lease, memory=Memory(snapshots=(SNAPSHOT,))).belief.had_snapshot


@given(st.binary())
@few(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_snapshots_place_is_none(redis: Store, lease: Lease, rubbish: bytes) -> None:
    for put in (redis.set, redis.set_signed):
        await put(keys.snapshot(ACCOUNT), rubbish)
        records = Records(redis, lease)
        assert await records.snapshot() is None
        assert records.belief.had_snapshot
        assert (records.belief.suspicion is Tampering.SNAPSHOT_FORGED) is (put == redis.set)


async def test_a_beat_is_felt_by_everybody_and_names_the_account(records: Records, redis: Store) -> None:
    before = await bus.redis_now(redis)
    await records.beat(STATUS)
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert pulse.status == STATUS
    assert before - timedelta(milliseconds=1) <= pulse.beat_at <= await bus.redis_now(redis)
    assert pulse.is_alive
    assert await redis.smembers(keys.ACCOUNTS) == {str(ACCOUNT).encode()}


async def test_each_beat_is_later_than_the_one_before(records: Records, redis: Store) -> None:
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
async def test_where_nothing_can_be_read_all_begins_now(redis: Store, lease: Lease, status: bytes, beat: bytes) -> None:
    await redis.set_signed(keys.status(ACCOUNT), status)
    await redis.set_signed(keys.heartbeat(ACCOUNT), beat)
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
async def test_a_snapshot_that_nothing_can_be_compared_with_is_none(redis: Store, lease: Lease, kept: bytes) -> None:
    await redis.set_signed(keys.snapshot(ACCOUNT), kept)
    records = Records(redis, lease)
    assert await records.snapshot() is None
    assert records.belief.had_snapshot


async def test_what_was_reckoned_before_redis_was_emptied_is_not_written_after_it(
    records: Records, redis: Store, lease: Lease
) -> None:
    await written(records, SNAPSHOT, [])
    before = await records.snapshot()
    assert before == SNAPSHOT
    await redis.flushall()
    async with running(lease.keep()):
        lease.doubt()
        await within_patience(lease.emptied())
        for _ in "once", "again":
            with pytest.raises(FencedError):
                await records.write(SNAPSHOT, [EVENT], since=before)
            assert await records.snapshot() is None  # whoever else asks meanwhile


async def test_what_was_reckoned_before_another_write_is_not_written_after_it(
    records: Records, published: Published
) -> None:
    await written(records, SNAPSHOT, [])
    before = await records.snapshot()
    await written(records, OTHER, [])
    with pytest.raises(FencedError):
        await records.write(SNAPSHOT, [EVENT], since=before)
    assert await records.snapshot() == OTHER
    assert await published() == []


async def test_an_event_that_changes_nothing_goes_between_a_look_and_its_writing(
    records: Records, redis: Store, lease: Lease, published: Published
) -> None:
    await written(records, SNAPSHOT, [])
    before = await records.snapshot()
    await records.announce(EVENT)
    await records.write(OTHER, [EVENT], since=before)
    assert await published() == [EVENT, EVENT]
    assert await Records(redis, lease).snapshot() == OTHER


@pytest.mark.parametrize("then", ["an event", "another snapshot"])
async def test_an_older_snapshot_is_told_as_such_trusts_nobody_and_ends_nobody(
    records: Records, redis: Store, lease: Lease, then: str
) -> None:
    trusting = Standings(trusted=(Trust(hash="1", at=NOW, by=OWNER),), unanswered=(Unanswered(hash="1", since=NOW),))
    armed = Preferences(end_unanswered=Mode.ON, end_idle=Mode.DRY, travel_until=NOW + timedelta(days=3))
    await written(records, replace(SNAPSHOT, standings=trusting, preferences=armed), [EVENT])
    older = await redis.get(keys.snapshot(ACCOUNT))
    await (records.announce(EVENT) if then == "an event" else written(records, OTHER, [EVENT]))
    await redis.set(keys.snapshot(ACCOUNT), older)
    next_worker = Records(redis, lease)
    unarmed = Preferences(end_unanswered=Mode.DRY, end_idle=Mode.DRY)
    assert await next_worker.snapshot() == replace(SNAPSHOT, preferences=unarmed)
    assert next_worker.belief.suspicion is Tampering.SNAPSHOT_OLD
    await written(next_worker, SNAPSHOT, [])
    assert next_worker.belief.suspicion is None


# Numbers


async def numbers(redis: Store) -> list[int]:
    return [report.number for report in await reports_in(redis)]


async def promised(redis: Store) -> int:
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    return pulse.reports


def losing_the_answer(monkeypatch: pytest.MonkeyPatch, *, arrives: bool) -> None:
    """Of the next publication; those behind it are answered."""
    really = bus.publish

    async def once(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(bus, "publish", really)
        if arrives:
            await really(*args, **kwargs)  # type: ignore[arg-type]
        raise RedisError("gone before it was answered")

    monkeypatch.setattr(bus, "publish", once)


async def test_reports_are_numbered_from_one_without_a_gap(records: Records, redis: Store) -> None:
    await written(records, SNAPSHOT, [EVENT, EVENT])
    await records.announce(EVENT)
    await written(records, SNAPSHOT, [])
    await written(records, SNAPSHOT, [EVENT])
    assert await numbers(redis) == [1, 2, 3, 4]


async def test_the_next_process_goes_on_counting(records: Records, redis: Store, lease: Lease) -> None:
    await written(records, SNAPSHOT, [EVENT, EVENT])
    await Records(redis, lease).announce(EVENT)
    await written(Records(redis, lease), SNAPSHOT, [EVENT])
    assert await numbers(redis) == [1, 2, 3, 4]


async def test_the_next_holder_of_the_lease_goes_on_counting(records: Records, redis: Store, lease: Lease) -> None:
    await records.announce(EVENT)
    await lease.release()
    other = Lease(redis, ACCOUNT, seconds=600)
    await other.take()
    await Records(redis, other).announce(EVENT)
    with pytest.raises(FencedError):
        await records.announce(EVENT)
    await other.release()
    await lease.take()
    await records.announce(EVENT)
    assert await numbers(redis) == [1, 2, 3]


@pytest.mark.parametrize("arrives", [True, False])
async def test_after_a_lost_answer_no_number_is_given_twice_and_none_left_out(
    records: Records, redis: Store, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    await records.announce(EVENT)
    losing_the_answer(monkeypatch, arrives=arrives)
    with pytest.raises(RedisError):
        await records.announce(EVENT)
    await records.beat(STATUS)
    assert await promised(redis) == 1 + arrives
    await records.announce(EVENT)
    assert await numbers(redis) == list(range(1, 3 + arrives))


async def test_what_is_written_at_once_never_has_one_number(records: Records, redis: Store) -> None:
    await records.snapshot()
    await asyncio.gather(
        *[records.announce(EVENT) for _ in range(10)],
        written(records, SNAPSHOT, [EVENT, EVENT]),
        *[records.announce(EVENT) for _ in range(10)],
        records.beat(STATUS),
    )
    assert await numbers(redis) == list(range(1, 23))


async def test_a_heartbeat_promises_no_more_than_there_is(records: Records, redis: Store) -> None:
    async def beat() -> None:
        for _ in range(30):
            await records.beat(STATUS)
            assert await promised(redis) <= await redis.xlen(keys.events(ACCOUNT))

    async def announce() -> None:
        for _ in range(30):
            await records.announce(EVENT)

    await asyncio.gather(beat(), announce())
    await records.beat(STATUS)
    assert await promised(redis) == 30


async def test_a_count_that_redis_lost_goes_on_from_what_the_process_knows(
    records: Records, redis: Store, lease: Lease
) -> None:
    await written(records, SNAPSHOT, [EVENT, EVENT])
    older = await redis.get(keys.reports(ACCOUNT))
    await records.announce(EVENT)
    for left in (None, older, b"rubbish", STRANGER.wrap(keys.reports(ACCOUNT), b"99")):
        await redis.delete(keys.reports(ACCOUNT))
        if left:
            await redis.set(keys.reports(ACCOUNT), left)
        assert await numbers(redis) == [1, 2, 3]
        next_shift = Records(redis, lease, memory=records.memory)
        await next_shift.announce(EVENT)
        assert (await numbers(redis))[-1] == 4
        await redis.xdel(keys.events(ACCOUNT), (await redis.xrevrange(keys.events(ACCOUNT), count=1))[0][0])


async def test_a_forged_count_counts_nothing(redis: Store, lease: Lease) -> None:
    await redis.set(keys.reports(ACCOUNT), STRANGER.wrap(keys.reports(ACCOUNT), b"1000"))
    await Records(redis, lease).announce(EVENT)
    assert await numbers(redis) == [1]


async def test_only_a_snapshot_that_was_not_signed_is_forged(redis: Store, lease: Lease) -> None:
    key = keys.snapshot(ACCOUNT)
    for put, is_forged in (
        (SIGNER.wrap(key, SNAPSHOTS.dump(SNAPSHOT)), False),
        (SIGNER.wrap(key, b"{}"), False),
        (SNAPSHOTS.dump(SNAPSHOT), True),
        (STRANGER.wrap(key, SNAPSHOTS.dump(SNAPSHOT)), True),
        (SIGNER.wrap(keys.snapshot(ACCOUNT + 1), SNAPSHOTS.dump(SNAPSHOT)), True),
    ):
        await redis.set(key, put)
        records = Records(redis, lease)
        await records.snapshot()
        assert records.belief.had_snapshot
        assert (records.belief.suspicion is Tampering.SNAPSHOT_FORGED) is is_forged


# The alarm


async def test_the_alarm_tells_each_kind_once_in_ten_minutes(
    records: Records, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = Alarm(records, account=ACCOUNT)
    for _ in range(3):
        await alarm.ring(Tampering.COMMAND_FORGED)
        await alarm.ring(Tampering.COMMAND_REPLAYED)
    both = [Tampering.COMMAND_FORGED, Tampering.COMMAND_REPLAYED]
    assert [event.what for event in await published() if isinstance(event, TamperingFound)] == both
    later = time.monotonic() + 600
    monkeypatch.setattr("userclient.alarm.time", SimpleNamespace(monotonic=lambda: later))
    for _ in range(3):
        await alarm.ring(Tampering.COMMAND_FORGED)
    assert len(await published()) == 3


async def test_an_alarm_that_redis_did_not_take_is_rung_again(
    records: Records, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = Alarm(records, account=ACCOUNT)
    losing_the_answer(monkeypatch, arrives=False)
    with pytest.raises(RedisError):
        await alarm.ring(Tampering.COMMAND_FORGED)
    await alarm.ring(Tampering.COMMAND_FORGED)
    assert len(await published()) == 1
