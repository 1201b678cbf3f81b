"""A code in a chat, wherever in it: used up, and taken away; what it opens is the gate's business."""

from __future__ import annotations

import pytest
from aiogram.enums import ChatType
from aiogram.methods import DeleteMessage
from aiogram.types import Chat, Update
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.views.answers import REDIS_AWAY
from tests.domain_values import OWNER
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, Feed
from tests.updates import STRANGER, words

SENT = 77


def captioned(caption: str) -> Update:
    update = words("", message_id=SENT)
    assert update.message
    return update.model_copy(update={"message": update.message.model_copy(update={"text": None, "caption": caption})})


@pytest.mark.parametrize(
    "update",
    [
        words("123456", message_id=SENT),
        words("my code: 123 456", message_id=SENT),
        words("/sessions 123456", message_id=SENT),
        words("123456", message_id=SENT, edited=True),
        words("it is 123456", message_id=SENT, edited=True),
        captioned("123456"),
    ],
    ids=["bare", "among words", "in a command", "edited", "edited, among words", "under a picture"],
)
async def test_a_code_that_anybody_in_the_chat_can_read_is_used_up_and_taken_away(
    feed: Feed, telegram: FakeTelegram, codes: FakeCodes, update: Update
) -> None:
    await feed(update)
    assert [code.replace("-", "") for code in codes.burnt] == ["123456"]
    assert [(call.chat_id, call.message_id) for call in telegram.of(DeleteMessage)] == [(OWNER, SENT)]
    [said] = telegram.texts()
    assert "answers no question" in said


async def test_of_several_codes_each_is_used_up(feed: Feed, telegram: FakeTelegram, codes: FakeCodes) -> None:
    await feed(words("111111 or was it 222222?"))
    assert sorted(codes.burnt) == ["111111", "222222"]
    assert len(telegram.texts()) == 1


@pytest.mark.parametrize("text", ["hello", "/status", "12345", "1234567"])
async def test_what_is_no_code_stays_and_is_answered_as_ever(
    feed: Feed, telegram: FakeTelegram, codes: FakeCodes, text: str
) -> None:
    await feed(words(text))
    assert codes.burnt == []
    assert telegram.of(DeleteMessage) == []
    assert len(telegram.texts()) == 1


async def test_an_edited_message_without_a_code_is_not_answered(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(words("hello", edited=True))
    assert telegram.calls == []


@pytest.mark.parametrize("chat", [Chat(id=STRANGER, type="private"), Chat(id=-100123, type=ChatType.SUPERGROUP)])
async def test_a_code_of_a_stranger_or_in_a_group_comes_to_nobodys_ears(
    feed: Feed, telegram: FakeTelegram, codes: FakeCodes, chat: Chat
) -> None:
    update = words("123456", STRANGER if chat.type == ChatType.PRIVATE else OWNER)
    assert update.message
    await feed(update.model_copy(update={"message": update.message.model_copy(update={"chat": chat})}))
    assert codes.burnt == []
    assert telegram.calls == []


async def test_a_code_is_taken_away_though_redis_did_not_take_it_and_is_used_up_with_the_next(
    feed: Feed, telegram: FakeTelegram, codes: FakeCodes, gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone() -> None:
        raise RedisConnectionError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "now", gone)
        await feed(words("123456", message_id=SENT))
    assert telegram.texts() == [REDIS_AWAY]
    assert [call.message_id for call in telegram.of(DeleteMessage)] == [SENT]
    assert codes.burnt == []
    await feed(words("222222"))
    assert codes.burnt == ["123456", "222222"]


async def test_cancel_says_whether_there_was_anything(feed: Feed, telegram: FakeTelegram, desk: FakeDesk) -> None:
    await feed(words("/cancel"))
    assert telegram.texts() == ["There is nothing to cancel."]
    assert desk.carried == []
