"""Before a second press that can't be undone: a fresh look, and a question that is not an old one."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gateway import QUESTION_KEPT, Gateway
from bot.handlers.checkup import fetch
from bot.views.checkup_buttons import minutes_of
from core.contract.commands import CheckupFetched


def is_stale(asked: int, *, now: datetime) -> bool:
    """Whether a question of that minute was left open for too long: a stray touch is no decision."""
    return not 0 <= minutes_of(now) - asked <= QUESTION_KEPT // timedelta(minutes=1)


async def current(callback: CallbackQuery, account: int, gateway: Gateway, courier: Courier) -> CheckupFetched | None:
    """What is there now; None where it can't be fetched, and the owner was told why."""
    fetched = await fetch(gateway, account, owner=callback.from_user.id, briefly=True)
    if isinstance(fetched, str):
        await courier.acknowledge(callback, fetched, as_alert=True)
        return None
    return fetched
