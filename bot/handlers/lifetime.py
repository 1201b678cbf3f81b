"""When unused sessions end: looked at, and set in one press, or in two where that ends some of them at once."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through
from bot.handlers.looking import fetch, show, trusted_in
from bot.handlers.pressing import press_for, press_on
from bot.handlers.scoping import among_others, scope_of, send_each
from bot.handlers.typed import carry_typed
from bot.views.answers import STALE
from bot.views.buttons.lifetime import AskLifetime, ConfirmLifetime, ShowLifetime
from bot.views.lifetime import BAD_DAYS, ending_at_once, lifetime_page, shorter_question
from bot.views.screen import Screen
from core.contract.commands import SetTtl
from core.domain.sessions import TTL_DAYS


def router() -> Router:
    """Handlers of /ttl and of the buttons below its answer."""
    lifetime = Router(name="lifetime")

    @lifetime.message(Command("ttl", ignore_case=True))
    async def ttl(message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        owner, typed = message.chat.id, (command.args or "").strip()
        days = _days(typed)
        if typed and days is None:
            await courier.send(owner, Screen(text=Text(BAD_DAYS)))
            return
        if days is None:
            await send_each(owner, gateway, courier, lambda account: _page(gateway, account, owner=owner))
            return
        accounts = (await scope_of(owner, gateway, courier)).accounts
        for account in accounts:
            # Of several accounts, the owner says which by the button.
            if screen := await _question(gateway, account, days, owner=owner, always=len(accounts) > 1):
                await courier.send(owner, screen)
            else:
                await carry_typed(gate, courier, press_for(SetTtl(days=days), account=account, owner=owner))

    lifetime.include_router(_buttons())
    return lifetime


def _buttons() -> Router:
    below = Router(name="lifetime's buttons")

    @below.callback_query(ShowLifetime.filter())
    async def show_again(
        callback: CallbackQuery, callback_data: ShowLifetime, gateway: Gateway, courier: Courier
    ) -> None:
        await show(callback, courier, await _page_alone(gateway, callback_data.account, owner=callback.from_user.id))

    @below.callback_query(AskLifetime.filter())
    async def ask(
        callback: CallbackQuery, callback_data: AskLifetime, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account, days, owner = callback_data.account, callback_data.days, callback.from_user.id
        if days not in TTL_DAYS:
            await courier.acknowledge(callback, STALE, as_alert=True)
        elif screen := await _question(gateway, account, days, owner=owner):
            await show(callback, courier, screen)
        else:
            await pass_through(gate, callback, courier, press_on(callback, SetTtl(days=days), account=account))

    @below.callback_query(ConfirmLifetime.filter())
    async def confirm(
        callback: CallbackQuery, callback_data: ConfirmLifetime, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account, days, owner = callback_data.account, callback_data.days, callback.from_user.id
        # A question that was left open for long is no decision, and by now more may end at once.
        if days not in TTL_DAYS or is_stale(callback_data.asked, now=datetime.now(UTC)):
            await show(callback, courier, await _page_alone(gateway, account, owner=owner))
            return
        await pass_through(gate, callback, courier, press_on(callback, SetTtl(days=days), account=account))

    return below


async def _page_alone(gateway: Gateway, account: int, *, owner: int) -> Screen:
    return await among_others(gateway, account, await _page(gateway, account, owner=owner), owner=owner)


async def _page(gateway: Gateway, account: int, *, owner: int) -> Screen:
    fetched = await fetch(gateway, account, owner=owner)
    if isinstance(fetched, str):
        return Screen(text=Text(fetched))
    return lifetime_page(
        fetched.roster,
        account_name=await gateway.account_name(account),
        now=datetime.now(UTC),
        trusted=trusted_in(fetched),
        labels=fetched.labels.by_hash(),
    )


async def _question(gateway: Gateway, account: int, days: int, *, owner: int, always: bool = False) -> Screen | None:
    """What that would end at once; None where it is nothing, and need not be asked `always`."""
    fetched = await fetch(gateway, account, owner=owner)
    if isinstance(fetched, str):
        return Screen(text=Text(fetched))
    now = datetime.now(UTC)
    if not always and not ending_at_once(fetched.roster, days, now=now):
        return None
    return shorter_question(
        fetched.roster,
        days,
        account_name=await gateway.account_name(account),
        now=now,
        trusted=trusted_in(fetched),
        labels=fetched.labels.by_hash(),
    )


def _days(typed: str) -> int | None:
    """None for what is no number of days that Telegram takes."""
    return next((days for days in TTL_DAYS if typed == str(days)), None)
