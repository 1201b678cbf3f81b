"""Edits, deletions and answers to presses."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from sandbox.people import Person
from sandbox.world import World

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
YES = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])


@pytest.fixture
async def message(bot: Bot, owner: Person) -> Message:
    return await bot.send_message(owner.id, "old", reply_markup=YES)


def where(message: Message) -> dict[str, int]:
    return {"chat_id": message.chat.id, "message_id": message.message_id}


async def test_an_edit_replaces_text_entities_and_keyboard(bot: Bot, message: Message, world: World) -> None:
    edited = await bot.edit_message_text("<b>new</b>", parse_mode="HTML", **where(message))
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert (edited.text, edited.message_id, edited.date, edited.reply_markup) == (
        "new",
        message.message_id,
        message.date,
        None,
    )
    assert [e.type for e in edited.entities or []] == ["bold"]
    assert world.chats.of(message.chat.id)[-1]["text"] == "new"
    assert len(world.chats.of(message.chat.id)) == 2


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, message: Message) -> None:
    with pytest.raises(TelegramBadRequest) as caught:
        await bot.edit_message_text(" old ", reply_markup=YES, **where(message))
    assert NOT_MODIFIED in str(caught.value)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(reply_markup=YES, **where(message))
    assert await bot.edit_message_text("old", **where(message))


async def test_the_keyboard_alone_can_change(bot: Bot, message: Message) -> None:
    edited = await bot.edit_message_reply_markup(**where(message))
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("old", None)


@pytest.mark.parametrize(
    "markup",
    [
        ForceReply(),
        ReplyKeyboardRemove(remove_keyboard=True),
        ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="x")]]),
    ],
)
async def test_a_message_with_markup_beside_the_input_field_stays_as_it_is(
    bot: Bot, owner: Person, markup: Any
) -> None:
    message = await bot.send_message(owner.id, "old", reply_markup=markup)
    with pytest.raises(TelegramBadRequest, match="Bad Request: message can't be edited"):
        await bot.edit_message_text("new", **where(message))
    with pytest.raises(TelegramBadRequest, match="Bad Request: message can't be edited"):
        await bot.edit_message_reply_markup(reply_markup=YES, **where(message))


async def test_only_the_bots_own_messages_that_are_there_can_be_edited(
    bot: Bot, call: Any, owner: Person, world: World
) -> None:
    with pytest.raises(TelegramBadRequest, match="Bad Request: message to edit not found"):
        await bot.edit_message_text("x", chat_id=owner.id, message_id=99)
    with pytest.raises(TelegramBadRequest, match="Bad Request: message can't be edited"):
        await bot.edit_message_text("x", chat_id=owner.id, message_id=world.chats.of(owner.id)[0]["message_id"])
    with pytest.raises(TelegramBadRequest, match="Bad Request: chat not found"):
        await bot.edit_message_text("x", chat_id=5, message_id=1)
    answer = await call("editMessageText", text="x")
    assert answer["description"] == "Bad Request: message identifier is not specified"
    assert (await call("editMessageText", message_id=1))["description"] == "Bad Request: message text is empty"


async def test_a_reply_keyboard_is_nothing_for_an_edit(call: Any, message: Message) -> None:
    answer = await call("editMessageText", text="x", reply_markup={"remove_keyboard": True}, **where(message))
    assert answer["description"] == "Bad Request: inline keyboard expected"


async def test_deleted_messages_are_gone(bot: Bot, message: Message, world: World) -> None:
    assert await bot.delete_message(**where(message))
    assert world.chats.message(message.chat.id, message.message_id) is None
    with pytest.raises(TelegramBadRequest, match="Bad Request: message to delete not found"):
        await bot.delete_message(**where(message))
    assert await bot.delete_messages(message.chat.id, [message.message_id, 1])
    assert world.chats.of(message.chat.id) == []


async def test_a_press_reaches_the_bot_with_its_message(
    bot: Bot, message: Message, owner: Person, world: World
) -> None:
    press = world.chats.press(owner, world.chats.message(owner.id, message.message_id), "y")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (press.id, "y", owner.id)
    assert query.chat_instance
    assert query.message is not None
    assert query.message.message_id == message.message_id
    assert await bot.answer_callback_query(query.id, text="Done", show_alert=True)
    assert press.answer == {"callback_query_id": press.id, "text": "Done", "show_alert": True}
    assert press.answered.is_set()


async def test_a_press_is_answered_once_and_in_time(bot: Bot, message: Message, owner: Person, world: World) -> None:
    press = world.chats.press(owner, world.chats.message(owner.id, message.message_id), "y")
    await bot.answer_callback_query(press.id)
    late = world.chats.press(owner, world.chats.message(owner.id, message.message_id), "y")
    world.chats.press_lifetime = -1
    for query_id in (press.id, late.id, "12345", "nonsense"):
        with pytest.raises(TelegramBadRequest) as caught:
            await bot.answer_callback_query(query_id)
        assert TOO_OLD in str(caught.value)


async def test_a_notice_has_at_most_200_characters(bot: Bot, message: Message, owner: Person, world: World) -> None:
    press = world.chats.press(owner, world.chats.message(owner.id, message.message_id), "y")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(press.id, "x" * 201)
    assert await bot.answer_callback_query(press.id, "x" * 200)
