"""Updates as Telegram delivers them to the bot: what an owner writes and presses."""

from __future__ import annotations

from typing import Any

from aiogram.types import (
    CallbackQuery,
    Chat,
    InaccessibleMessage,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    Update,
    User,
)

from bot.button_seal import _code
from tests.domain_values import NOW, OWNER
from tests.fake_telegram import SEAL

STRANGER = 6666
PRESSED = 5  # the message that every press is on
ALERT = "🔔 New login\nPixel 9"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def user(person: int) -> User:
    return User(id=person, is_bot=False, first_name="Ada")


def words(
    text: str,
    person: int = OWNER,
    *,
    message_id: int = 1,
    answers: int | None = None,
    question: str = "…",
    edited: bool = False,
) -> Update:
    """A message to the bot, in answer to another one perhaps, the `question`; or one of earlier that now reads so."""
    entities = [MessageEntity(type="bot_command", offset=0, length=len(text))] if text.startswith("/") else None
    chat = Chat(id=person, type="private")
    answered = Message(message_id=answers, date=NOW, chat=chat, from_user=user(1), text=question) if answers else None
    message = Message(
        message_id=message_id,
        date=NOW,
        chat=chat,
        from_user=user(person),
        text=text,
        entities=entities,
        reply_to_message=answered,
    )
    return Update(update_id=1, edited_message=message) if edited else Update(update_id=1, message=message)


def press(
    data: str,
    person: int = OWNER,
    *,
    gone: bool = False,
    message_id: int = PRESSED,
    forged: bool = False,
    keyboard: InlineKeyboardMarkup | None = None,
) -> Update:
    """A press on a button of a message, sealed unless it is `forged`; `gone` is one that Telegram says nothing of."""
    chat = Chat(id=person, type="private")
    message = Message(message_id=message_id, date=NOW, chat=chat, from_user=user(1), text=ALERT, reply_markup=keyboard)
    callback = CallbackQuery(
        id="1",
        from_user=user(person),
        chat_instance="1",
        data=data if forged else sealed(data, person),
        message=InaccessibleMessage(chat=chat, message_id=message_id) if gone else message,
    )
    return Update(update_id=1, callback_query=callback)


def sealed(data: str, chat: int = OWNER) -> str:
    """The data as it is on a button of that chat, however long."""
    return data + _code(SEAL._keys[0], data, chat)


def buttons(call: Any) -> list[str]:
    """The data of the buttons that a call of the bot's sets."""
    return [b.callback_data for row in call.reply_markup.inline_keyboard for b in row]
