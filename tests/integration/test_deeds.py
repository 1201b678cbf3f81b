"""What an owner says of a session: noted, told to Telegram where it waits for that, published; and reminded of."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.exceptions import RedisError

from core import bus
from core.connection import Store
from core.contract import keys
from core.contract.account_events import BaselineTaken
from core.contract.commands import (
    Command,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    GetRoster,
    RemindLater,
    Request,
    TrustSession,
)
from core.contract.events import Event
from core.contract.mishaps import GuardLoss
from core.contract.replies import Carried, NotCarried, Outcome, Result, RosterFetched
from core.contract.session_events import (
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain.sessions import Session
from core.domain.standing import Standings, Unanswered
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session, torn_roster
from tests.fake_guard import FakeGuard
from tests.worker import executor_of
from userclient.deeds import Deeds
from userclient.lease import Lease
from userclient.records import Records
from userclient.trouble import GuardLostError, RefusedError, UnknownHashError, UnreachableError
from userclient.watcher import Watcher

OTHER_OWNER = OWNER + 1
LOGIN = session("7", created_at=NOW)
PENDING = replace(LOGIN, unconfirmed=True)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Published = Callable[[], Awaitable[list[Event]]]


class Worker:
    """The worker's parts, its looks made by hand, each so long after NOW by Telegram's list."""

    def __init__(self, redis: Store, guard: FakeGuard, lease: Lease) -> None:
        self.redis, self.guard = redis, guard
        self.records = Records(redis, lease)
        self.watcher = Watcher(guard.as_guard(), self.records, poll_seconds=3600)
        self.executor = executor_of(redis, guard, self.records, self.watcher)
        self.deeds = self.executor.deeds

    async def looks(self, *listed: Session, after: timedelta = timedelta()) -> None:
        self.guard.lists(roster(*listed, taken_at=NOW + after))
        await self.watcher.look()

    async def asked(self, command: Command, *listed: Session, owner: int = OWNER) -> object:
        """The reply to a command that is carried out while this is listed."""
        self.guard.lists(roster(*listed))
        deadline = await bus.redis_now(self.redis) + timedelta(seconds=10)
        request = Request(id=uuid.uuid4().hex, owner=owner, deadline=deadline, command=command)
        await self.executor.handle(request)
        return await bus.reply_to(self.redis, ACCOUNT, request.id)

    async def result(self, command: Command, *listed: Session, owner: int = OWNER) -> Result:
        reply = await self.asked(command, *listed, owner=owner)
        assert isinstance(reply, Carried)
        [result] = reply.results
        return result

    async def standings(self, *listed: Session) -> Standings:
        """As whoever asks for the list is told."""
        reply = await self.asked(GetRoster(), *listed)
        assert isinstance(reply, RosterFetched)
        return reply.standings


@pytest.fixture
def worker(redis: Store, guard: FakeGuard, lease: Lease) -> Worker:
    return Worker(redis, guard, lease)


@pytest.fixture
async def login(worker: Worker) -> Session:
    """One that Telegram does not wait for, and that nobody has answered for yet."""
    await worker.looks()
    await worker.looks(LOGIN)
    return LOGIN


async def reminders(published: Published) -> list[LoginUnanswered]:
    return [event for event in await published() if isinstance(event, LoginUnanswered)]


async def last(published: Published) -> Event:
    return (await published())[-1]


# --- "It was me" ---


async def test_a_login_that_telegram_waits_for_is_confirmed_there_and_published(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.looks()
    await worker.looks(PENDING)
    guard.lets_confirm("7")
    result = await worker.result(ConfirmLogin(hash="7"), PENDING)
    assert (result.outcome, result.session) == (Outcome.DONE, PENDING)
    assert guard.confirmed == ["7"]
    event = await last(published)
    assert isinstance(event, LoginConfirmed)
    assert (event.session, event.confirmed_by, event.told_telegram) == (LOGIN, OWNER, True)


async def test_a_login_that_telegram_does_not_wait_for_is_noted_published_and_not_told_there(
    worker: Worker, guard: FakeGuard, published: Published, login: Session
) -> None:
    result = await worker.result(ConfirmLogin(hash="7"), login)
    assert result.outcome is Outcome.DONE
    assert guard.confirmed == []
    event = await last(published)
    assert isinstance(event, LoginConfirmed)
    assert (event.session, event.confirmed_by, event.told_telegram) == (login, OWNER, False)
    assert await worker.standings(login) == Standings()
    await worker.looks(login, after=40 * DAY)
    assert await reminders(published) == []


async def test_what_was_answered_is_answered_for_every_owner_and_published_once(
    worker: Worker, published: Published, login: Session
) -> None:
    await worker.result(ConfirmLogin(hash="7"), login)
    before = await published()
    result = await worker.result(ConfirmLogin(hash="7"), login, owner=OTHER_OWNER)
    assert result.outcome is Outcome.NOT_PENDING
    assert await published() == before


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UnreachableError("down"), Outcome.FAILED),
        (RefusedError("X_Y"), Outcome.FAILED),
        (UnknownHashError(), Outcome.ALREADY_GONE),
    ],
)
@pytest.mark.parametrize("command", [ConfirmLogin(hash="7"), TrustSession(hash="7")])
async def test_what_telegram_did_not_take_is_not_noted_here(
    worker: Worker, guard: FakeGuard, published: Published, command: Command, error: Exception, outcome: Outcome
) -> None:
    await worker.looks()
    await worker.looks(PENDING)
    before = await published()
    guard.lets_confirm("7", error)
    assert (await worker.result(command, PENDING)).outcome is outcome
    assert await published() == before
    assert await worker.standings(PENDING) == Standings(unanswered=(Unanswered(hash="7", since=NOW),))


async def test_a_guard_that_is_lost_meanwhile_is_not_taken_for_an_answer(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.looks()
    await worker.looks(PENDING)
    guard.lets_confirm("7", GuardLostError(GuardLoss.SESSION_REVOKED))
    assert (await worker.result(ConfirmLogin(hash="7"), PENDING)).outcome is Outcome.FAILED
    assert not any(isinstance(event, LoginConfirmed) for event in await published())


# --- trust ---


async def test_trust_is_noted_with_whose_word_it_is_and_published(
    worker: Worker, published: Published, login: Session
) -> None:
    result = await worker.result(TrustSession(hash="7"), login)
    assert result.outcome is Outcome.DONE
    event = await last(published)
    assert isinstance(event, TrustChanged)
    assert (event.session, event.trusted, event.by) == (login, True, OWNER)
    standings = await worker.standings(login)
    [trust] = standings.trusted
    assert (trust.hash, trust.by) == ("7", OWNER)
    assert standings.unanswered == ()


async def test_trusting_confirms_the_login_at_telegram_where_it_waits_for_that(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.looks()
    await worker.looks(PENDING)
    guard.lets_confirm("7")
    assert (await worker.result(TrustSession(hash="7"), PENDING)).outcome is Outcome.DONE
    assert guard.confirmed == ["7"]
    before = await published()
    await worker.looks(LOGIN)  # as Telegram has it now: that is no news
    assert await published() == before
    assert not any(isinstance(event, SessionAltered) for event in before)


async def test_trusting_again_changes_nothing_and_says_since_when(
    worker: Worker, published: Published, login: Session
) -> None:
    await worker.result(TrustSession(hash="7"), login)
    [trust] = (await worker.standings(login)).trusted
    before = await published()
    again = await worker.result(TrustSession(hash="7"), login)
    assert (again.outcome, again.at) == (Outcome.DONE, trust.at)
    assert await published() == before


async def test_what_another_owner_trusts_already_is_this_ones_word_from_now_on(
    worker: Worker, published: Published, login: Session
) -> None:
    await worker.result(TrustSession(hash="7"), login)
    await worker.result(TrustSession(hash="7"), login, owner=OTHER_OWNER)
    event = await last(published)
    assert isinstance(event, TrustChanged)
    assert event.by == OTHER_OWNER
    assert [trust.by for trust in (await worker.standings(login)).trusted] == [OTHER_OWNER]


async def test_distrust_is_noted_and_published_and_asks_for_no_answer(
    worker: Worker, published: Published, login: Session
) -> None:
    await worker.result(TrustSession(hash="7"), login)
    assert (await worker.result(DistrustSession(hash="7"), login, owner=OTHER_OWNER)).outcome is Outcome.DONE
    event = await last(published)
    assert isinstance(event, TrustChanged)
    assert (event.trusted, event.by) == (False, OTHER_OWNER)
    assert await worker.standings(login) == Standings()


async def test_distrust_of_what_nobody_trusts_is_no_news(worker: Worker, published: Published, login: Session) -> None:
    before = await published()
    assert (await worker.result(DistrustSession(hash="7"), login)).outcome is Outcome.DONE
    assert await published() == before


@pytest.mark.parametrize("command", [ConfirmLogin(hash="7"), TrustSession(hash="7"), DistrustSession(hash="7")])
async def test_of_a_session_that_is_gone_nothing_is_noted(
    worker: Worker, published: Published, login: Session, command: Command
) -> None:
    assert (await worker.result(command)).outcome is Outcome.ALREADY_GONE
    assert isinstance(await last(published), SessionEnded)
    assert await worker.standings() == Standings()


async def test_the_guards_own_session_is_not_trusted(worker: Worker, published: Published) -> None:
    await worker.looks()
    assert (await worker.result(TrustSession(hash="0"))).outcome is Outcome.ALREADY_GONE
    assert await worker.standings() == Standings()


async def test_a_list_that_is_torn_is_no_ground_to_judge_on(worker: Worker, guard: FakeGuard, login: Session) -> None:
    guard.lists(torn_roster(login))
    deadline = await bus.redis_now(worker.redis) + timedelta(seconds=10)
    request = Request(id="r1", owner=OWNER, deadline=deadline, command=TrustSession(hash="7"))
    await worker.executor.handle(request)
    assert isinstance(await bus.reply_to(worker.redis, ACCOUNT, "r1"), NotCarried)
    assert (await worker.standings(login)).trusted == ()


@pytest.mark.parametrize("command", [ConfirmLogin(hash="7"), TrustSession(hash="7"), DistrustSession(hash="7")])
async def test_what_waits_for_its_turn_beyond_its_deadline_is_not_done(
    worker: Worker, guard: FakeGuard, published: Published, login: Session, command: Command
) -> None:
    if isinstance(command, DistrustSession):
        await worker.result(TrustSession(hash="7"), login)
    before, stood = await published(), await worker.standings(login)
    guard.lists(roster(login))
    deadline = await bus.redis_now(worker.redis) + timedelta(seconds=0.2)
    really = worker.deeds.standings

    async def standings() -> Standings:
        await asyncio.sleep(0.3)
        return await really()

    object.__setattr__(worker.executor, "deeds", Slow(worker.deeds, standings))
    await worker.executor.handle(Request(id="r1", owner=OWNER, deadline=deadline, command=command))
    reply = await bus.reply_to(worker.redis, ACCOUNT, "r1")
    assert isinstance(reply, Carried)
    assert reply.results[0].outcome is Outcome.FAILED
    assert await published() == before
    assert await really() == stood


class Slow:
    """Deeds whose look at the standings takes its time."""

    def __init__(self, deeds: Deeds, standings: Callable[[], Awaitable[Standings]]) -> None:
        self.standings = standings
        self.begin, self.confirm, self.trust, self.distrust = deeds.begin, deeds.confirm, deeds.trust, deeds.distrust


async def test_a_judgement_that_redis_does_not_take_is_not_made(
    worker: Worker, redis: Store, published: Published, login: Session
) -> None:
    before = await published()
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await worker.deeds.trust(login, by=OWNER, left=plenty)
    finally:
        await redis.config_set("maxmemory", "0")
    assert await published() == before
    assert (await worker.standings(login)).trusted == ()


async def plenty() -> float:
    return 5.0


# --- reminders ---


@pytest.mark.parametrize(
    ("looked_after", "told_after"),
    [
        ([9.9 * MINUTE], []),
        ([10 * MINUTE], [10 * MINUTE]),
        ([10 * MINUTE, 11 * MINUTE, 59 * MINUTE], [10 * MINUTE]),
        ([10 * MINUTE, HOUR], [10 * MINUTE, HOUR]),
        ([10 * MINUTE, HOUR, DAY], [10 * MINUTE, HOUR]),
        ([10 * MINUTE, HOUR, HOUR + DAY, HOUR + 2 * DAY], [10 * MINUTE, HOUR, HOUR + DAY, HOUR + 2 * DAY]),
        ([5 * DAY, 5 * DAY + MINUTE], [5 * DAY]),
    ],
    ids=["not yet", "ten minutes", "once", "an hour", "not within the day", "daily", "slept through"],
)
async def test_a_login_that_nobody_answers_for_is_told_again(
    worker: Worker, published: Published, login: Session, looked_after: list[timedelta], told_after: list[timedelta]
) -> None:
    for after in looked_after:
        await worker.looks(login, after=after)
    assert await reminders(published) == [
        LoginUnanswered(account=ACCOUNT, at=NOW + after, session=login, since=NOW) for after in told_after
    ]


async def test_a_worker_that_takes_over_goes_on_where_the_last_one_was(
    worker: Worker, redis: Store, guard: FakeGuard, lease: Lease, published: Published, login: Session
) -> None:
    await worker.looks(login, after=10 * MINUTE)
    successor = Worker(redis, guard, lease)
    await successor.looks(login, after=11 * MINUTE)
    assert len(await reminders(published)) == 1
    await successor.looks(login, after=HOUR)
    assert len(await reminders(published)) == 2


async def test_a_reminder_shows_the_session_as_it_is_now(worker: Worker, published: Published, login: Session) -> None:
    moved = replace(login, ip="203.0.113.9")
    await worker.looks(moved, after=HOUR)
    [reminder] = await reminders(published)
    assert reminder.session == moved


async def test_nobody_is_reminded_of_what_was_there_when_doorman_came_nor_of_doormans_own(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.looks(LOGIN)
    anew = guard_session(created_at=NOW + HOUR, ip="203.0.113.1")
    guard.lists(replace(roster(LOGIN), sessions=(anew, LOGIN), taken_at=NOW + HOUR))
    await worker.watcher.look()
    await worker.looks(LOGIN, after=9 * DAY)
    assert await reminders(published) == []
    assert await worker.standings(LOGIN) == Standings()


async def test_nobody_is_reminded_of_a_session_that_ended(worker: Worker, published: Published, login: Session) -> None:
    await worker.looks(after=MINUTE)
    await worker.looks(after=9 * DAY)
    assert await reminders(published) == []


async def test_nobody_is_reminded_of_a_session_that_an_owner_ended_though_it_is_listed_still(
    worker: Worker, guard: FakeGuard, published: Published, login: Session
) -> None:
    guard.lets_end("7")
    await worker.result(EndSession(hash="7"), login)
    await worker.looks(login, after=10 * MINUTE)
    assert await reminders(published) == []


@pytest.mark.parametrize("command", [ConfirmLogin(hash="7"), TrustSession(hash="7")])
async def test_nobody_is_reminded_of_what_was_answered_for(
    worker: Worker, published: Published, login: Session, command: Command
) -> None:
    await worker.looks(login, after=10 * MINUTE)
    await worker.result(command, login)
    for after in (HOUR, DAY, 9 * DAY):
        await worker.looks(login, after=after)
    assert len(await reminders(published)) == 1


async def test_one_answer_is_no_other_logins(worker: Worker, published: Published, login: Session) -> None:
    other = session("8", created_at=NOW)
    await worker.looks(login, other)
    await worker.result(ConfirmLogin(hash="7"), login, other)
    await worker.looks(login, other, after=HOUR)
    assert [reminder.session for reminder in await reminders(published)] == [other]


async def test_a_session_that_comes_again_is_asked_about_again(
    worker: Worker, published: Published, login: Session
) -> None:
    await worker.result(ConfirmLogin(hash="7"), login)
    await worker.looks(after=MINUTE)
    await worker.looks(login, after=2 * DAY)
    await worker.looks(login, after=2 * DAY + 10 * MINUTE)
    [reminder] = await reminders(published)
    assert reminder.since == NOW + 2 * DAY


async def test_a_list_that_is_torn_ends_no_waiting_and_reminds_nobody(
    worker: Worker, guard: FakeGuard, published: Published, login: Session
) -> None:
    guard.lists(torn_roster())
    await worker.watcher.look()
    assert await reminders(published) == []
    await worker.looks(login, after=HOUR)
    assert len(await reminders(published)) == 1


async def test_what_redis_lost_is_not_asked_about_again(
    worker: Worker, redis: Store, guard: FakeGuard, lease: Lease, published: Published, login: Session
) -> None:
    await redis.delete(keys.snapshot(ACCOUNT), keys.events(ACCOUNT))
    successor = Worker(redis, guard, lease)
    for after in (MINUTE, HOUR, 9 * DAY):
        await successor.looks(login, after=after)
    [baseline] = await published()
    assert isinstance(baseline, BaselineTaken)
    assert await successor.standings(login) == Standings()


async def test_a_reminder_that_redis_does_not_take_is_told_at_the_next_look(
    worker: Worker, redis: Store, published: Published, login: Session
) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await worker.looks(login, after=10 * MINUTE)
    finally:
        await redis.config_set("maxmemory", "0")
    await worker.looks(login, after=11 * MINUTE)
    assert len(await reminders(published)) == 1


async def test_a_login_and_its_first_reminder_are_two_events(worker: Worker, published: Published) -> None:
    await worker.looks()
    await worker.looks(LOGIN)
    await worker.looks(LOGIN, after=10 * MINUTE)
    kinds = [type(event) for event in await published()]
    assert kinds == [BaselineTaken, SessionAppeared, LoginUnanswered]


async def test_a_login_that_an_owner_puts_off_is_told_again_in_an_hour_and_once(
    worker: Worker, login: Session, published: Published
) -> None:
    result = await worker.result(RemindLater(hash="7"), login)
    assert result.outcome is Outcome.DONE
    [waiting] = (await worker.standings(login)).unanswered
    assert waiting.later_at == result.at + HOUR
    early = result.at + 30 * MINUTE - NOW
    await worker.looks(login, after=early)
    assert await reminders(published) == []
    await worker.looks(login, after=result.at + HOUR - NOW)
    await worker.looks(login, after=result.at + HOUR + MINUTE - NOW)
    assert len(await reminders(published)) == 1


async def test_what_is_answered_for_or_gone_is_put_off_no_more(worker: Worker, login: Session) -> None:
    await worker.result(ConfirmLogin(hash="7"), login)
    assert (await worker.result(RemindLater(hash="7"), login)).outcome is Outcome.NOT_PENDING
    assert (await worker.result(RemindLater(hash="8"), login)).outcome is Outcome.ALREADY_GONE
