"""Having a session ended as soon as Telegram allows it, and calling that off."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import message_of, pass_through, press_of
from bot.views.answers import OLD_QUESTION
from bot.views.buttons.ending import DontEnd, EndLater
from bot.views.buttons.keyboards import offer_keyboard
from bot.views.buttons.sessions import Origin
from bot.views.screen import Screen
from core.contract.commands import CallOffEnding, EndWhenAllowed


def router() -> Router:
    """The handlers of both buttons."""
    awaiting = Router(name="awaiting")

    @awaiting.callback_query(EndLater.filter())
    async def end_later(
        callback: CallbackQuery, callback_data: EndLater, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        # By now Telegram may allow it: a stray touch on an old offer must not end a session.
        if is_stale(callback_data.asked, now=datetime.now(UTC)):
            await _offer_anew(callback, callback_data, courier)
            return
        command, account = EndWhenAllowed(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=Origin.LIST)
        await pass_through(gate, callback, courier, press)

    @awaiting.callback_query(DontEnd.filter())
    async def dont_end(
        callback: CallbackQuery, callback_data: DontEnd, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command, account = CallOffEnding(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=callback_data.origin)
        await pass_through(gate, callback, courier, press)

    return awaiting


async def _offer_anew(callback: CallbackQuery, data: EndLater, courier: Courier) -> None:
    owner = callback.from_user.id
    offered = offer_keyboard(data.account, data.hash, now=datetime.now(UTC))
    await courier.acknowledge(callback, OLD_QUESTION)
    if not await courier.swap(owner, message_of(callback), offered):  # too old to be changed
        await courier.send(owner, Screen(text=Text(OLD_QUESTION), keyboard=offered))
