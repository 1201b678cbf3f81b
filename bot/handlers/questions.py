"""Before a second press that can't be undone: a fresh look."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.checkup import fetch
from core.contract.replies import CheckupFetched


async def current(callback: CallbackQuery, account: int, gateway: Gateway, courier: Courier) -> CheckupFetched | None:
    """What is there now; None where it can't be fetched, and the owner was told why."""
    fetched = await fetch(gateway, account, owner=callback.from_user.id, briefly=True)
    if isinstance(fetched, str):
        await courier.acknowledge(callback, fetched, as_alert=True)
        return None
    return fetched
