"""Lets no update that aiogram can't read keep the others back: Telegram sends it again until it is confirmed."""

from __future__ import annotations

from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import GetUpdates, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from aiogram.types import Update
from pydantic import ValidationError

log = structlog.get_logger()


class Unreadable(BaseRequestMiddleware):
    """Reads a batch of updates one by one where it can't be read as a whole.

    Anybody can send a message of a kind that is newer than this aiogram.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let the call pass."""
        try:
            return await make_request(bot, method)
        except ClientDecodeError as error:
            rows = error.data.get("result") if isinstance(error.data, dict) else None
            if not isinstance(method, GetUpdates) or not isinstance(rows, list):
                raise
            return [read(row, bot) for row in rows]  # type: ignore[return-value]


def read(row: dict[str, Any], bot: Bot) -> Update:
    """The update; a bare one, which nobody handles, in place of one that can't be read."""
    try:
        return Update.model_validate(row, context={"bot": bot})
    except ValidationError:
        log.error("update_unreadable", update=row["update_id"])  # noqa: TRY400 - its content is nobody else's business
        bare = {"update_id": row["update_id"]}  # confirmed along with the rest, and dropped
        return Update.model_validate(bare, context={"bot": bot})
