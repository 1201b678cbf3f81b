"""Strangers by the thousand: the updates that they cause, each by somebody else; nothing of them stays in the world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.chats import BOT_ID
from sandbox.people import now

FIRST_ID = 8_000_000_000  # beyond whoever else is in the world
GROUP_ID = -1_001_000_000_001

Payload = dict[str, Any]


def payload(kind: str, number: int, bot: dict[str, Any]) -> Payload:
    """What the stranger of that number causes, as the Bot API words it."""
    return KINDS[kind](number, bot)


def _user(number: int) -> dict[str, Any]:
    return {"id": FIRST_ID + number, "is_bot": False, "first_name": f"Stranger {number}", "language_code": "en"}


def _chat(number: int) -> dict[str, Any]:
    """Their private chat; of every fourth a group with them and the bot."""
    if number % 4 == 0:
        return {"id": GROUP_ID - number, "title": f"Group {number}", "type": "supergroup"}
    return {"id": FIRST_ID + number, "first_name": f"Stranger {number}", "type": "private"}


def _message(number: int, _: dict[str, Any]) -> Payload:
    text = ("/sessions", "/start", "Hello", "/status")[number % 4]
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": len(text)}]} if text[0] == "/" else {}
    return {
        "message_id": number + 1,
        "from": _user(number),
        "chat": _chat(number),
        "date": int(now().timestamp()),
        "text": text,
        **command,
    }


def _edited_message(number: int, bot: dict[str, Any]) -> Payload:
    return {**_message(number, bot), "edit_date": int(now().timestamp())}


def _callback_query(number: int, _: dict[str, Any]) -> Payload:
    """By an altered app: the message is long out of reach, its data made up."""
    return {
        "id": str(BOT_ID * 1000 + number),
        "from": _user(number),
        "message": {"chat": _chat(number), "message_id": number + 1, "date": 0},
        "chat_instance": str(BOT_ID * 31 + number),
        "data": f"x:{number}:{number}:a:1",
    }


def _my_chat_member(number: int, bot: dict[str, Any]) -> Payload:
    kicked, member = {"status": "kicked", "user": bot, "until_date": 0}, {"status": "member", "user": bot}
    return {
        "chat": _chat(number),
        "from": _user(number),
        "date": int(now().timestamp()),
        "old_chat_member": (kicked, member)[number % 2],
        "new_chat_member": (member, kicked)[number % 2],
    }


def _inline_query(number: int, _: dict[str, Any]) -> Payload:
    return {"id": str(BOT_ID * 1000 + number), "from": _user(number), "query": "sessions", "offset": ""}


KINDS: dict[str, Callable[[int, dict[str, Any]], Payload]] = {
    "message": _message,
    "edited_message": _edited_message,
    "callback_query": _callback_query,
    "my_chat_member": _my_chat_member,
    "inline_query": _inline_query,
}
