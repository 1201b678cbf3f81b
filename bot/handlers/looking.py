"""Looking at sessions: the list in pages, and the card of one."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.views.accounts import only
from bot.views.answers import NO_REPLY_TO_LOOK, STALE, not_carried
from bot.views.buttons.sessions import SendList, ShowCard, ShowPage
from bot.views.card import card, card_gone
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS, sessions_page, sessions_unavailable
from bot.views.status import no_account, why_unwatched
from core.bus import NoReplyError
from core.contract.replies import NotCarried, RosterFetched
from core.contract.state import Pulse, Snapshot, name_of


def router() -> Router:
    """Handlers of /sessions and of the buttons below it."""
    looking = Router(name="looking")

    @looking.message(Command("sessions", ignore_case=True))
    async def sessions(message: Message, gateway: Gateway, courier: Courier) -> None:
        accounts = await gateway.accounts_of(message.chat.id)
        for account in accounts:
            screen = await _page(gateway, account, 0, owner=message.chat.id)
            await courier.send(message.chat.id, await with_others_named(gateway, account, screen, message.chat.id))
        if not accounts:
            await courier.send(message.chat.id, no_account())

    @looking.callback_query(ShowPage.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowPage, gateway: Gateway, courier: Courier) -> None:
        screen = await _page(gateway, callback_data.account, callback_data.page, owner=callback.from_user.id)
        await show(callback, courier, screen)

    @looking.callback_query(SendList.filter())
    async def send_list(callback: CallbackQuery, callback_data: SendList, gateway: Gateway, courier: Courier) -> None:
        owner = callback.from_user.id
        await courier.send(owner, await _page(gateway, callback_data.account, 0, owner=owner))
        await courier.acknowledge(callback)

    @looking.callback_query(ShowCard.filter())
    async def show_card(callback: CallbackQuery, callback_data: ShowCard, gateway: Gateway, courier: Courier) -> None:
        account = callback_data.account
        owner = callback.from_user.id
        fetched = await fetch(gateway, account, owner=owner, briefly=True)
        if isinstance(fetched, str):
            await courier.acknowledge(callback, fetched, as_alert=True)
            return
        session = next((s for s in fetched.roster.sessions if s.hash == callback_data.hash), None)
        if session is None:
            await show(callback, courier, card_gone(account))
            return
        screen = card(
            account,
            session,
            trust=fetched.standings.trust_in(session.hash),
            viewer=owner,
            now=datetime.now(UTC),
            label=fetched.labels.of(session.hash),
            ttl_days=fetched.roster.ttl_days,
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
    pulse = await gateway.pulse(account)
    name = name_of(account, pulse)
    fetched = await _fetch(gateway, account, pulse, owner=owner)
    now = datetime.now(UTC)
    if isinstance(fetched, str):
        last = await gateway.snapshot(account)
        return sessions_unavailable(
            last.roster if last else None,
            account_name=name,
            why=fetched,
            now=now,
            trusted=trusted_in(last) if last else frozenset(),
            labels=last.labels.by_hash() if last else NO_LABELS,
            viewer=owner,
        )
    return sessions_page(
        fetched.roster,
        account_name=name,
        page=page,
        now=now,
        trusted=trusted_in(fetched),
        labels=fetched.labels.by_hash(),
        viewer=owner,
    )


async def with_others_named(gateway: Gateway, account: int, screen: Screen, owner: int) -> Screen:
    """It says so where it is the one that the owner chose, and others are not shown."""
    if not await gateway.is_one_of_several(owner):
        return screen
    return only(screen, account_name=await gateway.account_name(account))


def trusted_in(known: RosterFetched | Snapshot) -> frozenset[str]:
    """The hashes of the sessions that somebody trusts."""
    return frozenset(trust.hash for trust in known.standings.trusted)


async def fetch(gateway: Gateway, account: int, *, owner: int, briefly: bool = False) -> RosterFetched | str:
    """The roster, fetched now, and how its sessions stand; or in words why not, briefly enough for a passing notice."""
    return await _fetch(gateway, account, await gateway.pulse(account), owner=owner, briefly=briefly)


async def _fetch(
    gateway: Gateway, account: int, pulse: Pulse | None, *, owner: int, briefly: bool = False
) -> RosterFetched | str:
    if why := why_unwatched(pulse, briefly=briefly):
        return why
    try:
        reply = await gateway.roster(account, owner=owner)
    except NoReplyError:
        return NO_REPLY_TO_LOOK
    match reply:
        case RosterFetched():
            return reply
        case NotCarried():
            return not_carried(reply, at=datetime.now(UTC), briefly=briefly)
        case _:
            raise TypeError(f"GetRoster was answered with {type(reply).__name__}")


async def show(callback: CallbackQuery, courier: Courier, screen: Screen) -> None:
    """Edit the message that the button is on; send a new one where that can't be edited any more."""
    chat = callback.from_user.id
    if callback.message is None or not await courier.edit(chat, callback.message.message_id, screen):
        await courier.send(chat, screen)
    await courier.acknowledge(callback)
