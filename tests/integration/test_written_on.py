"""A press on an alert that another login was written on meanwhile: that login stays, with its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiogram.methods import EditMessageReplyMarkup, EditMessageText
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.answering import Answering
from bot.delivery.alert_book import AlertBook
from bot.delivery.bursts import Bursts
from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.press import Press
from bot.views.answers import NO_REPLY
from bot.views.buttons.sessions import Origin
from bot.views.several_logins import end_apart
from core.connection import Store
from core.contract.commands import Command, ConfirmLogin, EndSession, LabelSession, RemindLater
from core.contract.events import Event
from core.contract.replies import Carried, NotCarried, Outcome, Reply, Result, Trouble
from core.contract.session_events import LoginConfirmed, SessionEnded
from core.domain.risk.assessment import Assessment, Finding, Weight
from core.domain.risk.logins import LoginReason
from tests.calm import Evening, login
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeChats, Shown

LIST = f"l:{ACCOUNT}"
FIRST, SECOND = login(1).session, login(2).session
END, WAS_ME = EndSession(hash="1"), ConfirmLogin(hash="1")
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=FIRST, ended_by=OWNER)
CONFIRMED = LoginConfirmed(account=ACCOUNT, at=NOW, session=FIRST, confirmed_by=OWNER)


def answer(outcome: Outcome, by: int | None = None) -> Carried:
    return Carried(results=(Result(hash="1", outcome=outcome, at=NOW, session=FIRST, ended_by=by),))


def open_on(message: Shown) -> list[str]:
    """The hashes of those that can be answered for on it, with others."""
    return [data.rpartition(":")[2] for data in message.buttons if data.startswith("mt:")]


@dataclass(slots=True)
class House:
    """Where the alert of a login is, and a button on it was pressed."""

    redis: Store
    telegram: FakeChats
    evening: Evening = field(init=False)
    alert: int = 0

    def __post_init__(self) -> None:
        self.evening = Evening(self.redis, self.telegram)

    async def rings(self) -> None:
        await self.evening.tell(login(1))
        self.alert = await AlertBook(redis=self.redis).message(ACCOUNT, "1", OWNER) or 0

    async def rings_again(self) -> None:
        """A login that is written on the same message."""
        await self.evening.tell(login(2))
        assert open_on(self.shown) == ["1", "2"]

    def press(self, command: Command, origin: Origin = Origin.ALERT) -> Press:
        return Press.of(command, account=ACCOUNT, owner=OWNER, message_id=self.alert, origin=origin, sessions=(FIRST,))

    @property
    def shown(self) -> Shown:
        return self.telegram.chats[OWNER][self.alert]

    @property
    def beside(self) -> list[str]:
        return [each.text for id_, each in self.telegram.chats[OWNER].items() if id_ != self.alert]

    @property
    def answering(self) -> Answering:
        return Answering(gateway=Gateway(redis=self.redis), courier=self.telegram.courier())


@pytest.fixture
async def house(redis: Store, telegram: FakeChats) -> House:
    house = House(redis, telegram)
    await house.rings()
    return house


@pytest.mark.parametrize(
    ("command", "reply", "event", "words", "left"),
    [
        (END, answer(Outcome.DONE, OWNER), ENDED, "Ended by you", ["2"]),
        (END, answer(Outcome.DONE, OWNER), None, "Ended by you", ["1", "2"]),
        (END, answer(Outcome.NOT_ALLOWED_YET), None, "Not ended", ["1", "2"]),
        (END, NotCarried(trouble=Trouble.UNREACHABLE), None, "no connection", ["1", "2"]),
        (WAS_ME, answer(Outcome.DONE), CONFIRMED, "it was you", ["2"]),
        (WAS_ME, answer(Outcome.NOT_PENDING), None, "", ["1", "2"]),
        (RemindLater(hash="1"), answer(Outcome.NOT_PENDING), None, "answered for already", ["1", "2"]),
        (LabelSession(hash="1", label="my phone"), answer(Outcome.ALREADY_GONE), None, "gone already", ["1", "2"]),
    ],
)
async def test_what_came_of_it_is_told_beside_the_message_and_the_other_login_keeps_its_buttons(
    house: House, command: Command, reply: Reply, event: Event | None, words: str, left: list[str]
) -> None:
    press = house.press(command)
    await house.rings_again()
    if event:
        await house.evening.tell(event)
    await house.answering.tell(press, reply)
    assert "Device 2." in house.shown.text
    assert open_on(house.shown) == left
    assert [text for text in house.beside if words in text and ("Device 1." in text or not event)]
    assert not [text for text in house.beside if "New login" in text], "it rings no second time"


@pytest.mark.parametrize("origin", [Origin.ALERT, Origin.RETURNED, Origin.CHANGED])
async def test_who_hears_no_answer_gets_no_buttons_of_one_login_below_both(house: House, origin: Origin) -> None:
    press = house.press(END, origin)
    await house.rings_again()
    await house.answering.restore_buttons(press)
    await house.answering.say(press, NO_REPLY)
    assert open_on(house.shown) == ["1", "2"]
    assert len(house.beside) == 1


async def test_once_both_are_gone_what_became_of_the_other_stays_to_be_read(house: House) -> None:
    press = house.press(END)
    await house.rings_again()
    await house.evening.tell(SessionEnded(account=ACCOUNT, at=NOW, session=SECOND))
    await house.evening.tell(ENDED)
    await house.answering.tell(press, answer(Outcome.DONE, OWNER))
    assert "It ended elsewhere" in house.shown.text
    assert "Ended by you" in house.shown.text


@pytest.mark.parametrize(
    ("method", "reply"),
    [(EditMessageText, answer(Outcome.DONE, OWNER)), (EditMessageReplyMarkup, answer(Outcome.FAILED))],
    ids=["outcome", "buttons"],
)
async def test_a_login_that_is_written_on_it_in_the_very_moment_of_the_answer_is_put_back(
    house: House, monkeypatch: pytest.MonkeyPatch, method: type, reply: Reply
) -> None:
    """It was not there when the message was looked at, and is when that has been changed."""
    name = "edit" if method is EditMessageText else "swap"
    really: Callable[..., Any] = getattr(Courier, name)

    async def meanwhile(courier: Courier, *arguments: Any) -> bool:
        monkeypatch.setattr(Courier, name, really)
        await house.rings_again()
        return bool(await really(courier, *arguments))

    monkeypatch.setattr(Courier, name, meanwhile)
    await house.answering.tell(house.press(END), reply)
    assert open_on(house.shown) == ["1", "2"]
    assert house.beside


async def test_a_message_that_gave_its_buttons_up_to_a_newer_one_gets_none_back(house: House) -> None:
    press = house.press(END)
    alarming = Assessment(findings=(Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING),))
    await house.evening.tell(replace(login(2), assessment=alarming))
    assert "newer message" in house.shown.text
    await house.answering.tell(press, answer(Outcome.FAILED))
    assert house.shown.buttons == [LIST]


async def test_a_question_asked_beside_the_message_can_be_pressed_again_where_it_failed(house: House) -> None:
    await house.rings_again()
    question = end_apart(ACCOUNT, FIRST, account_name="Ada", now=NOW)
    asked = house.telegram.put(OWNER, question)
    await house.answering.tell(replace(house.press(END), message_id=asked), answer(Outcome.FAILED))
    assert f"e:{ACCOUNT}:1:a" in house.telegram.chats[OWNER][asked].buttons
    assert open_on(house.shown) == ["1", "2"]


async def test_an_alert_that_tells_of_one_login_still_says_itself_what_came_of_it(house: House) -> None:
    await house.answering.tell(house.press(END), answer(Outcome.DONE, OWNER))
    assert "Ended by you" in house.shown.text
    assert house.shown.buttons == [LIST]


@pytest.mark.parametrize("reply", [answer(Outcome.DONE, OWNER), answer(Outcome.FAILED)])
async def test_while_redis_is_away_it_is_told_and_nothing_is_written_over(
    house: House, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    press = house.press(END)
    await house.rings_again()

    async def gone(*_: Any) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr(Bursts, "on", gone)
    await house.answering.tell(press, reply)
    await house.answering.restore_buttons(press)
    assert open_on(house.shown) == ["1", "2"]
    assert house.beside
