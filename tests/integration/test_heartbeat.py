"""The worker's heartbeat: it tells how the watching goes, and keeps the connection alive for as long as the lease."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from core.connection import Store
from core.contract.state import Condition, Pulse
from core.pulse import feel
from tests.domain_values import ACCOUNT, NOW, guard_session, roster
from tests.fake_guard import FakeGuard
from tests.waiting import eventually, running, within_patience
from userclient import heartbeat
from userclient.clock import now
from userclient.lease import Lease
from userclient.records import Records
from userclient.sight import Sight
from userclient.trouble import FloodWaitError, UnreachableError
from userclient.watcher import Watcher


async def felt(redis: Store, says: Callable[[Pulse], bool]) -> Pulse:
    """The pulse, once it says that."""

    async def look() -> Pulse | None:
        pulse = await feel(redis, ACCOUNT)
        return pulse if pulse and says(pulse) else None

    pulse = await eventually(look)
    assert pulse
    return pulse


async def test_it_beats_when_the_watching_goes_better_or_worse(
    redis: Store, records: Records, guard: FakeGuard
) -> None:
    sight = Sight()
    async with running(heartbeat.beat(records, guard.as_guard(), sight)):
        await asyncio.sleep(0)
        assert await feel(redis, ACCOUNT) is None  # nothing is known yet
        sight.see(roster())
        pulse = await felt(redis, lambda pulse: pulse.status.condition is Condition.WATCHING)
        assert (pulse.status.account, pulse.status.account_name) == (ACCOUNT, "Ada Lovelace")
        assert pulse.status.last_roster_at == NOW
        assert pulse.status.guard_created_at == guard_session().created_at
        assert pulse.status.version
        sight.lose(FloodWaitError(30), now=now())
        pulse = await felt(redis, lambda pulse: pulse.status.condition is Condition.FLOOD_WAIT)
        assert pulse.status.until
        assert pulse.status.detail == "FLOOD_WAIT_30"
        sight.check(NOW)
        sight.miss_check(FloodWaitError(30), now=NOW)
        sight.tear()
        pulse = await felt(redis, lambda pulse: pulse.status.condition is Condition.INCOMPLETE)
        assert (pulse.status.checked_at, pulse.status.unchecked_since) == (NOW, NOW)
        assert pulse.status.checkup_trouble is Condition.FLOOD_WAIT
        assert (pulse.status.until, pulse.status.detail) == (None, "")


async def test_it_goes_on_beating_while_nothing_changes(
    redis: Store, records: Records, guard: FakeGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    async with running(heartbeat.beat(records, guard.as_guard(), Sight())):
        first = await felt(redis, lambda _: True)
        second = await felt(redis, lambda pulse: pulse.beat_at > first.beat_at)
    assert second.status.watching_since == first.status.watching_since
    assert second.status.condition is Condition.UNREACHABLE  # nothing was seen


async def test_it_goes_on_beating_after_beats_that_redis_did_not_take(
    redis: Store, records: Records, guard: FakeGuard, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    async with running(lease.keep()), running(heartbeat.beat(records, guard.as_guard(), Sight())):
        await felt(redis, lambda _: True)
        await redis.flushall()
        await felt(redis, lambda _: True)


@pytest.mark.parametrize("condition", [Condition.STOPPED, Condition.GUARD_LOST])
async def test_the_last_word_keeps_what_was_said_before(
    redis: Store, records: Records, guard: FakeGuard, condition: Condition
) -> None:
    sight = Sight()
    async with running(heartbeat.beat(records, guard.as_guard(), sight)):
        sight.lose(FloodWaitError(30), now=now())
        before = await felt(redis, lambda _: True)
    await heartbeat.end(records, condition, detail="why")
    after = await felt(redis, lambda pulse: pulse.status.condition is condition)
    assert (after.status.detail, after.status.until) == ("why", None)
    assert after.status.account_name == "Ada Lovelace"
    assert after.status.watching_since == before.status.watching_since
    assert after.has_ended
    assert not after.is_alive


async def test_without_the_lease_there_is_no_last_word(redis: Store, records: Records, lease: Lease) -> None:
    await lease.release()
    await Lease(redis, ACCOUNT, seconds=600).take()
    await heartbeat.end(records, Condition.STOPPED)
    assert await feel(redis, ACCOUNT) is None


async def test_the_last_word_waits_for_no_redis_that_does_not_answer(
    redis: Store, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(heartbeat, "LAST_WORD_SECONDS", 0.05)
    monkeypatch.setattr(records, "status", hang)
    await within_patience(heartbeat.end(records, Condition.STOPPED))


async def test_when_telegram_cannot_be_kept_awake_the_watcher_looks_why(records: Records, guard: FakeGuard) -> None:
    watcher = Watcher(guard.as_guard(), records, poll_seconds=3600)
    guard.lists(roster(), roster())
    guard.awake.extend([None, UnreachableError("TimeoutError"), *[None] * 1000])
    async with running(watcher.run()), running(heartbeat.stay_awake(guard.as_guard(), watcher, seconds=0.005)):

        async def looked_again() -> bool:
            return guard.looks == 2

        await eventually(looked_again)


async def test_after_each_renewal_telegram_is_asked_anew_to_close_in_time(lease: Lease, guard: FakeGuard) -> None:
    guard.line.answers.extend([None, UnreachableError("TimeoutError"), None])

    async def asked() -> bool:
        return guard.line.closings == number

    async with running(lease.keep()), running(heartbeat.let_go_in_time(guard.as_guard(), lease)):
        await asyncio.sleep(0)
        assert guard.line.closings == 0
        for number in (1, 2, 3):  # noqa: B007 - `asked` looks at it
            lease.doubt()
            await eventually(asked)
