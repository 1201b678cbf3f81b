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
from bot.handlers.ending import message_of, pass_through
from bot.handlers.looking import show, with_others_named
from bot.press import Press
from bot.views.answers import NO_REPLY_TO_LOOK, not_carried
from bot.views.buttons.checkup import CallOff, Review, ShowCheckup
from bot.views.buttons.sessions import Origin
from bot.views.checkup import checkup_page, nothing_known, review
from bot.views.screen import Screen
from bot.views.status import no_account, why_unwatched
from core.bus import NoReplyError
from core.contract.commands import Command as Asked
from core.contract.commands import DeclineReset
from core.contract.replies import CheckupFetched, NotCarried
from core.domain.checkup import advice
from core.domain.points import Point

#: Of what is known of an account, by its name; the last word is why it could not be fetched anew, "" if it was.
Page = Callable[[CheckupFetched, str, str], Screen]


def router() -> Router:
    """Handlers of /checkup and of the buttons below it."""
    checkup = Router(name="checkup")

    @checkup.message(Command("checkup", ignore_case=True))
    async def ask(message: Message, gateway: Gateway, courier: Courier) -> None:
        await send_each(message, gateway, courier, checkup_of)

    @checkup.callback_query(ShowCheckup.filter())
    async def show_checkup(
        callback: CallbackQuery, callback_data: ShowCheckup, gateway: Gateway, courier: Courier
    ) -> None:
        screen = await page(gateway, callback_data.account, checkup_of, owner=callback.from_user.id)
        await show(callback, courier, screen)

    @checkup.callback_query(Review.filter())
    async def look_through(callback: CallbackQuery, callback_data: Review, gateway: Gateway, courier: Courier) -> None:
        account, topic = callback_data.account, callback_data.topic

        def reviewed(known: CheckupFetched, name: str, why: str) -> Screen:
            now = datetime.now(UTC)
            found = [session for point in _points(known, now=now) if point.topic is topic for session in point.sessions]
            return review(account, topic, found, account_name=name, now=now, why=why)

        await show(callback, courier, await page(gateway, account, reviewed, owner=callback.from_user.id))

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
    account, taken_at = known.roster.account, known.account.taken_at
    points = _points(known, now=now)
    return checkup_page(account, points, account_name=account_name, taken_at=taken_at, now=now, why=why)


def _points(known: CheckupFetched, *, now: datetime) -> tuple[Point, ...]:
    return advice(known.account, known.roster, known.standings, known.preferences, now=now)


async def send_each(message: Message, gateway: Gateway, courier: Courier, render: Page) -> None:
    """A page for each account, in a message of its own."""
    accounts = await gateway.accounts_of(message.chat.id)
    for account in accounts:
        screen = await page(gateway, account, render, owner=message.chat.id)
        await courier.send(message.chat.id, await with_others_named(gateway, account, screen, message.chat.id))
    if not accounts:
        await courier.send(message.chat.id, no_account())


async def page(gateway: Gateway, account: int, render: Page, *, owner: int) -> Screen:
    """Of what is fetched now; where it can't be, of what is known from before, told as that."""
    fetched = await fetch(gateway, account, owner=owner)
    name = await gateway.account_name(account)
    if not isinstance(fetched, str):
        return render(fetched, name, "")
    known = await _last_known(gateway, account)
    return render(known, name, fetched) if known else nothing_known(name, why=fetched)


async def fetch(gateway: Gateway, account: int, *, owner: int, briefly: bool = False) -> CheckupFetched | str:
    """All that the account's safety hangs on, fetched now; or in words why not, briefly enough for a passing notice."""
    if why := why_unwatched(await gateway.pulse(account), briefly=briefly):
        return why
    try:
        reply = await gateway.checkup(account, owner=owner)
    except NoReplyError:
        return NO_REPLY_TO_LOOK
    match reply:
        case CheckupFetched():
            return reply
        case NotCarried():
            return not_carried(reply, at=datetime.now(UTC), briefly=briefly)
        case _:
            raise TypeError(f"GetCheckup was answered with {type(reply).__name__}")


async def _last_known(gateway: Gateway, account: int) -> CheckupFetched | None:
    snapshot = await gateway.snapshot(account)
    if snapshot is None or snapshot.account_state is None:
        return None
    return CheckupFetched(
        roster=snapshot.roster,
        account=snapshot.account_state,
        standings=snapshot.standings,
        preferences=snapshot.preferences,
    )


def press_on(callback: CallbackQuery, command: Asked, *, account: int, name: str = "") -> Press:
    """A press for the whole account, or for what it calls by a name of its own."""
    return Press.of(
        command,
        account=account,
        owner=callback.from_user.id,
        message_id=message_of(callback),
        origin=Origin.LIST,
        name=name,
    )


async def do(
    callback: CallbackQuery, gateway: Gateway, courier: Courier, gate: Gate, press: Press, *, then: Page
) -> None:
    """Have it done, and show the page as it is thereafter: the question on it was answered, whatever came of it."""
    await pass_through(gate, callback, courier, press)
    screen = await page(gateway, press.account, then, owner=press.owner)
    await courier.edit(press.owner, press.message_id, screen)
