"""Delivering: patient where waiting helps, and done with what can't be delivered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendMessage
from aiogram.types import Message
from aiogram.utils.formatting import Bold, Text
from pydantic import ValidationError

from bot.delivery.courier import ChatClosedError, Courier
from bot.delivery.patience import PATIENCE
from bot.views.buttons.keyboards import settled_keyboard
from bot.views.screen import Screen
from tests.fake_telegram import UNMODIFIED, FakeTelegram
from tests.updates import TOO_OLD, press

CHAT = 2002
SCREEN = Screen(text=Text(Bold("A login"), " <b>from</b> https://telegram.example"))
SENDING = SendMessage(chat_id=CHAT, text="…")
KEYBOARD = settled_keyboard(1001)

NO_JSON = ClientDecodeError("Failed to decode object", json.JSONDecodeError("Expecting value", "<html>", 0), "<html>")


def unreadable_answer() -> ClientDecodeError:
    """What aiogram raises for a good answer that it has no words for."""
    with pytest.raises(ValidationError) as caught:
        Message.model_validate({})
    return ClientDecodeError("Failed to deserialize object", caught.value, {})


UNREADABLE = unreadable_answer()


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def courier(telegram: FakeTelegram) -> Courier:
    return telegram.courier()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, none of them really."""
    seconds: list[float] = []
    really = asyncio.sleep

    async def sleep(delay: float, result: Any = None) -> Any:
        seconds.append(delay)
        await really(0)
        return result

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return seconds


async def test_a_screen_is_sent_as_text_and_entities_without_a_preview(
    courier: Courier, telegram: FakeTelegram, waited: list[float]
) -> None:
    assert await courier.send(CHAT, SCREEN) == 1
    [call] = telegram.of(SendMessage)
    assert call.chat_id == CHAT
    assert call.text == "A login <b>from</b> https://telegram.example"
    assert call.parse_mode is None
    assert [(entity.type, entity.offset, entity.length) for entity in call.entities] == [("bold", 0, 7)]
    assert call.link_preview_options.is_disabled
    assert not call.disable_notification
    assert waited == []


async def test_what_is_no_alarm_is_sent_quietly(courier: Courier, telegram: FakeTelegram) -> None:
    await courier.send(CHAT, SCREEN, quietly=True)
    assert telegram.of(SendMessage)[0].disable_notification


async def test_a_flood_is_waited_out_for_exactly_as_long_as_telegram_says(
    courier: Courier, telegram: FakeTelegram, waited: list[float]
) -> None:
    telegram.will_fail(
        SendMessage,
        TelegramRetryAfter(method=SENDING, message="Too Many Requests", retry_after=7),
        TelegramRetryAfter(method=SENDING, message="Too Many Requests", retry_after=3600),
    )
    assert await courier.send(CHAT, SCREEN) is not None
    assert waited == [7, 3600]


@pytest.mark.parametrize(
    "error",
    [
        lambda: TelegramNetworkError(method=SENDING, message="Request timeout error"),
        lambda: TelegramServerError(method=SENDING, message="Bad Gateway"),
        lambda: RestartingTelegram(method=SENDING, message="restart"),
        lambda: NO_JSON,
    ],
    ids=["no network", "a server error", "a restart", "a proxy's page"],
)
async def test_an_outage_is_waited_out_however_long_it_takes(
    courier: Courier, telegram: FakeTelegram, waited: list[float], error: Callable[[], Exception]
) -> None:
    telegram.will_fail(SendMessage, *[error() for _ in range(30)])
    assert await courier.send(CHAT, SCREEN) is not None
    assert len(telegram.of(SendMessage)) == 31
    assert len(waited) == 30
    assert all(0 < seconds <= PATIENCE.max_delay * (1 + PATIENCE.jitter) for seconds in waited)
    assert waited[0] < waited[-1]


@pytest.mark.parametrize(
    "error",
    [
        TelegramForbiddenError(method=SENDING, message="Forbidden: bot was blocked by the user"),
        TelegramBadRequest(method=SENDING, message="Bad Request: chat not found"),
    ],
)
async def test_a_chat_that_cannot_be_written_to_is_said_to_be_closed_at_once(
    courier: Courier, telegram: FakeTelegram, waited: list[float], error: Exception
) -> None:
    telegram.will_fail(SendMessage, error)
    telegram.will_fail(EditMessageText, error)
    with pytest.raises(ChatClosedError):
        await courier.send(CHAT, SCREEN)
    with pytest.raises(ChatClosedError):
        await courier.edit(CHAT, 5, SCREEN)
    assert len(telegram.calls) == 2
    assert waited == []


async def test_a_message_that_telegram_refuses_is_not_tried_again(
    courier: Courier, telegram: FakeTelegram, waited: list[float]
) -> None:
    telegram.will_fail(SendMessage, TelegramBadRequest(method=SENDING, message="Bad Request: message is too long"))
    assert await courier.send(CHAT, SCREEN) is None
    assert len(telegram.calls) == 1
    assert waited == []


async def test_what_was_sent_is_not_sent_again_because_its_answer_cannot_be_read(
    courier: Courier, telegram: FakeTelegram, waited: list[float]
) -> None:
    telegram.will_fail(SendMessage, UNREADABLE)
    assert await courier.send(CHAT, SCREEN) is None
    assert len(telegram.calls) == 1


async def test_under_a_refused_token_what_is_to_be_told_waits_for_a_good_one(
    courier: Courier, telegram: FakeTelegram
) -> None:
    telegram.will_fail(SendMessage, TelegramUnauthorizedError(method=SENDING, message="Unauthorized"))
    assert await courier.send(CHAT, SCREEN) is not None
    assert len(telegram.calls) == 2


async def test_a_message_is_edited_in_place(courier: Courier, telegram: FakeTelegram) -> None:
    assert await courier.edit(CHAT, 5, SCREEN)
    [call] = telegram.of(EditMessageText)
    assert (call.chat_id, call.message_id) == (CHAT, 5)
    assert call.link_preview_options.is_disabled


async def test_a_message_that_shows_it_already_is_as_it_should_be(courier: Courier, telegram: FakeTelegram) -> None:
    telegram.will_fail(EditMessageText, TelegramBadRequest(method=SENDING, message=UNMODIFIED))
    assert await courier.edit(CHAT, 5, SCREEN)


async def test_a_keyboard_is_put_in_anothers_place_and_the_text_left_alone(
    courier: Courier, telegram: FakeTelegram
) -> None:
    assert await courier.swap(CHAT, 5, KEYBOARD)
    [call] = telegram.calls
    assert isinstance(call, EditMessageReplyMarkup)
    assert (call.chat_id, call.message_id, call.reply_markup) == (CHAT, 5, KEYBOARD)


async def test_every_button_leaves_sealed_for_its_chat(courier: Courier, telegram: FakeTelegram) -> None:
    screen = Screen(text=Text("A login"), keyboard=KEYBOARD)  # a call whose buttons are not sealed fails there
    await courier.send(CHAT, screen)
    await courier.edit(CHAT, 5, screen)
    await courier.swap(CHAT, 5, KEYBOARD)
    assert [call.reply_markup for call in telegram.calls] == [KEYBOARD] * 3


async def test_a_keyboard_that_is_there_already_is_as_it_should_be(courier: Courier, telegram: FakeTelegram) -> None:
    telegram.will_fail(EditMessageReplyMarkup, TelegramBadRequest(method=SENDING, message=UNMODIFIED))
    assert await courier.swap(CHAT, 5, KEYBOARD)


@pytest.mark.parametrize(
    "error",
    [
        TelegramBadRequest(method=SENDING, message="Bad Request: message can't be edited"),
        TelegramForbiddenError(method=SENDING, message="Forbidden: bot was blocked by the user"),
        TelegramNetworkError(method=SENDING, message="Request timeout error"),
        TelegramRetryAfter(method=SENDING, message="Too Many Requests", retry_after=3600),
        NO_JSON,
        UNREADABLE,
    ],
)
async def test_buttons_are_not_worth_waiting_for(
    courier: Courier, telegram: FakeTelegram, waited: list[float], error: Exception
) -> None:
    telegram.will_fail(EditMessageReplyMarkup, error)
    assert not await courier.swap(CHAT, 5, KEYBOARD)
    assert waited == []


@pytest.mark.parametrize(
    "error",
    [
        TelegramBadRequest(method=SENDING, message="Bad Request: message to edit not found"),
        TelegramBadRequest(method=SENDING, message="Bad Request: message can't be edited"),
    ],
)
async def test_a_message_that_cannot_be_edited_is_said_to_be_so(
    courier: Courier, telegram: FakeTelegram, error: Exception
) -> None:
    telegram.will_fail(EditMessageText, error)
    assert not await courier.edit(CHAT, 5, SCREEN)


async def test_an_edit_outlasts_a_flood_and_an_outage(
    courier: Courier, telegram: FakeTelegram, waited: list[float]
) -> None:
    telegram.will_fail(
        EditMessageText,
        TelegramRetryAfter(method=SENDING, message="Too Many Requests", retry_after=2),
        TelegramNetworkError(method=SENDING, message="ServerDisconnectedError"),
    )
    assert await courier.edit(CHAT, 5, SCREEN)
    assert waited[0] == 2
    assert len(waited) == 2


@pytest.mark.parametrize(
    "error",
    [
        TelegramBadRequest(method=SENDING, message=TOO_OLD),
        TelegramNetworkError(method=SENDING, message="Request timeout error"),
        TelegramRetryAfter(method=SENDING, message="Too Many Requests", retry_after=3600),
        NO_JSON,
        UNREADABLE,
    ],
)
async def test_a_press_that_cannot_be_acknowledged_is_let_be(
    courier: Courier, telegram: FakeTelegram, waited: list[float], error: Exception
) -> None:
    callback = press("rubbish").callback_query
    assert callback
    telegram.will_fail(AnswerCallbackQuery, error)
    await courier.acknowledge(callback)
    assert len(telegram.calls) == 1
    assert waited == []


async def test_the_newest_message_of_each_chat_is_known_once_one_was_sent(courier: Courier) -> None:
    assert courier.newest(CHAT) is None
    await courier.send(CHAT, SCREEN)
    latest = await courier.send(CHAT, SCREEN)
    await courier.edit(CHAT, 1, SCREEN)
    assert courier.newest(CHAT) == latest
    assert courier.newest(CHAT + 1) is None


async def test_after_an_answer_that_can_not_be_read_it_is_not_known(courier: Courier, telegram: FakeTelegram) -> None:
    await courier.send(CHAT, SCREEN)
    telegram.will_fail(SendMessage, UNREADABLE)
    await courier.send(CHAT, SCREEN)
    assert courier.newest(CHAT) is None
