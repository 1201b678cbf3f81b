"""The bot's private chats as they stand now, and what people do in them; no HTTP here."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.people import Person, now
from sandbox.reply_markups import ReplyMarkups
from sandbox.text.formatted import FormattedText, formatted
from sandbox.text.spans import utf16_length
from sandbox.updates import UpdateQueue

BOT_ID = 1_000_000_001
LONGEST_TEXT = 4096  # UTF-16 code units; TDLib counts characters, the server's count is not published: the stricter
PRESS_LIFETIME = 60.0  # seconds in which a press can be answered


class BlockedError(Exception):
    """The person has blocked the bot and can't write to it before unblocking."""


@dataclass(slots=True, kw_only=True)
class Press:
    """A tap on a button: a callback query, and the bot's answer once it came."""

    id: str
    user_id: int
    message_id: int
    data: str
    at: float = field(default_factory=time.monotonic)
    answer: dict[str, Any] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Chats:
    """Messages by user id, oldest first, each a Bot API `Message` object; and the bot's update queue.

    A stored message is never changed in place, an edit puts another object there.
    """

    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    presses: dict[str, Press] = field(default_factory=dict)
    reply_markups: ReplyMarkups = field(default_factory=ReplyMarkups)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    bot: dict[str, Any] = field(
        default_factory=lambda: {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Sandbox bot",
            "username": "sandbox_doorman_bot",
        }
    )
    press_lifetime: float = PRESS_LIFETIME
    _message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def of(self, user_id: int) -> list[dict[str, Any]]:
        """The messages of one chat, oldest first."""
        return self.messages.get(user_id, [])

    def message(self, user_id: int, message_id: int) -> dict[str, Any] | None:
        """One message as it stands now."""
        return next((m for m in self.of(user_id) if m["message_id"] == message_id), None)

    def wrote(self, person: Person, text: str, *, reply_to: dict[str, Any] | None = None) -> dict[str, Any]:
        """The person writes to the bot, maybe in reply to a message of the chat.

        Raises TextError, BlockedError; /start unblocks, as the app's button does.
        """
        content = text_fields(formatted(text))
        if utf16_length(content["text"]) > LONGEST_TEXT:
            raise ValueError(f"the text is longer than {LONGEST_TEXT} UTF-16 code units")
        if person.blocked_bot:
            if text.split(maxsplit=1)[0] != "/start":
                raise BlockedError
            self.block(person, blocked=False)
        self.started.add(person.id)
        if reply_to:
            self.reply_markups.answer(reply_to["message_id"])
        message = self._put(person, user(person), replied(reply_to) | content)
        self.updates.add("message", message, lane=f"message {person.id}")
        return message

    def sent(
        self, person: Person, content: dict[str, Any], *, reply_markup: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The bot writes to the person, maybe with a `reply_markup` that stands in no `Message`."""
        message = self._put(person, self.bot, content)
        if reply_markup:
            self.reply_markups.put(message["message_id"], reply_markup)
        return message

    def replace(self, person: Person, message: dict[str, Any]) -> dict[str, Any]:
        """Put another object in the place of the message with the same id."""
        chat = self.messages[person.id]
        index = next(i for i, m in enumerate(chat) if m["message_id"] == message["message_id"])
        chat[index] = message
        self.changed()
        return message

    def delete(self, person: Person, message_id: int) -> None:
        """Take a message out of the chat, for both sides; no update tells of it."""
        self.reply_markups.forget(message_id)
        self.messages[person.id] = [m for m in self.of(person.id) if m["message_id"] != message_id]
        self.changed()

    def press(self, person: Person, message: dict[str, Any], data: str) -> Press:
        """The person taps a button."""
        press = Press(id=str(secrets.randbits(62)), user_id=person.id, message_id=message["message_id"], data=data)
        self.presses[press.id] = press
        query = {
            "id": press.id,
            "from": user(person),
            "message": message,
            "chat_instance": str(BOT_ID * 31 + person.id),
            "data": data,
        }
        self.updates.add("callback_query", query, lane=f"callback_query {person.id}")
        return press

    def answer_press(self, press_id: str, answer: dict[str, Any]) -> bool:
        """The bot answers a press; False for one unknown, answered before, or too old."""
        press = self.presses.get(press_id)
        if press is None or press.answer is not None or time.monotonic() - press.at > self.press_lifetime:
            return False
        press.answer = answer
        press.answered.set()
        self.changed()
        return True

    def block(self, person: Person, *, blocked: bool) -> None:
        """The person blocks or unblocks the bot; once more changes nothing."""
        if person.blocked_bot == blocked:
            return
        person.blocked_bot = blocked
        if person.id in self.started:
            kicked, member = (
                {"status": "kicked", "user": self.bot, "until_date": 0},
                {
                    "status": "member",
                    "user": self.bot,
                },
            )
            update = {
                "chat": chat(person),
                "from": user(person),
                "date": int(now().timestamp()),
                "old_chat_member": member if blocked else kicked,
                "new_chat_member": kicked if blocked else member,
            }
            self.updates.add("my_chat_member", update, lane=f"my_chat_member {person.id}")
        self.changed()

    def changed(self) -> None:
        """Tell whoever shows the chats."""
        for listener in tuple(self.listeners):
            listener()

    def _put(self, person: Person, sender: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
        message = {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat(person),
            "date": int(now().timestamp()),
            **content,
        }
        self.messages.setdefault(person.id, []).append(message)
        self.changed()
        return message


def user(person: Person) -> dict[str, Any]:
    """A person as a Bot API `User`."""
    return {
        "id": person.id,
        "is_bot": False,
        **_names(person),
        "language_code": person.language_code,
    }


def chat(person: Person) -> dict[str, Any]:
    """The private chat with a person as a Bot API `Chat`."""
    return {"id": person.id, **_names(person), "type": "private"}


def replied(message: dict[str, Any] | None) -> dict[str, Any]:
    """The field that tells what a message replies to, without what that one replied to; nothing for no reply."""
    return {"reply_to_message": {k: v for k, v in message.items() if k != "reply_to_message"}} if message else {}


def text_fields(text: FormattedText, *, text_key: str = "text", entities_key: str = "entities") -> dict[str, Any]:
    """A formatted text as fields of a `Message`; no empty list of entities, as Telegram leaves it out."""
    entities = [span.as_json() for span in text.spans]
    return {text_key: text.text} | ({entities_key: entities} if entities else {})


def _names(person: Person) -> dict[str, Any]:
    names = {"first_name": person.first_name, "last_name": person.last_name, "username": person.username}
    return {name: value for name, value in names.items() if value}
