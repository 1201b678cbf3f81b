"""Delivers screens to chats: patient where waiting helps, silent where the message is as it should be already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message

from bot.button_seal import ButtonSeal
from bot.delivery.patience import insist
from bot.views.attachment import Attachment
from bot.views.screen import Screen

log = structlog.get_logger()


class ChatClosedError(Exception):
    """The chat can't be written to: its owner has blocked the bot, or has not opened the chat yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Sends and edits until Telegram has taken it, or says that it never will; every button leaves sealed."""

    bot: Bot
    seal: ButtonSeal
    _newest: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def newest(self, chat: int) -> int | None:
        """The last message that was sent there; None where that is not known, as after a restart."""
        return self._newest.get(chat)

    async def send(self, chat: int, screen: Screen, *, quietly: bool = False) -> int | None:
        """The new message's id; None if Telegram refuses this message. Raises ChatClosedError."""
        content = self._content(screen, chat)
        try:
            message = await insist(lambda: self.bot.send_message(chat, disable_notification=quietly, **content))
        except TelegramAPIError as error:
            if _is_closed(error):
                raise ChatClosedError from None
            log.error("message_refused", chat=chat, why=error.message)  # noqa: TRY400
            return None
        except ClientDecodeError as error:  # sent, but no use to edit it later
            log.error("answer_unreadable", chat=chat, why=type(error.original).__name__)  # noqa: TRY400
            self._newest.pop(chat, None)
            return None
        return self._noted(chat, message)

    async def send_file(self, chat: int, file: Attachment) -> int | None:
        """Send it as it is; as `send` in all else."""
        upload, said = BufferedInputFile(file.content, file.name), self._caption(file.caption, chat)
        return await self._upload(chat, lambda: self.bot.send_document(chat, upload, **said))

    async def send_photo(self, chat: int, file: Attachment) -> int | None:
        """Send a picture to be seen at once; as `send` in all else."""
        upload, said = BufferedInputFile(file.content, file.name), self._caption(file.caption, chat)
        return await self._upload(chat, lambda: self.bot.send_photo(chat, upload, **said))

    async def edit(self, chat: int, message_id: int, screen: Screen) -> bool:
        """Whether the message now shows this; False for one that was deleted or is too old. Raises ChatClosedError."""
        content = self._content(screen, chat)
        try:
            await insist(lambda: self.bot.edit_message_text(chat_id=chat, message_id=message_id, **content))
        except TelegramAPIError as error:
            if "message is not modified" in error.message:
                return True
            if _is_closed(error):
                raise ChatClosedError from None
            log.info("edit_refused", chat=chat, message=message_id, why=error.message)
            return False
        except ClientDecodeError as error:
            log.error("answer_unreadable", chat=chat, why=type(error.original).__name__)  # noqa: TRY400
        return True

    async def swap(self, chat: int, message_id: int, keyboard: InlineKeyboardMarkup) -> bool:
        """Put another keyboard below a message, its text left alone; whether it is there now."""
        sealed = self.seal.on(keyboard, chat)
        try:
            await self.bot.edit_message_reply_markup(chat_id=chat, message_id=message_id, reply_markup=sealed)
        except TelegramAPIError as error:
            log.info("keyboard_kept", why=error.message)
            return "message is not modified" in error.message  # pressed twice: it is there already
        except ClientDecodeError as error:
            log.info("keyboard_kept", why=type(error.original).__name__)
            return False
        return True

    async def delete(self, chat: int, message_id: int) -> None:
        """Take a message away, if Telegram lets us."""
        try:
            await self.bot.delete_message(chat, message_id)
        except (TelegramAPIError, ClientDecodeError) as error:
            log.info("message_not_deleted", chat=chat, message=message_id, why=error.message)

    async def acknowledge(self, callback: CallbackQuery, notice: str = "", *, as_alert: bool = False) -> None:
        """End a pressed button's waiting, with a passing notice perhaps.

        A press that waited too long can't be acknowledged any more, and what came of it must be told all the same.
        """
        try:
            await self.bot.answer_callback_query(callback.id, text=notice or None, show_alert=as_alert)
        except (TelegramAPIError, ClientDecodeError) as error:
            log.info("press_not_acknowledged", why=error.message)

    async def _upload(self, chat: int, call: Callable[[], Awaitable[Message]]) -> int | None:
        try:
            return self._noted(chat, await insist(call))
        except TelegramAPIError as error:
            if _is_closed(error):
                raise ChatClosedError from None
            log.error("file_refused", chat=chat, why=error.message)  # noqa: TRY400
        except ClientDecodeError as error:
            log.error("answer_unreadable", chat=chat, why=type(error.original).__name__)  # noqa: TRY400
            self._newest.pop(chat, None)
        return None

    def _noted(self, chat: int, message: Message) -> int:
        self._newest[chat] = max(message.message_id, self._newest.get(chat, 0))
        return message.message_id

    def _caption(self, screen: Screen, chat: int) -> dict[str, Any]:
        keyboard = self.seal.on(screen.keyboard, chat) if screen.keyboard else None
        return {**screen.text.as_caption_kwargs(), "reply_markup": keyboard}

    def _content(self, screen: Screen, chat: int) -> dict[str, Any]:
        keyboard = self.seal.on(screen.keyboard, chat) if screen.keyboard else None
        return replace(screen, keyboard=keyboard).as_kwargs()


def _is_closed(error: TelegramAPIError) -> bool:
    if isinstance(error, TelegramForbiddenError):
        return True
    return isinstance(error, TelegramBadRequest) and "chat not found" in error.message
