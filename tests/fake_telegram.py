"""A Bot API that answers as it was told to beforehand, and fails the test on any call that nobody foresaw."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    GetUpdates,
    SendDocument,
    SendMessage,
    SendPhoto,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import Chat, ForceReply, InlineKeyboardMarkup, Message

from bot.button_seal import ButtonSeal
from bot.delivery.courier import Courier
from bot.views.screen import Screen
from core.keyring import Keyring
from tests.domain_values import NOW

TOKEN = "123456789:AAobviously-no-token"
SEAL = ButtonSeal(Keyring("a secret of the tests"))
UNMODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
BLOCKED = "Forbidden: bot was blocked by the user"


class FakeTelegram(BaseSession):
    """Takes the bot's calls in place of a network; keeps them all, in order, the seals of their buttons broken.

    `trouble` holds what goes wrong with the next calls of a kind; None is a call that goes well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.trouble: dict[type, list[Exception | None]] = {}

    def bot(self) -> Bot:
        """A bot that speaks to this Telegram."""
        return Bot(TOKEN, session=self)

    def courier(self) -> Courier:
        """A courier that delivers here."""
        return Courier(bot=self.bot(), seal=SEAL)

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
        method = unsealed(method)
        self.calls.append(method)
        troubles = self.trouble.get(type(method), [])
        if troubles and (error := troubles.pop(0)):
            raise error
        match method:
            case SendMessage(chat_id=chat, text=text):
                return self._message(bot, int(chat), len(self.of(SendMessage)), text, None)
            case SendPhoto(chat_id=chat) | SendDocument(chat_id=chat):
                return self._message(bot, int(chat), len(self.calls), "a file", None)
            case EditMessageText(chat_id=chat, message_id=id_, text=text, reply_markup=markup):
                return self._message(bot, int(chat or 0), id_ or 0, text, markup)
            case EditMessageReplyMarkup(chat_id=chat, message_id=id_, reply_markup=markup):
                return self._message(bot, int(chat or 0), id_ or 0, "…", markup)
            case AnswerCallbackQuery() | DeleteMessage() | SetMyCommands():
                return True
            case GetUpdates():
                return []
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


def unsealed(method: TelegramMethod[Any]) -> TelegramMethod[Any]:
    """The call as it is without its buttons' seals; fails for one that is not sealed for that chat."""
    markup = getattr(method, "reply_markup", None)
    if not isinstance(markup, InlineKeyboardMarkup):
        return method
    chat = int(getattr(method, "chat_id", 0))
    bare = InlineKeyboardMarkup(
        inline_keyboard=[
            [
                button.model_copy(update={"callback_data": opened(button.callback_data, chat)})
                if button.callback_data is not None
                else button
                for button in row
            ]
            for row in markup.inline_keyboard
        ]
    )
    return method.model_copy(update={"reply_markup": bare})


def opened(sealed: str, chat: int) -> str:
    """A button's data without its seal."""
    data = SEAL.open(sealed, chat)
    assert data is not None, f"{sealed!r} is not sealed for {chat}"
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as its owner sees it."""

    text: str
    keyboard: InlineKeyboardMarkup | None
    quiet: bool = False
    asks: bool = False

    @property
    def buttons(self) -> list[str]:
        """The data of its buttons."""
        return [b.callback_data or "" for row in (self.keyboard.inline_keyboard if self.keyboard else []) for b in row]


class FakeChats(FakeTelegram):
    """A Bot API with the chats behind it as they stand: an edit needs a message, and must change it.

    Whoever is `blocked` has blocked the bot. `ailing` makes the error of every call to a chat, for as long as it is
    there; a call to a chat that is `held` is answered once its event is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.chats: dict[int, dict[int, Shown]] = {}
        self.blocked: set[int] = set()
        self.ailing: dict[int, Callable[[TelegramMethod[Any]], Exception]] = {}
        self.held: dict[int, asyncio.Event] = {}
        self.tries: dict[int, int] = {}
        self._ids = itertools.count(1)

    def put(self, chat: int, screen: Screen) -> int:
        """A message that was sent before the test began."""
        id_ = next(self._ids)
        self.chats.setdefault(chat, {})[id_] = Shown(text=screen.text.render()[0], keyboard=screen.keyboard)
        return id_

    def messages(self, chat: int) -> list[Shown]:
        """What is in a chat now, oldest first."""
        return list(self.chats.get(chat, {}).values())

    def in_chat(self, chat: int) -> list[str]:
        """The texts in a chat now."""
        return [message.text for message in self.messages(chat)]

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109, ARG002 - aiogram's own signature
    ) -> Any:
        """Answer one call."""
        chat = int(getattr(method, "chat_id", 0) or 0)
        self.tries[chat] = self.tries.get(chat, 0) + 1
        if chat in self.held:
            await self.held[chat].wait()
        method = unsealed(method)
        self.calls.append(method)
        troubles = self.trouble.get(type(method), [])
        if troubles and (error := troubles.pop(0)):
            raise error
        self._refuse(chat, method)
        messages = self.chats.setdefault(chat, {})
        match method:
            case SendMessage(text=text, reply_markup=markup, disable_notification=quiet):
                return self._send(bot, chat, text, markup, quiet=bool(quiet))
            case DeleteMessage(message_id=id_):
                return self._delete(method, chat, id_)
            case EditMessageText(message_id=id_, text=text, reply_markup=markup):
                return self._change(bot, method, chat, id_ or 0, text=text, markup=markup)
            case EditMessageReplyMarkup(message_id=id_, reply_markup=markup):
                text = messages[id_].text if id_ in messages else ""
                return self._change(bot, method, chat, id_ or 0, text=text, markup=markup)
            case AnswerCallbackQuery() | SetMyCommands():
                return True
            case GetUpdates():
                return []
        raise AssertionError(f"nobody foresaw {method!r}")

    def _refuse(self, chat: int, method: TelegramMethod[Any]) -> None:
        if chat in self.blocked:
            raise TelegramForbiddenError(method=method, message=BLOCKED)
        if chat in self.ailing:
            raise self.ailing[chat](method)

    def _send(self, bot: Bot, chat: int, text: str, markup: Any, *, quiet: bool) -> Message:
        assert markup is None or isinstance(markup, InlineKeyboardMarkup | ForceReply)
        keyboard = markup if isinstance(markup, InlineKeyboardMarkup) else None
        id_ = next(self._ids)
        self.chats[chat][id_] = Shown(text=text, keyboard=keyboard, quiet=quiet, asks=markup is not keyboard)
        return self._message(bot, chat, id_, text, keyboard)

    def _delete(self, method: TelegramMethod[Any], chat: int, id_: int) -> bool:
        if self.chats[chat].pop(id_, None) is None:
            raise TelegramBadRequest(method=method, message="Bad Request: message to delete not found")
        return True

    def _change(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        chat: int,
        id_: int,
        *,
        text: str,
        markup: InlineKeyboardMarkup | None,
    ) -> Message:
        before = self.chats[chat].get(id_)
        if before is None:
            raise TelegramBadRequest(method=method, message="Bad Request: message to edit not found")
        if (before.text, before.keyboard) == (text, markup):
            raise TelegramBadRequest(method=method, message=UNMODIFIED)
        self.chats[chat][id_] = Shown(text=text, keyboard=markup, quiet=before.quiet)
        return self._message(bot, chat, id_, text, markup)
