"""Watching an account: every change told once, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from core import bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.account_events import BaselineTaken, TamperingFound, TtlChanged
from core.contract.events import Event
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.session_events import LoginAnnounced, SessionAltered, SessionAppeared, SessionEnded
from core.contract.state import SNAPSHOTS, Condition, Snapshot
from core.domain.risk.assessment import Assessment
from core.domain.sessions import Roster, Session
from core.domain.tombstones import Tombstone
from core.pulse import feel
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session, torn_roster
from tests.fake_guard import FakeGuard, push
from tests.waiting import eventually, running, within_patience
from tests.wire import STRANGER, events_in
from userclient import watcher as watcher_module
from userclient.clock import now
from userclient.deeds import Deeds
from userclient.lease import Lease
from userclient.records import Records
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    TooLateError,
    UnknownHashError,
    UnreachableError,
)
from userclient.watcher import Watcher

Published = Callable[[], Awaitable[list[Event]]]
NEVER, OFTEN = 3600.0, 0.02


@pytest.fixture
def published(redis: Store) -> Published:
    """All events so far, oldest first, without what is made of them: how loud, and why."""

    async def look() -> list[Event]:
        return [bare(event) for event in await events_in(redis)]

    return look


def bare(event: Event) -> Event:
    match event:
        case SessionAppeared(session=who):
            return replace(event, assessment=appeared(who).assessment)
        case SessionAltered():
            return replace(event, assessment=Assessment())
        case SessionEnded():
            return replace(event, ending=None)
        case _:
            return event


def watching(guard: FakeGuard, records: Records, *, poll_seconds: float = NEVER) -> Watcher:
    watcher = Watcher(guard.as_guard(), records, poll_seconds=poll_seconds)
    guard.on_login(watcher.notice)
    return watcher


def doing(guard: FakeGuard, records: Records, watcher: Watcher) -> Deeds:
    return Deeds(guard=guard.as_guard(), records=records, turn=watcher.turn)


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


def taken(*others: Session, history_lost: bool = False, remembers: bool = False) -> BaselineTaken:
    return BaselineTaken(
        account=ACCOUNT,
        at=NOW,
        roster=roster(*others),
        history_lost=history_lost,
        settings_lost=history_lost and not remembers,
    )


def ended(who: Session, *, by: int | None = None) -> SessionEnded:
    return SessionEnded(account=ACCOUNT, at=NOW, session=who, ended_by=by)


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


async def test_the_accounts_name_is_known_before_the_first_look_is_told(
    guard: FakeGuard, records: Records, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, names = bus.publish, []

    async def publish(client: Any, account: int, fence: int, reports: Any, **others: Any) -> Any:
        if reports:
            pulse = await feel(redis, ACCOUNT)
            names.append(pulse and pulse.status.account_name)
        return await really(client, account, fence, reports, **others)

    monkeypatch.setattr(bus, "publish", publish)
    await baseline(guard, watching(guard, records), session("1"))
    assert names == ["Ada Lovelace"]


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
    await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    [_, event] = await published()
    assert isinstance(event, SessionEnded)
    assert (event.session, event.ended_by) == (session("7"), OWNER)
    assert guard.ended == ["7"]


async def test_an_ended_session_that_lingers_is_not_told_of_again(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster(session("7")), roster(), roster(session("7")))
    for _ in range(3):
        assert (await watcher.look()).find("7") is None
    # Nor after a restart.
    guard.lists(roster(session("7")))
    await watching(guard, Records(redis, lease)).look()
    assert len(await published()) == 2


async def test_a_push_of_an_ended_session_that_lingers_is_not_told_of_either(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
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
    await records.write(Snapshot(roster=roster(), ended=(old,)), [], since=None)
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
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=none)
    assert guard.ended == []
    assert len(await published()) == 1


async def test_a_failed_end_is_told_as_no_end(guard: FakeGuard, records: Records, published: Published) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", NotAllowedYetError())
    with pytest.raises(NotAllowedYetError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
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
    await asyncio.gather(
        doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty), *[watcher.look() for _ in range(5)]
    )
    ends = [event.ended_by for event in await published() if isinstance(event, SessionEnded)]
    assert ends == [OWNER]


async def test_a_change_made_while_the_worker_was_away_is_told(
    guard: FakeGuard, redis: Store, lease: Lease, published: Published
) -> None:
    await baseline(guard, watching(guard, Records(redis, lease)), session("1"))
    guard.lists(roster(session("1"), session("2")))
    await watching(guard, Records(redis, lease)).look()
    assert await published() == [taken(session("1")), appeared(session("2"))]


class Flaky:
    """Fails the bus's next publications: before they reach Redis, or after, when only the answer is lost; it spares the
    first few.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spare = self.before = self.after = 0
        really = bus.publish

        async def publish(*args: Any, **kwargs: Any) -> None:
            if self.spare:
                self.spare -= 1
            elif self.before:
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
    monkeypatch.setattr(watcher_module, "LEAST_REST_SECONDS", 0.01)
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


async def noticed_the_loss(lease: Lease) -> None:
    """The lease finds that Redis was emptied, and is put back."""
    async with running(lease.keep()):
        lease.doubt()
        await within_patience(lease.emptied())


async def test_when_redis_loses_its_data_that_is_told_and_nothing_is_told_again(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    await redis.flushall()
    guard.always_lists(roster(session("1"), session("2")))
    with pytest.raises(FencedError):
        await watcher.look()
    assert await published() == []
    await noticed_the_loss(lease)
    await watcher.look()
    lost = taken(session("1"), session("2"), history_lost=True, remembers=True)
    assert await published() == [lost]
    await watching(guard, Records(redis, lease)).look()  # after a restart of the worker too
    assert await published() == [lost]


async def test_a_loss_that_the_lease_finds_before_any_look_is_told_too(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    await redis.flushall()
    await noticed_the_loss(lease)
    guard.lists(roster(session("1")))
    await watcher.look()
    assert await published() == [taken(session("1"), history_lost=True, remembers=True)]


async def test_a_loss_between_two_shifts_is_told_too(
    guard: FakeGuard, records: Records, published: Published, redis: Store
) -> None:
    await baseline(guard, watching(guard, records), session("1"))
    await redis.flushall()
    next_lease = Lease(redis, ACCOUNT, seconds=600)
    await next_lease.declare_free()
    await next_lease.take()
    next_records = Records(redis, next_lease, memory=records.memory)
    await baseline(guard, watching(guard, next_records), session("1"))
    assert await published() == [taken(session("1"), history_lost=True, remembers=True)]


async def test_a_worker_that_never_knew_a_roster_tells_of_no_loss(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    guard.lists(UnreachableError("TimeoutError"))
    with pytest.raises(UnreachableError):
        await watcher.look()
    await redis.flushall()
    await noticed_the_loss(lease)
    await baseline(guard, watcher)
    assert await published() == [taken()]


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"{}", b"null", b"\xff", b'{"roster": {}}'])
async def test_a_snapshot_that_cannot_be_read_is_a_lost_one(
    guard: FakeGuard, records: Records, published: Published, redis: Store, rubbish: bytes
) -> None:
    await redis.set_signed(keys.snapshot(ACCOUNT), rubbish)
    await baseline(guard, watching(guard, records), session("1"))
    assert await published() == [taken(session("1"), history_lost=True)]


@given(st.binary() | st.sampled_from([b'{"roster":', b"[]", b"0", b"NaN"]))
@few(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_snapshots_place_is_a_lost_one(
    redis: Store, lease: Lease, published: Published, rubbish: bytes
) -> None:
    await redis.delete(keys.events(ACCOUNT))
    await redis.set(keys.snapshot(ACCOUNT), rubbish)
    guard, records = FakeGuard(), Records(redis, lease)
    await baseline(guard, watching(guard, records), session("1"))
    forged = TamperingFound(account=ACCOUNT, at=NOW, what=Tampering.SNAPSHOT_FORGED)
    assert await published() == [taken(session("1"), history_lost=True), forged]
    await baseline(guard, watching(guard, records), session("1"))
    assert len(await published()) == 2


async def test_a_snapshot_that_hides_an_intruder_is_no_ours(
    guard: FakeGuard, redis: Store, lease: Lease, published: Published
) -> None:
    """Whoever came in would write himself into the list of those who were there before."""
    await baseline(guard, watching(guard, Records(redis, lease)), session("1"))
    hiding = SNAPSHOTS.dump(Snapshot(roster=roster(session("1"), session("666"))))
    await redis.set(keys.snapshot(ACCOUNT), STRANGER.wrap(keys.snapshot(ACCOUNT), hiding))
    await baseline(guard, watching(guard, Records(redis, lease)), session("1"), session("666"))
    [_, lost, forged] = await published()
    assert lost == taken(session("1"), session("666"), history_lost=True)
    assert isinstance(forged, TamperingFound)


async def cut_short(guard: FakeGuard, records: Records, who: Session) -> None:
    """The worker dies while Telegram ends a session."""
    watcher = watching(guard, records)
    await baseline(guard, watcher, who)
    guard.lets_end(who.hash)
    guard.hold_ends = asyncio.Event()
    async with running(doing(guard, records, watcher).end(who, by=OWNER, left=plenty)):
        await within_patience(guard.ending.wait())


async def test_an_ending_that_a_crash_cut_short_is_told_with_who_did_it(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    await cut_short(guard, records, session("7"))
    assert await published() == [taken(session("7"))]
    successor = watching(guard, Records(redis, lease))
    guard.lists(*[roster(*listed, taken_at=now()) for listed in ([], [session("7")], [])])
    for _ in range(3):  # it may vanish and come again
        await successor.look()
    told = (await published())[1:]
    assert [(event.session, event.ended_by) for event in told if isinstance(event, SessionEnded)] == [
        (session("7"), OWNER)
    ]
    assert len(told) == 1


async def test_an_ending_that_was_cut_short_before_it_was_done_is_not_told(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    await cut_short(guard, records, session("7"))
    successor = watching(guard, Records(redis, lease))
    guard.lists(roster(session("7")), roster(session("7")))
    for _ in range(2):
        assert (await successor.look()).find("7")
    assert await published() == [taken(session("7"))]
    guard.lists(roster())  # Telegram was only slow
    await successor.look()
    assert await published() == [taken(session("7")), ended(session("7"), by=OWNER)]


async def test_an_ending_that_was_cut_short_explains_no_other_sessions_end(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"), session("8"))
    guard.lets_end("7", UnreachableError("TimeoutError"))
    with pytest.raises(UnreachableError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster(session("7")))
    await watching(guard, Records(redis, lease)).look()
    assert (await published())[1:] == [ended(session("8"))]


async def test_an_ending_that_never_left_this_machine_explains_no_end(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", UnreachableError("ConnectionError", was_sent=False))
    with pytest.raises(UnreachableError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    kept = await records.snapshot()
    assert kept
    assert kept.ending == ()
    guard.lists(roster())
    await watcher.look()
    assert (await published())[1:] == [ended(session("7"))]


@pytest.mark.parametrize(
    ("age", "by"), [(timedelta(minutes=9), OWNER), (timedelta(minutes=10, seconds=1), None), (timedelta(days=1), None)]
)
async def test_what_was_begun_explains_an_end_for_ten_minutes(
    guard: FakeGuard, records: Records, published: Published, age: timedelta, by: int | None
) -> None:
    begun = Tombstone(hash="7", at=now() - age, by=OWNER)
    await records.write(Snapshot(roster=roster(session("7")), ending=(begun,)), [], since=None)
    guard.lists(roster(session("7")), roster())
    watcher = watching(guard, records)
    await watcher.look()
    kept = await records.snapshot()
    assert kept
    assert kept.ending == ((begun,) if by else ())
    await watcher.look()
    assert await published() == [ended(session("7"), by=by)]


async def test_an_ending_that_got_no_answer_is_told_with_who_did_it_when_it_was_done(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", UnreachableError("TimeoutError"))
    with pytest.raises(UnreachableError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster())
    await watcher.look()
    assert (await published())[1:] == [ended(session("7"), by=OWNER)]
    kept = await records.snapshot()
    assert kept
    assert kept.ending == ()
    assert [(grave.hash, grave.by) for grave in kept.ended] == [("7", OWNER)]


@pytest.mark.parametrize(
    "error",
    [NotAllowedYetError(), UnknownHashError(), FloodWaitError(30), RefusedError("INTERNAL"), ValueError("a bug")],
)
async def test_an_ending_that_telegram_did_not_grant_explains_nothing(
    guard: FakeGuard, records: Records, published: Published, error: Exception
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", error)
    with pytest.raises(type(error)):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster())
    await watcher.look()
    assert (await published())[1:] == [ended(session("7"))]


async def test_an_ending_that_came_too_late_explains_nothing(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    async def none() -> float:
        return 0.0

    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    with pytest.raises(TooLateError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=none)
    guard.lists(roster())
    await watcher.look()
    assert (await published())[1:] == [ended(session("7"))]


async def test_what_telegram_answered_matters_more_than_that_redis_is_away(
    guard: FakeGuard, records: Records, flaky: Flaky
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7", NotAllowedYetError())
    flaky.spare, flaky.before = 1, 1
    with pytest.raises(NotAllowedYetError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)


async def test_an_end_that_redis_did_not_take_is_told_by_the_next_look_with_who_did_it(
    guard: FakeGuard, records: Records, published: Published, flaky: Flaky
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lets_end("7")
    flaky.spare, flaky.before = 1, 1  # what is begun is written, what is done is not
    with pytest.raises(RedisConnectionError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster())
    await watcher.look()
    assert (await published())[1:] == [ended(session("7"), by=OWNER)]


async def test_nothing_is_ended_that_could_not_be_written_down_before(
    guard: FakeGuard, records: Records, redis: Store, flaky: Flaky
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    flaky.before = 1
    with pytest.raises(RedisConnectionError):
        await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    await redis.flushall()
    for _ in range(2):  # the lease is unknown, then the last roster is
        with pytest.raises(RedisError):
            await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    assert guard.ended == []  # nor was it asked: the guard did not foresee it


async def test_a_session_that_ended_elsewhere_and_is_listed_again_is_told_of(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.lists(roster(), roster(session("7")))
    await watcher.look()
    await watcher.look()
    assert (await published())[1:] == [ended(session("7")), appeared(session("7"))]


@pytest.mark.parametrize("after", ["a roster", torn_roster(), UnreachableError("TimeoutError"), FloodWaitError(30)])
async def test_a_late_push_of_a_session_that_ended_is_not_told_whether_it_can_be_looked_after_or_not(
    guard: FakeGuard, records: Records, published: Published, after: Roster | Exception | str
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"), session("8"))
    guard.lets_end("7")
    await doing(guard, records, watcher).end(session("7"), by=OWNER, left=plenty)
    guard.lists(roster(taken_at=now()))
    await watcher.look()
    before = await published()
    assert [type(event) for event in before[1:]] == [SessionEnded, SessionEnded]
    guard.always_lists(roster(taken_at=now()) if isinstance(after, str) else after)
    async with running(watcher.run()):
        for late in ("7", "8", "9"):
            guard.pushes(push(late))
        await come(published, *before, announced("9"))


@pytest.mark.parametrize("trouble", [torn_roster(), UnreachableError("TimeoutError"), RefusedError("INTERNAL")])
async def test_a_doubled_push_of_a_known_session_is_not_told_though_the_roster_cannot_be_fetched(
    guard: FakeGuard, records: Records, published: Published, trouble: Roster | Exception
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("7"))
    guard.always_lists(trouble)
    async with running(watcher.run()):
        for doubled in ("7", "7", "9"):
            guard.pushes(push(doubled))
        await come(published, taken(session("7")), announced("9"))


@pytest.mark.parametrize(
    "everyday", [{"ip": "203.0.113.5"}, {"region": "Lund"}, {"app_version": "12.2"}, {"system_version": "17"}]
)
async def test_what_moves_daily_is_kept_to_be_shown_and_not_told(
    guard: FakeGuard, records: Records, published: Published, everyday: dict[str, str]
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    guard.lists(roster(session("1", **everyday)))
    await watcher.look()
    assert len(await published()) == 1
    kept = await records.snapshot()
    assert kept
    assert kept.roster.find("1") == session("1", **everyday)


async def test_without_the_lease_nothing_is_told(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    await lease.release()
    other = Lease(redis, ACCOUNT, seconds=600)
    await other.take()
    guard.lists(roster(session("7")), roster(session("7")))
    with pytest.raises(FencedError):
        await watcher.look()
    assert await published() == [taken()]
    await watching(guard, Records(redis, other)).look()  # but by whoever has it
    assert await published() == [taken(), appeared(session("7"))]


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
    assert watcher.sight.condition is Condition.UNREACHABLE  # before anything was seen
    guard.lists(roster())
    async with running(watcher.run()):

        async def condition_is(condition: Condition) -> None:
            async def look() -> bool:
                return watcher.sight.condition is condition and guard.looks > looks

            await eventually(look)

        looks = 0
        await condition_is(Condition.WATCHING)
        for answer, condition, detail in (
            (UnreachableError("ConnectionError"), Condition.UNREACHABLE, "ConnectionError"),
            (RefusedError("FROZEN_METHOD_INVALID"), Condition.FROZEN, "FROZEN_METHOD_INVALID"),
            (RefusedError("INTERNAL"), Condition.REFUSED, "INTERNAL"),
            (torn_roster(), Condition.INCOMPLETE, ""),
        ):
            looks = guard.looks
            guard.lists(answer)
            watcher.notice(push("9"))
            await condition_is(condition)
            assert watcher.sight.detail == detail
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


async def test_the_last_roster_is_kept_for_the_bot_to_show(
    guard: FakeGuard, records: Records, redis: Store, lease: Lease
) -> None:
    listed: Roster = replace(roster(session("1")), taken_at=NOW + timedelta(minutes=1))
    guard.lists(listed)
    await watching(guard, records).look()
    kept = await Records(redis, lease).snapshot()
    assert kept == Snapshot(roster=listed)


async def test_a_connection_that_is_lost_again_and_again_is_no_reason_to_hammer_telegram(
    guard: FakeGuard, records: Records
) -> None:
    watcher = watching(guard, records)
    guard.lists(UnreachableError("ConnectionError"))
    async with running(watcher.run()):

        async def is_blind() -> bool:
            return guard.looks == 1 and watcher.sight.condition is Condition.UNREACHABLE

        await eventually(is_blind)
        for _ in range(200):
            watcher.notice(None)
            await asyncio.sleep(0)
        assert guard.looks == 1


async def test_a_loss_during_a_look_is_told(
    guard: FakeGuard, records: Records, published: Published, redis: Store, lease: Lease
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    guard.always_lists(roster(session("1")))
    guard.hold = asyncio.Event()
    looking = asyncio.ensure_future(watcher.look())

    async def under_way() -> bool:
        return guard.looks == 2

    await eventually(under_way)
    await redis.flushall()
    await noticed_the_loss(lease)
    guard.hold.set()
    await asyncio.gather(looking, return_exceptions=True)
    await watcher.look()
    assert await published() == [taken(session("1"), history_lost=True, remembers=True)]


async def test_an_announced_push_is_not_announced_again_when_it_is_doubled(
    guard: FakeGuard, records: Records, published: Published
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher)
    guard.always_lists(UnreachableError("TimeoutError"))
    async with running(watcher.run()):
        for number, hash_ in ((2, "7"), (2, "7"), (3, "8")):
            watcher.notice(push(hash_))

            async def told(number: int = number) -> bool:
                return len(await published()) >= number

            await eventually(told)
    assert [event.hash for event in await published() if isinstance(event, LoginAnnounced)] == ["7", "8"]


async def test_while_telegram_wants_quiet_nobodys_look_asks_it(guard: FakeGuard, records: Records) -> None:
    watcher = watching(guard, records)
    guard.lists(FloodWaitError(30))
    with pytest.raises(FloodWaitError):
        await watcher.look()
    with pytest.raises(FloodWaitError) as wait:
        await watcher.look()
    assert wait.value.seconds in {29, 30}
    assert guard.looks == 1


async def test_a_loss_of_the_guard_that_somebody_else_was_told_of_ends_the_watch_with_that(
    guard: FakeGuard, records: Records
) -> None:
    watcher = watching(guard, records)
    guard.always_lists(roster())
    watching_ = asyncio.ensure_future(watcher.run())
    watcher.lose_guard(GuardLostError(GuardLoss.AUTH_KEY_DUPLICATED))
    with pytest.raises(GuardLostError) as lost:
        await within_patience(watching_)
    assert lost.value.reason is GuardLoss.AUTH_KEY_DUPLICATED


async def test_a_redis_that_came_back_with_less_is_told_of_and_hides_nothing(
    guard: FakeGuard, records: Records, published: Published, redis: Store
) -> None:
    watcher = watching(guard, records)
    await baseline(guard, watcher, session("1"))
    everything = (keys.snapshot(ACCOUNT), keys.reports(ACCOUNT), keys.events(ACCOUNT))
    older: Any = {key: await redis.dump(key) for key in everything}
    guard.always_lists(roster(session("1"), session("2")))
    await watcher.look()
    for key, data in older.items():
        await redis.restore(key, 0, data, replace=True)
    await redis.hset(keys.lease(ACCOUNT), "run", "another life")
    with pytest.raises(FencedError):
        await watcher.look()
    await noticed_the_loss(records._lease)
    await watcher.look()
    assert (await published())[-1] == taken(session("1"), session("2"), history_lost=True, remembers=True)
