"""sendMessage: what stands in the chat, and what Telegram refuses."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from sandbox.botapi.server import BotApiServer
from sandbox.people import Person
from sandbox.world import World


def keyboard(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=d) for t, d in row] for row in rows]
    )


async def test_a_message_stands_in_the_chat_as_it_was_answered(
    bot: Bot, owner: Person, world: World, call: Any
) -> None:
    markup = keyboard([("Yes", "y"), ("No", "n")])
    message = await bot.send_message(owner.id, " hi \n", reply_markup=markup)
    assert message.text == "hi"
    assert message.from_user is not None
    assert message.from_user.is_bot
    assert message.chat.id == owner.id
    stored = world.chats.message(owner.id, message.message_id)
    assert stored["reply_markup"] == {
        "inline_keyboard": [[{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}]]
    }
    assert "edit_date" not in stored
    assert "entities" not in stored


async def test_ids_rise_over_all_chats(bot: Bot, owner: Person, world: World) -> None:
    silent = world.person(700000003)
    world.chats.wrote(silent, "hi")
    ids = [(await bot.send_message(person.id, "x")).message_id for person in (owner, silent, owner)]
    assert ids == sorted(set(ids))


async def test_a_reply_carries_its_message(bot: Bot, owner: Person, world: World) -> None:
    first = await bot.send_message(owner.id, "first")
    second = await bot.send_message(owner.id, "s", reply_parameters=ReplyParameters(message_id=first.message_id))
    third = await bot.send_message(owner.id, "t", reply_parameters=ReplyParameters(message_id=second.message_id))
    assert third.reply_to_message is not None
    assert third.reply_to_message.text == "s"
    assert third.reply_to_message.reply_to_message is None
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(owner.id, "x", reply_parameters=ReplyParameters(message_id=99))
    lenient = ReplyParameters(message_id=99, allow_sending_without_reply=True)
    assert (await bot.send_message(owner.id, "x", reply_parameters=lenient)).reply_to_message is None


async def test_link_preview_options_stand_in_the_message(bot: Bot, owner: Person) -> None:
    options = LinkPreviewOptions(is_disabled=True)
    message = await bot.send_message(owner.id, "x", link_preview_options=options)
    assert message.link_preview_options is not None
    assert message.link_preview_options.is_disabled


async def test_links_and_addresses_are_found_in_a_text(bot: Bot, owner: Person) -> None:
    text = "evil.com 192.0.2.1 a@b.org https://t.me/x. #tag v11.8.2 $USD @name end.x x.y"
    message = await bot.send_message(owner.id, text)
    assert [(e.type, e.extract_from(text)) for e in message.entities or []] == [
        ("url", "evil.com"),
        ("url", "192.0.2.1"),
        ("email", "a@b.org"),
        ("url", "https://t.me/x"),
        ("hashtag", "#tag"),
        ("cashtag", "$USD"),
        ("mention", "@name"),
    ]


@pytest.mark.parametrize(
    ("text", "fits"), [("x" * 4096, True), ("x" * 4097, False), ("😀" * 2048, True), ("😀" * 2049, False)]
)
async def test_a_text_has_at_most_4096_units_after_parsing(bot: Bot, owner: Person, text: str, fits: bool) -> None:
    if fits:
        assert (await bot.send_message(owner.id, f"<b>{text}</b>", parse_mode="HTML")).text == text
    else:
        with pytest.raises(TelegramBadRequest, match="Bad Request: message is too long"):
            await bot.send_message(owner.id, text)


@pytest.mark.parametrize("text", [" \n ", "\u200b", "<b></b>", "\u202e"])
async def test_a_text_of_nothing_is_refused(call: Any, owner: Person, text: str) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text=text, parse_mode="HTML")
    assert answer["description"] == "Bad Request: text must be non-empty"


async def test_missing_parameters_are_named_as_telegram_does(call: Any, owner: Person) -> None:
    assert (await call("sendMessage", chat_id=owner.id))["description"] == "Bad Request: message text is empty"
    assert (await call("sendMessage", chat_id=owner.id, text=""))["description"] == "Bad Request: message text is empty"
    assert (await call("sendMessage", text="x"))["description"] == "Bad Request: chat_id is empty"
    answer = await call("sendMessage", chat_id=owner.id, text="x", parse_mode="LaTeX")
    assert answer["description"] == "Bad Request: unsupported parse_mode"


async def test_a_person_unknown_silent_or_blocking_gets_nothing(bot: Bot, owner: Person, world: World) -> None:
    for chat_id in (123456, "@nobody", "nonsense", 0):
        with pytest.raises(TelegramBadRequest, match="Bad Request: chat not found"):
            await bot.send_message(chat_id, "x")
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot can't initiate conversation with a user"):
        await bot.send_message(700000003, "x")
    world.chats.block(owner, blocked=True)
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(owner.id, "x")
    world.chats.block(owner, blocked=False)
    assert (await bot.send_message("@owner", "x")).chat.id == owner.id


async def test_a_chat_action_is_checked(bot: Bot, call: Any, owner: Person) -> None:
    assert await bot.send_chat_action(owner.id, "typing")
    answer = await call("sendChatAction", chat_id=owner.id, action="dancing")
    assert answer["description"] == "Bad Request: wrong parameter action in request"


async def test_getchat_shows_the_person(bot: Bot, owner: Person) -> None:
    chat = await bot.get_chat(owner.id)
    assert (chat.id, chat.type, chat.first_name, chat.username) == (owner.id, "private", "Owner", "owner")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_chat(700000003)


async def test_getme_is_the_bot_of_the_token(bot: Bot, server: BotApiServer) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (int(server.token.split(":")[0]), True)
    assert me.username is not None
    assert me.username.endswith("bot")
