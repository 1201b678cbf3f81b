"""Trusting a session, and trusting it no more."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through, press_of
from bot.views.buttons import JudgeTrust, Origin
from core.domain.standing import Deed


def router() -> Router:
    """The handler of both buttons, which are on a session's card."""
    trusting = Router(name="trusting")

    @trusting.callback_query(JudgeTrust.filter())
    async def judge(
        callback: CallbackQuery, callback_data: JudgeTrust, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        origin, deed = (Origin.CARD, Deed.TRUST) if callback_data.trusted else (Origin.TRUSTED_CARD, Deed.DISTRUST)
        await pass_through(gate, callback, courier, await press_of(callback, gateway, callback_data, origin, deed))

    return trusting
