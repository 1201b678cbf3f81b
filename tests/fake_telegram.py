"""A Bot API that answers as it was told to beforehand, and fails the test on any call that nobody foresaw."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import Chat, InlineKeyboardMarkup, Message

from tests.domain_values import NOW

TOKEN = "123456789:AAobviously-no-token"


class FakeTelegram(BaseSession):
    """Takes the bot's calls in place of a network; keeps them all, in order.

    `trouble` holds what goes wrong with the next calls of a kind; None is a call that goes well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.trouble: dict[type, list[Exception | None]] = {}

    def bot(self) -> Bot:
        """A bot that speaks to this Telegram."""
        return Bot(TOKEN, session=self)

    def will_fail(self, method: type, *errors: Exception | None) -> None:
        """Let the next calls of this method fail so."""
        self.trouble.setdefault(method, []).extend(errors)

    def of(self, method: type) -> list[Any]:
        """The calls of one method."""
        return [call for call in self.calls if isinstance(call, method)]

    def texts(self) -> list[str]:
        """What was sent, and what was edited to, in order."""
        return [call.text for call in self.calls if isinstance(call, SendMessage | EditMessageText)]

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109, ARG002 - aiogram's own signature
    ) -> Any:
        """Answer one call."""
        self.calls.append(method)
        troubles = self.trouble.get(type(method), [])
        if troubles and (error := troubles.pop(0)):
            raise error
        match method:
            case SendMessage(chat_id=chat, text=text):
                return self._message(bot, int(chat), len(self.of(SendMessage)), text, None)
            case EditMessageText(chat_id=chat, message_id=id_, text=text, reply_markup=markup):
                return self._message(bot, int(chat or 0), id_ or 0, text, markup)
            case EditMessageReplyMarkup(chat_id=chat, message_id=id_, reply_markup=markup):
                return self._message(bot, int(chat or 0), id_ or 0, "…", markup)
            case AnswerCallbackQuery() | SetMyCommands():
                return True
        raise AssertionError(f"nobody foresaw {method!r}")

    def _message(self, bot: Bot, chat: int, id_: int, text: str, markup: InlineKeyboardMarkup | None) -> Message:
        message = Message(message_id=id_, date=NOW, chat=Chat(id=chat, type="private"), text=text, reply_markup=markup)
        return message.as_(bot)

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        """Nothing is downloaded."""
        raise AssertionError("nobody foresaw a download")
        yield b""
