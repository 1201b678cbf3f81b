"""Endings that Telegram does not allow yet: noted, done once as soon as it does, called off, and always told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.connection import Store
from core.contract import keys
from core.contract.account_events import TamperingFound
from core.contract.commands import CallOffEnding, ConfirmLogin, EndSession, EndWhenAllowed, TrustSession
from core.contract.events import Event
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.replies import Outcome
from core.contract.session_events import EndingAwaited, EndingDropped, SessionEnded
from core.domain.endings import Why
from core.domain.history import Kind
from core.domain.sessions import MAY_END_OTHERS_AFTER, Roster, Session
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, session
from tests.fake_guard import FakeGuard
from tests.waiting import running, within_patience
from tests.worker import Worker
from userclient import acting
from userclient.awaited import Awaited
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
HOUR = timedelta(hours=1)
OTHER_OWNER = OWNER + 1
BORN = NOW - HOUR
ALLOWED_AFTER = MAY_END_OTHERS_AFTER - HOUR
LOGIN, OTHER = session("7", created_at=NOW, active_at=NOW), session("8", created_at=NOW, active_at=NOW)


class Clock:
    """The worker's, in what it awaits and in what is written down of it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class YoungGuard(FakeGuard):
    """One that had logged in an hour before."""

    born = BORN

    def lists(self, *answers: Roster | Exception) -> None:
        super().lists(*(self._of_its_age(answer) for answer in answers))

    def _of_its_age(self, answer: Roster | Exception) -> Roster | Exception:
        if isinstance(answer, Exception):
            return answer
        own = guard_session(created_at=self.born)
        return replace(answer, sessions=tuple(own if s.current else s for s in answer.sessions))


@pytest.fixture
async def guard() -> AsyncIterator[YoungGuard]:
    guard = YoungGuard()
    yield guard
    guard.foresaw_everything()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("awaited", "deeds", "watcher", "errands.errand"):
        monkeypatch.setattr(f"userclient.{module}.now", clock)
    return clock


class Patient(Worker):
    """A worker by that clock."""

    clock: Clock

    def __init__(self, redis: Store, guard: FakeGuard, lease: Lease, clock: Clock) -> None:
        super().__init__(redis, guard, lease)
        self.clock = clock
        self.awaited = Awaited(self.deeds, account=ACCOUNT)

    def successor(self) -> Patient:
        return Patient(self.redis, self.guard, self._lease, self.clock)

    async def acts(self, *listed: Session, after: timedelta = timedelta()) -> float:
        """Look at these, and end what may be ended."""
        self.clock.now = NOW + after
        await self.looks(*listed, after=after)
        return await self.awaited.act()

    async def is_awaited(self, hash_: str = "7") -> bool:
        return (await self.snapshot()).standings.awaited(hash_) is not None


@pytest.fixture
async def worker(redis: Store, guard: YoungGuard, lease: Lease, clock: Clock) -> Patient:
    """One that was asked to end a login as soon as it may."""
    worker = Patient(redis, guard, lease, clock)
    await worker.looks(OTHER)
    await worker.looks(LOGIN, OTHER)
    result = await worker.result(EndWhenAllowed(hash="7"), LOGIN, OTHER)
    assert (result.outcome, result.allowed_from, result.ended_by) == (Outcome.DONE, NOW + ALLOWED_AFTER, None)
    assert await worker.is_awaited()
    return worker


async def endings(published: Published) -> list[SessionEnded]:
    return [event for event in await published() if isinstance(event, SessionEnded)]


async def notes(published: Published) -> list[EndingAwaited]:
    return [event for event in await published() if isinstance(event, EndingAwaited)]


async def drops(published: Published) -> list[EndingDropped]:
    return [event for event in await published() if isinstance(event, EndingDropped)]


# --- noted, and told ---


async def test_the_owners_hear_that_one_of_them_wants_it_once_be_it_wanted_again(
    worker: Patient, published: Published
) -> None:
    noted = EndingAwaited(account=ACCOUNT, at=NOW, session=LOGIN, by=OWNER, allowed_from=NOW + ALLOWED_AFTER)
    assert await notes(published) == [noted]
    for owner in (OWNER, OTHER_OWNER):
        assert (await worker.result(EndWhenAllowed(hash="7"), LOGIN, OTHER, owner=owner)).outcome is Outcome.DONE
    assert await notes(published) == [noted]


# --- done, once, and told ---


async def test_it_is_ended_as_soon_as_telegram_allows_it_for_the_owner_who_asked(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER - timedelta(seconds=1))
    assert guard.ended == []
    guard.lets_end("7")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == ["7"]
    [event] = await endings(published)
    assert (event.session, event.ended_by, event.was_awaited, event.at) == (LOGIN, OWNER, True, NOW + ALLOWED_AFTER)
    assert event.ending
    assert event.ending.why is Why.BY_DOORMAN
    [entry] = await worker.history(Kind.ENDED)
    assert (entry.session, entry.by) == (LOGIN, OWNER)
    assert not await worker.is_awaited()
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER + timedelta(minutes=1))  # Telegram lists it still
    assert guard.ended == ["7"]


async def test_the_next_process_does_it(worker: Patient, guard: YoungGuard, published: Published) -> None:
    guard.lets_end("7")
    await worker.successor().acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == ["7"]
    [event] = await endings(published)
    assert event.was_awaited


async def test_a_process_ends_nothing_before_it_has_looked(worker: Patient, guard: YoungGuard) -> None:
    worker.clock.now = NOW + ALLOWED_AFTER
    await worker.successor().awaited.act()
    assert guard.ended == []


async def test_a_guard_that_logged_in_anew_waits_anew_and_whoever_asked_hears_of_it_once(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    guard.born = NOW + HOUR
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == []
    wanted = (await worker.snapshot()).standings.awaited("7")
    assert wanted
    assert wanted.allowed_from == guard.born + MAY_END_OTHERS_AFTER
    at = NOW + ALLOWED_AFTER
    moved = EndingAwaited(
        account=ACCOUNT, at=at, session=LOGIN, by=OWNER, allowed_from=wanted.allowed_from, was_moved=True
    )
    assert (await notes(published))[1:] == [moved]
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER + HOUR)
    assert (await notes(published))[1:] == [moved]


async def test_an_answer_that_was_lost_is_told_as_what_was_asked_for(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    guard.lets_end("7", UnreachableError("TimeoutError"))
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    await worker.looks(OTHER, after=ALLOWED_AFTER + timedelta(seconds=30))
    [event] = await endings(published)
    assert (event.ended_by, event.was_awaited) == (OWNER, True)


# --- wanted no more ---


@pytest.mark.parametrize(
    "command",
    [CallOffEnding(hash="7"), TrustSession(hash="7"), ConfirmLogin(hash="7")],
    ids=["called off", "trusted", "it was an owner"],
)
async def test_what_an_owner_wants_to_stay_is_not_ended(
    worker: Patient, guard: YoungGuard, published: Published, command: CallOffEnding | TrustSession | ConfirmLogin
) -> None:
    assert (await worker.result(command, LOGIN, OTHER)).outcome is Outcome.DONE
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == []
    # Whoever did that knows; another owner may count on it as well.
    assert await drops(published) == [EndingDropped(account=ACCOUNT, at=NOW, session=LOGIN, wanted_by=OWNER, by=OWNER)]


@pytest.mark.parametrize("command", [TrustSession(hash="7"), ConfirmLogin(hash="7")], ids=["trusted", "confirmed"])
async def test_who_said_that_it_is_theirs_and_then_wanted_it_ended_may_say_so_again(
    worker: Patient, guard: YoungGuard, command: TrustSession | ConfirmLogin
) -> None:
    for each in (command, EndWhenAllowed(hash="7"), command):
        assert (await worker.result(each, LOGIN, OTHER)).outcome is Outcome.DONE
    assert not await worker.is_awaited()
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == []


@pytest.mark.parametrize(
    "command", [CallOffEnding(hash="7"), EndWhenAllowed(hash="8")], ids=["called off", "asked for"]
)
async def test_a_snapshot_of_before_that_is_put_back_ends_nothing_and_is_told(
    worker: Patient, guard: YoungGuard, redis: Store, published: Published, command: CallOffEnding | EndWhenAllowed
) -> None:
    older = await redis.get(keys.snapshot(ACCOUNT))
    assert older
    assert (await worker.result(command, LOGIN, OTHER)).outcome is Outcome.DONE
    await redis.set(keys.snapshot(ACCOUNT), older)
    await worker.successor().acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == []
    told = [event.what for event in await published() if isinstance(event, TamperingFound)]
    assert told == [Tampering.SNAPSHOT_OLD]


@pytest.mark.parametrize(
    "command",
    [CallOffEnding(hash="7"), TrustSession(hash="7"), ConfirmLogin(hash="7")],
    ids=["called off", "trusted", "it was an owner"],
)
async def test_who_asked_for_it_hears_that_another_owner_wants_it_to_stay(
    worker: Patient, published: Published, command: CallOffEnding | TrustSession | ConfirmLogin
) -> None:
    await worker.result(command, LOGIN, OTHER, owner=OTHER_OWNER)
    dropped = EndingDropped(account=ACCOUNT, at=NOW, session=LOGIN, wanted_by=OWNER, by=OTHER_OWNER)
    assert await drops(published) == [dropped]


async def test_one_that_is_called_off_while_another_is_being_ended_stays(worker: Patient, guard: YoungGuard) -> None:
    await worker.result(EndWhenAllowed(hash="8"), LOGIN, OTHER)
    guard.lets_end("7")
    guard.hold_ends = asyncio.Event()
    worker.clock.now = NOW + ALLOWED_AFTER
    await worker.looks(LOGIN, OTHER, after=ALLOWED_AFTER)
    async with running(worker.awaited.act()) as acting:
        await within_patience(guard.ending.wait())
        async with running(worker.deeds.trust(OTHER, by=OWNER, left=plenty)) as trusting:
            await asyncio.sleep(0)  # it waits for its turn, which comes before the next ending's
            guard.hold_ends.set()
            await within_patience(trusting)
        await within_patience(acting)
    assert guard.ended == ["7"]
    assert (await worker.snapshot()).ending == ()


async def plenty() -> float:
    return 5.0


async def test_what_waits_no_more_can_not_be_called_off(worker: Patient) -> None:
    assert (await worker.result(CallOffEnding(hash="8"), LOGIN, OTHER)).outcome is Outcome.NOT_PENDING
    assert (await worker.result(CallOffEnding(hash="9"), LOGIN, OTHER)).outcome is Outcome.ALREADY_GONE


async def test_what_was_ended_as_awaited_is_said_to_be_when_it_is_called_off(
    worker: Patient, guard: YoungGuard
) -> None:
    guard.lets_end("7")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    result = await worker.result(CallOffEnding(hash="7"), OTHER)
    assert (result.outcome, result.ended_by) == (Outcome.ALREADY_GONE, OWNER)


async def test_one_that_went_by_itself_is_awaited_no_more(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    await worker.acts(OTHER, after=HOUR)
    assert not await worker.is_awaited()
    await worker.acts(OTHER, after=ALLOWED_AFTER)
    assert guard.ended == []
    [event] = await endings(published)
    assert (event.ended_by, event.was_awaited) == (None, False)


async def test_one_that_an_owner_ended_by_a_press_is_awaited_no_more(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    guard.lets_end("7")
    assert (await worker.result(EndSession(hash="7"), LOGIN, OTHER)).outcome is Outcome.DONE
    assert not await worker.is_awaited()
    [event] = await endings(published)
    assert not event.was_awaited


# --- nothing to wait for ---


async def test_once_telegram_allows_it_a_press_ends_it_at_once(worker: Patient, guard: YoungGuard) -> None:
    worker.clock.now = NOW + ALLOWED_AFTER
    guard.lets_end("8")
    result = await worker.result(EndWhenAllowed(hash="8"), LOGIN, OTHER)
    assert (result.outcome, result.ended_by) == (Outcome.DONE, OWNER)
    assert not await worker.is_awaited("8")


async def test_where_telegrams_clock_says_otherwise_it_is_noted(worker: Patient, guard: YoungGuard) -> None:
    worker.clock.now = NOW + ALLOWED_AFTER
    guard.lets_end("8", NotAllowedYetError())
    assert (await worker.result(EndWhenAllowed(hash="8"), LOGIN, OTHER)).outcome is Outcome.DONE
    assert await worker.is_awaited("8")


@pytest.mark.parametrize(("hash_", "outcome"), [("0", Outcome.IS_GUARD), ("9", Outcome.ALREADY_GONE)])
async def test_neither_the_guards_own_nor_what_is_gone_is_noted(worker: Patient, hash_: str, outcome: Outcome) -> None:
    assert (await worker.result(EndWhenAllowed(hash=hash_), LOGIN, OTHER)).outcome is outcome
    assert not await worker.is_awaited(hash_)


async def test_it_is_ended_for_whoever_asked_first(worker: Patient, guard: YoungGuard, published: Published) -> None:
    assert (await worker.result(EndWhenAllowed(hash="7"), LOGIN, OTHER, owner=OTHER_OWNER)).outcome is Outcome.DONE
    guard.lets_end("7")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    [event] = await endings(published)
    assert event.ended_by == OWNER


# --- when it can't be ---


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (None, 5),
        (NotAllowedYetError(), 60),
        (UnreachableError("TimeoutError"), 60),
        (UnknownHashError(), 60),
        (FloodWaitError(30), 60),
        (FloodWaitError(300), 300),
    ],
)
async def test_telegram_is_left_in_peace_and_then_asked_again(
    worker: Patient, guard: YoungGuard, published: Published, trouble: TelegramTrouble | None, seconds: float
) -> None:
    guard.lets_end("7", trouble)
    assert await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER) == seconds
    guard.lets_end("7")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER + timedelta(seconds=seconds))
    assert guard.ended == ["7"]
    assert await drops(published) == []


async def test_a_refusal_is_told_once_and_not_tried_again(
    worker: Patient, guard: YoungGuard, published: Published
) -> None:
    guard.lets_end("7", RefusedError("X_Y"))
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    at = NOW + ALLOWED_AFTER
    told = EndingDropped(account=ACCOUNT, at=at, session=LOGIN, wanted_by=OWNER, error="X_Y")
    assert await drops(published) == [told]
    guard.lets_end("7")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER + HOUR)
    assert guard.ended == []
    assert await drops(published) == [told]


async def test_one_that_telegram_knows_no_more_keeps_no_other_waiting(worker: Patient, guard: YoungGuard) -> None:
    await worker.result(EndWhenAllowed(hash="8"), LOGIN, OTHER)
    guard.lets_end("7", UnknownHashError())
    guard.lets_end("8")
    await worker.acts(LOGIN, OTHER, after=ALLOWED_AFTER)
    assert guard.ended == ["8"]


async def test_a_lost_guard_ends_it(worker: Patient, guard: YoungGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "LOOK_SECONDS", 0.01)
    guard.lets_end("7", GuardLostError(GuardLoss.SESSION_REVOKED))
    worker.clock.now = NOW + ALLOWED_AFTER
    await worker.looks(LOGIN, OTHER, after=ALLOWED_AFTER)
    with pytest.raises(GuardLostError):
        await within_patience(worker.awaited.run())
