"""What the bot says of itself: commands by scope and language, texts, menu button."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, MenuButtonCommands

from sandbox.people import Person


async def names(bot: Bot, **where: Any) -> list[str]:
    return [command.command for command in await bot.get_my_commands(**where)]


async def test_commands_are_kept_by_scope_and_language(bot: Bot, owner: Person) -> None:
    start, help_ = BotCommand(command="start", description="Begin"), BotCommand(command="help", description="Help")
    private, his = BotCommandScopeAllPrivateChats(), BotCommandScopeChat(chat_id=owner.id)
    await bot.set_my_commands([start])
    await bot.set_my_commands([help_], scope=private, language_code="de")
    await bot.set_my_commands([start, help_], scope=his)
    assert await names(bot) == ["start"]
    assert await names(bot, scope=private) == []
    assert await names(bot, scope=private, language_code="de") == ["help"]
    assert await names(bot, scope=his) == ["start", "help"]
    await bot.delete_my_commands(scope=his)
    assert await names(bot, scope=his) == []


@pytest.mark.parametrize(
    ("command", "description", "error"),
    [
        ("Start", "x", "BOT_COMMAND_INVALID"),
        ("a" * 33, "x", "BOT_COMMAND_INVALID"),
        ("start", " ", "command description must be non-empty"),
        ("start", "x" * 257, "command description length must not exceed 256"),
        ("/", "x", "command must be non-empty"),
    ],
)
async def test_a_wrong_command_is_refused(bot: Bot, command: str, description: str, error: Any) -> None:
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.set_my_commands([BotCommand(command=command, description=description)])


async def test_a_scope_of_a_chat_that_is_not_there_is_refused(bot: Bot, call: Any) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=5))
    answer = await call("getMyCommands", scope={"type": "everywhere"})
    assert answer["description"] == "Bad Request: can't parse BotCommandScope: Unsupported type specified"


async def test_name_and_descriptions_fall_back_to_the_default_language(bot: Bot) -> None:
    await bot.set_my_description("what I do")
    await bot.set_my_short_description("short", language_code="de")
    assert (await bot.get_my_description(language_code="de")).description == "what I do"
    assert (await bot.get_my_short_description()).short_description == ""
    assert (await bot.get_my_short_description(language_code="de")).short_description == "short"
    assert (await bot.get_my_name()).name == "Sandbox bot"


async def test_the_menu_button_can_be_set(bot: Bot, owner: Person) -> None:
    assert await bot.set_chat_menu_button(chat_id=owner.id, menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button(chat_id=owner.id)).type == "commands"
