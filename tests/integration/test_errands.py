"""What an owner has done beside ending and judging: done once and in time, or said why not; labels, preferences."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import time, timedelta

import pytest
from redis.exceptions import RedisError

from core.connection import Store
from core.contract.account_events import AccountAltered, BaselineTaken, PreferencesChanged, TamperingFound, TtlChanged
from core.contract.commands import (
    Command,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    EndSession,
    GetCheckup,
    GetRoster,
    KillCodes,
    LabelSession,
    Prefer,
    SetAccepted,
    SetTtl,
)
from core.contract.events import Event
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.replies import Carried, CheckupFetched, Outcome, RosterFetched
from core.contract.session_events import SessionAdjusted, SessionAltered, SessionAppeared, SessionEnded
from core.domain.account_state import AccountChange, AccountState, BusinessBot, How, Website
from core.domain.history import Kind
from core.domain.preferences import Mode, Preferences, QuietHours
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_guard import FakeGuard
from tests.waiting import eventually, running, within_patience
from tests.worker import Worker
from userclient.lease import Lease
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
    UnreachableError,
)

Published = Callable[[], Awaitable[list[Event]]]
OTHER_OWNER = OWNER + 1
PHONE = session("7")
AGAIN = session("8", created_at=NOW, active_at=NOW)  # the same device, as it says of itself
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command, and what Telegram is asked for it."""

    command: Command
    call: tuple[object, ...] = ()

    @property
    def name(self) -> str:
        return str(self.call[0])


AT_TELEGRAM = [
    Asked(command=SetAccepted(hash="7", calls=False, secret_chats=True), call=("accept", "7", False, True)),
    Asked(command=SetTtl(days=30), call=("set_ttl", 30)),
    Asked(command=DisconnectWebsite(website="-5"), call=("log_out_website", "-5")),
    Asked(command=DisconnectWebsites(), call=("log_out_websites",)),
    Asked(command=DisconnectBot(bot=77), call=("disconnect_bot", 77)),
    Asked(command=DeclineReset(), call=("decline_reset",)),
    Asked(command=KillCodes(), call=("kill_codes", "12345")),
]
HERE = [
    Asked(command=LabelSession(hash="7", label="my phone")),
    Asked(command=Prefer(fields=("is_weekly",), preferences=Preferences(is_weekly=False))),
]


def website(hash_: str, domain: str) -> Website:
    return Website(
        hash=hash_,
        domain=domain,
        bot="",
        browser="",
        platform="",
        created_at=NOW,
        active_at=NOW,
        ip="",
        region="",
    )


CONNECTED = AccountState(
    taken_at=NOW,
    has_password=True,
    reset_at=NOW + timedelta(days=7),
    websites=(website("-5", "shop.example"), website("6", "news.example")),
    bots=(BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=False),),
)
SHOP = AccountChange(what="websites", before="shop.example", how=How.REMOVED)
NEWS = AccountChange(what="websites", before="news.example", how=How.REMOVED)
#: A command, what Telegram is asked for it, what is another after it, and what is told.
ON_THE_ACCOUNT = [
    (DisconnectWebsite(website="-5"), "log_out_website", {"websites": (website("6", "news.example"),)}, (SHOP,)),
    (DisconnectWebsites(), "log_out_websites", {"websites": ()}, (SHOP, NEWS)),
    (
        DisconnectBot(bot=77),
        "disconnect_bot",
        {"bots": ()},
        (AccountChange(what="bots", before="Helper", how=How.REMOVED),),
    ),
    (
        DeclineReset(),
        "decline_reset",
        {"reset_at": None},
        (AccountChange(what="reset_at", before=(NOW + timedelta(days=7)).isoformat()),),
    ),
]


def named(asked: Asked) -> str:
    return type(asked.command).__name__


each = pytest.mark.parametrize("asked", [*AT_TELEGRAM, *HERE], ids=named)
each_at_telegram = pytest.mark.parametrize("asked", AT_TELEGRAM, ids=named)


@pytest.fixture
async def worker(redis: Store, guard: FakeGuard, lease: Lease) -> Worker:
    """One that has seen the phone, and a login code."""
    worker = Worker(redis, guard, lease)
    await worker.looks(PHONE)
    worker.codes.take("12345")
    return worker


# --- every errand ---


@each
async def test_it_is_done_once_and_said_so(worker: Worker, guard: FakeGuard, asked: Asked) -> None:
    if asked.call:
        guard.safety.answers[asked.name] = True
    result = await worker.result(asked.command, PHONE)
    assert result.outcome is Outcome.DONE
    assert guard.safety.done == ([asked.call] if asked.call else [])


@each_at_telegram
@pytest.mark.parametrize("trouble", [UnreachableError("TimeoutError"), FloodWaitError(30), RefusedError("X_Y")])
async def test_what_telegram_did_not_grant_failed_with_its_name_and_nothing_is_noted(
    worker: Worker, guard: FakeGuard, published: Published, asked: Asked, trouble: TelegramTrouble
) -> None:
    guard.safety.answers[asked.name] = trouble
    before, events, kept = await worker.snapshot(), await published(), await worker.history()
    result = await worker.result(asked.command, PHONE)
    assert (result.outcome, result.error) == (Outcome.FAILED, str(trouble))
    after = await worker.snapshot()
    assert replace(after, begun=(), reports=0) == replace(before, begun=(), reports=0)
    assert (await published(), await worker.history()) == (events, kept)


@each_at_telegram
async def test_a_guard_that_is_lost_over_it_ends_the_watch(worker: Worker, guard: FakeGuard, asked: Asked) -> None:
    guard.safety.answers[asked.name] = GuardLostError(GuardLoss.SESSION_REVOKED)
    assert (await worker.result(asked.command, PHONE)).outcome is Outcome.FAILED
    with pytest.raises(GuardLostError):
        await within_patience(worker.watcher.run())


@each
async def test_what_comes_to_its_turn_too_late_is_not_done(
    worker: Worker, guard: FakeGuard, published: Published, asked: Asked
) -> None:
    before = await worker.snapshot()
    guard.lists(roster(PHONE))
    guard.hold = asyncio.Event()
    request = await worker.request(asked.command, seconds=0.2)
    async with running(worker.executor.handle(request)) as handling:
        await asyncio.sleep(0.3)
        guard.hold.set()
        await within_patience(handling)
    reply = await worker.reply(request)
    assert isinstance(reply, Carried)
    [result] = reply.results
    assert (result.outcome, result.error) == (Outcome.FAILED, "nothing, for the deadline had passed")
    assert guard.safety.done == []
    assert [type(event) for event in await published()] == [BaselineTaken]
    after = await worker.snapshot()
    assert (after.labels, after.preferences, after.roster) == (before.labels, before.preferences, before.roster)


@each
@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "restarted"])
async def test_a_copy_is_refused_and_told(
    worker: Worker, guard: FakeGuard, published: Published, asked: Asked, *, restarted: bool
) -> None:
    if asked.call:
        guard.safety.answers[asked.name] = True
    guard.always_lists(roster(PHONE))
    request = await worker.request(asked.command)
    await worker.executor.handle(request)
    later = worker.successor() if restarted else worker
    later.codes.take("54321")
    before = await worker.snapshot()
    await later.executor.handle(request)
    told = (await published())[-1]
    assert isinstance(told, TamperingFound)
    assert told.what is Tampering.COMMAND_REPLAYED
    assert len(guard.safety.done) == bool(asked.call)
    after = await worker.snapshot()
    assert (after.labels, after.preferences) == (before.labels, before.preferences)


# --- what is not there any more ---


@pytest.mark.parametrize("hash_", ["6", "0"])
async def test_of_a_session_that_is_not_listed_or_the_guards_own_nothing_is_changed(
    worker: Worker, guard: FakeGuard, hash_: str
) -> None:
    for command in (LabelSession(hash=hash_, label="x"), SetAccepted(hash=hash_, calls=True, secret_chats=True)):
        result = await worker.result(command, PHONE)
        assert (result.hash, result.outcome) == (hash_, Outcome.ALREADY_GONE)
    assert guard.safety.done == []
    assert (await worker.snapshot()).labels.given == ()


@pytest.mark.parametrize(
    ("command", "name", "answer"),
    [
        (SetAccepted(hash="7", calls=True, secret_chats=True), "accept", UnknownHashError()),
        (DisconnectWebsite(website="5"), "log_out_website", UnknownHashError()),
        (DisconnectBot(bot=77), "disconnect_bot", False),
        (DeclineReset(), "decline_reset", False),
    ],
)
async def test_what_somebody_else_did_already_is_gone(
    worker: Worker, guard: FakeGuard, command: Command, name: str, answer: bool | Exception
) -> None:
    guard.safety.answers[name] = answer
    assert (await worker.result(command, PHONE)).outcome is Outcome.ALREADY_GONE
    assert await worker.history(Kind.SETTINGS) == []


async def test_where_no_code_came_there_is_none_to_kill(worker: Worker) -> None:
    assert (await worker.successor().result(KillCodes(), PHONE)).outcome is Outcome.ALREADY_GONE


# --- the account ---


@pytest.mark.parametrize("asked", [a for a in AT_TELEGRAM if not isinstance(a.command, SetAccepted | KillCodes)])
async def test_what_changes_the_account_is_looked_after_at_once(worker: Worker, guard: FakeGuard, asked: Asked) -> None:
    guard.safety.answers[asked.name] = True
    states = guard.safety.states
    states.extend([AccountState(taken_at=NOW), AccountState(taken_at=NOW)])

    async def left(count: int) -> bool:
        return len(states) == count

    async with running(worker.checkups.run()):
        await eventually(lambda: left(1))
        await worker.result(asked.command, PHONE)
        await eventually(lambda: left(0))


async def test_a_limit_that_an_owner_set_is_told_at_once_with_who_it_was_and_no_news_afterwards(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    guard.safety.answers["set_ttl"] = True
    await worker.result(SetTtl(days=30), PHONE)
    told = await published()
    assert told[-1] == TtlChanged(account=ACCOUNT, at=told[-1].at, before=180, after=30, by=OWNER)
    await worker.successor().looks(PHONE, ttl_days=30)
    assert await published() == told
    [entry] = await worker.history(Kind.TTL)
    assert (entry.note, entry.by) == ("180→30", OWNER)


async def test_the_limit_that_there_was_already_is_no_news(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    guard.safety.answers["set_ttl"] = True
    told = await published()
    await worker.result(SetTtl(days=180), PHONE)
    assert await published() == told
    assert await worker.history(Kind.TTL) == []


@pytest.mark.parametrize(("command", "name", "after", "changes"), ON_THE_ACCOUNT)
async def test_what_an_owner_had_done_to_the_account_is_told_at_once_with_who_it_was_and_no_news_afterwards(
    worker: Worker,
    guard: FakeGuard,
    published: Published,
    command: Command,
    name: str,
    after: dict[str, object],
    changes: tuple[AccountChange, ...],
) -> None:
    guard.safety.answers[name] = True
    guard.safety.states.extend([CONNECTED, replace(CONNECTED, **after)])
    await worker.checkups.look()
    await worker.result(command, PHONE)
    told = await published()
    assert isinstance(event := told[-1], AccountAltered)
    assert (event.changes, event.state, event.by) == (changes, replace(CONNECTED, **after), OWNER)
    await worker.successor().checkups.look()
    assert await published() == told
    assert [(entry.change, entry.by) for entry in await worker.history(Kind.ACCOUNT)] == [(c, OWNER) for c in changes]


@pytest.mark.parametrize("known", [None, AccountState(taken_at=NOW)], ids=["no checkup yet", "Telegram did not say"])
async def test_what_was_done_to_what_no_checkup_knew_is_no_news(
    worker: Worker, guard: FakeGuard, published: Published, known: AccountState | None
) -> None:
    guard.safety.answers["log_out_websites"] = True
    if known:
        guard.safety.states.append(known)
        await worker.checkups.look()
    told = await published()
    assert (await worker.result(DisconnectWebsites(), PHONE)).outcome is Outcome.DONE
    assert await published() == told
    assert (await worker.snapshot()).account_state == known


async def test_what_may_have_been_done_is_left_to_the_next_look_which_knows_no_owner(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    """So it is, too, when the worker dies before it could tell."""
    guard.safety.answers |= {"set_ttl": UnreachableError("TimeoutError"), "disconnect_bot": UnreachableError("x")}
    guard.safety.states.extend([CONNECTED, replace(CONNECTED, bots=())])
    await worker.checkups.look()
    for command in (SetTtl(days=30), DisconnectBot(bot=77)):
        assert (await worker.result(command, PHONE)).outcome is Outcome.FAILED
    later = worker.successor()
    await later.looks(PHONE, ttl_days=30)
    await later.checkups.look()
    told = [event for event in await published() if isinstance(event, TtlChanged | AccountAltered)]
    assert [(type(event), event.by) for event in told] == [(TtlChanged, None), (AccountAltered, None)]


async def test_a_checkup_that_was_under_way_meanwhile_looks_again(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    """What it fetched is of before the owner's doing: a website that is gone would be one that came."""
    guard.safety.answers["log_out_website"] = True
    guard.safety.states.append(CONNECTED)
    await worker.checkups.look()
    fetched, may_go_on = asyncio.Event(), asyncio.Event()
    really = guard.safety.state

    async def slowly() -> AccountState:
        state = await really()
        fetched.set()
        await may_go_on.wait()
        return state

    guard.safety.state = slowly  # type: ignore[method-assign]
    left = replace(CONNECTED, websites=CONNECTED.websites[1:])
    guard.safety.states.extend([CONNECTED, left])
    async with running(worker.checkups.look()) as looking:
        await within_patience(fetched.wait())
        await worker.result(DisconnectWebsite(website="-5"), PHONE)
        told = await published()
        may_go_on.set()
        assert await within_patience(looking) == left
    assert await published() == told


# --- what a session accepts ---


async def test_what_a_session_accepts_is_known_at_once_and_no_news_afterwards(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    guard.safety.answers["accept"] = True
    result = await worker.result(SetAccepted(hash="7", calls=False, secret_chats=True), PHONE)
    quieter = replace(PHONE, calls_disabled=True)
    assert result.session == quieter
    assert (await worker.snapshot()).roster.find("7") == quieter
    await worker.looks(quieter)
    assert not any(isinstance(event, SessionAltered) for event in await published())
    [entry] = await worker.history(Kind.SETTINGS)
    assert (entry.session, entry.before, entry.by) == (quieter, PHONE, OWNER)
    [event] = adjusted(await published())
    assert event == SessionAdjusted(account=ACCOUNT, at=event.at, session=quieter, by=OWNER, calls=False)


async def test_what_it_accepts_already_is_told_to_nobody(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    guard.safety.answers["accept"] = True
    await worker.result(SetAccepted(hash="7", calls=True, secret_chats=True), PHONE)
    assert adjusted(await published()) == []


def adjusted(events: list[Event]) -> list[SessionAdjusted]:
    return [event for event in events if isinstance(event, SessionAdjusted)]


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (SetAccepted(hash="7", calls=True, secret_chats=None), ("accept", "7", True, False)),
        (SetAccepted(hash="7", calls=None, secret_chats=True), ("accept", "7", False, True)),
    ],
    ids=["calls", "secret chats"],
)
async def test_the_switch_that_is_not_meant_stays_as_telegram_has_it_now(
    worker: Worker, guard: FakeGuard, command: Command, call: tuple[object, ...]
) -> None:
    guard.safety.answers["accept"] = True
    now_deaf = replace(PHONE, calls_disabled=True, secret_chats_disabled=True)
    result = await worker.result(command, now_deaf)
    assert guard.safety.done == [call]
    assert result.session == replace(PHONE, calls_disabled=not call[2], secret_chats_disabled=not call[3])


def test_a_command_that_is_about_neither_switch_is_none() -> None:
    with pytest.raises(ValueError, match="neither switch"):
        SetAccepted(hash="7", calls=None, secret_chats=None)


# --- labels ---


async def labelled(worker: Worker, text: str = "my phone", *, owner: int = OWNER) -> None:
    assert (await worker.result(LabelSession(hash="7", label=text), PHONE, owner=owner)).outcome is Outcome.DONE


async def appeared(published: Published) -> SessionAppeared:
    [event] = [event for event in await published() if isinstance(event, SessionAppeared)]
    return event


async def test_whoever_asks_for_the_list_is_told_the_labels(worker: Worker) -> None:
    await labelled(worker)
    reply = await worker.successor().asked(GetRoster(), PHONE)
    assert isinstance(reply, RosterFetched)
    [label] = reply.labels.given
    assert (label.hash, label.text, label.by) == ("7", "my phone", OWNER)


async def test_a_label_takes_the_place_of_the_one_before_and_an_empty_one_takes_it_away(worker: Worker) -> None:
    await labelled(worker)
    await labelled(worker, "my old phone", owner=OTHER_OWNER)
    assert (await worker.snapshot()).labels.by_hash() == {"7": "my old phone"}
    await labelled(worker, "")
    assert (await worker.snapshot()).labels.given == ()
    noted = [(entry.note, entry.by) for entry in await worker.history(Kind.LABELLED)]
    assert noted == [("my phone", OWNER), ("my old phone", OTHER_OWNER), ("", OWNER)]


async def test_who_named_it_is_told_each_time_that_it_is_another_name(worker: Worker, published: Published) -> None:
    await labelled(worker)
    await labelled(worker, owner=OTHER_OWNER)
    await labelled(worker, "", owner=OTHER_OWNER)
    told = [(event.session, event.label, event.by) for event in adjusted(await published())]
    assert told == [(PHONE, "my phone", OWNER), (PHONE, "", OTHER_OWNER)]


async def test_the_same_device_that_logs_in_again_is_told_with_its_old_label(
    worker: Worker, published: Published
) -> None:
    await labelled(worker)
    await worker.looks(after=MINUTE)
    await worker.successor().looks(AGAIN, after=2 * MINUTE)
    assert (await appeared(published)).former_label == "my phone"
    assert (await worker.snapshot()).labels.of("8") == ""  # offered, not given: the device's word is no evidence


async def test_one_that_was_ended_and_logs_in_again_likewise(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await labelled(worker)
    guard.lets_end("7")
    await worker.result(EndSession(hash="7"), PHONE)
    await worker.looks(AGAIN, after=MINUTE)
    assert (await appeared(published)).former_label == "my phone"


async def test_one_that_logs_out_and_in_between_two_looks_likewise(worker: Worker, published: Published) -> None:
    await labelled(worker)
    await worker.looks(AGAIN, after=MINUTE)
    assert isinstance((await published())[-2], SessionEnded)
    assert (await appeared(published)).former_label == "my phone"


@pytest.mark.parametrize("other", [replace(AGAIN, device_model="Pixel 8"), replace(AGAIN, api_id=4)])
async def test_another_device_is_offered_no_label(worker: Worker, published: Published, other: object) -> None:
    await labelled(worker)
    await worker.looks(after=MINUTE)
    await worker.looks(other, after=2 * MINUTE)
    assert (await appeared(published)).former_label == ""


# --- preferences ---


async def test_preferences_are_taken_field_by_field_and_told_with_who_did_it(
    worker: Worker, published: Published
) -> None:
    quiet = QuietHours(start=time(22), end=time(7), zone="Europe/Stockholm")
    await worker.prefers(PHONE, quiet=quiet)
    await worker.prefers(PHONE, owner=OTHER_OWNER, end_idle=Mode.DRY, idle_days=30)
    both = Preferences(quiet=quiet, end_idle=Mode.DRY, idle_days=30)
    assert (await worker.snapshot()).preferences == both
    [_, first, second] = await published()
    assert isinstance(first, PreferencesChanged)
    assert isinstance(second, PreferencesChanged)
    assert (first.fields, first.preferences, first.by) == (("quiet",), Preferences(quiet=quiet), OWNER)
    assert (second.fields, second.preferences, second.by) == (("end_idle", "idle_days"), both, OTHER_OWNER)


async def test_what_is_not_named_is_not_taken_whatever_is_said_of_it(worker: Worker) -> None:
    await worker.prefers(PHONE, is_locked=True)
    stale = Preferences(is_weekly=False, is_locked=False, end_idle=Mode.ON)
    await worker.result(Prefer(fields=("is_weekly",), preferences=stale), PHONE)
    assert (await worker.snapshot()).preferences == Preferences(is_weekly=False, is_locked=True)


async def test_preferences_outlive_a_restart_and_the_next_look_and_are_shown_by_a_checkup(
    worker: Worker, guard: FakeGuard
) -> None:
    await worker.prefers(PHONE, is_locked=True)
    await worker.looks(PHONE, session("9"), after=MINUTE)
    guard.safety.states.append(AccountState(taken_at=NOW, has_password=True))
    reply = await worker.successor().asked(GetCheckup(), PHONE, session("9"), taken_at=NOW + 2 * MINUTE)
    assert isinstance(reply, CheckupFetched)
    assert reply.preferences == Preferences(is_locked=True)
    assert reply.account.has_password


@pytest.mark.parametrize("asked", HERE, ids=named)
async def test_what_redis_does_not_take_is_not_noted(
    worker: Worker, guard: FakeGuard, redis: Store, published: Published, asked: Asked
) -> None:
    before, events = await worker.snapshot(), await published()
    guard.always_lists(roster(PHONE))
    request = await worker.request(asked.command)
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await worker.executor.handle(request)
    finally:
        await redis.config_set("maxmemory", "0")
    assert await worker.snapshot() == before
    assert await published() == events
