"""Delivering files and pictures: as patient as with words, their buttons sealed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import SendDocument, SendMessage, SendPhoto
from aiogram.utils.formatting import Bold, Text

from bot.delivery.courier import ChatClosedError
from bot.views.attachment import Attachment
from bot.views.buttons.keyboards import settled_keyboard
from bot.views.screen import Screen
from tests.fake_telegram import BLOCKED, FakeTelegram

CHAT = 2002
FILE = Attachment(
    name="a.csv",
    content=b"a,b",
    caption=Screen(text=Text(Bold("A file"), " <b>of</b> yours"), keyboard=settled_keyboard(1001)),
)
SENDING = SendMessage(chat_id=CHAT, text="…")
ways = pytest.mark.parametrize(("way", "method"), [("send_file", SendDocument), ("send_photo", SendPhoto)])


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is really waited for."""
    really = asyncio.sleep

    async def sleep(_: float, result: Any = None) -> Any:
        return await really(0, result)

    monkeypatch.setattr(asyncio, "sleep", sleep)


@ways
async def test_a_file_is_sent_with_its_name_and_a_caption_that_is_never_parsed(
    telegram: FakeTelegram, way: str, method: type
) -> None:
    assert await getattr(telegram.courier(), way)(CHAT, FILE) == 1
    [call] = telegram.of(method)  # a call whose buttons are not sealed fails there
    upload = call.document if method is SendDocument else call.photo
    assert (upload.filename, upload.data) == ("a.csv", b"a,b")
    assert (call.caption, call.parse_mode) == ("A file <b>of</b> yours", None)
    assert [(entity.type, entity.length) for entity in call.caption_entities] == [("bold", 6)]
    assert call.reply_markup == FILE.caption.keyboard


@ways
async def test_an_outage_is_waited_out(telegram: FakeTelegram, way: str, method: type) -> None:
    telegram.will_fail(method, *[TelegramNetworkError(method=SENDING, message="no network")] * 3)
    assert await getattr(telegram.courier(), way)(CHAT, FILE) is not None
    assert len(telegram.of(method)) == 4


@ways
async def test_a_closed_chat_is_said_to_be_so(telegram: FakeTelegram, way: str, method: type) -> None:
    telegram.will_fail(method, TelegramForbiddenError(method=SENDING, message=BLOCKED))
    with pytest.raises(ChatClosedError):
        await getattr(telegram.courier(), way)(CHAT, FILE)


@ways
async def test_a_file_that_telegram_refuses_is_not_sent_again(telegram: FakeTelegram, way: str, method: type) -> None:
    telegram.will_fail(method, TelegramBadRequest(method=SENDING, message="Bad Request: file is too big"))
    assert await getattr(telegram.courier(), way)(CHAT, FILE) is None
    assert len(telegram.of(method)) == 1
