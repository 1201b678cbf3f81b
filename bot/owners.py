"""Who is obeyed: the owners, in their private chats; everybody else gets silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import Chat, TelegramObject, User

from bot.delivery.doorbells import Doorbells

log = structlog.get_logger()


class OwnersOnly(BaseMiddleware):
    """Drops every update that is not an owner's in the private chat with them; sits before all handlers."""

    def __init__(self, owners: frozenset[int], doorbells: Doorbells) -> None:
        self._owners = owners
        self._doorbells = doorbells

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Pass an owner's update on."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if user and user.id in self._owners and chat and chat.type == ChatType.PRIVATE and chat.id == user.id:
            self._doorbells.ring(user.id)
            return await handler(event, data)
        log.debug("update_of_a_stranger", user=user.id if user else None)
        return None
