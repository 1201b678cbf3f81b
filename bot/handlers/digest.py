"""The digest of the last seven days, when an owner asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.scoping import send_each
from bot.views.digest import digest_screen, digest_unknown
from bot.views.history import names_of
from bot.views.screen import Screen
from bot.views.status import why_unwatched
from core.contract.state import name_of
from core.domain.digest import digest_of

WEEK = timedelta(days=7)


def router() -> Router:
    """The handler of /digest."""
    digest = Router(name="digest")

    @digest.message(Command("digest", ignore_case=True))
    async def tell(message: Message, gateway: Gateway, courier: Courier) -> None:
        owner = message.chat.id
        await send_each(owner, gateway, courier, lambda account: _page(gateway, account, owner=owner))

    return digest


async def _page(gateway: Gateway, account: int, *, owner: int) -> Screen:
    pulse, snapshot = await gateway.pulse(account), await gateway.snapshot(account)
    name, note = name_of(account, pulse), why_unwatched(pulse)
    if snapshot is None:
        return digest_unknown(account_name=name)
    now, entries = datetime.now(UTC), await gateway.history(account)
    week = digest_of(entries, snapshot.roster, snapshot.standings, since=now - WEEK, now=now)
    labels = names_of(snapshot.labels)
    return digest_screen(account, week, account_name=name, viewer=owner, labels=labels, note=note)
