"""What the owner hears when a handler could not do its work."""

from __future__ import annotations

import structlog
from aiogram import Router
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent
from aiogram.utils.formatting import Text
from redis.exceptions import RedisError

from bot.delivery.courier import ChatClosedError, Courier
from bot.views.answers import FAILED, REDIS_AWAY
from bot.views.screen import Screen

log = structlog.get_logger()


def router() -> Router:
    """The last resort: nobody who pressed or wrote something is left without an answer."""
    failing = Router(name="failing")

    @failing.error(ExceptionTypeFilter(RedisError))
    async def redis_away(event: ErrorEvent, courier: Courier) -> None:
        log.warning("redis_unavailable", error=type(event.exception).__name__)
        await _tell(event, courier, REDIS_AWAY)

    @failing.error(ExceptionTypeFilter(ChatClosedError))
    async def chat_closed(event: ErrorEvent) -> None:
        log.warning("chat_closed", update=event.update.update_id)

    @failing.error()
    async def failed(event: ErrorEvent, courier: Courier) -> None:
        log.error("handler_failed", exc_info=event.exception)
        await _tell(event, courier, FAILED)

    return failing


async def _tell(event: ErrorEvent, courier: Courier, line: str) -> None:
    update = event.update
    if update.callback_query is not None:
        await courier.acknowledge(update.callback_query)
        await courier.send(update.callback_query.from_user.id, Screen(text=Text(line)))
    elif update.message is not None:
        await courier.send(update.message.chat.id, Screen(text=Text(line)))
