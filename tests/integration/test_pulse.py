"""The worker's pulse, as anybody may feel it: by Redis's clock alone, and rubbish is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from core import bus
from core.connection import Store
from core.contract import keys
from core.contract.state import SILENT_AFTER, Condition, Heartbeat, WorkerStatus
from core.pulse import HEARTBEATS, STATUSES, feel
from tests import wire
from tests.domain_values import ACCOUNT, NOW, statuses
from tests.wire import SIGNER, STRANGER

STATUS = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=Condition.WATCHING, watching_since=NOW)


async def said(redis: Store, status: WorkerStatus, *, ago: timedelta = timedelta()) -> None:
    beat = Heartbeat(at=await bus.redis_now(redis) - ago, reports=3)
    await wire.said(redis, status, beat, account=ACCOUNT)


async def test_a_worker_that_never_reported_has_none(redis: Store) -> None:
    assert await feel(redis, ACCOUNT) is None


@pytest.mark.parametrize("lacking", [keys.status, keys.heartbeat])
async def test_a_half_of_it_is_none(redis: Store, lacking: Callable[[int], str]) -> None:
    await said(redis, STATUS)
    await redis.delete(lacking(ACCOUNT))
    assert await feel(redis, ACCOUNT) is None


@given(statuses)
@few(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_the_worker_said_is_felt_as_it_said_it(redis: Store, status: WorkerStatus) -> None:
    await said(redis, status)
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert pulse.status == status
    assert pulse.reports == 3


async def test_it_is_alive_while_it_beats_and_silent_after_three_missed_beats(redis: Store) -> None:
    await said(redis, STATUS, ago=SILENT_AFTER - timedelta(seconds=20))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert (pulse.is_alive, pulse.is_silent) == (True, False)
    await said(redis, STATUS, ago=SILENT_AFTER + timedelta(milliseconds=10))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert (pulse.is_alive, pulse.is_silent) == (False, True)


async def test_both_times_are_redis_own_whatever_the_clocks_of_others_say(redis: Store) -> None:
    await said(redis, replace(STATUS, watching_since=datetime(2001, 1, 1, tzinfo=UTC)))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert timedelta() <= pulse.felt_at - pulse.beat_at + timedelta(milliseconds=1) < timedelta(seconds=20)
    assert abs(await bus.redis_now(redis) - pulse.felt_at) < timedelta(seconds=20)


@pytest.mark.parametrize("beat", [b"", b"soon", b"\xff", b"nan", b"1.5", b"9" * 20, b"9" * 5000, b"-" + b"9" * 20])
async def test_a_heartbeat_that_is_no_time_is_none(redis: Store, beat: bytes) -> None:
    await said(redis, STATUS)
    await redis.set_signed(keys.heartbeat(ACCOUNT), beat)
    assert await feel(redis, ACCOUNT) is None


@given(st.binary(), st.binary() | st.integers().map(lambda number: str(number).encode()))
@few(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_its_place_is_none_and_nothing_worse(redis: Store, status: bytes, beat: bytes) -> None:
    await redis.set(keys.status(ACCOUNT), status)
    await redis.set(keys.heartbeat(ACCOUNT), beat)
    assert await feel(redis, ACCOUNT) is None
    await redis.set_signed(keys.status(ACCOUNT), status)
    await redis.set_signed(keys.heartbeat(ACCOUNT), beat)
    assert await feel(redis, ACCOUNT) is None


@pytest.mark.parametrize("forged", ["status", "heartbeat", "exchanged"])
async def test_what_somebody_else_says_in_the_workers_place_is_none(redis: Store, forged: str) -> None:
    await said(redis, STATUS)
    beat = HEARTBEATS.dump(Heartbeat(at=await bus.redis_now(redis), reports=3))
    match forged:
        case "status":
            await redis.set(keys.status(ACCOUNT), STRANGER.wrap(keys.status(ACCOUNT), STATUSES.dump(STATUS)))
        case "heartbeat":
            await redis.set(keys.heartbeat(ACCOUNT), STRANGER.wrap(keys.heartbeat(ACCOUNT), beat))
        case "exchanged":  # it was said of another account
            await redis.set(keys.heartbeat(ACCOUNT), SIGNER.wrap(keys.heartbeat(ACCOUNT + 1), beat))
    assert await feel(redis, ACCOUNT) is None


@given(st.binary() | st.integers().map(lambda number: str(number).encode()))
@few(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_heartbeats_place_is_a_time_or_none(redis: Store, beat: bytes) -> None:
    await said(redis, STATUS)
    await redis.set_signed(keys.heartbeat(ACCOUNT), beat)
    pulse = await feel(redis, ACCOUNT)
    assert pulse is None or pulse.beat_at.utcoffset() == timedelta()


async def test_another_accounts_is_not_felt(redis: Store) -> None:
    await said(redis, STATUS)
    assert await feel(redis, ACCOUNT + 1) is None
