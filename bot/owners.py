"""Who is obeyed: the owners, in their private chats, by the buttons that they were sent; nobody else gets through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, TelegramObject, User

from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.views.answers import STALE

log = structlog.get_logger()


class OwnersOnly(BaseMiddleware):
    """Drops every update that is not an owner's in the private chat with them; sits before all handlers.

    The sieve lets none come this far; here it is decided by what aiogram has read.
    """

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
        return None


class SealedOnly(BaseMiddleware):
    """Breaks the seal of a press before any filter reads its data; one without it is answered as an old button is.

    Sits behind `OwnersOnly`: the presser's id is their chat's.
    """

    def __init__(self, courier: Courier) -> None:
        self._courier = courier

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Pass a press on, with the data that its button was made of."""
        if not isinstance(event, CallbackQuery):
            raise TypeError(f"{type(event).__name__} is no press")
        owner = event.from_user.id
        pressed = self._courier.seal.open(event.data or "", owner)
        if pressed is None:
            log.warning("button_forged", owner=owner, message=event.message and event.message.message_id)
            await self._courier.acknowledge(event, STALE, as_alert=True)
            return None
        return await handler(event.model_copy(update={"data": pressed}), data)
