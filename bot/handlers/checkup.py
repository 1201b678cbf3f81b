"""The checkup: how an account's safety stands, and what can be done about it in one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through
from bot.handlers.fetching import fetched
from bot.handlers.looking import show
from bot.handlers.pressing import press_on
from bot.handlers.scoping import among_others, send_each
from bot.press import Press
from bot.views.buttons.checkup import CallOff, Review, ShowCheckup
from bot.views.checkup import checkup_page, nothing_known
from bot.views.point import review
from bot.views.screen import Screen
from core.contract.commands import DeclineReset
from core.contract.replies import CheckupFetched
from core.domain.checkup import advice
from core.domain.points import Point

#: Of what is known of an account, by its name; the last word is why it could not be fetched anew, "" if it was.
Page = Callable[[CheckupFetched, str, str], Screen]


def router() -> Router:
    """Handlers of /checkup and of the buttons below it."""
    checkup = Router(name="checkup")

    @checkup.message(Command("checkup", ignore_case=True))
    async def ask(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_pages(message, gateway, courier, checkup_of)

    @checkup.callback_query(ShowCheckup.filter())
    async def show_checkup(
        callback: CallbackQuery, callback_data: ShowCheckup, gateway: Gateway, courier: Courier
    ) -> None:
        await show_page(callback, callback_data.account, gateway, courier, checkup_of)

    @checkup.callback_query(Review.filter())
    async def look_through(callback: CallbackQuery, callback_data: Review, gateway: Gateway, courier: Courier) -> None:
        account, topic = callback_data.account, callback_data.topic

        def reviewed(known: CheckupFetched, name: str, why: str) -> Screen:
            now = datetime.now(UTC)
            found = [session for point in _points(known, now=now) if point.topic is topic for session in point.sessions]
            labels = known.labels.by_hash()
            return review(account, topic, found, account_name=name, now=now, why=why, labels=labels)

        await show_page(callback, account, gateway, courier, reviewed)

    @checkup.callback_query(CallOff.filter())
    async def call_off(
        callback: CallbackQuery, callback_data: CallOff, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = press_on(callback, DeclineReset(), account=callback_data.account)
        await do(callback, gateway, courier, gate, press, then=checkup_of)

    return checkup


def checkup_of(known: CheckupFetched, account_name: str, why: str) -> Screen:
    """The checkup's own page."""
    now = datetime.now(UTC)
    return checkup_page(
        known.roster.account,
        _points(known, now=now),
        account_name=account_name,
        taken_at=known.account.taken_at,
        listed_at=known.roster.taken_at,
        now=now,
        why=why,
        labels=known.labels.by_hash(),
    )


def _points(known: CheckupFetched, *, now: datetime) -> tuple[Point, ...]:
    return advice(known.account, known.roster, known.standings, known.preferences, now=now)


async def send_pages(message: Message, gateway: Gateway, courier: Courier, render: Page) -> None:
    """That page of each account, in a message of its own."""
    owner = message.chat.id
    await send_each(owner, gateway, courier, lambda account: _page(gateway, account, render, owner=owner))


async def show_page(callback: CallbackQuery, account: int, gateway: Gateway, courier: Courier, render: Page) -> None:
    """That page of one account, in the place of what was pressed."""
    await show(callback, courier, await _page_alone(gateway, account, render, owner=callback.from_user.id))


async def show_fetched(
    callback: CallbackQuery, known: CheckupFetched, gateway: Gateway, courier: Courier, render: Page
) -> None:
    """That page of what was fetched just now, in the place of what was pressed."""
    account = known.roster.account
    screen = render(known, await gateway.account_name(account), "")
    await show(callback, courier, await among_others(gateway, account, screen, owner=callback.from_user.id))


async def _page(gateway: Gateway, account: int, render: Page, *, owner: int) -> Screen:
    """Of what is fetched now; where it can't be, of what is known from before, told as that."""
    came = await fetch(gateway, account, owner=owner)
    name = await gateway.account_name(account)
    if not isinstance(came, str):
        return render(came, name, "")
    known = await _last_known(gateway, account)
    return render(known, name, came) if known else nothing_known(name, why=came)


async def _page_alone(gateway: Gateway, account: int, render: Page, *, owner: int) -> Screen:
    screen = await _page(gateway, account, render, owner=owner)
    return await among_others(gateway, account, screen, owner=owner)


async def fetch(gateway: Gateway, account: int, *, owner: int, briefly: bool = False) -> CheckupFetched | str:
    """All that the account's safety hangs on, fetched now; or in words why not, briefly enough for a passing notice."""
    return await fetched(
        gateway, account, lambda: gateway.checkup(account, owner=owner), CheckupFetched, briefly=briefly
    )


async def _last_known(gateway: Gateway, account: int) -> CheckupFetched | None:
    snapshot = await gateway.snapshot(account)
    if snapshot is None or snapshot.account_state is None:
        return None
    return CheckupFetched(
        roster=snapshot.roster,
        account=snapshot.account_state,
        standings=snapshot.standings,
        preferences=snapshot.preferences,
        labels=snapshot.labels,
    )


async def do(
    callback: CallbackQuery, gateway: Gateway, courier: Courier, gate: Gate, press: Press, *, then: Page
) -> None:
    """Have it done, and show the page as it is thereafter: the question on it was answered, whatever came of it."""
    await pass_through(gate, callback, courier, press)
    await courier.edit(
        press.owner, press.message_id, await _page_alone(gateway, press.account, then, owner=press.owner)
    )
