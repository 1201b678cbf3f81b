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
from bot.handlers.checkup import Page, do, page, press_on, send_each
from bot.handlers.looking import show
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
        await send_each(message, gateway, courier, websites_of())

    @websites.callback_query(ShowWebsites.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowWebsites, gateway: Gateway, courier: Courier) -> None:
        render = websites_of(callback_data.page)
        await show(callback, courier, await page(gateway, callback_data.account, render, owner=callback.from_user.id))

    @websites.callback_query(AskWebsite.filter())
    async def ask(callback: CallbackQuery, callback_data: AskWebsite, gateway: Gateway, courier: Courier) -> None:
        await _ask(callback, callback_data, gateway, courier)

    @websites.callback_query(ConfirmWebsite.filter())
    async def log_out(
        callback: CallbackQuery, callback_data: ConfirmWebsite, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        website = await _website(callback, callback_data, gateway, courier)
        if website is None:
            return
        account = callback_data.account
        if is_stale(callback_data.asked, now=datetime.now(UTC)):
            await show(callback, courier, await _question(gateway, account, website, again=True))
            return
        press = press_on(callback, DisconnectWebsite(website=website.hash), account=account, name=website.domain)
        await do(callback, gateway, courier, gate, press, then=websites_of())

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


async def _website(
    callback: CallbackQuery, wanted: AskWebsite | ConfirmWebsite, gateway: Gateway, courier: Courier
) -> Website | None:
    """As it is listed now; of one that is not, the owner hears, and sees what is."""
    fetched = await current(callback, wanted.account, gateway, courier)
    if fetched is None:
        return None
    website = next((each for each in fetched.account.websites or () if each.hash == wanted.hash), None)
    if website is None:
        await courier.acknowledge(callback, WEBSITE_GONE, as_alert=True)
        screen = websites_of()(fetched, await gateway.account_name(wanted.account), "")
        await show(callback, courier, screen)
    return website


async def _ask(callback: CallbackQuery, wanted: AskWebsite, gateway: Gateway, courier: Courier) -> None:
    if website := await _website(callback, wanted, gateway, courier):
        await show(callback, courier, await _question(gateway, wanted.account, website))


async def _question(gateway: Gateway, account: int, website: Website, *, again: bool = False) -> Screen:
    name = await gateway.account_name(account)
    return website_question(account, website, account_name=name, now=datetime.now(UTC), again=again)


async def _ask_all(
    callback: CallbackQuery, account: int, gateway: Gateway, courier: Courier, *, again: bool = False
) -> None:
    fetched = await current(callback, account, gateway, courier)
    if fetched is None:
        return
    name = await gateway.account_name(account)
    if not fetched.account.websites:
        await courier.acknowledge(callback, NO_WEBSITES, as_alert=True)
        await show(callback, courier, websites_of()(fetched, name, ""))
        return
    listed = fetched.account.websites
    screen = websites_question(account, listed, account_name=name, now=datetime.now(UTC), again=again)
    await show(callback, courier, screen)
