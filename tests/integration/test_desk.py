"""Whoever presses learns what came of it, whoever dies on the way: the worker, the bot, or the message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import EditMessageReplyMarkup
from aiogram.utils.formatting import Text
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from bot import leftovers as leftovers_module
from bot import press as press_module
from bot.desk import Desk
from bot.gateway import PRESSES, Gateway
from bot.leftovers import Leftovers
from bot.press import Press
from bot.views.alerts import login_alert
from bot.views.answers import NEVER_FOUND_OUT, NO_REPLY, NOT_KNOWN, NOT_WATCHED
from bot.views.buttons.keyboards import (
    card_keyboard,
    confirm_keyboard,
    left_keyboard,
    original_keyboard,
    reviewed_keyboard,
    settled_keyboard,
)
from bot.views.buttons.sessions import ALERTS, Origin
from bot.views.card import card
from bot.views.ending_all import question
from bot.views.outcomes import left_undone
from bot.views.screen import Screen
from core import bus
from core.bus import redis_now
from core.connection import Store, connect
from core.contract import keys
from core.contract.commands import (
    Command,
    ConfirmLogin,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    DistrustSession,
    EndSession,
    EndSessions,
    KillCodes,
    LabelSession,
    Prefer,
    SetTtl,
    TrustSession,
)
from core.contract.replies import Carried, NotCarried, Outcome, Reply, Result, RosterFetched, Trouble
from core.contract.session_events import SessionAppeared
from core.contract.state import SNAPSHOTS, Begun, Condition, Snapshot
from core.domain.labels import Label, Labels
from core.domain.preferences import Preferences
from core.domain.sessions import Session
from core.domain.standing import Standings, Trust, Unanswered
from core.domain.tombstones import Tombstone
from core.settings import CoreSettings
from tests.deeds import ADJUSTING, ON_THE_ACCOUNT, named
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats, Shown
from tests.fake_worker import FakeWorker, beats
from tests.screens import rows
from tests.telling import tried
from tests.waiting import eventually, killed, running, within_patience

TO_LIST = f"l:{ACCOUNT}"
SESSION = session("7", device_model="Nokia")
OTHER = session("8", device_model="Pixel")
CONFIRM, TRUST, DISTRUST = ConfirmLogin(hash="7"), TrustSession(hash="7"), DistrustSession(hash="7")
TRUSTED = Trust(hash="7", at=NOW, by=OWNER)
NAMED = LabelSession(hash="7", label="my phone")
LOCKED = Prefer(fields=("is_locked",), preferences=Preferences(is_locked=True))
SHORT = timedelta(seconds=0.2)
ONE_OF_TWO = pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD])


async def look_once(desk: Desk) -> None:
    """One round, as `run` makes it, but each press is waited for."""
    leftovers = leftovers_of(desk)
    for request_id, press in (await desk.gateway.unsettled(ACCOUNT)).items():
        if request_id not in desk.in_hand.requests and await leftovers._overdue(press) >= leftovers_module.GRACE:
            await leftovers._settle(press, request_id)


@pytest.fixture
async def link(redis: Store, redis_settings: CoreSettings) -> AsyncIterator[Store]:
    """The desk's own connections."""
    client = connect(redis_settings, name="doorman-test-bot", most=12)
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
async def _watched(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers_module, "LOOK_SECONDS", 0.01)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that is soon over."""
    monkeypatch.setattr(press_module, "PATIENCE", SHORT)
    monkeypatch.setattr(press_module, "PATIENCE_A_SESSION", timedelta())
    monkeypatch.setattr(leftovers_module, "GRACE", timedelta(seconds=0.05))


@pytest.fixture
async def worker(redis: Store) -> AsyncIterator[FakeWorker]:
    await beats(redis)
    worker = FakeWorker(redis)
    async with running(worker.run()):
        yield worker


@pytest.fixture
def desk(link: Store, telegram: FakeChats) -> Desk:
    return desk_of(link, telegram)


def desk_of(link: Store, telegram: FakeChats) -> Desk:
    """The desk of a new process."""
    return Desk(redis=link, gateway=Gateway(redis=link), courier=telegram.courier())


def leftovers_of(desk: Desk) -> Leftovers:
    """Who looks after what this desk leaves."""
    return Leftovers(redis=desk.redis, gateway=desk.gateway, courier=desk.courier, in_hand=desk.in_hand)


def pressed(
    telegram: FakeChats, origin: Origin = Origin.ALERT, *sessions: Session, deed: Command | None = None
) -> Press:
    """The second press on a message that is in its owner's chat."""
    about = sessions or (SESSION,)
    match origin:
        case Origin.ALERT | Origin.RETURNED:
            label = "my phone" if origin is Origin.RETURNED else ""
            appeared = SessionAppeared(account=ACCOUNT, at=NOW, session=about[0], former_label=label)
            screen = login_alert(appeared, account_name="Ada")
        case Origin.CARD | Origin.TRUSTED_CARD:
            trust = TRUSTED if origin is Origin.TRUSTED_CARD else None
            screen = card(ACCOUNT, about[0], trust=trust, viewer=OWNER, now=NOW)
        case Origin.REVIEW:
            screen = card(ACCOUNT, about[0], trust=None, viewer=OWNER, now=NOW, in_review=True)
        case Origin.LIST:
            screen = question(ACCOUNT, about, list_name="1-0", more=0, account_name="Ada")
        case _:
            screen = Screen(text=Text("News"), keyboard=original_keyboard(ACCOUNT, about[0].hash, origin))
    hashes = tuple(each.hash for each in about)
    deed = deed or (EndSessions(hashes=hashes) if origin is Origin.LIST else EndSession(hash=hashes[0]))
    if isinstance(deed, EndSession):
        screen = Screen(text=screen.text, keyboard=confirm_keyboard(ACCOUNT, about[0].hash, origin, now=NOW))
    return Press.of(
        deed, account=ACCOUNT, owner=OWNER, message_id=telegram.put(OWNER, screen), origin=origin, sessions=about
    )


def result(outcome: Outcome, of: Session = SESSION, **particulars: Any) -> Result:
    if outcome is Outcome.DONE:
        particulars = {"ended_by": OWNER, **particulars}
    return Result(hash=of.hash, outcome=outcome, at=NOW, **particulars)


def carried(outcome: Outcome, **particulars: Any) -> Carried:
    return Carried(results=(result(outcome, **particulars),))


def is_original(message: Shown, press: Press) -> bool:
    hash_ = press.hashes[0]
    return rows(message.keyboard) == rows(original_keyboard(ACCOUNT, hash_, press.origin, session=press.session(hash_)))


async def noted(redis: Store) -> int:
    count: Any = await redis.hlen(keys.presses(ACCOUNT))
    return int(count)


async def left_behind(redis: Store, press: Press, *, overdue: timedelta = timedelta(minutes=1)) -> str:
    """The note of a press whose process died."""
    deadline = await redis_now(redis) - overdue
    await redis.hset_signed(keys.presses(ACCOUNT), "r1", PRESSES.dump(replace(press, deadline=deadline)))
    return "r1"


async def settled(redis: Store) -> None:
    async def look() -> bool:
        return await noted(redis) == 0

    await eventually(look)


@ONE_OF_TWO
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (carried(Outcome.DONE), "Ended by you"),
        (carried(Outcome.ALREADY_GONE), "gone already"),
        (carried(Outcome.ALREADY_GONE, ended_by=OWNER + 1), "Ended by another owner"),
    ],
)
async def test_what_is_settled_is_said_on_the_pressed_message(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, origin: Origin, reply: Reply, said: str
) -> None:
    worker.answers.append(reply)
    await desk.carry(pressed(telegram, origin))
    assert worker.asked == [EndSession(hash="7")]
    [message] = telegram.messages(OWNER)
    assert said in message.text
    assert "Nokia" in message.text
    assert message.text.startswith("🔔 New login") is (origin is Origin.ALERT)
    assert message.buttons == [TO_LIST]
    assert await noted(redis) == 0


@ONE_OF_TWO
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (carried(Outcome.NOT_ALLOWED_YET, allowed_from=NOW + timedelta(hours=1)), "16:09 UTC"),
        (carried(Outcome.FAILED, error="INTERNAL"), "INTERNAL"),
        (carried(Outcome.IS_GUARD), "Doorman's own session"),
        (carried(Outcome.NOT_DONE), "Telegram lists it still"),
        (NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30), "Nothing was ended. Telegram asks Doorman to wait until"),
        (NotCarried(trouble=Trouble.UNREACHABLE), "no connection"),
        (NotCarried(trouble=Trouble.GUARD_LOST), "doorman login"),
        (NotCarried(trouble=Trouble.REFUSED, error="X_Y"), "X_Y"),
        (NotCarried(trouble=Trouble.REFUSED, error="FROZEN_METHOD_INVALID"), "has frozen this account"),
    ],
    ids=lambda value: (
        getattr(value, "trouble", None) or (value.results[0].outcome if isinstance(value, Carried) else "")
    ),
)
async def test_what_is_not_settled_is_said_in_a_message_of_its_own_and_can_be_pressed_again(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, origin: Origin, reply: Reply, said: str
) -> None:
    worker.answers.append(reply)
    press = pressed(telegram, origin)
    before = telegram.in_chat(OWNER)
    await desk.carry(press)
    message, line = telegram.messages(OWNER)
    assert [message.text] == before
    assert is_original(message, press)
    assert line.text.startswith("\u2068Nokia\u2069\n")
    assert said in line.text
    assert await noted(redis) == 0


@pytest.mark.parametrize(
    ("outcome", "said", "is_settled"),
    [
        (Outcome.DONE, "09 UTC. Telegram was told.", True),
        (Outcome.NOT_PENDING, "You said that it was you", True),
        (Outcome.ALREADY_GONE, "gone already", True),
        (Outcome.NOT_DONE, "was not told", False),
        (Outcome.FAILED, "could not be told", False),
    ],
)
async def test_what_came_of_it_was_me(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, outcome: Outcome, said: str, is_settled: bool
) -> None:
    waiting = session("7", unconfirmed=True)
    worker.answers.append(Carried(results=(Result(hash="7", outcome=outcome, at=NOW, session=waiting, error="X"),)))
    press = pressed(telegram, deed=CONFIRM)
    await desk.carry(press)
    assert worker.asked == [ConfirmLogin(hash="7")]
    message, *lines = telegram.messages(OWNER)
    assert said in (message.text if is_settled else lines[0].text)
    assert len(lines) == (0 if is_settled else 1)
    assert message.buttons == [TO_LIST] if is_settled else is_original(message, press)


async def test_that_it_was_me_was_told_to_telegram_is_not_said_where_it_did_not_wait_for_that(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(Carried(results=(Result(hash="7", outcome=Outcome.DONE, at=NOW, session=SESSION),)))
    await desk.carry(pressed(telegram, deed=CONFIRM))
    [message] = telegram.messages(OWNER)
    assert message.text.endswith("You said that it was you: 14 Mar 2026, 15:09 UTC.")
    assert message.buttons == [TO_LIST]


JUDGING = pytest.mark.parametrize(("origin", "deed"), [(Origin.CARD, TRUST), (Origin.TRUSTED_CARD, DISTRUST)])


@JUDGING
async def test_a_judgement_is_shown_on_the_card_which_can_be_judged_again(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, origin: Origin, deed: Command
) -> None:
    worker.answers.append(Carried(results=(Result(hash="7", outcome=Outcome.DONE, at=NOW),)))
    await desk.carry(pressed(telegram, origin, deed=deed))
    assert worker.asked == [deed]
    [message] = telegram.messages(OWNER)
    assert ("Trusted by you since 14 Mar 2026, 15:09 UTC" in message.text) is (deed == TRUST)
    assert rows(message.keyboard) == rows(card_keyboard(ACCOUNT, "7", trusted=deed == TRUST, session=SESSION))


@JUDGING
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (carried(Outcome.FAILED, error="X_Y"), "Nothing was changed: Telegram answered X_Y"),
        (NotCarried(trouble=Trouble.UNREACHABLE), "Nothing was changed. Doorman has no connection"),
    ],
)
async def test_a_judgement_that_failed_leaves_the_card_as_it_was(
    desk: Desk,
    worker: FakeWorker,
    telegram: FakeChats,
    origin: Origin,
    deed: Command,
    reply: Reply,
    said: str,
) -> None:
    worker.answers.append(reply)
    press = pressed(telegram, origin, deed=deed)
    [before] = telegram.in_chat(OWNER)
    await desk.carry(press)
    message, line = telegram.messages(OWNER)
    assert message.text == before
    assert is_original(message, press)
    assert said in line.text


async def test_what_came_of_a_list_is_said_of_each_session_in_its_place(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    worker.answers.append(Carried(results=(result(Outcome.DONE), result(Outcome.FAILED, OTHER, error="INTERNAL"))))
    await desk.carry(pressed(telegram, Origin.LIST, SESSION, OTHER))
    assert worker.asked == [EndSessions(hashes=("7", "8"))]
    [message] = telegram.messages(OWNER)
    assert "1 of 2 sessions ended" in message.text
    assert "INTERNAL" in message.text
    assert message.buttons == [TO_LIST]
    assert await noted(redis) == 0


async def test_a_list_that_the_worker_could_not_begin_is_told(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(NotCarried(trouble=Trouble.UNREACHABLE))
    await desk.carry(pressed(telegram, Origin.LIST, SESSION, OTHER))
    message, line = telegram.messages(OWNER)
    assert message.buttons == [TO_LIST]
    assert "no connection" in line.text


async def test_an_end_of_a_session_that_was_never_seen_is_told_all_the_same(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(carried(Outcome.DONE))
    await desk.carry(replace(pressed(telegram), sessions=()))
    message, line = telegram.messages(OWNER)
    assert message.buttons == [TO_LIST]
    assert line.text.startswith("Ended by you")


@pytest.mark.parametrize("origin", Origin)
async def test_what_came_of_it_is_told_though_its_message_was_deleted(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, origin: Origin
) -> None:
    worker.answers.append(carried(Outcome.DONE))
    press = pressed(telegram, origin)
    telegram.chats[OWNER].clear()
    await desk.carry(press)
    [text] = telegram.in_chat(OWNER)
    assert "ended" in text.lower()


async def test_pressing_twice_says_the_same_once(desk: Desk, worker: FakeWorker, telegram: FakeChats) -> None:
    worker.answers.extend([carried(Outcome.DONE), carried(Outcome.ALREADY_GONE, ended_by=OWNER)])
    press = pressed(telegram)
    await asyncio.gather(desk.carry(press), desk.carry(press))
    [message] = telegram.messages(OWNER)
    assert message.text.count("Ended by you") == 1


async def test_a_press_is_noted_before_its_worker_can_see_it(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    press = pressed(telegram)
    worker.answers.append(None)
    async with running(desk.carry(press)):

        async def seen() -> bool:
            return bool(worker.requests)

        await eventually(seen)
        [request_id] = await redis.hkeys(keys.presses(ACCOUNT))
        request = worker.requests[0]
        assert request_id.decode() == request.id
        kept = PRESSES.load(await redis.hget_signed(keys.presses(ACCOUNT), request.id) or b"")
        assert replace(kept, deadline=None) == press
        assert request.owner == OWNER
        assert kept.deadline
        assert abs(kept.deadline - request.deadline) < timedelta(milliseconds=1)


async def test_a_press_that_redis_did_not_take_is_not_done_and_not_noted(
    redis: Store, desk: Desk, telegram: FakeChats
) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await desk.carry(pressed(telegram))
    finally:
        await redis.config_set("maxmemory", "0")
    assert await noted(redis) == 0
    assert await redis.xlen(keys.commands(ACCOUNT)) == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("origin", Origin)
async def test_no_answer_is_told_and_then_what_the_late_answer_says_once(
    desk: Desk, telegram: FakeChats, redis: Store, origin: Origin
) -> None:
    await beats(redis, ago=timedelta(minutes=1))
    press = pressed(telegram, origin)
    async with running(leftovers_of(desk).run()):
        await within_patience(desk.carry(press))
        message, line = telegram.messages(OWNER)
        assert line.text.endswith(f"\n{NO_REPLY}")
        assert is_original(message, press)
        assert "nded" not in message.text
        [request_id] = await redis.hkeys(keys.presses(ACCOUNT))
        await bus.answer(redis, ACCOUNT, request_id.decode(), carried(Outcome.DONE))
        await settled(redis)
    message, line = telegram.messages(OWNER)
    assert "nded" in message.text
    over = reviewed_keyboard(ACCOUNT, "7") if origin is Origin.REVIEW else settled_keyboard(ACCOUNT)
    assert rows(message.keyboard) == rows(over)


@pytest.mark.usefixtures("impatient")
async def test_no_answer_and_then_that_it_was_not_done_can_be_pressed_again(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await beats(redis, ago=timedelta(minutes=1))
    press = pressed(telegram)
    async with running(leftovers_of(desk).run()):
        await within_patience(desk.carry(press))
        [request_id] = await redis.hkeys(keys.presses(ACCOUNT))
        await bus.answer(redis, ACCOUNT, request_id.decode(), carried(Outcome.NOT_DONE))
        await settled(redis)
    message, _, line = telegram.messages(OWNER)
    assert "Not ended" in line.text
    assert is_original(message, press)


@ONE_OF_TWO
@pytest.mark.parametrize(
    ("tombstone", "said"),
    [
        (Tombstone(hash="7", at=NOW, by=OWNER), "Ended by you: 14 Mar 2026"),
        (Tombstone(hash="7", at=NOW, by=OWNER + 1), "Ended by another owner"),
        (Tombstone(hash="7", at=NOW, by=None), "gone already"),
        (Tombstone(hash="9", at=NOW, by=OWNER), "gone already"),
    ],
    ids=["by you", "by another", "elsewhere", "another session"],
)
async def test_where_nobody_answered_the_list_tells_that_it_is_gone_and_by_whom(
    desk: Desk,
    worker: FakeWorker,
    telegram: FakeChats,
    redis: Store,
    origin: Origin,
    tombstone: Tombstone,
    said: str,
) -> None:
    await worker.ended(roster(OTHER), tombstone)
    await left_behind(redis, pressed(telegram, origin))
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert said in message.text
    assert "Nokia" in message.text
    assert message.buttons == [TO_LIST]
    assert worker.asked == []


@ONE_OF_TWO
async def test_where_nobody_answered_the_list_tells_that_it_was_not_done(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, origin: Origin
) -> None:
    await worker.ended(roster(SESSION, OTHER))
    press = pressed(telegram, origin)
    await left_behind(redis, press)
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    message, line = telegram.messages(OWNER)
    assert "Telegram lists it still" in line.text
    assert is_original(message, press)


@pytest.mark.parametrize(
    ("listed", "standings", "said"),
    [
        (roster(session("7", unconfirmed=True)), Standings(), "was not told"),
        (roster(session("7")), Standings(unanswered=(Unanswered(hash="7", since=NOW),)), "was not told"),
        (roster(session("7")), Standings(unanswered=(Unanswered(hash="8", since=NOW),)), "You said that it was you"),
        (roster(), Standings(), "gone already"),
    ],
    ids=["pending still", "unanswered still", "settled", "gone"],
)
async def test_where_nobody_answered_the_list_tells_what_came_of_it_was_me(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, listed: Any, standings: Standings, said: str
) -> None:
    await worker.ended(listed)
    worker.standings = standings
    await left_behind(redis, pressed(telegram, deed=CONFIRM))
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    assert said in telegram.in_chat(OWNER)[-1]


BY_YOU = Standings(trusted=(Trust(hash="7", at=NOW - timedelta(days=1), by=OWNER),))
BY_ANOTHER = Standings(trusted=(Trust(hash="7", at=NOW - timedelta(days=1), by=OWNER + 1),))


@pytest.mark.parametrize(
    ("origin", "deed", "standings", "said", "buttons"),
    [
        (Origin.CARD, TRUST, BY_YOU, "Trusted by you since 13 Mar 2026", "trusted card"),
        (Origin.CARD, TRUST, BY_ANOTHER, "This session is trusted already.", "settled"),
        (Origin.CARD, TRUST, Standings(), "Not done: this session is not trusted.", "as they were"),
        (Origin.TRUSTED_CARD, DISTRUST, Standings(), "This session is not trusted.", "settled"),
        (Origin.TRUSTED_CARD, DISTRUST, BY_YOU, "Not done: this session is still trusted.", "as they were"),
        (Origin.TRUSTED_CARD, DISTRUST, BY_ANOTHER, "Not done: this session is still trusted.", "as they were"),
    ],
    ids=["trusted", "by another", "not trusted", "trusted no more", "still", "still by another"],
)
async def test_where_nobody_answered_of_a_judgement_no_more_is_said_than_how_the_session_stands(
    desk: Desk,
    worker: FakeWorker,
    telegram: FakeChats,
    redis: Store,
    origin: Origin,
    deed: Command,
    standings: Standings,
    said: str,
    buttons: str,
) -> None:
    await worker.ended(roster(SESSION))
    worker.standings = standings
    press = pressed(telegram, origin, deed=deed)
    await left_behind(redis, press)
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    message, *lines = telegram.messages(OWNER)
    assert said in (lines or [message])[-1].text
    expected = {
        "trusted card": card_keyboard(ACCOUNT, "7", trusted=True, session=SESSION),
        "settled": settled_keyboard(ACCOUNT),
        "as they were": original_keyboard(ACCOUNT, "7", origin, session=SESSION),
    }
    assert rows(message.keyboard) == rows(expected[buttons])


@JUDGING
async def test_a_judgement_of_a_session_that_is_gone_says_just_that(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, origin: Origin, deed: Command
) -> None:
    await worker.ended(roster(OTHER))
    await left_behind(redis, pressed(telegram, origin, deed=deed))
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert message.text.endswith("This session is gone already.")
    assert message.buttons == [TO_LIST]


async def test_where_nobody_answered_the_list_tells_of_each_session_of_a_question(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    third = session("9", device_model="Phone")
    await worker.ended(roster(OTHER), Tombstone(hash="7", at=NOW, by=OWNER))
    await left_behind(redis, pressed(telegram, Origin.LIST, SESSION, OTHER, third))
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert "2 of 3 sessions ended" in message.text
    assert "Pixel\u2069: ⚠️ not ended" in message.text


@pytest.mark.parametrize(
    ("condition", "ago"),
    [(Condition.STOPPED, timedelta()), (Condition.GUARD_LOST, timedelta()), (Condition.WATCHING, timedelta(minutes=1))],
)
async def test_while_no_worker_is_there_nothing_is_concluded(
    desk: Desk, telegram: FakeChats, redis: Store, condition: Condition, ago: timedelta
) -> None:
    await beats(redis, condition, ago=ago)
    await left_behind(redis, pressed(telegram))
    looks = Looks(desk, redis)
    await looks.happen(2)
    assert await noted(redis) == 1
    assert telegram.calls == []
    assert await redis.xlen(keys.commands(ACCOUNT)) == 0  # nobody is there to be asked
    worker = FakeWorker(redis)
    await worker.ended(roster())
    await beats(redis)
    async with running(worker.run()), running(leftovers_of(desk).run()):
        await settled(redis)
    assert "gone already" in telegram.in_chat(OWNER)[0]


class Looks:
    """Rounds of the desk's loop, each run to its end."""

    def __init__(self, desk: Desk, redis: Store) -> None:
        self._desk, self._redis = desk, redis

    async def happen(self, times: int) -> None:
        for _ in range(times):
            await within_patience(look_once(self._desk))


@pytest.mark.usefixtures("impatient")
async def test_what_a_bot_that_died_had_asked_is_told_by_the_next(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, link: Store
) -> None:
    worker.answers.append(carried(Outcome.DONE))
    telegram.held[OWNER] = asyncio.Event()  # it dies before it can tell
    async with running(desk.carry(pressed(telegram))) as handler:

        async def telling() -> bool:
            return OWNER in telegram.tries

        await eventually(telling)
        await killed(handler)
    del telegram.held[OWNER]
    assert await noted(redis) == 1
    async with running(leftovers_of(desk_of(link, telegram)).run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert "Ended by you" in message.text


@pytest.mark.usefixtures("impatient")
async def test_a_press_in_a_handlers_hands_is_left_to_it_however_long_it_takes(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    worker.answers.append(NotCarried(trouble=Trouble.UNREACHABLE))
    telegram.held[OWNER] = asyncio.Event()
    press = pressed(telegram)
    async with running(leftovers_of(desk).run()), running(desk.carry(press)) as handler:

        async def overdue() -> bool:
            notes = (await Gateway(redis=redis).unsettled(ACCOUNT)).values()
            deadline = next((note.deadline for note in notes), None)
            return deadline is not None and await redis_now(redis) > deadline + timedelta(seconds=0.3)

        await eventually(overdue)
        assert telegram.tries[OWNER] == 1
        telegram.held.pop(OWNER).set()
        await within_patience(handler)
        await Looks(desk, redis).happen(2)
    assert len(telegram.in_chat(OWNER)) == 2


async def test_a_press_is_its_handlers_until_some_seconds_after_its_deadline(
    telegram: FakeChats, redis: Store, link: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler may be another process's: the old bot's, at a deploy."""
    monkeypatch.setattr(leftovers_module, "GRACE", timedelta(minutes=1))
    request_id = await left_behind(redis, pressed(telegram), overdue=timedelta(seconds=30))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    await Looks(desk_of(link, telegram), redis).happen(2)
    assert telegram.calls == []
    assert await noted(redis) == 1


async def test_a_wait_that_is_told_late_ends_when_telegram_said(desk: Desk, telegram: FakeChats, redis: Store) -> None:
    request_id = await left_behind(redis, pressed(telegram), overdue=timedelta(hours=5))
    await bus.answer(redis, ACCOUNT, request_id, NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=60))
    await Looks(desk, redis).happen(1)
    said = telegram.in_chat(OWNER)[-1]
    until = datetime.strptime(said.partition("until ")[2].partition(" UTC")[0], "%d %b %Y, %H:%M").replace(tzinfo=UTC)
    assert until < datetime.now(UTC) - timedelta(hours=4)


async def test_after_a_day_it_is_given_up_and_that_is_told(desk: Desk, telegram: FakeChats, redis: Store) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(days=1, seconds=1))
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    assert telegram.in_chat(OWNER)[1:] == [f"\u2068Nokia\u2069\n{NEVER_FOUND_OUT}"]


async def test_a_little_before_that_it_is_not(desk: Desk, telegram: FakeChats, redis: Store) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(hours=23, minutes=59))
    await Looks(desk, redis).happen(2)
    assert telegram.calls == []
    assert await noted(redis) == 1


async def test_what_came_of_a_press_waits_for_an_owner_who_has_blocked_the_bot(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    request_id = await left_behind(redis, pressed(telegram))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    telegram.blocked = {OWNER}
    await Looks(desk, redis).happen(2)
    assert await noted(redis) == 1
    telegram.blocked = set()
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


async def test_for_an_owner_who_has_blocked_the_bot_for_a_day_it_is_dropped(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(days=2))
    telegram.blocked = {OWNER}
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0


@pytest.mark.parametrize("name", [b"r0", b"\xff"])
@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\xff\xfe", b"{}", b"null", b'{"account": "x"}'])
async def test_a_note_that_cannot_be_read_is_dropped_and_hides_no_other(
    desk: Desk, telegram: FakeChats, redis: Store, name: bytes, rubbish: bytes
) -> None:
    await redis.hset(keys.presses(ACCOUNT), name, rubbish)
    await redis.hset_signed(keys.presses(ACCOUNT), "r2", rubbish)
    request_id = await left_behind(redis, pressed(telegram))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


@pytest.mark.parametrize(
    "change",
    [
        {"asked": "EndSessions", "body": '{"hashes": []}', "sessions": [], "origin": "l"},
        {"asked": "EndSessions"},
        {"asked": "GetRoster", "body": "{}"},
        {"asked": "NoSuchThing"},
        {"body": '{"hash": "x"}'},
        {"body": '{"hash": "07"}'},
        {"body": "{"},
        {"deadline": "2026-01-01T00:00:00"},
        {"deadline": None},
        {"owner": -5},
        {"message_id": -1},
    ],
    ids=str,
)
async def test_a_note_that_makes_no_sense_ends_nothing_and_hides_no_other(
    desk: Desk, telegram: FakeChats, redis: Store, change: dict[str, Any]
) -> None:
    note = json.loads(PRESSES.dump(replace(pressed(telegram), deadline=datetime(2026, 1, 1, tzinfo=UTC))))
    await redis.hset_signed(keys.presses(ACCOUNT), "r0", json.dumps(note | change).encode())
    await bus.answer(redis, ACCOUNT, "r0", NotCarried(trouble=Trouble.UNREACHABLE))
    request_id = await left_behind(redis, pressed(telegram, Origin.CARD))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert "Ended by you" in telegram.in_chat(OWNER)[1]


#: None is an entry that can't be read.
NO_ANSWERS = pytest.mark.parametrize(
    "answer",
    [None, RosterFetched(roster=roster()), Carried(results=()), Carried(results=(result(Outcome.DONE, OTHER),))],
    ids=["rubbish", "a roster", "nothing", "of another session"],
)


async def answered(redis: Store, request_id: str, answer: Reply | None) -> None:
    if answer:
        await bus.answer(redis, ACCOUNT, request_id, answer)
    else:
        await redis.xadd(keys.reply(ACCOUNT, request_id), {"type": "rubbish", "body": "x"})


@NO_ANSWERS
async def test_an_answer_that_is_none_is_made_up_for_by_the_list(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, answer: Reply | None
) -> None:
    await worker.ended(roster(OTHER))
    await answered(redis, await left_behind(redis, pressed(telegram)), answer)
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    [message] = telegram.messages(OWNER)
    assert "gone already" in message.text
    assert "Nokia" in message.text


@NO_ANSWERS
async def test_who_presses_is_not_told_that_it_failed_because_the_answer_is_none(
    desk: Desk, telegram: FakeChats, redis: Store, answer: Reply | None
) -> None:
    await beats(redis)
    press = pressed(telegram)
    async with running(desk.carry(press)) as handler:

        async def seen() -> list[bytes]:
            return list(await redis.hkeys(keys.presses(ACCOUNT)))

        [request_id] = await eventually(seen)
        await answered(redis, request_id.decode(), answer)
        await within_patience(handler)
    message, line = telegram.messages(OWNER)
    assert line.text.endswith(f"\n{NO_REPLY}")
    assert is_original(message, press)
    assert await noted(redis) == 1  # what came of it is found out


# --- an account that is listed no more ---


async def test_a_press_for_an_account_that_no_worker_keeps_is_refused_before_it_is_sent(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await redis.srem(keys.ACCOUNTS, ACCOUNT)
    press = pressed(telegram)
    await within_patience(desk.carry(press))
    message, line = telegram.messages(OWNER)
    assert line.text.endswith(f"\n{NOT_WATCHED}")
    assert is_original(message, press)
    assert await noted(redis) == 0
    assert await redis.xlen(keys.commands(ACCOUNT)) == 0


async def test_a_worker_that_is_at_work_is_asked_though_somebody_took_its_account_off_the_list(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    await redis.srem(keys.ACCOUNTS, ACCOUNT)
    worker.answers.append(carried(Outcome.DONE))
    await desk.carry(pressed(telegram))
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


async def test_what_came_of_a_press_is_told_though_its_account_was_given_up_since(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    async with running(leftovers_of(desk).run()):

        async def listed() -> bool:
            return ACCOUNT in desk.in_hand.accounts

        await eventually(listed)
        await redis.srem(keys.ACCOUNTS, ACCOUNT)
        await bus.answer(redis, ACCOUNT, "r1", carried(Outcome.DONE))
        await left_behind(redis, pressed(telegram))
        await settled(redis)
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


async def test_what_came_of_a_press_is_told_though_its_account_was_given_up_before_this_process_began(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await left_behind(redis, pressed(telegram))
    await bus.answer(redis, ACCOUNT, "r1", carried(Outcome.DONE))
    await redis.srem(keys.ACCOUNTS, ACCOUNT)
    async with running(leftovers_of(desk).run()):
        await settled(redis)
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


async def test_nobody_is_asked_about_a_press_for_an_account_that_was_given_up(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await redis.srem(keys.ACCOUNTS, ACCOUNT)
    await left_behind(redis, pressed(telegram))
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 1
    assert await redis.xlen(keys.commands(ACCOUNT)) == 0


# --- a worker that said its last word ---


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize(
    ("condition", "detail", "said"),
    [
        (Condition.STOPPED, "", "The worker was stopped: new logins are not seen until it runs again. You can do it"),
        (Condition.GUARD_LOST, "", "Doorman's own session is gone. Run `doorman login`"),
        (Condition.GUARD_LOST, "USER_DEACTIVATED_BAN", "recover@telegram.org"),
    ],
)
async def test_a_worker_that_works_no_more_is_asked_nothing_and_why_is_said_at_once(
    desk: Desk, telegram: FakeChats, redis: Store, condition: Condition, detail: str, said: str, origin: Origin
) -> None:
    await beats(redis, condition, detail=detail, ago=timedelta(hours=1))
    press = pressed(telegram, origin)
    before = telegram.in_chat(OWNER)
    await within_patience(desk.carry(press))
    message, line = telegram.messages(OWNER)
    assert [message.text] == before
    assert is_original(message, press)
    assert line.text.startswith("\u2068Nokia\u2069\n⚠️ Nothing was ended. ")
    assert said in line.text
    assert await noted(redis) == 0
    assert await redis.xlen(keys.commands(ACCOUNT)) == 0


async def test_a_worker_that_stopped_just_now_is_asked_for_the_next_may_be_starting(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await beats(redis, Condition.STOPPED)
    worker = FakeWorker(redis)
    worker.answers.append(Carried(results=(result(Outcome.DONE),)))
    async with running(worker.run()):
        await desk.carry(pressed(telegram))
    assert len(worker.requests) == 1


async def test_what_was_typed_for_a_worker_that_works_no_more_is_answered_at_once(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await beats(redis, Condition.STOPPED, ago=timedelta(minutes=1))
    await within_patience(desk.carry(typed(KillCodes(), name="Ada")))
    [line] = telegram.in_chat(OWNER)
    assert line.startswith("\u2068Ada\u2069\n⚠️ No code was killed. The worker was stopped")


@pytest.mark.usefixtures("impatient")
async def test_a_worker_that_has_never_reported_is_asked(desk: Desk, telegram: FakeChats, redis: Store) -> None:
    await within_patience(desk.carry(pressed(telegram)))
    assert telegram.in_chat(OWNER)[-1].endswith(f"\n{NO_REPLY}")
    assert await redis.xlen(keys.commands(ACCOUNT)) == 1


# --- what is on the message beside what was pressed ---


def on_news(telegram: FakeChats, deed: Command, *beside: tuple[str, str]) -> Press:
    message = telegram.put(OWNER, Screen(text=Text("News"), keyboard=left_keyboard(ACCOUNT, [("It", "it"), *beside])))
    return replace(typed(deed), message_id=message, origin=Origin.NEWS, beside=beside)


def typed(deed: Command, *, name: str = "") -> Press:
    return Press.of(deed, account=ACCOUNT, owner=OWNER, message_id=0, origin=Origin.LIST, name=name)


ON_NEWS = pytest.mark.parametrize(
    "deed", [KillCodes(), DeclineReset(), DisconnectWebsite(website="5"), DisconnectBot(bot=77)], ids=named
)


@ON_NEWS
@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.ALREADY_GONE])
@pytest.mark.parametrize("beside", [(), (("Disconnect x", "ab:1001:7:0"),)])
async def test_news_give_up_the_button_that_was_pressed_once_that_is_settled_and_no_other(
    desk: Desk,
    worker: FakeWorker,
    telegram: FakeChats,
    deed: Command,
    outcome: Outcome,
    beside: tuple[tuple[str, str], ...],
) -> None:
    worker.answers.append(Carried(results=(Result(hash="", outcome=outcome, at=NOW),)))
    await desk.carry(on_news(telegram, deed, *beside))
    message, _ = telegram.messages(OWNER)
    assert message.text == "News"
    assert message.buttons == [*(data for _, data in beside), TO_LIST]


@ON_NEWS
async def test_news_of_what_failed_can_be_pressed_again(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, deed: Command
) -> None:
    worker.answers.append(Carried(results=(Result(hash="", outcome=Outcome.FAILED, at=NOW, error="X_Y"),)))
    await desk.carry(on_news(telegram, deed))
    message, line = telegram.messages(OWNER)
    assert message.buttons == ["it", TO_LIST]
    assert "X_Y" in line.text


@pytest.mark.parametrize("origin", sorted(ALERTS))
async def test_what_was_news_of_a_session_says_what_became_of_it(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, origin: Origin
) -> None:
    worker.answers.append(carried(Outcome.DONE))
    await desk.carry(pressed(telegram, origin))
    [message] = telegram.messages(OWNER)
    assert "Ended by you" in message.text
    assert message.buttons == [TO_LIST]


async def test_a_press_that_no_question_came_before_leaves_the_buttons_as_they_are_where_it_failed(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(carried(Outcome.FAILED, error="X_Y"))
    press = pressed(telegram, Origin.RETURNED, deed=CONFIRM)
    before = telegram.messages(OWNER)[0].buttons
    await desk.carry(replace(press, origin=Origin.ALERT))  # as its button tells it
    assert telegram.messages(OWNER)[0].buttons == before


# --- what no roster tells of ---


NO_ROSTER_TELLS = pytest.mark.parametrize("deed", [*ADJUSTING, *ON_THE_ACCOUNT], ids=named)


def answer_to(press: Press, outcome: Outcome) -> Carried:
    return Carried(results=tuple(Result(hash=h, outcome=outcome, at=NOW, error="X_Y") for h in press.hashes or ("",)))


@NO_ROSTER_TELLS
@pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD, Origin.TRUSTED_CARD])
async def test_what_came_of_another_change_is_said_in_a_line_below_the_message(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, deed: Command, origin: Origin
) -> None:
    press = pressed(telegram, origin, deed=deed)
    worker.answers.append(answer_to(press, Outcome.DONE))
    [before] = telegram.messages(OWNER)
    await desk.carry(press)
    assert worker.asked == [deed]
    message, line = telegram.messages(OWNER)
    assert message.text == before.text
    is_over = isinstance(deed, DisconnectWebsites | DeclineReset | KillCodes)
    assert message.buttons == ([TO_LIST] if is_over else before.buttons)
    assert line.text.endswith((": 14 Mar 2026, 15:09 UTC.", "16:09 UTC, unless it is answered before."))
    assert await noted(redis) == 0


async def test_the_card_of_a_session_that_was_named_has_the_name_that_the_worker_wrote_down(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    known = Snapshot(roster=roster(SESSION), labels=labels)
    await redis.set_signed(keys.snapshot(ACCOUNT), SNAPSHOTS.dump(known))
    worker.answers.append(Carried(results=(Result(hash="7", outcome=Outcome.DONE, at=NOW),)))
    await desk.carry(pressed(telegram, Origin.CARD, deed=LabelSession(hash="7", label="my phone")))
    [message] = telegram.messages(OWNER)
    assert "🏷 \u2068my phone\u2069" in message.text
    assert "It has that name now" in message.text
    assert rows(message.keyboard) == rows(card_keyboard(ACCOUNT, "7", trusted=False, session=SESSION))


@NO_ROSTER_TELLS
@pytest.mark.parametrize("reply", [Outcome.FAILED, NotCarried(trouble=Trouble.UNREACHABLE)], ids=str)
async def test_another_change_that_failed_can_be_pressed_again(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, deed: Command, reply: Outcome | NotCarried
) -> None:
    press = pressed(telegram, Origin.CARD, deed=deed)
    worker.answers.append(answer_to(press, reply) if isinstance(reply, Outcome) else reply)
    [before] = telegram.messages(OWNER)
    await desk.carry(press)
    message, line = telegram.messages(OWNER)
    assert (message.text, message.buttons) == (before.text, before.buttons)
    assert left_undone(press) in line.text


@NO_ROSTER_TELLS
async def test_what_was_begun_and_no_roster_tells_of_is_said_to_be_unknown_once_the_worker_is_back(
    desk: Desk, telegram: FakeChats, redis: Store, deed: Command
) -> None:
    await beats(redis, Condition.STOPPED)
    await left_behind(redis, pressed(telegram, Origin.CARD, deed=deed))
    await Looks(desk, redis).happen(2)
    assert await noted(redis) == 1
    assert telegram.calls == []
    worker = FakeWorker(redis)
    await worker.ended(roster(SESSION))
    await began(redis, "r1")
    await beats(redis)
    async with running(worker.run()):
        await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert worker.asked == []
    assert telegram.in_chat(OWNER)[-1].endswith(NOT_KNOWN)


async def began(redis: Store, *request_ids: str, **known: Any) -> None:
    """What the worker has written down."""
    begun = tuple(Begun(id=each, deadline=NOW) for each in request_ids)
    kept = Snapshot(roster=roster(SESSION), begun=begun, **known)
    await redis.set_signed(keys.snapshot(ACCOUNT), SNAPSHOTS.dump(kept))


@NO_ROSTER_TELLS
@pytest.mark.parametrize("overdue", [timedelta(minutes=1), timedelta(minutes=14)], ids=str)
async def test_what_was_never_begun_is_said_not_to_be_done(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, deed: Command, overdue: timedelta
) -> None:
    worker.listed = roster(SESSION)
    await began(redis, "r2")
    press = pressed(telegram, Origin.CARD, deed=deed)
    await left_behind(redis, press, overdue=overdue)
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    line = telegram.in_chat(OWNER)[-1]
    assert left_undone(press) in line
    assert "Press again" in line


@pytest.mark.parametrize(
    ("others", "overdue"), [(1, timedelta(minutes=16)), (100, timedelta(minutes=1))], ids=["too long ago", "too many"]
)
async def test_what_the_worker_may_name_no_more_is_unknown(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, others: int, overdue: timedelta
) -> None:
    worker.listed = roster(SESSION)
    await began(redis, *[f"a{number}" for number in range(others)])
    await left_behind(redis, pressed(telegram, deed=KillCodes()), overdue=overdue)
    await Looks(desk, redis).happen(1)
    assert telegram.in_chat(OWNER)[-1].endswith(NOT_KNOWN)


async def test_where_nothing_is_written_down_what_no_roster_tells_of_is_unknown(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    worker.listed = roster(SESSION)
    await left_behind(redis, pressed(telegram, deed=KillCodes()))
    await Looks(desk, redis).happen(1)
    assert telegram.in_chat(OWNER)[-1].endswith(NOT_KNOWN)


@pytest.mark.parametrize("deed", [NAMED, LOCKED], ids=named)
async def test_what_was_begun_and_stands_written_down_is_said_to_be_done(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, deed: Command
) -> None:
    worker.listed = roster(SESSION)
    labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    await began(redis, "r1", labels=labels, preferences=Preferences(is_locked=True, is_weekly=False))
    await left_behind(redis, pressed(telegram, Origin.CARD, deed=deed))
    await Looks(desk, redis).happen(1)
    told = "\n".join(telegram.in_chat(OWNER))
    assert NOT_KNOWN not in told
    assert "It has that name now" in told if deed == NAMED else "by you" in told


@NO_ROSTER_TELLS
async def test_what_no_roster_tells_of_is_told_by_an_answer_that_comes_late(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store, deed: Command
) -> None:
    press = pressed(telegram, Origin.CARD, deed=deed)
    request_id = await left_behind(redis, press)
    await bus.answer(redis, ACCOUNT, request_id, answer_to(press, Outcome.DONE))
    await Looks(desk, redis).happen(1)
    assert telegram.in_chat(OWNER)[-1].endswith((": 14 Mar 2026, 15:09 UTC.", "unless it is answered before."))


async def test_an_answer_that_comes_while_the_worker_is_asked_whether_it_is_back_is_told(
    desk: Desk, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = pressed(telegram, Origin.CARD, deed=SetTtl(days=30))
    request_id = await left_behind(redis, press)

    async def looks(*_: Any, **__: Any) -> RosterFetched:
        await bus.answer(redis, ACCOUNT, request_id, answer_to(press, Outcome.DONE))
        return RosterFetched(roster=roster(SESSION))

    monkeypatch.setattr(Gateway, "seen", looks)
    await Looks(desk, redis).happen(1)
    assert "Unused sessions end after 30 days now" in telegram.in_chat(OWNER)[-1]


async def test_what_no_roster_tells_of_is_given_up_after_a_day_as_unknown(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram, deed=KillCodes()), overdue=timedelta(days=1, seconds=1))
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert telegram.in_chat(OWNER)[1:] == [NOT_KNOWN]


async def test_a_session_that_is_listed_still_is_not_said_to_be_ended(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    await worker.ended(roster(SESSION), Tombstone(hash="7", at=NOW, by=OWNER))
    press = pressed(telegram)
    await left_behind(redis, press)
    await Looks(desk, redis).happen(1)
    message, line = telegram.messages(OWNER)
    assert "Telegram lists it still" in line.text
    assert is_original(message, press)


async def test_a_proxys_page_in_answer_to_the_buttons_keeps_no_outcome_back(
    desk: Desk, telegram: FakeChats, redis: Store
) -> None:
    page = ClientDecodeError("Failed to decode object", json.JSONDecodeError("Expecting value", "<html>", 0), "<html>")
    telegram.will_fail(EditMessageReplyMarkup, page)
    request_id = await left_behind(redis, pressed(telegram))
    await bus.answer(redis, ACCOUNT, request_id, NotCarried(trouble=Trouble.UNREACHABLE))
    await Looks(desk, redis).happen(1)
    assert "no connection" in telegram.in_chat(OWNER)[-1]
    assert await noted(redis) == 0


@pytest.mark.usefixtures("impatient")
async def test_what_a_handler_settles_while_the_desk_is_at_another_is_not_told_twice(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Store
) -> None:
    unreachable = NotCarried(trouble=Trouble.UNREACHABLE)
    other_owner = OWNER + 1
    request_id = await left_behind(redis, replace(pressed(telegram), owner=other_owner))  # of a process that died
    await bus.answer(redis, ACCOUNT, request_id, unreachable)
    worker.answers.append(unreachable)
    telegram.held = {OWNER: asyncio.Event(), other_owner: asyncio.Event()}
    async with running(desk.carry(pressed(telegram))) as handler:
        await tried(telegram, OWNER)
        await asyncio.sleep(SHORT.total_seconds() + 0.1)  # its deadline is over
        async with running(look_once(desk)) as look:
            await tried(telegram, other_owner)  # both notes were read, and the desk tells of the first
            telegram.held.pop(OWNER).set()
            await within_patience(handler)
            telegram.held.pop(other_owner).set()
            await within_patience(look)
    assert len([text for text in telegram.in_chat(OWNER) if "no connection" in text]) == 1
    assert await noted(redis) == 0


async def test_what_was_told_is_followed_by_no_excuse_if_redis_goes_away_after_it(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(bus, "settle", gone)
    worker.answers.append(carried(Outcome.DONE))
    await within_patience(desk.carry(pressed(telegram)))
    [text] = telegram.in_chat(OWNER)
    assert "Ended by you" in text


async def test_an_outage_of_redis_does_not_end_the_desk(own_server: Any, own_redis: Store, telegram: FakeChats) -> None:
    await own_redis.sadd(keys.ACCOUNTS, ACCOUNT)
    async with running(leftovers_of(desk_of(own_redis, telegram)).run()) as loop:
        own_server.terminate()
        with capture_logs() as logs:

            async def failed_twice() -> bool:
                return [entry["event"] for entry in logs].count("presses_unreadable") >= 2

            await eventually(failed_twice)
        assert not loop.done()


async def test_a_press_noted_under_another_account_does_not_end_the_desk(
    redis: Store, link: Store, telegram: FakeChats
) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    note = json.loads(PRESSES.dump(replace(pressed(telegram), deadline=long_ago))) | {"account": 10**60}
    await redis.hset_signed(keys.presses(ACCOUNT), "r0", json.dumps(note).encode())
    await bus.answer(redis, 10**60, "r0", NotCarried(trouble=Trouble.UNREACHABLE))
    await look_once(desk_of(link, telegram))
    assert await noted(redis) == 0


async def test_a_good_note_whose_name_is_no_text_is_dropped(redis: Store, link: Store, telegram: FakeChats) -> None:
    await beats(redis, ago=timedelta(days=2))
    note = PRESSES.dump(replace(pressed(telegram), deadline=datetime(2026, 1, 1, tzinfo=UTC)))
    await redis.hset(keys.presses(ACCOUNT), b"\xff", note)  # type: ignore[arg-type]
    await look_once(desk_of(link, telegram))
    assert await noted(redis) == 0
