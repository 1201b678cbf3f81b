"""Delivers screens to chats: patient where waiting helps, silent where the message is as it should be already."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import CallbackQuery
from aiogram.utils.backoff import Backoff, BackoffConfig
from pydantic import ValidationError

from bot.views.screen import Screen

R = TypeVar("R")
log = structlog.get_logger()

PATIENCE = BackoffConfig(min_delay=0.5, max_delay=60.0, factor=2.0, jitter=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Sends and edits until Telegram has taken it, or says that it never will."""

    bot: Bot

    async def send(self, chat: int, screen: Screen, *, quietly: bool = False) -> int | None:
        """The new message's id; None if this chat can't be written to (blocked, or never opened)."""
        try:
            message = await _insist(
                lambda: self.bot.send_message(chat, disable_notification=quietly, **screen.as_kwargs()), chat
            )
        except (TelegramForbiddenError, TelegramBadRequest) as error:
            log.error("message_refused", chat=chat, why=error.message)  # noqa: TRY400
            return None
        return message.message_id

    async def edit(self, chat: int, message_id: int, screen: Screen) -> bool:
        """Whether the message now shows this; False for one that was deleted or is too old."""
        try:
            await _insist(
                lambda: self.bot.edit_message_text(chat_id=chat, message_id=message_id, **screen.as_kwargs()), chat
            )
        except TelegramBadRequest as error:
            if "message is not modified" in error.message:
                return True
            log.info("edit_refused", chat=chat, message=message_id, why=error.message)
            return False
        except TelegramForbiddenError as error:
            log.warning("edit_refused", chat=chat, message=message_id, why=error.message)
            return False
        return True

    async def acknowledge(self, callback: CallbackQuery, notice: str = "", *, as_alert: bool = False) -> None:
        """End a pressed button's waiting, with a passing notice perhaps.

        A press that waited too long can't be acknowledged any more, and what came of it must be told all the same.
        """
        try:
            await self.bot.answer_callback_query(callback.id, text=notice or None, show_alert=as_alert)
        except TelegramAPIError as error:
            log.info("press_not_acknowledged", why=error.message)


async def _insist(call: Callable[[], Awaitable[R]], chat: int) -> R:
    backoff = Backoff(PATIENCE)
    while True:
        try:
            return await call()
        except TelegramRetryAfter as error:
            log.warning("bot_api_flood", chat=chat, seconds=error.retry_after)
            await asyncio.sleep(error.retry_after)
        except TelegramUnauthorizedError:  # the token was revoked: what is to be told waits for a good one
            log.error("bot_token_refused", chat=chat, hint="set BOT_TOKEN anew and restart")  # noqa: TRY400
            await backoff.asleep()
        except (TelegramNetworkError, TelegramServerError, RestartingTelegram) as error:
            log.warning("bot_api_unavailable", chat=chat, error=type(error).__name__)
            await backoff.asleep()
        except ClientDecodeError as error:
            if isinstance(error.original, ValidationError):
                raise  # an answer of Telegram's that aiogram can't read: the call was carried out
            log.warning("bot_api_unavailable", chat=chat, error="no JSON")  # a proxy's page, say
            await backoff.asleep()
