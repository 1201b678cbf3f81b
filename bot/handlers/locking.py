"""The login lock, switched on and off; and killing the login codes that came lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.checkup import press_on
from bot.handlers.ending import pass_through
from bot.handlers.looking import show
from bot.handlers.typed import carry_typed
from bot.press import Press
from bot.views.buttons.checkup import KillLateCodes, Lock, ShowLock, Unlock
from bot.views.buttons.sessions import Origin
from bot.views.locking import killing, lock_page
from bot.views.screen import Screen
from bot.views.status import no_account, why_unwatched
from core.contract.commands import KillCodes, Prefer
from core.contract.state import name_of
from core.domain.preferences import Preferences

LOCK_FIELDS = ("is_locked", "lock_until")


def router() -> Router:
    """Handlers of /lock and /killcodes, and of the buttons of the lock's page."""
    locking = Router(name="locking")

    @locking.message(Command("lock", ignore_case=True))
    async def ask(message: Message, gateway: Gateway, courier: Courier) -> None:
        accounts = await gateway.accounts()  # whichever is chosen: an emergency is no time to remember that
        for account in accounts:
            await courier.send(message.chat.id, await _page(gateway, account))
        if not accounts:
            await courier.send(message.chat.id, no_account())

    @locking.callback_query(ShowLock.filter())
    async def show_lock(callback: CallbackQuery, callback_data: ShowLock, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await _page(gateway, callback_data.account))

    @locking.callback_query(Lock.filter())
    async def lock(
        callback: CallbackQuery, callback_data: Lock, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        hours = callback_data.hours
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours) if hours else None
        wanted = Preferences(is_locked=True, lock_until=until)
        press = press_on(callback, Prefer(fields=LOCK_FIELDS, preferences=wanted), account=callback_data.account)
        await _do(callback, gateway, courier, gate, press)

    @locking.callback_query(Unlock.filter())
    async def unlock(
        callback: CallbackQuery, callback_data: Unlock, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command = Prefer(fields=LOCK_FIELDS, preferences=Preferences(is_locked=False))
        await _do(callback, gateway, courier, gate, press_on(callback, command, account=callback_data.account))

    locking.include_router(_killing())
    return locking


def _killing() -> Router:
    codes = Router(name="killing codes")

    @codes.callback_query(KillLateCodes.filter())
    async def kill(
        callback: CallbackQuery, callback_data: KillLateCodes, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        await _do(callback, gateway, courier, gate, press_on(callback, KillCodes(), account=callback_data.account))

    @codes.message(Command("killcodes", ignore_case=True))
    async def kill_all(message: Message, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        owner = message.chat.id
        accounts = await gateway.accounts()
        for account in accounts:
            await _kill(gateway, courier, gate, account, owner=owner)
        if not accounts:
            await courier.send(owner, no_account())

    return codes


async def _kill(gateway: Gateway, courier: Courier, gate: Gate, account: int, *, owner: int) -> None:
    """As a press on a message that says what is under way."""
    told = await courier.send(owner, killing(account_name=await gateway.account_name(account)))
    press = Press.of(KillCodes(), account=account, owner=owner, message_id=told or 0, origin=Origin.LIST)
    await carry_typed(gate, courier, press)


async def _page(gateway: Gateway, account: int) -> Screen:
    pulse, snapshot = await gateway.pulse(account), await gateway.snapshot(account)
    preferences = snapshot.preferences if snapshot else Preferences()
    why = why_unwatched(pulse)
    return lock_page(account, preferences, account_name=name_of(account, pulse), now=datetime.now(UTC), why=why)


async def _do(callback: CallbackQuery, gateway: Gateway, courier: Courier, gate: Gate, press: Press) -> None:
    """Have it done, and show how the lock stands thereafter."""
    await pass_through(gate, callback, courier, press)
    await courier.edit(press.owner, press.message_id, await _page(gateway, press.account))
