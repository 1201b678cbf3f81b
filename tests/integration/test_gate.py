"""Who is asked for a one-time code before what; and that nothing else than what was asked about is done for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Never

import pytest
from aiogram.methods import AnswerCallbackQuery, DeleteMessage, SendMessage
from aiogram.types import Update
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from bot import gate as gate_module
from bot.codes.enrolment import step_at
from bot.delivery.doorbells import Doorbells
from bot.desk import Desk
from bot.dispatcher import dispatcher_of
from bot.gate import Gate
from bot.gateway import Gateway
from bot.one_time_codes import OneTimeCodes
from bot.pictures.painter import Painter
from bot.press import Press
from bot.protection import protected
from bot.views.answers import REDIS_AWAY, TURNED_AWAY
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import ConfirmEnd, ConfirmEndOthers
from bot.views.buttons.sessions import JudgeTrust, Origin
from bot.views.codes import ANOTHER_WAITS, CODE_NEEDED, REFUSED
from core.connection import Store, connect
from core.contract import keys
from core.contract.commands import (
    Command,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    GetRoster,
    TrustSession,
)
from core.contract.replies import Carried, Outcome, Result
from core.contract.state import Condition
from core.domain.sessions import Session
from core.domain.standing import Standings, Trust, Unanswered
from core.settings import CoreSettings
from tests.codes import RECOVERY, code_at, enrolment, wrong_at
from tests.deeds import DEEDS, named, pressed
from tests.domain_values import ACCOUNT, KEYRING, NOW, roster, session
from tests.fake_telegram import FakeChats, Shown
from tests.fake_worker import FakeWorker, beats
from tests.telling import Heard, tried
from tests.updates import press, words
from tests.waiting import eventually, running, within_patience

OUTSIDER = 4004  # an owner who is no watched account
OTHER_WATCHED = 5005
OLD = session("7", device_model="Old phone")
OTHER_OLD = session("9", device_model="Laptop")
TYPED = 900  # the ids of what is typed, far from those of the bot's messages


def fresh() -> Session:
    return session("8", device_model="Newcomer", created_at=datetime.now(UTC) - timedelta(hours=1))


def end(hash_: str) -> str:
    asked = int(datetime.now(UTC).timestamp()) // 60
    return ConfirmEnd(account=ACCOUNT, hash=hash_, origin=Origin.CARD, asked=asked).pack()


TRUST = JudgeTrust(account=ACCOUNT, hash="7", trusted=True).pack()
DISTRUST = JudgeTrust(account=ACCOUNT, hash="7", trusted=False).pack()
WAS_ME = WasMe(account=ACCOUNT, hash="7").pack()


@dataclass(kw_only=True)
class Bot:
    """The bot with all its handlers, and the hands that press and type in its chats."""

    feed_update: Callable[[Update], Awaitable[Any]]
    gate: Gate
    codes: OneTimeCodes
    telegram: FakeChats
    heard: Heard
    typed: int = TYPED

    async def press(self, data: str, owner: int = ACCOUNT) -> str:
        """The notice on the button."""
        before = len(self.telegram.of(AnswerCallbackQuery))
        await within_patience(self.feed_update(press(data, owner)))
        [answer] = self.telegram.of(AnswerCallbackQuery)[before:]
        return answer.text or ""

    async def type(self, text: str, owner: int = ACCOUNT, *, answers: int | None = None) -> None:
        self.typed += 1
        here = self.telegram.chats.setdefault(owner, {})
        here[self.typed] = Shown(text=text, keyboard=None)
        await within_patience(self.feed_update(words(text, owner, message_id=self.typed, answers=answers)))

    async def asks(self, data: str, owner: int = ACCOUNT) -> int:
        """Press what needs a code; the question."""
        assert await self.press(data, owner) == CODE_NEEDED
        return self.question(owner)

    def question(self, owner: int = ACCOUNT) -> int:
        return max(id_ for id_, message in self.telegram.chats[owner].items() if message.asks)

    def questions(self, owner: int = ACCOUNT) -> list[str]:
        return [message.text for message in self.telegram.messages(owner) if message.asks]

    def said(self, owner: int = ACCOUNT) -> str:
        return self.telegram.in_chat(owner)[-1]


Doing = Callable[..., Bot]


class Obliging(FakeWorker):
    """Does whatever it is asked."""

    def _answer_to(self, command: Command) -> Any:
        hashes = getattr(command, "hashes", None) or (getattr(command, "hash", ""),)
        if command != GetRoster():
            results = tuple(Result(hash=h, outcome=Outcome.DONE, at=NOW) for h in hashes)
            self.answers.append(Carried(results=results))
        return super()._answer_to(command)


@pytest.fixture
async def worker(redis: Store) -> AsyncIterator[FakeWorker]:
    await beats(redis)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    worker = Obliging(redis)
    await worker.ended(roster(OLD, fresh(), OTHER_OLD))
    async with running(worker.run()):
        yield worker


@pytest.fixture
async def link(redis: Store, redis_settings: CoreSettings) -> AsyncIterator[Store]:
    client = connect(redis_settings, name="doorman-test-bot", most=12)
    yield client
    await client.aclose()


@pytest.fixture
def doing(link: Store, telegram: FakeChats) -> Doing:
    return lambda **particulars: bot_on(link, telegram, **particulars)


def bot_on(redis: Store, telegram: FakeChats, *, asks_everyone: bool = False) -> Bot:
    owners = frozenset({ACCOUNT, OTHER_WATCHED, OUTSIDER})
    gateway, courier, heard, codes = Gateway(redis=redis), telegram.courier(), Heard(), OneTimeCodes(redis, KEYRING)
    gate = Gate(
        codes=codes,
        gateway=gateway,
        courier=courier,
        desk=Desk(redis=redis, gateway=gateway, courier=courier),
        announcer=heard,
        asks_everyone=asks_everyone,
    )
    painter = Painter(Path())  # nobody asks for a picture
    dispatcher = dispatcher_of(
        owners, Doorbells(), gateway=gateway, courier=courier, gate=gate, channels=(), painter=painter
    )
    bot = telegram.bot()
    return Bot(
        feed_update=lambda update: dispatcher.feed_update(bot, update),
        gate=gate,
        codes=codes,
        telegram=telegram,
        heard=heard,
    )


@pytest.fixture
async def bot(doing: Doing) -> Bot:
    """The watched account is an owner, and enrolled."""
    bot = doing()
    await enrol(bot)
    return bot


async def enrol(bot: Bot, *owners: int) -> None:
    for owner in owners or (ACCOUNT,):
        await bot.codes.keep(owner, enrolment(), last_step=step_at(datetime.now(UTC)) - 100)


def code(steps_later: int = 0) -> str:
    return code_at(datetime.now(UTC), steps_later)


def wrong() -> str:
    return wrong_at(datetime.now(UTC))


async def was_used_up(bot: Bot, worker: FakeWorker, used: str, *, answers: int) -> None:
    """Typed once more, and where it would be a good answer, the code is refused; nothing was done so far."""
    await bot.type(used, answers=answers)
    assert "used already" in bot.said()
    assert worker.asked == []


# --- of whom what is asked ---


async def others(bot: Bot) -> str:
    """The confirmation of a list."""
    name = await bot.gate.gateway.keep_list(ACCOUNT, (OLD, OTHER_OLD))
    return ConfirmEndOthers(account=ACCOUNT, list=name).pack()


PROTECTED: dict[str, tuple[str, Command]] = {
    "ending an old session": ("", EndSession(hash="7")),
    "ending all others": ("X", EndSessions(hashes=("7", "9"))),
    "saying that a login was one's own": (WAS_ME, ConfirmLogin(hash="7")),
    "trusting": (TRUST, TrustSession(hash="7")),
    "trusting no more": (DISTRUST, DistrustSession(hash="7")),
}
EVERY_DEED = pytest.mark.parametrize(("data", "command"), PROTECTED.values(), ids=PROTECTED.keys())


async def button(bot: Bot, data: str) -> str:
    return await others(bot) if data == "X" else data or end("7")


@EVERY_DEED
async def test_the_watched_account_is_asked_and_a_good_code_in_answer_has_just_that_done(
    bot: Bot, worker: FakeWorker, data: str, command: Command
) -> None:
    question = await bot.asks(await button(bot, data))
    assert worker.asked == []
    await bot.type(code(), answers=question)
    assert worker.asked == [command]
    assert worker.requests[-1].owner == ACCOUNT


@EVERY_DEED
async def test_who_is_not_watched_is_not_asked(doing: Doing, worker: FakeWorker, data: str, command: Command) -> None:
    bot = doing()
    assert await bot.press(await button(bot, data), OUTSIDER) != CODE_NEEDED
    assert worker.asked == [command]
    assert bot.questions(OUTSIDER) == []


@EVERY_DEED
async def test_the_account_that_another_doorman_watches_is_asked_too(
    doing: Doing, worker: FakeWorker, redis: Store, data: str, command: Command
) -> None:
    await redis.sadd(keys.ACCOUNTS, OTHER_WATCHED)
    bot = doing()
    await enrol(bot, OTHER_WATCHED)
    await bot.asks(await button(bot, data), OTHER_WATCHED)
    assert worker.asked == []


@EVERY_DEED
async def test_everyone_is_asked_where_that_is_set(
    doing: Doing, worker: FakeWorker, data: str, command: Command
) -> None:
    bot = doing(asks_everyone=True)
    await enrol(bot, OUTSIDER)
    question = await bot.asks(await button(bot, data), OUTSIDER)
    assert worker.asked == []
    await bot.type(code(), OUTSIDER, answers=question)
    assert worker.asked == [command]


async def test_an_account_that_somebody_took_off_the_list_is_asked_still(
    doing: Doing, worker: FakeWorker, redis: Store
) -> None:
    await redis.sadd(keys.ACCOUNTS, OTHER_WATCHED)
    bot = doing()
    await enrol(bot, OTHER_WATCHED)
    await bot.asks(TRUST, OTHER_WATCHED)
    await bot.type("/cancel", OTHER_WATCHED)
    await redis.srem(keys.ACCOUNTS, OTHER_WATCHED, ACCOUNT)
    await bot.asks(TRUST, OTHER_WATCHED)
    await enrol(bot)
    await bot.asks(TRUST)
    assert worker.asked == []


async def test_the_account_itself_is_asked_though_no_list_of_accounts_names_it(
    bot: Bot, worker: FakeWorker, redis: Store
) -> None:
    await redis.delete(keys.ACCOUNTS)
    await bot.asks(TRUST)
    assert worker.asked == []


@pytest.mark.parametrize("is_enrolled", [True, False])
async def test_a_new_session_is_ended_at_once(doing: Doing, worker: FakeWorker, is_enrolled: bool) -> None:
    bot = doing()
    if is_enrolled:
        await enrol(bot)
    assert await bot.press(end("8")) == ""
    assert worker.asked == [EndSession(hash="8")]


async def test_a_login_that_nobody_has_answered_for_is_ended_at_once_however_old(bot: Bot, worker: FakeWorker) -> None:
    worker.standings = Standings(unanswered=(Unanswered(hash="7", since=NOW),))
    assert await bot.press(end("7")) == ""
    assert worker.asked == [EndSession(hash="7")]


@pytest.mark.parametrize(
    ("hash_", "standings"),
    [
        ("7", Standings()),
        ("8", Standings(trusted=(Trust(hash="8", at=NOW, by=OUTSIDER),))),
        (
            "8",
            Standings(trusted=(Trust(hash="8", at=NOW, by=OUTSIDER),), unanswered=(Unanswered(hash="8", since=NOW),)),
        ),
    ],
    ids=["old", "new and trusted", "new, trusted and unanswered"],
)
async def test_a_session_that_is_old_or_trusted_is_not_ended_at_once(
    bot: Bot, worker: FakeWorker, hash_: str, standings: Standings
) -> None:
    worker.standings = standings
    await bot.asks(end(hash_))
    assert worker.asked == []


@pytest.mark.parametrize("data", [WAS_ME.replace(":7", ":8"), TRUST.replace(":7", ":8")])
async def test_of_a_new_session_only_its_end_is_free(bot: Bot, worker: FakeWorker, data: str) -> None:
    await bot.asks(data)
    assert worker.asked == []


async def test_of_a_session_that_is_gone_the_worker_says_so_without_a_code(bot: Bot, worker: FakeWorker) -> None:
    await bot.press(end("12"))
    assert worker.asked == [EndSession(hash="12")]


async def test_what_cannot_be_looked_up_is_not_taken_for_new(bot: Bot, worker: FakeWorker, redis: Store) -> None:
    await beats(redis, ago=timedelta(minutes=5))
    await bot.asks(end("8"))
    assert worker.requests == []


@pytest.mark.parametrize("condition", [Condition.STOPPED, Condition.GUARD_LOST])
async def test_no_code_is_asked_for_where_nobody_is_there_to_do_it(
    bot: Bot, worker: FakeWorker, redis: Store, condition: Condition
) -> None:
    await beats(redis, condition, ago=timedelta(minutes=1))
    assert await bot.press(end("8")) == TURNED_AWAY
    assert bot.questions() == []
    assert "⚠️ Nothing was ended." in bot.said()
    assert worker.requests == []


async def test_a_worker_that_ended_while_the_code_was_typed_is_asked_nothing(
    bot: Bot, worker: FakeWorker, redis: Store
) -> None:
    await bot.asks(TRUST)
    looks = len(worker.requests)
    await beats(redis, Condition.STOPPED, ago=timedelta(minutes=1))
    await bot.type(code(), answers=bot.question())
    assert "⚠️ Nothing was changed. The worker was stopped" in bot.said()
    assert len(worker.requests) == looks


async def test_a_look_that_nobody_answers_makes_nothing_new(
    bot: Bot, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr(Gateway, "seen", nothing)
    await bot.asks(end("8"))
    assert worker.asked == []


@EVERY_DEED
async def test_who_is_not_enrolled_is_refused_and_told_how_to_enrol(
    doing: Doing, worker: FakeWorker, data: str, command: Command
) -> None:
    bot = doing()
    assert await bot.press(await button(bot, data)) == REFUSED
    assert "doorman enroll" in bot.said()
    assert bot.questions() == []
    await bot.type(code())
    assert worker.asked == []


async def test_a_code_that_is_asked_for_is_not_asked_of_another_owner(bot: Bot, worker: FakeWorker) -> None:
    await bot.asks(TRUST)
    assert bot.telegram.in_chat(OUTSIDER) == []
    assert bot.telegram.in_chat(OTHER_WATCHED) == []


def asks_for(command: Command, owner: int = ACCOUNT) -> Press:
    return replace(pressed(command, OLD), owner=owner)


@pytest.mark.parametrize("command", [deed for deed in DEEDS if protected(deed)], ids=named)
async def test_whatever_is_protected_waits_for_the_code_and_is_then_done(
    bot: Bot, worker: FakeWorker, command: Command
) -> None:
    assert await bot.gate.hold(asks_for(command), now=datetime.now(UTC)) == CODE_NEEDED
    assert worker.asked == []
    await bot.type(code(), answers=bot.question())
    assert worker.asked == [command]


@pytest.mark.parametrize("command", [deed for deed in DEEDS if not protected(deed)], ids=named)
@pytest.mark.parametrize("owner", [ACCOUNT, OUTSIDER])
async def test_what_only_keeps_somebody_out_waits_for_nothing(
    doing: Doing, worker: FakeWorker, command: Command, owner: int
) -> None:
    bot = doing(asks_everyone=True)
    assert await bot.gate.hold(asks_for(command, owner), now=datetime.now(UTC)) == ""
    assert bot.questions(owner) == []


# --- what a code must answer ---


async def test_the_question_shows_the_session_as_it_is_now(bot: Bot, worker: FakeWorker) -> None:
    worker.listed = roster(replace(OLD, ip="203.0.113.99"))
    await bot.asks(end("7"))
    [question] = bot.questions()
    assert "Old phone" in question
    assert "203.0.113.99" in question


@pytest.mark.parametrize("where", ["nowhere", "another message", "the pressed message"])
async def test_a_code_that_does_not_answer_the_question_is_used_up_and_nothing_is_done(
    bot: Bot, worker: FakeWorker, where: str
) -> None:
    question = await bot.asks(TRUST)
    used = code()
    await bot.type(used, answers={"nowhere": None, "another message": question + 1, "the pressed message": 5}[where])
    assert "nothing was done" in bot.said()
    await was_used_up(bot, worker, used, answers=question)
    await bot.type(code(1), answers=question)  # which waits still
    assert worker.asked == [TrustSession(hash="7")]


async def test_a_code_that_nobody_asked_for_is_used_up(bot: Bot, worker: FakeWorker) -> None:
    used = code()
    await bot.type(used)
    assert "used up and nothing was done" in bot.said()
    await bot.type(used, answers=await bot.asks(TRUST))
    assert "used already" in bot.said()
    assert worker.asked == []


@pytest.mark.parametrize("text", ["my code is {}", "{} please", "/trust {}"])
async def test_a_code_among_words_is_used_up_and_answers_nothing(bot: Bot, worker: FakeWorker, text: str) -> None:
    question = await bot.asks(TRUST)
    used = code()
    await bot.type(text.format(used), answers=question)
    assert worker.asked == []
    await was_used_up(bot, worker, used, answers=question)


async def test_a_code_that_an_edit_shows_is_used_up_and_answers_nothing(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    used = code()
    await bot.feed_update(words(used, ACCOUNT, answers=question, edited=True))
    assert worker.asked == []
    await was_used_up(bot, worker, used, answers=question)


async def test_a_question_is_good_for_two_minutes(bot: Bot, worker: FakeWorker, clock: Clock) -> None:
    first = await bot.asks(TRUST)
    clock.move(119)
    assert await bot.press(DISTRUST) == ANOTHER_WAITS
    clock.move(1.5)
    used = code()
    await bot.type(used, answers=first)
    assert "answers no question" in bot.said()
    second = await bot.asks(DISTRUST)
    await bot.type(used, answers=second)
    assert "used already" in bot.said()
    await bot.type(code(1), answers=second)
    assert worker.asked == [DistrustSession(hash="7")]


async def test_a_wrong_code_that_comes_too_late_is_no_try(bot: Bot, worker: FakeWorker, clock: Clock) -> None:
    question = await bot.asks(TRUST)
    clock.move(121)
    await bot.type(wrong(), answers=question)
    assert "answers no question" in bot.said()
    assert bot.heard.texts == []


class Clock:
    """The gate's own, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(gate_module, "monotonic", lambda: self.now)

    def move(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_another_press_waits_for_no_code_and_takes_nobodys_place(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    assert await bot.press(end("7")) == ANOTHER_WAITS
    assert len(bot.questions()) == 1
    await bot.type(code(), answers=question)
    assert worker.asked == [TrustSession(hash="7")]


async def test_of_two_presses_at_once_one_is_asked_about(bot: Bot, worker: FakeWorker) -> None:
    bot.telegram.held[ACCOUNT] = asyncio.Event()
    async with asyncio.TaskGroup() as hands:
        hands.create_task(bot.feed_update(press(TRUST, ACCOUNT)))
        await tried(bot.telegram, ACCOUNT)
        hands.create_task(bot.feed_update(press(DISTRUST, ACCOUNT)))
        await asyncio.sleep(0.1)  # it has come as far as it can
        bot.telegram.held.pop(ACCOUNT).set()
    assert sorted(str(call.text) for call in bot.telegram.of(AnswerCallbackQuery)) == sorted(
        [CODE_NEEDED, ANOTHER_WAITS]
    )
    [_] = bot.questions()
    await bot.type(code(), answers=bot.question())
    assert len(worker.asked) == 1


async def test_who_cancels_has_nothing_done_with_the_code_that_comes_after(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    await bot.type("/cancel")
    assert bot.said() == "Dropped. Nothing was changed."
    await bot.type(code(), answers=question)
    assert "answers no question" in bot.said()
    await bot.type("/cancel")
    assert bot.said() == "There is nothing to cancel."
    assert worker.asked == []


async def test_what_was_done_is_not_done_again_by_the_next_code(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    await bot.type(code(), answers=question)
    await bot.type(code(1), answers=question)
    assert "answers no question" in bot.said()
    assert worker.asked == [TrustSession(hash="7")]


async def test_one_owners_question_is_not_answered_by_another(bot: Bot, worker: FakeWorker) -> None:
    await enrol(bot, OUTSIDER)
    question = await bot.asks(TRUST)
    await bot.type(code(), OUTSIDER, answers=question)
    assert "answers no question" in bot.said(OUTSIDER)
    assert worker.asked == []
    await bot.type(code(), answers=question)  # their codes are apart, though their secrets are the same here
    assert worker.asked == [TrustSession(hash="7")]


async def test_another_owner_cannot_cancel(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    await bot.type("/cancel", OUTSIDER)
    await bot.type(code(), answers=question)
    assert worker.asked == [TrustSession(hash="7")]


# --- what a code is worth ---


async def test_a_wrong_code_is_refused_told_to_all_owners_and_the_question_waits(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    await bot.type(wrong(), answers=question)
    assert "wrong; 4 tries left" in bot.said()
    [warning] = bot.heard.texts
    assert f"owner {ACCOUNT}" in warning
    assert worker.asked == []
    await bot.type(code(), answers=question)
    assert worker.asked == [TrustSession(hash="7")]


async def test_five_wrong_codes_lock_and_a_good_one_is_then_refused_though_a_recovery_code_is_not(
    bot: Bot, worker: FakeWorker
) -> None:
    question = await bot.asks(TRUST)
    for _ in range(5):
        await bot.type(wrong(), answers=question)
    assert "Too many wrong codes" in bot.said()
    assert len(bot.heard.texts) == 5
    assert "one too many" in bot.heard.texts[-1]
    await bot.type(code(), answers=question)
    assert "Too many wrong codes" in bot.said()
    assert len(bot.heard.texts) == 5
    assert worker.asked == []
    await bot.type(RECOVERY[0], answers=question)
    assert worker.asked == [TrustSession(hash="7")]


async def test_a_recovery_code_is_good_once_and_says_how_many_are_left(bot: Bot, worker: FakeWorker) -> None:
    await bot.type(RECOVERY[0], answers=await bot.asks(TRUST))
    assert any("7 recovery codes are left" in text for text in bot.telegram.in_chat(ACCOUNT))
    await bot.type(RECOVERY[0], answers=await bot.asks(DISTRUST))
    assert "used already" in bot.said()
    assert worker.asked == [TrustSession(hash="7")]


async def test_codes_that_cannot_be_read_open_nothing(bot: Bot, worker: FakeWorker, redis: Store) -> None:
    question = await bot.asks(TRUST)
    await redis.set(keys.codes(ACCOUNT), b"rubbish")
    await bot.type(code(), answers=question)
    assert "can't be checked" in bot.said()
    assert worker.asked == []


async def test_codes_that_are_gone_open_nothing(bot: Bot, worker: FakeWorker, redis: Store) -> None:
    question = await bot.asks(TRUST)
    await redis.delete(keys.codes(ACCOUNT), keys.codes_used(ACCOUNT))
    await bot.type(code(), answers=question)
    assert "no one-time codes" in bot.said()
    assert worker.asked == []


@pytest.mark.parametrize("recovery", [True, False])
async def test_two_codes_at_once_have_it_done_once(bot: Bot, worker: FakeWorker, recovery: bool) -> None:
    question = await bot.asks(TRUST)
    first, second = code(), RECOVERY[0] if recovery else code(1)
    await asyncio.gather(bot.type(first, answers=question), bot.type(second, answers=question))
    assert worker.asked == [TrustSession(hash="7")]
    assert sum("answers no question" in text for text in bot.telegram.in_chat(ACCOUNT)) == 1
    assert not any("wrong" in text for text in bot.telegram.in_chat(ACCOUNT))


@pytest.mark.parametrize("which", ["good", "wrong", "unasked"])
async def test_the_message_with_the_code_is_taken_away(bot: Bot, worker: FakeWorker, which: str) -> None:
    question = await bot.asks(TRUST)
    typed = wrong() if which == "wrong" else code()
    await bot.type(typed, answers=None if which == "unasked" else question)
    assert typed not in bot.telegram.in_chat(ACCOUNT)
    [deleted] = bot.telegram.of(DeleteMessage)
    assert deleted.message_id == bot.typed


# --- an intruder in the same chat ---


async def test_a_press_between_the_question_and_the_code_does_not_get_the_code(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(end("7"))
    for data in (TRUST, DISTRUST, WAS_ME, end("9"), await others(bot)):
        await bot.press(data)
    await bot.type(code(), answers=question)
    assert worker.asked == [EndSession(hash="7")]


async def test_a_cancel_and_a_press_of_their_own_do_not_get_the_code_that_answers_the_old_question(
    bot: Bot, worker: FakeWorker
) -> None:
    old = await bot.asks(end("7"))
    await bot.type("/cancel")
    theirs = await bot.asks(TRUST)
    used = code()
    await bot.type(used, answers=old)
    assert worker.asked == []
    await was_used_up(bot, worker, used, answers=theirs)


async def test_a_question_put_in_the_place_of_another_says_so(bot: Bot, worker: FakeWorker, clock: Clock) -> None:
    await bot.asks(end("7"))
    await bot.type("/cancel")
    bot.telegram.chats[ACCOUNT].clear()  # as whoever is in the account can
    await bot.asks(end("9"))
    [question] = bot.questions()
    assert "something else than the question before" in question
    clock.move(121)
    await bot.asks(end("9"))
    assert "something else" not in bot.questions()[-1]
    clock.move(121)
    await bot.asks(TRUST)
    assert "something else" in bot.questions()[-1]
    clock.move(3600)
    await bot.asks(DISTRUST)
    assert "something else" not in bot.questions()[-1]


async def test_two_devices_of_one_name_are_told_apart_by_the_question(bot: Bot, worker: FakeWorker) -> None:
    theirs = replace(OLD, hash="9", ip="203.0.113.66", created_at=NOW - timedelta(days=1))
    worker.listed = roster(OLD, theirs)
    await bot.asks(end("7"))
    await bot.type("/cancel")
    await bot.asks(end("9"))
    mine, their_own = bot.questions()
    assert re.findall(r"IP: (\S+)", mine + their_own) == [OLD.ip, theirs.ip]
    assert "13 Mar 2026" in their_own
    assert "13 Mar 2026" not in mine


async def test_the_question_of_all_others_names_those_that_it_ends(bot: Bot, worker: FakeWorker) -> None:
    await bot.asks(await others(bot))
    assert "Old phone" in bot.questions()[0]
    assert "Laptop" in bot.questions()[0]


async def test_a_code_is_worth_nothing_to_who_reads_it_in_the_chat(bot: Bot, worker: FakeWorker) -> None:
    used = code()
    await bot.type(used, answers=await bot.asks(end("7")))
    await bot.type(used, answers=await bot.asks(TRUST))
    assert worker.asked == [EndSession(hash="7")]


# --- without Redis ---


def gone(*_: Any, **__: Any) -> Never:
    raise RedisConnectionError("gone")


@pytest.mark.parametrize(
    ("owner", "method"),
    [(Gateway, "accounts"), (Gateway, "pulse"), (Gateway, "roster"), (OneTimeCodes, "is_enrolled")],
    ids=lambda value: str(getattr(value, "__name__", value)),
)
async def test_a_press_without_redis_is_not_carried_and_not_asked_about(
    doing: Doing, worker: FakeWorker, redis: Store, monkeypatch: pytest.MonkeyPatch, owner: type, method: str
) -> None:
    await redis.sadd(keys.ACCOUNTS, OTHER_WATCHED)
    bot = doing()
    await enrol(bot, OTHER_WATCHED)
    with monkeypatch.context() as patched:
        patched.setattr(owner, method, gone)
        await bot.feed_update(press(end("7"), OTHER_WATCHED))
    assert bot.said(OTHER_WATCHED) == REDIS_AWAY
    assert bot.questions(OTHER_WATCHED) == []
    assert worker.asked == []


@pytest.mark.parametrize(
    ("owner", "method"),
    [(Gateway, "now"), (OneTimeCodes, "check"), (Store, "mget"), (Store, "script_load")],
    ids=lambda value: str(getattr(value, "__name__", value)),
)
async def test_a_code_that_redis_did_not_take_opens_nothing_not_even_afterwards(
    bot: Bot, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, owner: type, method: str
) -> None:
    if method == "script_load":
        owner, method = type(bot.codes._safe), "change"
    question = await bot.asks(TRUST)
    used = code()
    with monkeypatch.context() as patched:
        patched.setattr(owner, method, gone)
        await bot.type(used, answers=question)
        assert bot.said() == REDIS_AWAY
    assert worker.asked == []
    await was_used_up(bot, worker, used, answers=question)  # who has read it in the chat tries it
    await bot.type(code(1), answers=question)
    assert worker.asked == [TrustSession(hash="7")]


async def test_a_code_that_was_not_asked_for_while_redis_was_away_is_used_up_before_the_next_is_judged(
    bot: Bot, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = code()
    with monkeypatch.context() as patched:
        patched.setattr(Gateway, "now", gone)
        await bot.type(used)
        await bot.type(f"I said {RECOVERY[0]}")
    question = await bot.asks(TRUST)
    await bot.type(used, answers=question)
    await bot.type(RECOVERY[0], answers=question)
    assert worker.asked == []


async def test_a_deed_that_redis_does_not_take_after_a_good_code_is_not_done_and_its_owner_told(
    bot: Bot, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any, **__: Any) -> Never:
        raise RedisError("OOM")

    question = await bot.asks(TRUST)
    monkeypatch.setattr(Desk, "_ask", refuse)
    await bot.type(code(), answers=question)
    assert bot.said() == REDIS_AWAY
    assert worker.asked == []
    await bot.type(code(1), answers=question)
    assert "answers no question" in bot.said()


async def test_a_question_that_cannot_be_sent_waits_for_nothing(bot: Bot, worker: FakeWorker) -> None:
    bot.telegram.blocked = {ACCOUNT}
    await bot.feed_update(press(TRUST, ACCOUNT))
    bot.telegram.blocked = set()
    await bot.type(code(), answers=1)
    assert worker.asked == []
    await bot.asks(TRUST)


async def test_who_cancels_while_the_code_is_judged_has_nothing_done(
    bot: Bot, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await bot.asks(TRUST)
    really, reached, go_on = bot.codes.check, asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any, **options: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await really(*arguments, **options)

    monkeypatch.setattr(bot.codes, "check", slowly)
    async with asyncio.TaskGroup() as hands:
        hands.create_task(bot.type(code(), answers=question))
        await within_patience(reached.wait())
        await bot.type("/cancel")
        go_on.set()
    assert "answers no question" in bot.said()
    assert worker.asked == []


async def test_a_restart_forgets_what_waited(bot: Bot, doing: Doing, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    after = doing()
    await after.type(code(), answers=question)
    assert "answers no question" in after.said()
    assert worker.asked == []


async def test_the_outcome_is_told_where_it_was_pressed(bot: Bot, worker: FakeWorker) -> None:
    question = await bot.asks(TRUST)
    await bot.type(code(), answers=question)

    async def told() -> bool:
        return any("Trusted by you" in text for text in bot.telegram.in_chat(ACCOUNT))

    await eventually(told)
    assert not [call for call in bot.telegram.of(SendMessage) if "wrong" in call.text]
