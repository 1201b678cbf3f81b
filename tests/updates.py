"""Updates as Telegram delivers them to the bot: what an owner writes and presses."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, MessageEntity, Update, User

from tests.domain_values import NOW, OWNER

STRANGER = 6666
PRESSED = 5  # the message that every press is on
ALERT = "🔔 New login\nPixel 9"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def user(person: int) -> User:
    return User(id=person, is_bot=False, first_name="Ada")


def words(text: str, person: int = OWNER) -> Update:
    """A message to the bot."""
    entities = [MessageEntity(type="bot_command", offset=0, length=len(text))] if text.startswith("/") else None
    message = Message(
        message_id=1,
        date=NOW,
        chat=Chat(id=person, type="private"),
        from_user=user(person),
        text=text,
        entities=entities,
    )
    return Update(update_id=1, message=message)


def press(data: str, person: int = OWNER, *, gone: bool = False, message_id: int = PRESSED) -> Update:
    """A press on a button of a message; `gone` is one that Telegram says nothing of any more."""
    chat = Chat(id=person, type="private")
    message = Message(message_id=message_id, date=NOW, chat=chat, from_user=user(1), text=ALERT)
    callback = CallbackQuery(
        id="1",
        from_user=user(person),
        chat_instance="1",
        data=data,
        message=InaccessibleMessage(chat=chat, message_id=message_id) if gone else message,
    )
    return Update(update_id=1, callback_query=callback)


def buttons(call: Any) -> list[str]:
    """The data of the buttons that a call of the bot's sets."""
    return [b.callback_data for row in call.reply_markup.inline_keyboard for b in row]
