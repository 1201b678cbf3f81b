"""Trusting a session, and trusting it no more."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through, press_of
from bot.views.buttons.sessions import JudgeTrust, Origin
from core.contract.commands import DistrustSession, TrustSession


def router() -> Router:
    """The handler of both buttons, which are on a session's card."""
    trusting = Router(name="trusting")

    @trusting.callback_query(JudgeTrust.filter())
    async def judge(
        callback: CallbackQuery, callback_data: JudgeTrust, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        origin = Origin.CARD if callback_data.trusted else Origin.TRUSTED_CARD
        command = (TrustSession if callback_data.trusted else DistrustSession)(hash=callback_data.hash)
        press = await press_of(callback, gateway, command, account=callback_data.account, origin=origin)
        await pass_through(gate, callback, courier, press)

    return trusting
