"""Having a session accept calls and secret chats, or not."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through, press_of
from bot.views.buttons.sessions import Accept, Switch
from core.contract.commands import SetAccepted


def router() -> Router:
    """The handler of both switches, which are on a session's card."""
    accepting = Router(name="accepting")

    @accepting.callback_query(Accept.filter())
    async def accept(
        callback: CallbackQuery, callback_data: Accept, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        is_on, switch = callback_data.is_on, callback_data.switch
        command = SetAccepted(
            hash=callback_data.hash,
            calls=is_on if switch is Switch.CALLS else None,
            secret_chats=is_on if switch is Switch.CHATS else None,
        )
        press = await press_of(callback, gateway, command, account=callback_data.account, origin=callback_data.origin)
        await pass_through(gate, callback, courier, press)

    return accepting
