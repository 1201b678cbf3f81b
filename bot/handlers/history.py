"""What happened: the account's history in pages, and the story of one session."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.looking import show
from bot.views.buttons.history import ShowHistory, ShowStory
from bot.views.history import history_page, names_of
from bot.views.screen import Screen
from bot.views.status import no_account
from bot.views.story import story_page


def router() -> Router:
    """Handlers of /history, and of the buttons that turn its pages or lead to a session's story."""
    history = Router(name="history")

    @history.message(Command("history", ignore_case=True))
    async def whole(message: Message, gateway: Gateway, courier: Courier) -> None:
        accounts = await gateway.accounts_of(message.chat.id)
        for account in accounts:
            wanted = ShowHistory(account=account)
            await courier.send(message.chat.id, await _page(gateway, wanted, owner=message.chat.id))
        if not accounts:
            await courier.send(message.chat.id, no_account())

    @history.callback_query(ShowHistory.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowHistory, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await _page(gateway, callback_data, owner=callback.from_user.id))

    @history.callback_query(ShowStory.filter())
    async def story(callback: CallbackQuery, callback_data: ShowStory, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await _story(gateway, callback_data, owner=callback.from_user.id))

    return history


async def _page(gateway: Gateway, wanted: ShowHistory, *, owner: int) -> Screen:
    entries = await gateway.history(wanted.account)
    snapshot = await gateway.snapshot(wanted.account)
    return history_page(
        entries,
        wanted,
        account_name=await gateway.account_name(wanted.account),
        labels=names_of(snapshot.labels) if snapshot else {},
        viewer=owner,
        now=datetime.now(UTC),
    )


async def _story(gateway: Gateway, wanted: ShowStory, *, owner: int) -> Screen:
    entries = await gateway.history(wanted.account)
    snapshot = await gateway.snapshot(wanted.account)
    labels = names_of(snapshot.labels) if snapshot else {}
    return story_page(
        entries,
        wanted,
        account_name=await gateway.account_name(wanted.account),
        label=labels.get(wanted.hash, ""),
        is_listed=snapshot is not None and any(s.hash == wanted.hash for s in snapshot.roster.sessions),
        viewer=owner,
    )
