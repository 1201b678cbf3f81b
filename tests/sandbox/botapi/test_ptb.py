"""The same server under an unmodified python-telegram-bot, so that it is no mirror of aiogram's habits."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
import telegram
from telegram.constants import ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from sandbox.botapi.server import BotApiServer
from sandbox.faults import Fault
from sandbox.people import Person
from sandbox.world import World


async def test_a_message_is_sent_edited_and_deleted(ptb: telegram.Bot, owner: Person, world: World) -> None:
    markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])
    message = await ptb.send_message(owner.id, "<b>hi</b> 😀", parse_mode=ParseMode.HTML, reply_markup=markup)
    assert message.text_html == "<b>hi</b> 😀"
    assert message.reply_markup == markup
    edited = await ptb.edit_message_text("*new*", owner.id, message.message_id, parse_mode=ParseMode.MARKDOWN_V2)
    assert isinstance(edited, telegram.Message)
    assert edited.text_markdown_v2 == "*new*"
    assert await message.delete()
    assert len(world.chats.of(owner.id)) == 1


async def test_errors_come_as_its_own_exceptions(ptb: telegram.Bot, owner: Person, world: World) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(5, "x")
    with pytest.raises(BadRequest, match="Message text is empty"):
        await ptb.send_message(owner.id, "")
    world.faults.order(
        Fault(
            layer="botapi",
            method="sendMessage",
            code=429,
            message="Too Many Requests: retry after 3",
            parameters={"retry_after": 3},
        )
    )
    with pytest.raises(RetryAfter):
        await ptb.send_message(owner.id, "x")
    world.chats.block(owner, blocked=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(owner.id, "x")


async def test_files_go_up_and_come_down(ptb: telegram.Bot, owner: Person) -> None:
    message = await ptb.send_document(owner.id, io.BytesIO(b"hello"), filename="x.txt", caption="c")
    assert message.document is not None
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"hello"


async def test_commands_and_chats_are_read_back(ptb: telegram.Bot, owner: Person) -> None:
    commands = (telegram.BotCommand("start", "Begin"),)
    await ptb.set_my_commands(commands, scope=telegram.BotCommandScopeAllPrivateChats())
    assert await ptb.get_my_commands(scope=telegram.BotCommandScopeAllPrivateChats()) == commands
    assert (await ptb.get_chat(owner.id)).first_name == "Owner"


async def test_two_pollers_conflict(ptb: telegram.Bot, call: Any, server: BotApiServer, eventually: Any) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(_conflict(ptb))
        await eventually(lambda: server.polling.under_way)
        assert (await call("getUpdates"))["ok"]
        await first


async def _conflict(ptb: telegram.Bot) -> None:
    with pytest.raises(Conflict):
        await ptb.get_updates(timeout=30)


async def test_an_application_polls_answers_and_stops(
    server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="y")]])

    async def start(update: telegram.Update, _: object) -> None:
        assert update.message is not None
        await update.message.reply_text("Sure?", reply_markup=markup)

    async def pressed(update: telegram.Update, _: object) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("Done")
        await update.callback_query.edit_message_text("Done.")

    app = Application.builder().token(server.token).base_url(f"{server.url}/bot").build()
    app.add_handlers([CommandHandler("start", start), CallbackQueryHandler(pressed)])
    async with app, asyncio.timeout(10):
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling()
        world.chats.wrote(owner, "/start")
        await eventually(lambda: world.chats.of(owner.id)[-1]["text"] == "Sure?")
        press = world.chats.press(owner, world.chats.of(owner.id)[-1], "y")
        await press.answered.wait()
        await eventually(lambda: world.chats.of(owner.id)[-1]["text"] == "Done.")
        await app.updater.stop()
        await app.stop()
    assert press.answer is not None
    assert press.answer["text"] == "Done"
