"""Which accounts there are, and which of them an owner's commands are about."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.looking import show
from bot.views.accounts import CHOICE_GONE, Watched, accounts_page
from bot.views.buttons.settings import ChooseAccount
from bot.views.screen import Screen


def router() -> Router:
    """Handlers of /accounts and of the buttons below it."""
    accounts = Router(name="accounts")

    @accounts.message(Command("accounts", ignore_case=True))
    async def list_all(message: Message, gateway: Gateway, courier: Courier) -> None:
        await courier.send(message.chat.id, await _page(gateway, message.chat.id))

    @accounts.callback_query(ChooseAccount.filter())
    async def choose(callback: CallbackQuery, callback_data: ChooseAccount, gateway: Gateway, courier: Courier) -> None:
        owner, account = callback.from_user.id, callback_data.account
        if account and account not in await gateway.accounts():
            await courier.acknowledge(callback, CHOICE_GONE, as_alert=True)
            return
        await gateway.choose(owner, account or None)
        await show(callback, courier, await _page(gateway, owner))

    return accounts


async def _page(gateway: Gateway, owner: int) -> Screen:
    watched = []
    for account, pulse in await gateway.pulses():
        roster = await gateway.last_roster(account)
        watched.append(Watched(account=account, pulse=pulse, sessions=len(roster.sessions) if roster else None))
    chosen = await gateway.choice(owner)
    return accounts_page(watched, chosen=chosen if chosen in {one.account for one in watched} else None)
