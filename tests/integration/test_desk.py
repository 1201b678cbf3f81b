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
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from bot import desk as desk_module
from bot import press as press_module
from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.gateway import PRESSES, Gateway
from bot.press import Press
from bot.views.alerts import login_alert
from bot.views.answers import NEVER_FOUND_OUT, NO_REPLY
from bot.views.buttons import Origin, confirm_keyboard, original_keyboard
from bot.views.card import card
from bot.views.ending_all import question
from bot.views.screen import Screen
from core import bus
from core.bus import redis_now
from core.connection import connect
from core.contract import keys
from core.contract.commands import (
    Carried,
    ConfirmLogin,
    EndSession,
    EndSessions,
    NotCarried,
    Outcome,
    Reply,
    Result,
    RosterFetched,
    Trouble,
)
from core.contract.events import SessionAppeared
from core.contract.state import Condition
from core.domain.sessions import Session
from core.domain.tombstones import Tombstone
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats, Shown
from tests.fake_worker import FakeWorker, beats
from tests.screens import rows
from tests.telling import tried
from tests.waiting import eventually, killed, running, within_patience

PAGE = f"p:{ACCOUNT}:0"
SESSION = session("7", device_model="Nokia")
OTHER = session("8", device_model="Pixel")
SHORT = timedelta(seconds=0.2)
ONE_OF_TWO = pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD])


async def look_once(desk: Desk) -> None:
    """One round, as `run` makes it, but each press is waited for."""
    for request_id, press in (await desk.gateway.unsettled(ACCOUNT)).items():
        if request_id not in desk._in_hand and await desk._overdue(press) >= desk_module.GRACE:
            await desk._settle_leftover(press, request_id)


@pytest.fixture
def telegram() -> FakeChats:
    return FakeChats()


@pytest.fixture
async def link(redis: Redis, redis_settings: CoreSettings) -> AsyncIterator[Redis]:
    """The desk's own connections."""
    client = connect(redis_settings, name="doorman-test-bot", most=12)
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
async def _watched(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "LOOK_SECONDS", 0.01)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that is soon over."""
    monkeypatch.setattr(press_module, "PATIENCE", SHORT)
    monkeypatch.setattr(press_module, "PATIENCE_A_SESSION", timedelta())
    monkeypatch.setattr(desk_module, "GRACE", timedelta(seconds=0.05))


@pytest.fixture
async def worker(redis: Redis) -> AsyncIterator[FakeWorker]:
    await beats(redis)
    worker = FakeWorker(redis)
    async with running(worker.run()):
        yield worker


@pytest.fixture
def desk(link: Redis, telegram: FakeChats) -> Desk:
    return desk_of(link, telegram)


def desk_of(link: Redis, telegram: FakeChats) -> Desk:
    """The desk of a new process."""
    return Desk(redis=link, gateway=Gateway(redis=link), courier=Courier(bot=telegram.bot()))


def pressed(telegram: FakeChats, origin: Origin = Origin.ALERT, *sessions: Session, confirms: bool = False) -> Press:
    """The second press on a message that is in its owner's chat."""
    about = sessions or (SESSION,)
    match origin:
        case Origin.ALERT:
            screen = login_alert(SessionAppeared(account=ACCOUNT, at=NOW, session=about[0]), account_name="Ada")
        case Origin.CARD:
            screen = card(ACCOUNT, about[0], now=NOW)
        case Origin.LIST:
            screen = question(ACCOUNT, about, list_name="1-0", more=0, account_name="Ada")
    if origin is not Origin.LIST and not confirms:
        screen = Screen(text=screen.text, keyboard=confirm_keyboard(ACCOUNT, about[0].hash, origin, now=NOW))
    return Press(
        account=ACCOUNT,
        owner=OWNER,
        message_id=telegram.put(OWNER, screen),
        origin=origin,
        hashes=tuple(each.hash for each in about),
        sessions=about,
        confirms=confirms,
    )


def result(outcome: Outcome, of: Session = SESSION, **particulars: Any) -> Result:
    if outcome is Outcome.DONE:
        particulars = {"ended_by": OWNER, **particulars}
    return Result(hash=of.hash, outcome=outcome, at=NOW, **particulars)


def carried(outcome: Outcome, **particulars: Any) -> Carried:
    return Carried(results=(result(outcome, **particulars),))


def is_original(message: Shown, press: Press) -> bool:
    return rows(message.keyboard) == rows(original_keyboard(ACCOUNT, press.hashes[0], press.origin))


async def noted(redis: Redis) -> int:
    count: Any = await redis.hlen(keys.presses(ACCOUNT))
    return int(count)


async def left_behind(redis: Redis, press: Press, *, overdue: timedelta = timedelta(minutes=1)) -> str:
    """The note of a press whose process died."""
    deadline = await redis_now(redis) - overdue
    await redis.hset(keys.presses(ACCOUNT), "r1", PRESSES.dump(replace(press, deadline=deadline)))
    return "r1"


async def settled(redis: Redis) -> None:
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
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, origin: Origin, reply: Reply, said: str
) -> None:
    worker.answers.append(reply)
    await desk.carry(pressed(telegram, origin))
    assert worker.asked == [EndSession(hash="7")]
    [message] = telegram.messages(OWNER)
    assert said in message.text
    assert "Nokia" in message.text
    assert message.text.startswith("🔔 New login") is (origin is Origin.ALERT)
    assert message.buttons == [PAGE]
    assert await noted(redis) == 0


@ONE_OF_TWO
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (carried(Outcome.NOT_ALLOWED_YET, allowed_from=NOW + timedelta(hours=1)), "16:09 UTC"),
        (carried(Outcome.FAILED, error="INTERNAL"), "INTERNAL"),
        (carried(Outcome.IS_GUARD), "Doorman's own session"),
        (carried(Outcome.NOT_DONE), "Telegram lists it still"),
        (NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30), "30 s"),
        (NotCarried(trouble=Trouble.UNREACHABLE), "no connection"),
        (NotCarried(trouble=Trouble.GUARD_LOST), "doorman login"),
        (NotCarried(trouble=Trouble.REFUSED, error="X_Y"), "X_Y"),
    ],
    ids=lambda value: (
        getattr(value, "trouble", None) or (value.results[0].outcome if isinstance(value, Carried) else "")
    ),
)
async def test_what_is_not_settled_is_said_in_a_message_of_its_own_and_can_be_pressed_again(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, origin: Origin, reply: Reply, said: str
) -> None:
    worker.answers.append(reply)
    press = pressed(telegram, origin)
    before = telegram.in_chat(OWNER)
    await desk.carry(press)
    message, line = telegram.messages(OWNER)
    assert [message.text] == before
    assert is_original(message, press)
    assert said in line.text
    assert await noted(redis) == 0


@pytest.mark.parametrize(
    ("outcome", "said", "is_settled"),
    [
        (Outcome.DONE, "Telegram was told", True),
        (Outcome.NOT_PENDING, "You said that it was you", True),
        (Outcome.ALREADY_GONE, "gone already", True),
        (Outcome.NOT_DONE, "was not told", False),
        (Outcome.FAILED, "could not be told", False),
    ],
)
async def test_what_came_of_it_was_me(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, outcome: Outcome, said: str, is_settled: bool
) -> None:
    worker.answers.append(Carried(results=(Result(hash="7", outcome=outcome, at=NOW, error="X"),)))
    press = pressed(telegram, confirms=True)
    await desk.carry(press)
    assert worker.asked == [ConfirmLogin(hash="7")]
    message, *lines = telegram.messages(OWNER)
    assert said in (message.text if is_settled else lines[0].text)
    assert len(lines) == (0 if is_settled else 1)
    assert message.buttons == [PAGE] if is_settled else is_original(message, press)


async def test_what_came_of_a_list_is_said_of_each_session_in_its_place(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
) -> None:
    worker.answers.append(Carried(results=(result(Outcome.DONE), result(Outcome.FAILED, OTHER, error="INTERNAL"))))
    await desk.carry(pressed(telegram, Origin.LIST, SESSION, OTHER))
    assert worker.asked == [EndSessions(hashes=("7", "8"))]
    [message] = telegram.messages(OWNER)
    assert "1 of 2 sessions ended" in message.text
    assert "INTERNAL" in message.text
    assert message.buttons == [PAGE]
    assert await noted(redis) == 0


async def test_a_list_that_the_worker_could_not_begin_is_told(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(NotCarried(trouble=Trouble.UNREACHABLE))
    await desk.carry(pressed(telegram, Origin.LIST, SESSION, OTHER))
    message, line = telegram.messages(OWNER)
    assert message.buttons == [PAGE]
    assert "no connection" in line.text


async def test_an_end_of_a_session_that_was_never_seen_is_told_all_the_same(
    desk: Desk, worker: FakeWorker, telegram: FakeChats
) -> None:
    worker.answers.append(carried(Outcome.DONE))
    await desk.carry(replace(pressed(telegram), sessions=()))
    message, line = telegram.messages(OWNER)
    assert message.buttons == [PAGE]
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
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
) -> None:
    press = pressed(telegram)
    worker.answers.append(None)
    async with running(desk.carry(press)):

        async def seen() -> bool:
            return bool(worker.requests)

        await eventually(seen)
        [(request_id, note)] = (await redis.hgetall(keys.presses(ACCOUNT))).items()
        request = worker.requests[0]
        assert request_id.decode() == request.id
        kept = PRESSES.load(note)
        assert replace(kept, deadline=None) == press
        assert request.owner == OWNER
        assert kept.deadline
        assert abs(kept.deadline - request.deadline) < timedelta(milliseconds=1)


async def test_a_press_that_redis_did_not_take_is_not_done_and_not_noted(
    redis: Redis, desk: Desk, telegram: FakeChats
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
    desk: Desk, telegram: FakeChats, redis: Redis, origin: Origin
) -> None:
    await beats(redis, ago=timedelta(minutes=1))
    press = pressed(telegram, origin)
    async with running(desk.run()):
        await within_patience(desk.carry(press))
        message, line = telegram.messages(OWNER)
        assert line.text == NO_REPLY
        assert is_original(message, press)
        assert "nded" not in message.text
        [request_id] = await redis.hkeys(keys.presses(ACCOUNT))
        await bus.answer(redis, ACCOUNT, request_id.decode(), carried(Outcome.DONE))
        await settled(redis)
    message, line = telegram.messages(OWNER)
    assert "nded" in message.text
    assert message.buttons == [PAGE]


@pytest.mark.usefixtures("impatient")
async def test_no_answer_and_then_that_it_was_not_done_can_be_pressed_again(
    desk: Desk, telegram: FakeChats, redis: Redis
) -> None:
    await beats(redis, ago=timedelta(minutes=1))
    press = pressed(telegram)
    async with running(desk.run()):
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
    redis: Redis,
    origin: Origin,
    tombstone: Tombstone,
    said: str,
) -> None:
    await worker.ended(roster(OTHER), tombstone)
    await left_behind(redis, pressed(telegram, origin))
    async with running(desk.run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert said in message.text
    assert "Nokia" in message.text
    assert message.buttons == [PAGE]
    assert worker.asked == []


@ONE_OF_TWO
async def test_where_nobody_answered_the_list_tells_that_it_was_not_done(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, origin: Origin
) -> None:
    await worker.ended(roster(SESSION, OTHER))
    press = pressed(telegram, origin)
    await left_behind(redis, press)
    async with running(desk.run()):
        await settled(redis)
    message, line = telegram.messages(OWNER)
    assert "Telegram lists it still" in line.text
    assert is_original(message, press)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (roster(session("7", unconfirmed=True)), "was not told"),
        (roster(session("7")), "You said that it was you"),
        (roster(), "gone already"),
    ],
    ids=["pending still", "settled", "gone"],
)
async def test_where_nobody_answered_the_list_tells_what_came_of_it_was_me(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, listed: Any, said: str
) -> None:
    await worker.ended(listed)
    await left_behind(redis, pressed(telegram, confirms=True))
    async with running(desk.run()):
        await settled(redis)
    assert said in telegram.in_chat(OWNER)[-1]


async def test_where_nobody_answered_the_list_tells_of_each_session_of_a_question(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
) -> None:
    third = session("9", device_model="Phone")
    await worker.ended(roster(OTHER), Tombstone(hash="7", at=NOW, by=OWNER))
    await left_behind(redis, pressed(telegram, Origin.LIST, SESSION, OTHER, third))
    async with running(desk.run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert "2 of 3 sessions ended" in message.text
    assert "Pixel\u2069: ⚠️ not ended" in message.text


@pytest.mark.parametrize(
    ("condition", "ago"),
    [(Condition.STOPPED, timedelta()), (Condition.GUARD_LOST, timedelta()), (Condition.WATCHING, timedelta(minutes=1))],
)
async def test_while_no_worker_is_there_nothing_is_concluded(
    desk: Desk, telegram: FakeChats, redis: Redis, condition: Condition, ago: timedelta
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
    async with running(worker.run()), running(desk.run()):
        await settled(redis)
    assert "gone already" in telegram.in_chat(OWNER)[0]


class Looks:
    """Rounds of the desk's loop, each run to its end."""

    def __init__(self, desk: Desk, redis: Redis) -> None:
        self._desk, self._redis = desk, redis

    async def happen(self, times: int) -> None:
        for _ in range(times):
            await within_patience(look_once(self._desk))


@pytest.mark.usefixtures("impatient")
async def test_what_a_bot_that_died_had_asked_is_told_by_the_next(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, link: Redis
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
    async with running(desk_of(link, telegram).run()):
        await settled(redis)
    [message] = telegram.messages(OWNER)
    assert "Ended by you" in message.text


@pytest.mark.usefixtures("impatient")
async def test_a_press_in_a_handlers_hands_is_left_to_it_however_long_it_takes(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
) -> None:
    worker.answers.append(NotCarried(trouble=Trouble.UNREACHABLE))
    telegram.held[OWNER] = asyncio.Event()
    press = pressed(telegram)
    async with running(desk.run()), running(desk.carry(press)) as handler:

        async def overdue() -> bool:
            notes = await redis.hvals(keys.presses(ACCOUNT))
            deadline = PRESSES.load(notes[0]).deadline if notes else None
            return deadline is not None and await redis_now(redis) > deadline + timedelta(seconds=0.3)

        await eventually(overdue)
        assert telegram.tries[OWNER] == 1
        telegram.held.pop(OWNER).set()
        await within_patience(handler)
        await Looks(desk, redis).happen(2)
    assert len(telegram.in_chat(OWNER)) == 2


async def test_a_press_is_its_handlers_until_some_seconds_after_its_deadline(
    telegram: FakeChats, redis: Redis, link: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler may be another process's: the old bot's, at a deploy."""
    monkeypatch.setattr(desk_module, "GRACE", timedelta(minutes=1))
    request_id = await left_behind(redis, pressed(telegram), overdue=timedelta(seconds=30))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    await Looks(desk_of(link, telegram), redis).happen(2)
    assert telegram.calls == []
    assert await noted(redis) == 1


async def test_after_a_day_it_is_given_up_and_that_is_told(desk: Desk, telegram: FakeChats, redis: Redis) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(days=1, seconds=1))
    async with running(desk.run()):
        await settled(redis)
    assert telegram.in_chat(OWNER)[1:] == [NEVER_FOUND_OUT]


async def test_a_little_before_that_it_is_not(desk: Desk, telegram: FakeChats, redis: Redis) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(hours=23, minutes=59))
    await Looks(desk, redis).happen(2)
    assert telegram.calls == []
    assert await noted(redis) == 1


async def test_what_came_of_a_press_waits_for_an_owner_who_has_blocked_the_bot(
    desk: Desk, telegram: FakeChats, redis: Redis
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
    desk: Desk, telegram: FakeChats, redis: Redis
) -> None:
    await beats(redis, ago=timedelta(days=2))
    await left_behind(redis, pressed(telegram), overdue=timedelta(days=2))
    telegram.blocked = {OWNER}
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0


@pytest.mark.parametrize("name", [b"r0", b"\xff"])
@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\xff\xfe", b"{}", b"null", b'{"account": "x"}'])
async def test_a_note_that_cannot_be_read_is_dropped_and_hides_no_other(
    desk: Desk, telegram: FakeChats, redis: Redis, name: bytes, rubbish: bytes
) -> None:
    await redis.hset(keys.presses(ACCOUNT), name, rubbish)
    request_id = await left_behind(redis, pressed(telegram))
    await bus.answer(redis, ACCOUNT, request_id, carried(Outcome.DONE))
    await Looks(desk, redis).happen(1)
    assert await noted(redis) == 0
    assert "Ended by you" in telegram.in_chat(OWNER)[0]


@pytest.mark.parametrize(
    "change",
    [
        {"hashes": []},
        {"hashes": [], "sessions": [], "origin": "l"},
        {"hashes": ["x"]},
        {"hashes": ["07"]},
        {"deadline": "2026-01-01T00:00:00"},
        {"deadline": None},
        {"owner": -5},
        {"message_id": -1},
    ],
    ids=str,
)
async def test_a_note_that_makes_no_sense_ends_nothing_and_hides_no_other(
    desk: Desk, telegram: FakeChats, redis: Redis, change: dict[str, Any]
) -> None:
    note = json.loads(PRESSES.dump(replace(pressed(telegram), deadline=datetime(2026, 1, 1, tzinfo=UTC))))
    await redis.hset(keys.presses(ACCOUNT), "r0", json.dumps(note | change))
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


async def answered(redis: Redis, request_id: str, answer: Reply | None) -> None:
    if answer:
        await bus.answer(redis, ACCOUNT, request_id, answer)
    else:
        await redis.xadd(keys.reply(ACCOUNT, request_id), {"type": "rubbish", "body": "x"})


@NO_ANSWERS
async def test_an_answer_that_is_none_is_made_up_for_by_the_list(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis, answer: Reply | None
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
    desk: Desk, telegram: FakeChats, redis: Redis, answer: Reply | None
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
    assert line.text == NO_REPLY
    assert is_original(message, press)
    assert await noted(redis) == 1  # what came of it is found out


async def test_a_session_that_is_listed_still_is_not_said_to_be_ended(
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
) -> None:
    await worker.ended(roster(SESSION), Tombstone(hash="7", at=NOW, by=OWNER))
    press = pressed(telegram)
    await left_behind(redis, press)
    await Looks(desk, redis).happen(1)
    message, line = telegram.messages(OWNER)
    assert "Telegram lists it still" in line.text
    assert is_original(message, press)


async def test_a_proxys_page_in_answer_to_the_buttons_keeps_no_outcome_back(
    desk: Desk, telegram: FakeChats, redis: Redis
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
    desk: Desk, worker: FakeWorker, telegram: FakeChats, redis: Redis
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


async def test_an_outage_of_redis_does_not_end_the_desk(own_server: Any, own_redis: Redis, telegram: FakeChats) -> None:
    await own_redis.sadd(keys.ACCOUNTS, ACCOUNT)
    async with running(desk_of(own_redis, telegram).run()) as loop:
        own_server.terminate()
        with capture_logs() as logs:

            async def failed_twice() -> bool:
                return [entry["event"] for entry in logs].count("presses_unreadable") >= 2

            await eventually(failed_twice)
        assert not loop.done()


@pytest.mark.parametrize("origin", Origin)
def test_a_note_is_read_as_it_was_written(origin: Origin) -> None:
    press = Press(
        account=2**52,
        owner=1,
        message_id=2**31,
        origin=origin,
        hashes=("7", "8"),
        sessions=(SESSION, OTHER),
        confirms=True,
        deadline=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert PRESSES.load(PRESSES.dump(press)) == press


async def test_a_press_noted_under_another_account_does_not_end_the_desk(
    redis: Redis, link: Redis, telegram: FakeChats
) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    note = json.loads(PRESSES.dump(replace(pressed(telegram), deadline=long_ago))) | {"account": 10**60}
    await redis.hset(keys.presses(ACCOUNT), "r0", json.dumps(note))
    await bus.answer(redis, 10**60, "r0", NotCarried(trouble=Trouble.UNREACHABLE))
    await look_once(desk_of(link, telegram))
    assert await noted(redis) == 0


async def test_a_good_note_whose_name_is_no_text_is_dropped(redis: Redis, link: Redis, telegram: FakeChats) -> None:
    await beats(redis, ago=timedelta(days=2))
    note = PRESSES.dump(replace(pressed(telegram), deadline=datetime(2026, 1, 1, tzinfo=UTC)))
    await redis.hset(keys.presses(ACCOUNT), b"\xff", note)  # type: ignore[arg-type]
    await look_once(desk_of(link, telegram))
    assert await noted(redis) == 0
