"""The bots that read an account's chats, disconnected in two presses; and its passkeys, to look at."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers import connected
from bot.handlers.checkup import send_pages, show_page
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
        await send_pages(message, gateway, courier, bots_of)

    @connections.callback_query(ShowBots.filter())
    async def show_bots(callback: CallbackQuery, callback_data: ShowBots, gateway: Gateway, courier: Courier) -> None:
        await show_page(callback, callback_data.account, gateway, courier, bots_of)

    @connections.callback_query(AskBot.filter())
    async def ask(callback: CallbackQuery, callback_data: AskBot, gateway: Gateway, courier: Courier) -> None:
        await connected.ask(BOTS, callback, gateway, courier, account=callback_data.account, key=callback_data.bot)

    @connections.callback_query(ConfirmBot.filter())
    async def disconnect(
        callback: CallbackQuery, callback_data: ConfirmBot, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        bot, account, asked = callback_data.bot, callback_data.account, callback_data.asked
        await connected.cut(BOTS, callback, gateway, courier, gate, account=account, key=bot, asked=asked)

    @connections.message(Command("passkeys", ignore_case=True))
    async def list_passkeys(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_pages(message, gateway, courier, passkeys_of)

    @connections.callback_query(ShowPasskeys.filter())
    async def show_passkeys(
        callback: CallbackQuery, callback_data: ShowPasskeys, gateway: Gateway, courier: Courier
    ) -> None:
        await show_page(callback, callback_data.account, gateway, courier, passkeys_of)

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


BOTS: connected.Kind[BusinessBot] = connected.Kind(
    listed=lambda state: state.bots,
    key=lambda bot: bot.id,
    name=lambda bot: bot.name,
    cut=lambda bot: DisconnectBot(bot=bot.id),
    page=bots_of,
    question=bot_question,
    gone=BOT_GONE,
)
