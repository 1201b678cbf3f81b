"""The bots that read an account's chats, disconnected in two presses; and its passkeys, to look at."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.checkup import do, page, press_on, send_each
from bot.handlers.looking import show
from bot.handlers.questions import current
from bot.views.buttons.checkup import AskBot, ConfirmBot, ShowBots, ShowPasskeys
from bot.views.connections import BOT_GONE, bot_question, bots_page, passkeys_page
from bot.views.screen import Screen
from core.contract.commands import DisconnectBot
from core.contract.replies import CheckupFetched
from core.domain.account_state import BusinessBot


def router() -> Router:
    """Handlers of /bots and /passkeys, and of the buttons below them."""
    connections = Router(name="connections")

    @connections.message(Command("bots", ignore_case=True))
    async def list_bots(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_each(message, gateway, courier, bots_of)

    @connections.callback_query(ShowBots.filter())
    async def show_bots(callback: CallbackQuery, callback_data: ShowBots, gateway: Gateway, courier: Courier) -> None:
        screen = await page(gateway, callback_data.account, bots_of, owner=callback.from_user.id)
        await show(callback, courier, screen)

    @connections.callback_query(AskBot.filter())
    async def ask(callback: CallbackQuery, callback_data: AskBot, gateway: Gateway, courier: Courier) -> None:
        if bot := await _bot(callback, callback_data, gateway, courier):
            await show(callback, courier, await _question(gateway, callback_data.account, bot))

    @connections.callback_query(ConfirmBot.filter())
    async def disconnect(
        callback: CallbackQuery, callback_data: ConfirmBot, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        bot = await _bot(callback, callback_data, gateway, courier)
        if bot is None:
            return
        account = callback_data.account
        if is_stale(callback_data.asked, now=datetime.now(UTC)):
            await show(callback, courier, await _question(gateway, account, bot, again=True))
            return
        press = press_on(callback, DisconnectBot(bot=bot.id), account=account, name=bot.name)
        await do(callback, gateway, courier, gate, press, then=bots_of)

    @connections.message(Command("passkeys", ignore_case=True))
    async def list_passkeys(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_each(message, gateway, courier, passkeys_of)

    @connections.callback_query(ShowPasskeys.filter())
    async def show_passkeys(
        callback: CallbackQuery, callback_data: ShowPasskeys, gateway: Gateway, courier: Courier
    ) -> None:
        screen = await page(gateway, callback_data.account, passkeys_of, owner=callback.from_user.id)
        await show(callback, courier, screen)

    return connections


def bots_of(known: CheckupFetched, account_name: str, why: str) -> Screen:
    """The list of bots."""
    state = known.account
    account = known.roster.account
    return bots_page(account, state.bots, account_name=account_name, taken_at=state.taken_at, why=why)


def passkeys_of(known: CheckupFetched, account_name: str, why: str) -> Screen:
    """The list of passkeys."""
    state, now = known.account, datetime.now(UTC)
    account = known.roster.account
    return passkeys_page(account, state.passkeys, account_name=account_name, taken_at=state.taken_at, now=now, why=why)


async def _bot(
    callback: CallbackQuery, wanted: AskBot | ConfirmBot, gateway: Gateway, courier: Courier
) -> BusinessBot | None:
    """As it is listed now; of one that is not, the owner hears, and sees what is."""
    fetched = await current(callback, wanted.account, gateway, courier)
    if fetched is None:
        return None
    bot = next((each for each in fetched.account.bots or () if each.id == wanted.bot), None)
    if bot is None:
        await courier.acknowledge(callback, BOT_GONE, as_alert=True)
        await show(callback, courier, bots_of(fetched, await gateway.account_name(wanted.account), ""))
    return bot


async def _question(gateway: Gateway, account: int, bot: BusinessBot, *, again: bool = False) -> Screen:
    name = await gateway.account_name(account)
    return bot_question(account, bot, account_name=name, now=datetime.now(UTC), again=again)
