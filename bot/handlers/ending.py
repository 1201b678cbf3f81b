"""Ending a session in two presses, and telling Telegram that a login was the owner's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.gateway import QUESTION_KEPT, Gateway
from bot.press import Press
from bot.views.answers import CONFIRM_HINT, KEPT, OLD_QUESTION
from bot.views.buttons import (
    AskEnd,
    ConfirmEnd,
    KeepSession,
    Origin,
    WasMe,
    confirm_keyboard,
    original_keyboard,
)
from bot.views.screen import Screen


def router() -> Router:
    """Handlers of the buttons that act on one session."""
    ending = Router(name="ending")

    @ending.callback_query(AskEnd.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEnd, courier: Courier) -> None:
        await _ask(callback, courier, callback_data, CONFIRM_HINT)

    @ending.callback_query(KeepSession.filter())
    async def keep(callback: CallbackQuery, callback_data: KeepSession, courier: Courier) -> None:
        keyboard = original_keyboard(callback_data.account, callback_data.hash, callback_data.origin)
        await courier.swap(callback.from_user.id, message_of(callback), keyboard)
        await courier.acknowledge(callback, KEPT)

    @ending.callback_query(ConfirmEnd.filter())
    async def end(
        callback: CallbackQuery, callback_data: ConfirmEnd, gateway: Gateway, courier: Courier, desk: Desk
    ) -> None:
        # A question that was left open for long is no decision: a stray touch must not end a session.
        minutes = int(datetime.now(UTC).timestamp()) // 60 - callback_data.asked
        if not 0 <= minutes <= QUESTION_KEPT // timedelta(minutes=1):
            await _ask(callback, courier, callback_data, OLD_QUESTION)
            return
        press = await _press(callback, gateway, callback_data.account, callback_data.hash, callback_data.origin)
        await desk.carry(press)
        await courier.acknowledge(callback)

    @ending.callback_query(WasMe.filter())
    async def was_me(
        callback: CallbackQuery, callback_data: WasMe, gateway: Gateway, courier: Courier, desk: Desk
    ) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        await desk.carry(await _press(callback, gateway, account, hash_, Origin.ALERT, confirms=True))
        await courier.acknowledge(callback)

    return ending


def message_of(callback: CallbackQuery) -> int:
    """The message that the button is on; 0 where Telegram doesn't say, which no message is."""
    return callback.message.message_id if callback.message else 0


async def _ask(callback: CallbackQuery, courier: Courier, about: AskEnd | ConfirmEnd, hint: str) -> None:
    confirm = confirm_keyboard(about.account, about.hash, about.origin, now=datetime.now(UTC))
    await courier.acknowledge(callback, hint)
    if not await courier.swap(callback.from_user.id, message_of(callback), confirm):  # too old to be changed
        await courier.send(callback.from_user.id, Screen(text=Text(hint), keyboard=confirm))


async def _press(
    callback: CallbackQuery, gateway: Gateway, account: int, hash_: str, origin: Origin, *, confirms: bool = False
) -> Press:
    known = await gateway.last_roster(account)
    session = known.find(hash_) if known else None
    return Press(
        account=account,
        owner=callback.from_user.id,
        message_id=message_of(callback),
        origin=origin,
        hashes=(hash_,),
        sessions=(session,) if session else (),
        confirms=confirms,
    )
