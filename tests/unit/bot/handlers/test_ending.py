"""Ending one session in two presses, and saying that a login was one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.delivery.burst import Burst
from bot.delivery.bursts import BURSTS
from bot.press import Press
from bot.views.answers import CONFIRM_HINT, KEPT, OLD_QUESTION, REDIS_AWAY
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import AskEnd, ConfirmEnd, KeepSession
from bot.views.buttons.sessions import Origin
from bot.views.several_logins import Told
from core.contract import keys
from core.contract.commands import ConfirmLogin, EndSession
from core.contract.session_events import SessionAppeared
from core.domain.risk.assessment import Level
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import UNMODIFIED, FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press

ASK = AskEnd(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack()
KEEP = KeepSession(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack()
WAS_ME = WasMe(account=ACCOUNT, hash="7").pack()


def confirm(origin: Origin = Origin.ALERT, *, ago: timedelta = timedelta()) -> str:
    """The second button, its question put so long ago."""
    asked = int((datetime.now(UTC) - ago).timestamp()) // 60
    return ConfirmEnd(account=ACCOUNT, hash="7", origin=origin, asked=asked).pack()


def tells_of_both(gateway: FakeGateway) -> None:
    """Another login was written on the alert of the first."""
    gateway.last = roster(session("7", device_model="Nokia"), session("8"))
    logins = tuple(
        Told(event=SessionAppeared(account=ACCOUNT, at=NOW, session=each)) for each in (session("7"), session("8"))
    )
    burst = Burst(message_id=PRESSED, sent_at=NOW, loud=Level.NOTICE, logins=logins)
    gateway.redis.noted[keys.alerts(ACCOUNT), f"several {PRESSED}:{OWNER}"] = BURSTS.dump(burst)


def second_press_of(data: list[str]) -> ConfirmEnd:
    [found] = [ConfirmEnd.unpack(each) for each in data if each.startswith("x:")]
    return found


async def test_the_first_press_on_end_ends_nothing(feed: Feed, telegram: FakeTelegram, desk: FakeDesk) -> None:
    await feed(press(ASK))
    assert desk.carried == []
    [edit] = telegram.of(EditMessageReplyMarkup)
    assert (edit.chat_id, edit.message_id) == (OWNER, PRESSED)
    asked = second_press_of(buttons(edit))
    assert (asked.account, asked.hash, asked.origin) == (ACCOUNT, "7", Origin.ALERT)
    assert datetime.now(UTC).timestamp() // 60 - asked.asked <= 1
    assert KEEP in buttons(edit)
    assert telegram.texts() == []
    assert telegram.of(AnswerCallbackQuery)[0].text == CONFIRM_HINT


async def test_a_message_that_cannot_be_changed_any_more_asks_for_the_second_press_in_a_new_one(
    feed: Feed, telegram: FakeTelegram
) -> None:
    refused = TelegramBadRequest(method=SendMessage(chat_id=1, text="…"), message="Bad Request: message not found")
    telegram.will_fail(EditMessageReplyMarkup, refused)
    await feed(press(ASK, gone=True))
    [sent] = telegram.of(SendMessage)
    assert second_press_of(buttons(sent)).hash == "7"


async def test_the_first_press_made_twice_asks_once(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(ASK))
    unmodified = TelegramBadRequest(method=SendMessage(chat_id=1, text="…"), message=UNMODIFIED)
    telegram.will_fail(EditMessageReplyMarkup, unmodified)
    await feed(press(ASK))
    assert telegram.texts() == []


@pytest.mark.parametrize(
    "data", [ASK, confirm(ago=timedelta(minutes=11))], ids=["first press", "second press on an old question"]
)
async def test_the_question_about_one_of_two_logins_is_asked_apart_and_by_name(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    tells_of_both(gateway)
    await feed(press(data))
    assert telegram.of(EditMessageReplyMarkup) == []
    [question] = telegram.of(SendMessage)
    assert "Nokia" in question.text
    assert second_press_of(buttons(question)).hash == "7"
    assert desk.carried == []


async def test_the_question_is_not_put_below_a_message_that_a_newer_one_stands_in_for(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.last = roster(session("7", device_model="Nokia"))
    gateway.redis.noted[keys.alerts(ACCOUNT), f"7:{OWNER}"] = f"{PRESSED + 1}".encode()
    await feed(press(ASK))
    assert telegram.of(EditMessageReplyMarkup) == []
    [question] = telegram.of(SendMessage)
    assert "Nokia" in question.text


async def test_who_thinks_better_of_ending_one_of_two_leaves_both_their_buttons(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    tells_of_both(gateway)
    await feed(press(KEEP))
    assert telegram.of(EditMessageReplyMarkup) == []
    assert telegram.of(AnswerCallbackQuery)[0].text == KEPT


@pytest.mark.parametrize("data", [ASK, KEEP])
async def test_while_nobody_can_tell_whether_others_are_on_it_the_message_stays_as_it_is(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    gateway.redis.trouble = RedisConnectionError("gone")
    await feed(press(data))
    assert telegram.of(EditMessageReplyMarkup) == []
    assert telegram.texts() == [REDIS_AWAY]
    assert len(telegram.of(AnswerCallbackQuery)) == 1


@pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD])
async def test_who_thinks_better_of_it_gets_the_former_buttons_back(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, origin: Origin
) -> None:
    await feed(press(KeepSession(account=ACCOUNT, hash="7", origin=origin).pack()))
    assert desk.carried == []
    [edit] = telegram.of(EditMessageReplyMarkup)
    assert AskEnd(account=ACCOUNT, hash="7", origin=origin).pack() in buttons(edit)
    assert telegram.of(AnswerCallbackQuery)[0].text == KEPT


@pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD])
async def test_the_second_press_is_carried_with_all_that_is_known_of_its_session(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk, origin: Origin
) -> None:
    gateway.last = roster(session("7", device_model="Nokia"), session("8"))
    await feed(press(confirm(origin)))
    assert desk.carried == [
        Press.of(
            EndSession(hash="7"),
            account=ACCOUNT,
            owner=OWNER,
            message_id=PRESSED,
            origin=origin,
            sessions=(session("7", device_model="Nokia"),),
        )
    ]
    assert desk.carried[0].command == EndSession(hash="7")


@pytest.mark.parametrize("last", [None, roster(session("8"))])
async def test_a_session_that_is_not_listed_is_ended_all_the_same(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk, last: None
) -> None:
    gateway.last = last
    await feed(press(confirm()))
    [carried] = desk.carried
    assert carried.sessions == ()


@pytest.mark.parametrize("ago", [timedelta(minutes=9), timedelta()])
async def test_a_question_is_good_for_ten_minutes(feed: Feed, desk: FakeDesk, ago: timedelta) -> None:
    await feed(press(confirm(ago=ago)))
    assert len(desk.carried) == 1


@pytest.mark.parametrize("origin", [Origin.ALERT, Origin.CARD])
@pytest.mark.parametrize("ago", [timedelta(minutes=11), timedelta(days=30), timedelta(days=20_000)])
async def test_an_older_question_is_no_decision_but_put_again(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, ago: timedelta, origin: Origin
) -> None:
    await feed(press(confirm(origin, ago=ago)))
    assert desk.carried == []
    assert telegram.of(AnswerCallbackQuery)[0].text == OLD_QUESTION
    [edit] = telegram.of(EditMessageReplyMarkup)
    again = second_press_of(buttons(edit))
    assert again.origin is origin
    await feed(press(again.pack()))
    assert len(desk.carried) == 1


@pytest.mark.parametrize("asked", ["99999999", "9" * 15, "9" * 30, "-1", "-" + "9" * 14])
async def test_a_question_of_a_time_that_cannot_be_is_no_decision_but_put_again(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, asked: str
) -> None:
    await feed(press(f"x:{ACCOUNT}:7:a:{asked}"))
    assert desk.carried == []
    assert telegram.of(AnswerCallbackQuery)[0].text == OLD_QUESTION
    assert second_press_of(buttons(telegram.of(EditMessageReplyMarkup)[0])).hash == "7"
    assert telegram.texts() == []


async def test_it_was_me_is_carried_as_what_it_is(feed: Feed, gateway: FakeGateway, desk: FakeDesk) -> None:
    gateway.last = roster(session("7", unconfirmed=True))
    await feed(press(WAS_ME))
    [carried] = desk.carried
    assert carried.command == ConfirmLogin(hash="7")
    assert carried.origin is Origin.ALERT
    assert carried.session("7") == session("7", unconfirmed=True)


async def test_a_press_that_comes_from_no_chat_is_not_heard(feed: Feed, desk: FakeDesk) -> None:
    update = press(confirm())
    assert update.callback_query
    bare = update.callback_query.model_copy(update={"message": None, "inline_message_id": None})
    await feed(update.model_copy(update={"callback_query": bare}))
    assert desk.carried == []
