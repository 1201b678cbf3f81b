"""The login lock, switched on and off; and killing the login codes that came lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through
from bot.handlers.looking import show
from bot.handlers.pressing import press_for, press_on
from bot.handlers.scoping import scope_of
from bot.handlers.typed import carry_typed
from bot.press import Press
from bot.views.buttons.checkup import KillLateCodes, Lock, ShowLock, Unlock
from bot.views.locking import BAD_LOCK, LOCK_FIELDS, LOCK_HOURS, lock_page
from bot.views.screen import Screen
from bot.views.status import why_unwatched
from core.contract.commands import KillCodes, Prefer
from core.contract.state import name_of
from core.domain.preferences import Preferences

UNLOCK = Prefer(fields=LOCK_FIELDS, preferences=Preferences(is_locked=False))


def router() -> Router:
    """Handlers of /lock and /killcodes, and of the buttons of the lock's page."""
    locking = Router(name="locking")

    @locking.message(Command("lock", ignore_case=True))
    async def ask(message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        owner, typed = message.chat.id, (command.args or "").strip()
        wanted = _wanted(typed, now=datetime.now(UTC))
        if typed and wanted is None:
            await courier.send(owner, Screen(text=Text(BAD_LOCK)))
            return
        # Whichever is chosen: an emergency is no time to remember that.
        accounts = (await scope_of(owner, gateway, courier, whichever_chosen=True)).accounts
        for account in accounts:
            # Which of several is let open, the owner says by the button.
            if wanted is None or (wanted == UNLOCK and len(accounts) > 1):
                await courier.send(owner, await _page(gateway, account))
            else:
                await carry_typed(gate, courier, press_for(wanted, account=account, owner=owner))

    @locking.callback_query(ShowLock.filter())
    async def show_lock(callback: CallbackQuery, callback_data: ShowLock, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await _page(gateway, callback_data.account))

    @locking.callback_query(Lock.filter())
    async def lock(
        callback: CallbackQuery, callback_data: Lock, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        wanted = _locking(callback_data.hours, now=datetime.now(UTC))
        await _do(callback, gateway, courier, gate, press_on(callback, wanted, account=callback_data.account))

    @locking.callback_query(Unlock.filter())
    async def unlock(
        callback: CallbackQuery, callback_data: Unlock, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        await _do(callback, gateway, courier, gate, press_on(callback, UNLOCK, account=callback_data.account))

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
        for account in (await scope_of(owner, gateway, courier, whichever_chosen=True)).accounts:
            await carry_typed(gate, courier, await _killing_of(gateway, account, owner=owner))

    return codes


async def _killing_of(gateway: Gateway, account: int, *, owner: int) -> Press:
    """What comes of it is sent anew, and says of which account it is: the others' stand beside it."""
    return press_for(KillCodes(), account=account, owner=owner, name=await gateway.account_name(account))


def _wanted(typed: str, *, now: datetime) -> Prefer | None:
    """None for what is neither "on" or "off" nor a number of hours."""
    words = typed.casefold()
    if words == "off":
        return UNLOCK
    hours = next((hours for hours in LOCK_HOURS if words == str(hours)), None)
    return _locking(hours or 0, now=now) if hours or words == "on" else None


def _locking(hours: int, *, now: datetime) -> Prefer:
    """For so many hours; 0 is until it is switched off."""
    until = now.replace(microsecond=0) + timedelta(hours=hours) if hours else None
    return Prefer(fields=LOCK_FIELDS, preferences=Preferences(is_locked=True, lock_until=until))


async def _page(gateway: Gateway, account: int) -> Screen:
    pulse, snapshot = await gateway.pulse(account), await gateway.snapshot(account)
    preferences = snapshot.preferences if snapshot else Preferences()
    why = why_unwatched(pulse)
    return lock_page(account, preferences, account_name=name_of(account, pulse), now=datetime.now(UTC), why=why)


async def _do(callback: CallbackQuery, gateway: Gateway, courier: Courier, gate: Gate, press: Press) -> None:
    """Have it done, and show how the lock stands thereafter, whatever came of it."""
    await pass_through(gate, callback, courier, press)
    await courier.edit(press.owner, press.message_id, await _page(gateway, press.account))
