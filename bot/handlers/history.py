"""What happened: the account's history in pages, and the story of one session."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.looking import show
from bot.handlers.scoping import among_others, send_each
from bot.views.buttons.history import ShowHistory, ShowStory
from bot.views.history import history_page, names_of
from bot.views.screen import Screen
from bot.views.story import story_page


def router() -> Router:
    """Handlers of /history, and of the buttons that turn its pages or lead to a session's story."""
    history = Router(name="history")

    @history.message(Command("history", ignore_case=True))
    async def whole(message: Message, gateway: Gateway, courier: Courier) -> None:
        owner = message.chat.id
        await send_each(
            owner, gateway, courier, lambda account: _page(gateway, ShowHistory(account=account), owner=owner)
        )

    @history.callback_query(ShowHistory.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowHistory, gateway: Gateway, courier: Courier) -> None:
        owner = callback.from_user.id
        screen = await _page(gateway, callback_data, owner=owner)
        await show(callback, courier, await among_others(gateway, callback_data.account, screen, owner=owner))

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
