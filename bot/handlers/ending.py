"""Ending a session in two presses, and telling Telegram that a login was the owner's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.press import NO_MESSAGE, Press
from bot.pressed import Pressed
from bot.views.answers import CONFIRM_HINT, KEPT, OLD_QUESTION
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import AskEnd, ConfirmEnd, KeepSession
from bot.views.buttons.keyboards import confirm_keyboard, original_keyboard
from bot.views.buttons.sessions import Origin
from bot.views.screen import Screen
from bot.views.several_logins import end_apart
from core.contract.commands import Command, ConfirmLogin, EndSession


def router() -> Router:
    """Handlers of the buttons that act on one session."""
    ending = Router(name="ending")

    @ending.callback_query(AskEnd.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEnd, gateway: Gateway, courier: Courier) -> None:
        await _ask(callback, gateway, courier, callback_data, CONFIRM_HINT)

    @ending.callback_query(KeepSession.filter())
    async def keep(callback: CallbackQuery, callback_data: KeepSession, gateway: Gateway, courier: Courier) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        known = await gateway.last_roster(account)
        session = known.find(hash_) if known else None
        keyboard = original_keyboard(account, hash_, callback_data.origin, session=session)
        await _pressed(callback, gateway, courier, callback_data).swap(keyboard)
        await courier.acknowledge(callback, KEPT)

    @ending.callback_query(ConfirmEnd.filter())
    async def end(
        callback: CallbackQuery, callback_data: ConfirmEnd, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        # A question that was left open for long is no decision: a stray touch must not end a session.
        if is_stale(callback_data.asked, now=datetime.now(UTC)):
            await _ask(callback, gateway, courier, callback_data, OLD_QUESTION)
            return
        command, account = EndSession(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=callback_data.origin)
        await pass_through(gate, callback, courier, press)

    @ending.callback_query(WasMe.filter())
    async def was_me(
        callback: CallbackQuery, callback_data: WasMe, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command, account = ConfirmLogin(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=Origin.ALERT)
        await pass_through(gate, callback, courier, press)

    return ending


def message_of(callback: CallbackQuery) -> int:
    """The message that the button is on; none where Telegram doesn't say."""
    return callback.message.message_id if callback.message else NO_MESSAGE


async def _ask(
    callback: CallbackQuery, gateway: Gateway, courier: Courier, about: AskEnd | ConfirmEnd, hint: str
) -> None:
    account, now = about.account, datetime.now(UTC)
    confirm = confirm_keyboard(account, about.hash, about.origin, now=now)
    is_asked = await _pressed(callback, gateway, courier, about).swap(confirm)
    await courier.acknowledge(callback, hint)
    if is_asked:
        return
    # Too old to be changed, or others are on it: apart from it, the question must say what it is about.
    known = await gateway.last_roster(account)
    session = known.find(about.hash) if known else None
    question = Screen(text=Text(hint), keyboard=confirm)
    if session:
        question = end_apart(account, session, account_name=await gateway.account_name(account), now=now)
    await courier.send(callback.from_user.id, question)


def _pressed(
    callback: CallbackQuery, gateway: Gateway, courier: Courier, about: AskEnd | ConfirmEnd | KeepSession
) -> Pressed:
    return Pressed(
        gateway=gateway,
        courier=courier,
        account=about.account,
        owner=callback.from_user.id,
        message_id=message_of(callback),
        origin=about.origin,
        hash=about.hash,
    )


async def press_of(
    callback: CallbackQuery, gateway: Gateway, command: Command, *, account: int, origin: Origin
) -> Press:
    """A press that asks for this, with the sessions that it names as they were last seen."""
    owner, message_id = callback.from_user.id, message_of(callback)
    press = Press.of(command, account=account, owner=owner, message_id=message_id, origin=origin)
    known = await gateway.last_roster(account) if press.hashes else None
    found = [known.find(hash_) for hash_ in press.hashes] if known else []
    return replace(press, sessions=tuple(session for session in found if session))


async def pass_through(
    gate: Gate, callback: CallbackQuery, courier: Courier, press: Press, *, under_way: str = ""
) -> None:
    """Have it done, or hear from the gate what it waits for; `under_way` is said at once to what takes its time."""
    if waits := await gate.hold(press, now=datetime.now(UTC)):
        await courier.acknowledge(callback, waits)
        return
    if under_way:
        await courier.acknowledge(callback, under_way)
    await gate.carry(press)
    if not under_way:  # the button has shown until now that it is at work
        await courier.acknowledge(callback)
