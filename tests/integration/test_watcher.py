"""Watching an account: every change told once, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from core import bus
from core.contract import keys
from core.contract.events import (
    BaselineTaken,
    Event,
    GuardLoss,
    LoginAnnounced,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.contract.state import Condition, Snapshot
from core.domain.sessions import Roster, Session
from core.domain.tombstones import Tombstone
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session, torn_roster
from tests.fake_guard import FakeGuard, push
from tests.waiting import eventually, running, within_patience
from userclient import watcher as watcher_module
from userclient.records import Records, now
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    TooLateError,
    UnreachableError,
)
from userclient.watcher import Watcher

Published = Callable[[], Awaitable[list[Event]]]
NEVER, OFTEN = 3600.0, 0.02


@pytest.fixture
def records(redis: Redis) -> Records:
    return Records(redis, ACCOUNT)


def watching(guard: FakeGuard, records: Records, *, poll_seconds: float = NEVER) -> Watcher:
    watcher = Watcher(guard.as_guard(), records, poll_seconds=poll_seconds)
    guard.on_login(watcher.notice)
    return watcher


async def plenty() -> float:
    return 5.0


async def baseline(guard: FakeGuard, watcher: Watcher, *others: Session) -> None:
    """The first look, and what it told forgotten."""
    guard.lists(roster(*others))
    await watcher.look()


async def come(published: Published, *expected: Event) -> None:
    """Wait for these events, and see that there are no others."""

    async def enough() -> bool:
        return len(await published()) >= len(expected)

    await eventually(enough)
    assert await published() == list(expected)


def taken(*others: Session) -> BaselineTaken:
    return BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(*others))


def appeared(who: Session) -> SessionAppeared:
    return SessionAppeared(account=ACCOUNT, at=NOW, session=who)


def announced(hash_: str) -> LoginAnnounced:
    told = push(hash_)
    return LoginAnnounced(
        account=ACCOUNT,
        at=told.received_at,
        hash=hash_,
        device=told.device,
        location=told.location,
        logged_in_at=told.logged_in_at,
    )


async def test_the_first_look_is_for_review_and_no_alarm(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    await baseline(guard, watching(guard, records), session("1"), session("2"))
    assert await published() == [taken(session("1"), session("2"))]


async def test_the_same_roster_again_tells_nothing(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    guard.lists(roster(session("1", active_at=NOW)), roster(session("1"), taken_at=NOW + timedelta(hours=1)))
    await watcher.look()
    await watcher.look()
    assert len(await published()) == 1


async def test_every_kind_of_change_is_told(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"), session("2"))
    guard.lists(roster(session("2", country="Norway"), session("3"), ttl_days=7))
    await watcher.look()
    assert (await published())[1:] == [
        SessionEnded(account=ACCOUNT, at=NOW, session=session("1")),
        SessionAltered(account=ACCOUNT, at=NOW, before=session("2"), after=session("2", country="Norway")),
        appeared(session("3")),
        TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7),
    ]


async def test_a_push_is_looked_after_at_once(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    guard.lists(roster())
    async with running(watcher.run()):
        await come(published, taken())
        guard.lists(roster(session("7")))
        guard.pushes(push("7"))
        await come(published, taken(), appeared(session("7")))
    assert guard.looks == 2


async def test_a_lost_push_costs_a_poll_and_no_alert(guard: FakeGuard, records: Records, published: Published) -> None:
    guard.always_lists(roster())
    async with running(watching(guard, records, poll_seconds=OFTEN).run()):
        await come(published, taken())
        guard.always_lists(roster(session("7")))
        await come(published, taken(), appeared(session("7")))


async def test_a_pending_login_that_was_settled_is_looked_after(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    before, after = session("7", unconfirmed=True), session("7")
    guard.lists(roster(before))
    async with running(watching(guard, records).run()):
        await come(published, taken(before))
        guard.lists(roster(after))
        guard.pushes(None)
        await come(published, taken(before), SessionAltered(account=ACCOUNT, at=NOW, before=before, after=after))


@pytest.mark.parametrize(
    "trouble", [UnreachableError("TimeoutError"), FloodWaitError(30), RefusedError("INTERNAL"), NotAllowedYetError()]
)
async def test_a_push_makes_an_alert_though_the_roster_cannot_be_fetched(
    guard: FakeGuard, records: Records, published: Published, trouble: TelegramTrouble
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(trouble)
    async with running(watcher.run()):
        guard.pushes(push("-7"))
        await come(published, taken(), announced("-7"))


async def test_what_a_push_announced_appears_when_the_roster_can_be_fetched_again(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(UnreachableError("TimeoutError"))
    async with running(watcher.run()):
        guard.pushes(push("7"))
        await come(published, taken(), announced("7"))
        guard.always_lists(roster(session("7")))
        watcher.notice(None)
        await come(published, taken(), announced("7"), appeared(session("7")))


async def test_a_login_that_is_gone_before_it_was_listed_is_told_by_its_push(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(roster())
    async with running(watcher.run()):
        guard.pushes(push("7"))
        await come(published, taken(), announced("7"))


async def test_a_push_that_comes_twice_is_one_alert(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(roster(session("7")))
    async with running(watcher.run()):
        guard.pushes(push("7"))
        guard.pushes(push("7"))
        await come(published, taken(), appeared(session("7")))
        looks = guard.looks
        guard.pushes(push("7"))

        async def looked() -> bool:
            return guard.looks > looks

        await eventually(looked)
        await watcher.look()  # behind the one that the push made
        await come(published, taken(), appeared(session("7")))


async def test_a_push_during_a_look_waits_for_the_next(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    """The roster that is on its way may be older than that login."""
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.hold = asyncio.Event()
    guard.lists(roster(), roster(session("7")))
    async with running(watcher.run()):

        async def looking() -> bool:
            return guard.looks == 2

        await eventually(looking)
        guard.pushes(push("7"))
        guard.hold.set()
        await come(published, taken(), appeared(session("7")))


async def test_a_torn_roster_is_never_compared_and_never_kept(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    guard.lists(torn_roster(), torn_roster(session("2")), roster(session("1")))
    for _ in range(3):
        await watcher.look()
    assert len(await published()) == 1


async def test_a_torn_roster_is_no_baseline(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    guard.lists(torn_roster(session("1")), roster(session("1")))
    await watcher.look()
    assert await published() == []
    await watcher.look()
    assert await published() == [taken(session("1"))]


async def test_a_push_makes_an_alert_though_the_roster_is_torn(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(torn_roster(session("7")))
    async with running(watcher.run()):
        guard.pushes(push("7"))
        await come(published, taken(), announced("7"))


async def test_a_session_that_was_ended_here_is_told_with_who_did_it(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    await watcher.end(session("7"), by=OWNER, left=plenty)
    [_, event] = await published()
    assert isinstance(event, SessionEnded)
    assert (event.session, event.ended_by) == (session("7"), OWNER)
    assert guard.ended == ["7"]


async def test_an_ended_session_that_lingers_is_not_told_of_again(
    guard: FakeGuard, records: Records, published: Published, redis: Redis
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    await watcher.end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster(session("7")), roster(), roster(session("7")))
    for _ in range(3):
        assert (await watcher.look()).find("7") is None
    # Nor after a restart.
    guard.lists(roster(session("7")))
    await watching(guard, Records(redis, ACCOUNT)).look()
    assert len(await published()) == 2


async def test_a_push_of_an_ended_session_that_lingers_is_not_told_of_either(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    await watcher.end(session("7"), by=OWNER, left=plenty)
    guard.always_lists(roster(session("7")))
    guard.pushes(push("7"))
    async with running(watcher.run()):
        guard.always_lists(roster(session("7"), session("8")))
        guard.pushes(push("8"))

        async def told_of_8() -> bool:
            return appeared(session("8")) in await published()

        await eventually(told_of_8)
    assert [type(event) for event in await published()] == [BaselineTaken, SessionEnded, SessionAppeared]


async def test_after_a_day_an_ended_session_that_is_listed_again_is_told_of(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    old = Tombstone(hash="7", at=now() - timedelta(days=1, seconds=1), by=OWNER)
    await records.write(Snapshot(roster=roster(), ended=(old,)), [])
    guard.lists(roster(session("7")))
    await watching(guard, records).look()
    assert await published() == [appeared(session("7"))]


async def test_ending_that_has_become_too_late_is_left_undone(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    async def none() -> float:
        return 0.0

    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    with pytest.raises(TooLateError):
        await watcher.end(session("7"), by=OWNER, left=none)
    assert guard.ended == []
    assert len(await published()) == 1


async def test_a_failed_end_is_told_as_no_end(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", NotAllowedYetError())
    with pytest.raises(NotAllowedYetError):
        await watcher.end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster(session("7")))
    assert (await watcher.look()).find("7")
    assert len(await published()) == 1


async def test_no_look_falls_between_an_end_and_its_telling(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    """It would take the session for one that ended elsewhere."""
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    guard.always_lists(roster())
    await asyncio.gather(watcher.end(session("7"), by=OWNER, left=plenty), *[watcher.look() for _ in range(5)])
    ends = [event.ended_by for event in await published() if isinstance(event, SessionEnded)]
    assert ends == [OWNER]


async def test_a_change_made_while_the_worker_was_away_is_told(
    guard: FakeGuard, redis: Redis, published: Published
) -> None:
    await baseline(guard, watching(guard, Records(redis, ACCOUNT)), session("1"))
    guard.lists(roster(session("1"), session("2")))
    await watching(guard, Records(redis, ACCOUNT)).look()
    assert await published() == [taken(session("1")), appeared(session("2"))]


class Flaky:
    """Fails the bus's next publications: before they reach Redis, or after, when only the answer is lost."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before = self.after = 0
        really = bus.publish

        async def publish(*args: Any, **kwargs: Any) -> None:
            if self.before:
                self.before -= 1
                raise RedisConnectionError("gone before it was sent")
            await really(*args, **kwargs)
            if self.after:
                self.after -= 1
                raise RedisConnectionError("gone before it was answered")

        monkeypatch.setattr(bus, "publish", publish)


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Flaky:
    monkeypatch.setattr(watcher_module, "REDIS_RETRY_SECONDS", 0.01)
    return Flaky(monkeypatch)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_is_told_once_though_redis_failed_at_it(
    guard: FakeGuard, records: Records, published: Published, flaky: Flaky, when: str
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    setattr(flaky, when, 3)
    guard.always_lists(roster(session("7")))
    async with running(watcher.run()):
        await come(published, taken(), appeared(session("7")))
        looks = guard.looks

        async def looked_often() -> bool:
            watcher.notice(None)
            return guard.looks > looks + 5

        await eventually(looked_often)
    assert await published() == [taken(), appeared(session("7"))]


async def test_a_login_that_came_and_went_while_redis_was_away_is_told_by_its_push(
    guard: FakeGuard, records: Records, published: Published, flaky: Flaky
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    flaky.before = 1
    guard.lists(roster(session("7")))
    guard.always_lists(roster())
    guard.pushes(push("7"))
    async with running(watcher.run()):
        await come(published, taken(), announced("7"))


async def test_a_push_outlasts_an_outage_of_redis_and_of_telegram(
    guard: FakeGuard, records: Records, published: Published, flaky: Flaky
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    flaky.before = 3
    guard.always_lists(UnreachableError("TimeoutError"))
    async with running(watcher.run()):
        guard.pushes(push("7"))
        await come(published, taken(), announced("7"))


async def test_when_redis_loses_its_data_nothing_is_told_again(
    guard: FakeGuard, records: Records, published: Published, redis: Redis
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    await redis.flushall()
    guard.lists(roster(session("1"), session("2")), roster(session("1"), session("2")))
    await watcher.look()
    assert await published() == [appeared(session("2"))]
    await watching(guard, Records(redis, ACCOUNT)).look()  # after a restart of the worker too
    assert await published() == [appeared(session("2"))]


async def test_a_snapshot_that_cannot_be_read_is_a_new_beginning(
    guard: FakeGuard, records: Records, published: Published, redis: Redis
) -> None:
    await redis.set(keys.snapshot(ACCOUNT), b"rubbish")
    await baseline(guard, watching(guard, records), session("1"))
    assert await published() == [taken(session("1"))]


@pytest.mark.parametrize("reason", GuardLoss)
async def test_the_loss_of_the_guard_ends_the_watching(
    guard: FakeGuard, records: Records, published: Published, reason: GuardLoss
) -> None:
    guard.lists(GuardLostError(reason))
    with pytest.raises(GuardLostError) as caught:
        await within_patience(watching(guard, records).run())
    assert caught.value.reason is reason
    assert await published() == []


async def test_a_login_whose_push_was_the_last_thing_seen_is_told_though_it_threw_the_guard_out(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.pushes(push("7"))
    guard.lists(GuardLostError(GuardLoss.SESSION_REVOKED))
    with pytest.raises(GuardLostError):
        await within_patience(watcher.run())
    assert await published() == [taken(), announced("7")]


async def test_it_says_how_well_it_sees(guard: FakeGuard, records: Records) -> None:
    watcher = watching(guard, records)
    guard.lists(roster())
    async with running(watcher.run()):

        async def condition_is(condition: Condition) -> None:
            async def look() -> bool:
                return watcher.sight.condition is condition and guard.looks > looks

            await eventually(look)

        looks = 0
        await condition_is(Condition.WATCHING)
        for trouble, condition in (
            (UnreachableError("ConnectionError"), Condition.UNREACHABLE),
            (FloodWaitError(30), Condition.FLOOD_WAIT),
            (RefusedError("FROZEN_METHOD_INVALID"), Condition.UNREACHABLE),
        ):
            looks = guard.looks
            guard.lists(trouble)
            watcher.notice(push("9"))
            await condition_is(condition)
            assert watcher.sight.detail == str(trouble)
            assert (watcher.sight.until is not None) is (condition is Condition.FLOOD_WAIT)
        looks = guard.looks
        guard.lists(roster())
        watcher.notice(push("9"))
        await condition_is(Condition.WATCHING)
    assert watcher.sight.detail == ""
    assert watcher.sight.last_roster_at == NOW
    assert watcher.sight.guard_created_at == guard_session().created_at


async def test_extreme_hashes_go_all_the_way(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    extremes = [session(str(-(2**63))), session(str(2**63 - 1)), session("-1")]
    guard.lists(roster(*extremes))
    await watcher.look()
    assert (await published())[1:] == [appeared(who) for who in extremes]


async def test_the_last_roster_is_kept_for_the_bot_to_show(guard: FakeGuard, records: Records, redis: Redis) -> None:
    listed: Roster = replace(roster(session("1")), taken_at=NOW + timedelta(minutes=1))
    guard.lists(listed)
    await watching(guard, records).look()
    kept = await Records(redis, ACCOUNT).snapshot()
    assert kept == Snapshot(roster=listed)


async def test_a_connection_that_is_lost_again_and_again_is_no_reason_to_hammer_telegram(
    guard: FakeGuard, records: Records
) -> None:
    watcher = watching(guard, records)
    guard.lists(UnreachableError("ConnectionError"))
    async with running(watcher.run()):

        async def is_blind() -> bool:
            return watcher.sight.condition is Condition.UNREACHABLE

        await eventually(is_blind)
        for _ in range(200):
            watcher.notice(None)
            await asyncio.sleep(0)
        assert guard.looks == 1
