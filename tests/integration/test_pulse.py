"""The worker's pulse, as anybody may feel it: by Redis's clock alone, and rubbish is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from redis.asyncio import Redis

from core import bus
from core.contract import keys
from core.contract.codec import to_ms
from core.contract.state import SILENT_AFTER, Condition, WorkerStatus
from core.pulse import STATUSES, feel
from tests.domain_values import ACCOUNT, NOW, statuses

STATUS = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=Condition.WATCHING, watching_since=NOW)


async def said(redis: Redis, status: WorkerStatus, *, ago: timedelta = timedelta()) -> None:
    beat_at = await bus.redis_now(redis) - ago
    await redis.set(keys.status(ACCOUNT), STATUSES.dump(status))
    await redis.set(keys.heartbeat(ACCOUNT), to_ms(beat_at))


async def test_a_worker_that_never_reported_has_none(redis: Redis) -> None:
    assert await feel(redis, ACCOUNT) is None


@pytest.mark.parametrize("lacking", [keys.status, keys.heartbeat])
async def test_a_half_of_it_is_none(redis: Redis, lacking: Callable[[int], str]) -> None:
    await said(redis, STATUS)
    await redis.delete(lacking(ACCOUNT))
    assert await feel(redis, ACCOUNT) is None


@given(statuses)
@few(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_the_worker_said_is_felt_as_it_said_it(redis: Redis, status: WorkerStatus) -> None:
    await said(redis, status)
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert pulse.status == status


async def test_it_is_alive_while_it_beats_and_silent_after_three_missed_beats(redis: Redis) -> None:
    await said(redis, STATUS, ago=SILENT_AFTER - timedelta(seconds=20))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert (pulse.is_alive, pulse.is_silent) == (True, False)
    await said(redis, STATUS, ago=SILENT_AFTER + timedelta(milliseconds=10))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert (pulse.is_alive, pulse.is_silent) == (False, True)


async def test_both_times_are_redis_own_whatever_the_clocks_of_others_say(redis: Redis) -> None:
    await said(redis, replace(STATUS, watching_since=datetime(2001, 1, 1, tzinfo=UTC)))
    pulse = await feel(redis, ACCOUNT)
    assert pulse
    assert timedelta() <= pulse.felt_at - pulse.beat_at + timedelta(milliseconds=1) < timedelta(seconds=20)
    assert abs(await bus.redis_now(redis) - pulse.felt_at) < timedelta(seconds=20)


@pytest.mark.parametrize("beat", [b"", b"soon", b"\xff", b"nan", b"1.5", b"9" * 20, b"9" * 5000, b"-" + b"9" * 20])
async def test_a_heartbeat_that_is_no_time_is_none(redis: Redis, beat: bytes) -> None:
    await said(redis, STATUS)
    await redis.set(keys.heartbeat(ACCOUNT), beat)
    assert await feel(redis, ACCOUNT) is None


@given(st.binary(), st.binary() | st.integers().map(lambda number: str(number).encode()))
@few(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_its_place_is_none_and_nothing_worse(redis: Redis, status: bytes, beat: bytes) -> None:
    await redis.set(keys.status(ACCOUNT), status)
    await redis.set(keys.heartbeat(ACCOUNT), beat)
    assert await feel(redis, ACCOUNT) is None


@given(st.binary() | st.integers().map(lambda number: str(number).encode()))
@few(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_heartbeats_place_is_a_time_or_none(redis: Redis, beat: bytes) -> None:
    await said(redis, STATUS)
    await redis.set(keys.heartbeat(ACCOUNT), beat)
    pulse = await feel(redis, ACCOUNT)
    assert pulse is None or pulse.beat_at.utcoffset() == timedelta()


async def test_another_accounts_is_not_felt(redis: Redis) -> None:
    await said(redis, STATUS)
    assert await feel(redis, ACCOUNT + 1) is None
