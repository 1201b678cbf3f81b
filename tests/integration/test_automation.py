"""Endings by rule: done or only said, each once; never too many, never a trusted session, never the guard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.connection import Store
from core.contract.commands import ConfirmLogin, EndSession, TrustSession
from core.contract.events import Event
from core.contract.mishaps import GuardLoss
from core.contract.replies import Outcome
from core.contract.session_events import RuleWouldEnd, SessionAppeared, SessionEnded
from core.domain.automation import Rule
from core.domain.endings import Why
from core.domain.history import Kind
from core.domain.preferences import Mode
from core.domain.sessions import Session
from core.domain.tombstones import DOORMAN
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, session
from tests.fake_guard import FakeGuard
from tests.waiting import eventually, running, within_patience
from tests.worker import Worker
from userclient import acting
from userclient.lease import Lease
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
    UnreachableError,
)

Published = Callable[[], Awaitable[list[Event]]]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OLD = {"created_at": NOW - 200 * DAY}
FRESH = session("1", **OLD, active_at=NOW)
IDLE = session("2", **OLD, active_at=NOW - 91 * DAY)
LOGIN = session("7", created_at=NOW, active_at=NOW)
ABROAD = replace(LOGIN, hash="8", country="Nigeria", region="Lagos")


class Clock:
    """The worker's, in what it does by rule and in what is written down of it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("automation", "deeds", "watcher"):
        monkeypatch.setattr(f"userclient.{module}.now", clock)
    return clock


class Ruled(Worker):
    """A worker by that clock."""

    clock: Clock

    async def acts(self, *listed: Session, after: timedelta = timedelta()) -> None:
        """Look at these, and do what the rules say."""
        self.clock.now = NOW + after
        await self.looks(*listed, after=after)
        await self.automation.act()

    def successor(self) -> Ruled:
        worker = Ruled(self.redis, self.guard, self._lease)
        worker.clock = self.clock
        return worker


@pytest.fixture
async def worker(redis: Store, guard: FakeGuard, lease: Lease, clock: Clock) -> Ruled:
    """One that has seen the sessions of long ago."""
    worker = Ruled(redis, guard, lease)
    worker.clock = clock
    await worker.looks(FRESH, IDLE)
    return worker


async def said(published: Published) -> list[RuleWouldEnd]:
    return [event for event in await published() if isinstance(event, RuleWouldEnd)]


async def endings(published: Published) -> list[SessionEnded]:
    return [event for event in await published() if isinstance(event, SessionEnded)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A rule as it is set, who is listed, and whom it is about an hour later."""

    rule: Rule
    field: str
    others: dict[str, Any]
    listed: tuple[Session, ...]
    whom: Session

    async def begins(self, worker: Ruled, mode: Mode) -> None:
        await worker.looks(*self.listed)
        await worker.prefers(*self.listed, **{self.field: mode}, **self.others)


RULES = pytest.mark.parametrize(
    "ruled",
    [
        Case(
            rule=Rule.UNANSWERED,
            field="end_unanswered",
            others={"unanswered_minutes": 60},
            listed=(FRESH, IDLE, LOGIN),
            whom=LOGIN,
        ),
        Case(rule=Rule.IDLE, field="end_idle", others={"idle_days": 90}, listed=(FRESH, IDLE), whom=IDLE),
        Case(
            rule=Rule.COUNTRY,
            field="only_countries",
            others={"countries": ("Sweden",)},
            listed=(FRESH, IDLE, ABROAD),
            whom=ABROAD,
        ),
    ],
    ids=lambda ruled: ruled.rule,
)


@RULES
async def test_a_rule_that_is_on_ends_it_and_is_told_as_nobodys_doing(
    worker: Ruled,
    guard: FakeGuard,
    published: Published,
    ruled: Case,
) -> None:
    await ruled.begins(worker, Mode.ON)
    guard.lets_end(ruled.whom.hash)
    await worker.acts(*ruled.listed, after=HOUR)
    assert guard.ended == [ruled.whom.hash]
    [event] = await endings(published)
    assert (event.session, event.rule, event.at) == (ruled.whom, ruled.rule, NOW + HOUR)
    assert not event.ended_by
    assert event.ending
    assert event.ending.why is Why.BY_DOORMAN
    assert await said(published) == []
    [entry] = await worker.history(Kind.ENDED)
    assert (entry.session, entry.by, entry.ending) == (ruled.whom, DOORMAN, event.ending)
    await worker.acts(*ruled.listed, after=HOUR + MINUTE)  # Telegram lists it still
    assert guard.ended == [ruled.whom.hash]


@RULES
async def test_a_rule_that_is_dry_says_once_what_it_would_have_ended(
    worker: Ruled,
    guard: FakeGuard,
    published: Published,
    ruled: Case,
) -> None:
    await ruled.begins(worker, Mode.DRY)
    for minutes in range(3):
        await worker.acts(*ruled.listed, after=HOUR + minutes * MINUTE)
    assert guard.ended == []
    assert await said(published) == [RuleWouldEnd(account=ACCOUNT, at=NOW + HOUR, session=ruled.whom, rule=ruled.rule)]


@RULES
async def test_a_rule_that_is_off_does_nothing(
    worker: Ruled,
    guard: FakeGuard,
    published: Published,
    ruled: Case,
) -> None:
    await ruled.begins(worker, Mode.OFF)
    await worker.acts(*ruled.listed, after=HOUR)
    assert guard.ended == []
    assert await said(published) == []


async def test_before_its_time_nothing_is_ended(worker: Ruled, guard: FakeGuard) -> None:
    await worker.looks(FRESH, LOGIN)
    await worker.prefers(FRESH, LOGIN, end_unanswered=Mode.ON, unanswered_minutes=60)
    await worker.acts(FRESH, LOGIN, after=HOUR - timedelta(seconds=1))
    assert guard.ended == []


async def test_what_is_due_again_is_said_again(worker: Ruled, published: Published) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.DRY)
    await worker.acts(FRESH, IDLE)
    await worker.acts(FRESH, replace(IDLE, active_at=NOW))
    await worker.acts(FRESH, IDLE)
    assert len(await said(published)) == 2


async def test_what_was_said_is_not_said_again_by_the_next_process(worker: Ruled, published: Published) -> None:
    await worker.looks(FRESH, IDLE, LOGIN)
    await worker.prefers(FRESH, IDLE, LOGIN, end_idle=Mode.DRY, end_unanswered=Mode.DRY, unanswered_minutes=60)
    await worker.acts(FRESH, IDLE, LOGIN, after=HOUR)
    for _ in range(2):  # the next may not count what was waited for before it came
        worker = worker.successor()
        await worker.automation.act()
        await worker.acts(FRESH, IDLE, LOGIN, after=HOUR + MINUTE)
        await worker.acts(FRESH, IDLE, LOGIN, after=3 * HOUR)
    assert [(event.session.hash, event.rule) for event in await said(published)] == [
        (IDLE.hash, Rule.IDLE),
        (LOGIN.hash, Rule.UNANSWERED),
    ]


async def test_a_pause_of_the_rules_makes_nothing_be_said_again(worker: Ruled, published: Published) -> None:
    listed = (FRESH, IDLE, ABROAD)
    await worker.looks(*listed)
    await worker.prefers(*listed, only_countries=Mode.DRY, countries=("Sweden",))
    await worker.acts(*listed)
    await worker.prefers(*listed, travel_until=NOW + HOUR)
    await worker.acts(*listed, after=MINUTE)
    await worker.prefers(*listed, travel_until=None)
    await worker.acts(*listed, after=2 * MINUTE)
    assert len(await said(published)) == 1


# --- never too many ---


async def test_no_more_than_three_end_in_an_hour_whoever_is_at_work(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    left = [replace(IDLE, hash=str(hash_)) for hash_ in range(10, 15)]
    for each in left:
        guard.lets_end(each.hash)
    await worker.looks(*left)
    await worker.prefers(*left, end_idle=Mode.ON)
    await worker.acts(*left)
    assert guard.ended == ["10", "11", "12"]
    await worker.acts(*left[3:], after=30 * MINUTE)
    await worker.successor().acts(*left[3:], after=59 * MINUTE)
    assert guard.ended == ["10", "11", "12"]
    await worker.successor().acts(*left[3:], after=HOUR)
    assert guard.ended == ["10", "11", "12", "13", "14"]
    assert len([event for event in await endings(published) if event.rule]) == 5


async def test_what_is_too_much_for_the_hour_is_said_once_with_when_it_ends(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    left = [replace(IDLE, hash=str(hash_)) for hash_ in range(10, 15)]
    for each in left:
        guard.lets_end(each.hash)
    await worker.looks(*left)
    await worker.prefers(*left, end_idle=Mode.ON)
    for minutes in range(3):
        await worker.acts(*left, after=minutes * MINUTE)
    await worker.successor().acts(*left, after=30 * MINUTE)
    assert [(event.session.hash, event.at, event.not_before) for event in await said(published)] == [
        ("13", NOW, NOW + HOUR),
        ("14", NOW, NOW + HOUR),
    ]


async def test_what_an_owner_ends_does_not_count(worker: Ruled, guard: FakeGuard) -> None:
    left = [replace(IDLE, hash=str(hash_)) for hash_ in range(10, 16)]
    for each in left:
        guard.lets_end(each.hash)
    await worker.looks(*left)
    for each in left[:3]:
        assert (await worker.result(EndSession(hash=each.hash), *left)).outcome is Outcome.DONE
    await worker.prefers(*left, end_idle=Mode.ON)
    await worker.acts(*left)
    assert guard.ended == ["10", "11", "12", "13", "14", "15"]


# --- never whom ---


async def test_a_trusted_session_and_the_guards_own_are_never_ended(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    await worker.looks(IDLE, ABROAD)
    for each in (IDLE, ABROAD):
        assert (await worker.result(TrustSession(hash=each.hash), IDLE, ABROAD)).outcome is Outcome.DONE
    modes = {"end_idle": Mode.ON, "end_unanswered": Mode.ON, "only_countries": Mode.ON}
    await worker.prefers(IDLE, ABROAD, **modes, countries=("Sweden",), idle_days=1)
    own = guard_session(active_at=NOW - 300 * DAY, country="Nigeria")
    guard.lists(replace((await worker.snapshot()).roster, sessions=(own, IDLE, ABROAD), taken_at=NOW + DAY))
    worker.clock.now = NOW + DAY
    await worker.watcher.look()
    await worker.automation.act()
    assert guard.ended == []
    assert await said(published) == []


async def test_a_login_that_was_answered_for_is_not_ended(worker: Ruled, guard: FakeGuard) -> None:
    await worker.looks(FRESH, LOGIN)
    await worker.prefers(FRESH, LOGIN, end_unanswered=Mode.ON)
    await worker.result(ConfirmLogin(hash="7"), FRESH, LOGIN)
    await worker.acts(FRESH, LOGIN, after=DAY)
    assert guard.ended == []


async def test_one_that_an_owner_trusts_while_another_is_being_ended_stays(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    other = replace(IDLE, hash="3")
    guard.lets_end("2")
    guard.hold_ends = asyncio.Event()
    await worker.looks(IDLE, other)
    await worker.prefers(IDLE, other, end_idle=Mode.ON)
    async with running(worker.automation.act()) as acting:
        await within_patience(guard.ending.wait())

        async def plenty() -> float:
            return 5.0

        async with running(worker.deeds.trust(other, by=OWNER, left=plenty)) as trusting:
            await asyncio.sleep(0)  # it waits for its turn, which comes before the rule's next
            guard.hold_ends.set()
            await within_patience(trusting)
        await within_patience(acting)
    assert guard.ended == ["2"]
    assert await said(published) == []
    assert (await worker.snapshot()).ending == ()


async def test_a_session_is_not_called_idle_for_time_in_which_nobody_looked(worker: Ruled, guard: FakeGuard) -> None:
    rested = replace(IDLE, active_at=NOW - 89 * DAY)
    await worker.looks(rested)
    await worker.prefers(rested, end_idle=Mode.ON, idle_days=90)
    worker.clock.now = NOW + 30 * DAY
    await worker.automation.act()
    assert guard.ended == []


# --- waiting ---


@pytest.mark.parametrize("waits", ["adding_until", "travel_until"])
@pytest.mark.parametrize("mode", [Mode.ON, Mode.DRY])
async def test_logins_wait_while_a_device_is_added_or_an_owner_travels(
    worker: Ruled, guard: FakeGuard, published: Published, waits: str, mode: Mode
) -> None:
    listed = (FRESH, LOGIN, ABROAD)
    await worker.looks(*listed)
    rules = {"end_unanswered": mode, "only_countries": mode, "countries": ("Sweden",)}
    await worker.prefers(*listed, **rules, **{waits: NOW + DAY})
    await worker.acts(*listed, after=DAY - MINUTE)
    assert (guard.ended, await said(published)) == ([], [])
    for each in (LOGIN, ABROAD):
        guard.lets_end(each.hash)
    await worker.acts(*listed, after=DAY)
    assert set(guard.ended) | {event.session.hash for event in await said(published)} == {"7", "8"}


async def test_idle_sessions_do_not_wait_for_that(worker: Ruled, guard: FakeGuard) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON, travel_until=NOW + DAY, adding_until=NOW + DAY)
    guard.lets_end("2")
    await worker.acts(FRESH, IDLE)
    assert guard.ended == ["2"]


# --- when it can't ---


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (UnreachableError("TimeoutError"), "TimeoutError"),
        (FloodWaitError(30), "FLOOD_WAIT_30"),
        (RefusedError("X_Y"), "X_Y"),
        (NotAllowedYetError(), "NotAllowedYetError"),
    ],
)
async def test_one_that_cannot_be_ended_is_said_once_with_why_and_tried_again(
    worker: Ruled, guard: FakeGuard, published: Published, trouble: TelegramTrouble, error: str
) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON)
    guard.lets_end("2", trouble)
    await worker.acts(FRESH, IDLE)
    await worker.acts(FRESH, IDLE, after=MINUTE)
    assert await said(published) == [RuleWouldEnd(account=ACCOUNT, at=NOW, session=IDLE, rule=Rule.IDLE, error=error)]
    guard.lets_end("2")
    await worker.acts(FRESH, IDLE, after=2 * MINUTE)
    assert guard.ended == ["2"]


async def test_that_a_dry_rule_said_it_does_not_keep_silent_that_it_then_could_not(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.DRY)
    await worker.acts(FRESH, IDLE)
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON)
    guard.lets_end("2", RefusedError("X_Y"))
    await worker.acts(FRESH, IDLE)
    assert [event.error for event in await said(published)] == ["", "X_Y"]


async def test_one_that_is_gone_already_is_no_failure(worker: Ruled, guard: FakeGuard, published: Published) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON)
    guard.lets_end("2", UnknownHashError())
    await worker.acts(FRESH, IDLE)
    assert await said(published) == []
    await worker.looks(FRESH)
    [event] = await endings(published)
    assert (event.ended_by, event.rule) == (None, None)


async def test_a_lost_guard_ends_it(worker: Ruled, guard: FakeGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "LOOK_SECONDS", 0.01)
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON)
    guard.lets_end("2", GuardLostError(GuardLoss.SESSION_REVOKED))
    with pytest.raises(GuardLostError):
        await within_patience(worker.automation.run())


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [(None, 5), (NotAllowedYetError(), 60), (FloodWaitError(30), 60), (FloodWaitError(300), 300)],
)
async def test_after_a_refusal_telegram_is_left_in_peace(
    worker: Ruled, guard: FakeGuard, trouble: TelegramTrouble | None, seconds: float
) -> None:
    await worker.prefers(FRESH, IDLE, end_idle=Mode.ON)
    guard.lets_end("2", trouble)
    assert await worker.automation.act() == seconds


async def test_it_runs_through_an_outage_of_redis_and_before_the_first_look(
    redis: Store,
    guard: FakeGuard,
    lease: Lease,
    published: Published,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    monkeypatch.setattr(acting, "LOOK_SECONDS", 0.01)
    worker = Worker(redis, guard, lease)
    async with running(worker.automation.run()):
        await asyncio.sleep(0.05)
        await worker.looks(IDLE)
        await redis.config_set("maxmemory", "1")
        await asyncio.sleep(0.05)
        await redis.config_set("maxmemory", "0")
        await worker.prefers(IDLE, end_idle=Mode.DRY)

        async def is_said() -> bool:
            return bool(await said(published))

        await eventually(is_said)


async def test_after_a_restart_nothing_is_ended_by_what_was_seen_before_it(
    worker: Ruled, guard: FakeGuard, published: Published
) -> None:
    """Hours later: nobody could answer for the login meanwhile."""
    await worker.prefers(FRESH, IDLE, end_unanswered=Mode.ON, unanswered_minutes=60)
    await worker.looks(FRESH, ABROAD)
    worker.clock.now = NOW + 5 * HOUR
    restarted = worker.successor()
    await restarted.automation.act()
    await restarted.acts(FRESH, ABROAD, after=5 * HOUR + 30 * MINUTE)
    assert guard.ended == []
    guard.lets_end(ABROAD.hash)
    await restarted.acts(FRESH, ABROAD, after=6 * HOUR + MINUTE)
    assert guard.ended == [ABROAD.hash]
    assert (await endings(published))[-1].rule is Rule.UNANSWERED


# --- what else is told with it ---


async def test_a_login_is_told_with_what_speaks_against_it_and_an_end_with_why(
    worker: Ruled, published: Published
) -> None:
    await worker.looks(FRESH, ABROAD)
    await worker.looks(FRESH, after=MINUTE)
    appeared = next(event for event in await published() if isinstance(event, SessionAppeared))
    assert appeared.assessment.findings
    ended = (await endings(published))[-1]
    assert ended.ending
    assert (ended.ended_by, ended.rule, ended.ending.why) == (None, None, Why.ELSEWHERE)
