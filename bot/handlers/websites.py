"""The websites that an account is logged in to: the list, and logging out one or all in two presses."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers import connected
from bot.handlers.checkup import Page, do, send_pages, show_fetched, show_page
from bot.handlers.looking import show
from bot.handlers.pressing import press_on
from bot.handlers.questions import current
from bot.views.buttons.checkup import AskWebsite, AskWebsites, ConfirmWebsite, ConfirmWebsites, ShowWebsites
from bot.views.screen import Screen
from bot.views.websites import WEBSITE_GONE, website_question, websites_page, websites_question
from core.contract.commands import DisconnectWebsite, DisconnectWebsites
from core.contract.replies import CheckupFetched
from core.domain.account_state import Website

NO_WEBSITES = "No website is logged in any more."


def router() -> Router:
    """Handlers of /websites and of the buttons below it."""
    websites = Router(name="websites")

    @websites.message(Command("websites", ignore_case=True))
    async def list_(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_pages(message, gateway, courier, websites_of())

    @websites.callback_query(ShowWebsites.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowWebsites, gateway: Gateway, courier: Courier) -> None:
        await show_page(callback, callback_data.account, gateway, courier, websites_of(callback_data.page))

    @websites.callback_query(AskWebsite.filter())
    async def ask(callback: CallbackQuery, callback_data: AskWebsite, gateway: Gateway, courier: Courier) -> None:
        await connected.ask(WEBSITES, callback, gateway, courier, account=callback_data.account, key=callback_data.hash)

    @websites.callback_query(ConfirmWebsite.filter())
    async def log_out(
        callback: CallbackQuery, callback_data: ConfirmWebsite, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        website, account, asked = callback_data.hash, callback_data.account, callback_data.asked
        await connected.cut(WEBSITES, callback, gateway, courier, gate, account=account, key=website, asked=asked)

    @websites.callback_query(AskWebsites.filter())
    async def ask_all(callback: CallbackQuery, callback_data: AskWebsites, gateway: Gateway, courier: Courier) -> None:
        await _ask_all(callback, callback_data.account, gateway, courier)

    @websites.callback_query(ConfirmWebsites.filter())
    async def log_out_all(
        callback: CallbackQuery, callback_data: ConfirmWebsites, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        if is_stale(callback_data.asked, now=datetime.now(UTC)):
            await _ask_all(callback, callback_data.account, gateway, courier, again=True)
            return
        press = press_on(callback, DisconnectWebsites(), account=callback_data.account)
        await do(callback, gateway, courier, gate, press, then=websites_of())

    return websites


def websites_of(number: int = 0) -> Page:
    """That page of the list."""

    def render(known: CheckupFetched, account_name: str, why: str) -> Screen:
        return websites_page(
            known.roster.account,
            known.account.websites,
            account_name=account_name,
            taken_at=known.account.taken_at,
            page=number,
            now=datetime.now(UTC),
            why=why,
        )

    return render


WEBSITES: connected.Kind[Website] = connected.Kind(
    listed=lambda state: state.websites,
    key=lambda website: website.hash,
    name=lambda website: website.domain,
    cut=lambda website: DisconnectWebsite(website=website.hash),
    page=websites_of(),
    question=website_question,
    gone=WEBSITE_GONE,
)


async def _ask_all(
    callback: CallbackQuery, account: int, gateway: Gateway, courier: Courier, *, again: bool = False
) -> None:
    fetched = await current(callback, account, gateway, courier)
    if fetched is None:
        return
    listed = fetched.account.websites
    if not listed:
        await courier.acknowledge(callback, NO_WEBSITES, as_alert=True)
        await show_fetched(callback, fetched, gateway, courier, websites_of())
        return
    name, now = await gateway.account_name(account), datetime.now(UTC)
    await show(callback, courier, websites_question(account, listed, account_name=name, now=now, again=again))
