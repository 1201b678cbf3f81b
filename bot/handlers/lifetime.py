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
from bot.handlers.ending import message_of, pass_through
from bot.handlers.looking import fetch, show, trusted_in
from bot.handlers.typed import carry_typed
from bot.press import Press
from bot.views.answers import STALE
from bot.views.buttons.lifetime import AskLifetime, ConfirmLifetime, ShowLifetime
from bot.views.buttons.sessions import Origin
from bot.views.lifetime import BAD_DAYS, ending_at_once, lifetime_page, shorter_question
from bot.views.screen import Screen
from bot.views.status import no_account
from core.contract.commands import SetTtl
from core.domain.sessions import TTL_DAYS


def router() -> Router:
    """Handlers of /ttl and of the buttons below its answer."""
    lifetime = Router(name="lifetime")

    @lifetime.message(Command("ttl", ignore_case=True))
    async def ttl(message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        owner, typed = message.chat.id, (command.args or "").strip()
        accounts = await gateway.accounts_of(owner)
        days = _days(typed)
        if typed and days is None:
            await courier.send(owner, Screen(text=Text(BAD_DAYS)))
            return
        for account in accounts:
            if days is None:
                await courier.send(owner, await _page(gateway, account, owner=owner))
            # Of several accounts, the owner says which by the button.
            elif screen := await _question(gateway, account, days, owner=owner, always=len(accounts) > 1):
                await courier.send(owner, screen)
            else:
                await carry_typed(gate, courier, _press(account, days, owner=owner))
        if not accounts:
            await courier.send(owner, no_account())

    lifetime.include_router(_buttons())
    return lifetime


def _buttons() -> Router:
    below = Router(name="lifetime's buttons")

    @below.callback_query(ShowLifetime.filter())
    async def show_again(
        callback: CallbackQuery, callback_data: ShowLifetime, gateway: Gateway, courier: Courier
    ) -> None:
        await show(callback, courier, await _page(gateway, callback_data.account, owner=callback.from_user.id))

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
            await pass_through(gate, callback, courier, _press(account, days, owner=owner, on=callback))

    @below.callback_query(ConfirmLifetime.filter())
    async def confirm(
        callback: CallbackQuery, callback_data: ConfirmLifetime, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account, days, owner = callback_data.account, callback_data.days, callback.from_user.id
        # A question that was left open for long is no decision, and by now more may end at once.
        if days not in TTL_DAYS or is_stale(callback_data.asked, now=datetime.now(UTC)):
            await show(callback, courier, await _page(gateway, account, owner=owner))
            return
        await pass_through(gate, callback, courier, _press(account, days, owner=owner, on=callback))

    return below


def _press(account: int, days: int, *, owner: int, on: CallbackQuery | None = None) -> Press:
    """Of what was typed, the outcome is sent anew."""
    return Press.of(
        SetTtl(days=days),
        account=account,
        owner=owner,
        message_id=message_of(on) if on else 0,
        origin=Origin.LIST,
    )


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
