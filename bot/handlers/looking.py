"""Looking at sessions: the list in pages, and the card of one."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.fetching import fetched, or_told
from bot.handlers.scoping import among_others, send_each
from bot.views.answers import STALE
from bot.views.buttons.sessions import SendList, ShowCard, ShowPage
from bot.views.card import card, card_gone
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS, sessions_page, sessions_unavailable
from core.contract.replies import RosterFetched
from core.contract.state import Snapshot


def router() -> Router:
    """Handlers of /sessions and of the buttons below it."""
    looking = Router(name="looking")

    @looking.message(Command("sessions", ignore_case=True))
    async def sessions(message: Message, gateway: Gateway, courier: Courier) -> None:
        owner = message.chat.id
        await send_each(owner, gateway, courier, lambda account: _page(gateway, account, 0, owner=owner))

    @looking.callback_query(ShowPage.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowPage, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await _page_alone(gateway, callback_data, owner=callback.from_user.id))

    @looking.callback_query(SendList.filter())
    async def send_list(callback: CallbackQuery, callback_data: SendList, gateway: Gateway, courier: Courier) -> None:
        owner = callback.from_user.id
        await courier.send(
            owner, await _page_alone(gateway, ShowPage(account=callback_data.account, page=0), owner=owner)
        )
        await courier.acknowledge(callback)

    @looking.callback_query(ShowCard.filter())
    async def show_card(callback: CallbackQuery, callback_data: ShowCard, gateway: Gateway, courier: Courier) -> None:
        account = callback_data.account
        owner = callback.from_user.id
        known = await or_told(callback, courier, await fetch(gateway, account, owner=owner, briefly=True))
        if known is None:
            return
        session = next((s for s in known.roster.sessions if s.hash == callback_data.hash), None)
        if session is None:
            await show(callback, courier, card_gone(account))
            return
        screen = card(
            account,
            session,
            trust=known.standings.trust_in(session.hash),
            viewer=owner,
            now=datetime.now(UTC),
            label=known.labels.of(session.hash),
            ttl_days=known.roster.ttl_days,
            autoconfirm_seconds=known.roster.autoconfirm_seconds,
            wanted=known.standings.awaited(session.hash),
        )
        await show(callback, courier, screen)

    return looking


def anything_else() -> Router:
    """The answer to a button that no other router took: one of an older version, or made up."""
    rest = Router(name="any other button")

    @rest.callback_query()
    async def stale(callback: CallbackQuery, courier: Courier) -> None:
        await courier.acknowledge(callback, STALE, as_alert=True)

    return rest


async def _page(gateway: Gateway, account: int, page: int, *, owner: int) -> Screen:
    known = await fetch(gateway, account, owner=owner)
    name, now = await gateway.account_name(account), datetime.now(UTC)
    if isinstance(known, str):
        last = await gateway.snapshot(account)
        return sessions_unavailable(
            last.roster if last else None,
            account_name=name,
            why=known,
            now=now,
            trusted=trusted_in(last) if last else frozenset(),
            labels=last.labels.by_hash() if last else NO_LABELS,
            viewer=owner,
        )
    return sessions_page(
        known.roster,
        account_name=name,
        page=page,
        now=now,
        trusted=trusted_in(known),
        labels=known.labels.by_hash(),
        viewer=owner,
    )


async def _page_alone(gateway: Gateway, wanted: ShowPage, *, owner: int) -> Screen:
    screen = await _page(gateway, wanted.account, wanted.page, owner=owner)
    return await among_others(gateway, wanted.account, screen, owner=owner)


def trusted_in(known: RosterFetched | Snapshot) -> frozenset[str]:
    """The hashes of the sessions that somebody trusts."""
    return frozenset(trust.hash for trust in known.standings.trusted)


async def fetch(gateway: Gateway, account: int, *, owner: int, briefly: bool = False) -> RosterFetched | str:
    """The roster, fetched now, and how its sessions stand; or in words why not, briefly enough for a passing notice."""
    return await fetched(gateway, account, lambda: gateway.roster(account, owner=owner), RosterFetched, briefly=briefly)


async def show(callback: CallbackQuery, courier: Courier, screen: Screen) -> None:
    """Edit the message that the button is on; send a new one where that can't be edited any more."""
    chat = callback.from_user.id
    if callback.message is None or not await courier.edit(chat, callback.message.message_id, screen):
        await courier.send(chat, screen)
    await courier.acknowledge(callback)
