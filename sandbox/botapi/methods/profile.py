"""What the bot says of itself: its commands, name, descriptions and menu buttons."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import bad_request

COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
LANGUAGE = re.compile(r"^(?:[a-z]{2})?$")
MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
TEXTS = {"name": 64, "description": 512, "short_description": 120}  # and the most characters of each


async def set_my_commands(context: Context, params: Params) -> bool:
    """The list for one scope and language; an empty one deletes it."""
    key = _scope(context, params), _language(params)
    commands = [_command(command) for command in params.get("commands", [])]
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    if commands:
        context.account.commands[key] = commands
    else:
        context.account.commands.pop(key, None)
    return True


async def get_my_commands(context: Context, params: Params) -> list[dict[str, str]]:
    """The list of exactly that scope and language."""
    return context.account.commands.get((_scope(context, params), _language(params)), [])


async def delete_my_commands(context: Context, params: Params) -> bool:
    """The list of exactly that scope and language goes."""
    context.account.commands.pop((_scope(context, params), _language(params)), None)
    return True


def _command(command: dict[str, str]) -> dict[str, str]:
    name = command["command"].removeprefix("/")
    description = command["description"].strip()
    if not name:
        raise bad_request("Command must be non-empty")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > LONGEST_DESCRIPTION:
        raise bad_request(f"Command description length must not exceed {LONGEST_DESCRIPTION}")
    if not COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def _scope(context: Context, params: Params) -> str:
    scope = params.get("scope") or {"type": "default"}
    if "type" not in scope:
        raise bad_request("Can't parse BotCommandScope: Can't find field \"type\"")
    if scope["type"] in PLAIN_SCOPES:
        return str(scope["type"])
    if scope["type"] not in CHAT_SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    if not scope.get("chat_id"):
        raise bad_request("Can't parse BotCommandScope: Empty chat_id specified")
    context.person(scope)
    return json.dumps(scope, sort_keys=True)


def _language(params: Params) -> str:
    language = str(params.get("language_code", ""))
    if not LANGUAGE.match(language):
        raise bad_request("LANG_CODE_INVALID")
    return language


def _text_setter(what: str) -> Method:
    async def set_text(context: Context, params: Params) -> bool:
        text = params.get(what, "")
        if len(text) > TEXTS[what]:
            raise bad_request("BOT_TITLE_INVALID" if what == "name" else f"{what} is too long")
        context.account.texts[what, _language(params)] = text
        return True

    return set_text


def _text_getter(what: str) -> Method:
    async def get_text(context: Context, params: Params) -> dict[str, str]:
        texts, default = context.account.texts, context.world.chats.bot["first_name"] if what == "name" else ""
        return {what: texts.get((what, _language(params))) or texts.get((what, "")) or default}

    return get_text


async def set_chat_menu_button(context: Context, params: Params) -> bool:
    """The button beside the text field, of one chat or of all."""
    button = params.get("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    context.account.menu_buttons[_chat(context, params)] = button
    return True


async def get_chat_menu_button(context: Context, params: Params) -> dict[str, Any]:
    """The button of one chat, or the one of all."""
    buttons = context.account.menu_buttons
    return buttons.get(_chat(context, params)) or buttons.get(None) or {"type": "commands"}


def _chat(context: Context, params: Params) -> int | None:
    return context.person(params).id if "chat_id" in params else None


_NAMES: dict[str, tuple[str, Callable[[str], Method]]] = {
    "setMyName": ("name", _text_setter),
    "getMyName": ("name", _text_getter),
    "setMyDescription": ("description", _text_setter),
    "getMyDescription": ("description", _text_getter),
    "setMyShortDescription": ("short_description", _text_setter),
    "getMyShortDescription": ("short_description", _text_getter),
}

METHODS: dict[str, Method] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    **{name: make(what) for name, (what, make) in _NAMES.items()},
}
