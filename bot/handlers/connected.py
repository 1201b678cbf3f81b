"""What is connected to an account and can be cut off, a bot or a website: asked about, and cut in a second press."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from aiogram.types import CallbackQuery

from bot.asked import is_stale
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.checkup import Page, do, show_fetched
from bot.handlers.looking import show
from bot.handlers.pressing import press_on
from bot.handlers.questions import current
from bot.views.screen import Screen
from core.contract.commands import Command
from core.domain.account_state import AccountState, BusinessBot, Website

T = TypeVar("T", BusinessBot, Website)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T]):
    """One kind of it: by its `key` a button calls one; `question` is whether to cut it, `gone` that it is no more."""

    listed: Callable[[AccountState], tuple[T, ...] | None]
    key: Callable[[T], object]
    name: Callable[[T], str]
    cut: Callable[[T], Command]
    page: Page
    question: Callable[..., Screen]
    gone: str

    def find(self, state: AccountState | None, key: object) -> T | None:
        """The one of that key, as far as is known."""
        listed = self.listed(state) if state else None
        return next((each for each in listed or () if self.key(each) == key), None)


async def ask(
    kind: Kind[T], callback: CallbackQuery, gateway: Gateway, courier: Courier, *, account: int, key: object
) -> None:
    """Put the question whether to cut it."""
    if found := await _listed(kind, callback, gateway, courier, account=account, key=key):
        await _question(kind, found, callback, gateway, courier, account=account)


async def cut(
    kind: Kind[T],
    callback: CallbackQuery,
    gateway: Gateway,
    courier: Courier,
    gate: Gate,
    *,
    account: int,
    key: object,
    asked: int,
) -> None:
    """Have it cut; what was `asked` too long ago is asked again."""
    found = await _listed(kind, callback, gateway, courier, account=account, key=key)
    if found is None:
        return
    if is_stale(asked, now=datetime.now(UTC)):
        await _question(kind, found, callback, gateway, courier, account=account, again=True)
        return
    press = press_on(callback, kind.cut(found), account=account, name=kind.name(found))
    await do(callback, gateway, courier, gate, press, then=kind.page)


async def name_of(kind: Kind[T], gateway: Gateway, *, account: int, key: object) -> str:
    """What it was last known to be called; "" where it is not known."""
    known = await gateway.snapshot(account)
    found = kind.find(known.account_state, key) if known else None
    return kind.name(found) if found else ""


async def _listed(
    kind: Kind[T], callback: CallbackQuery, gateway: Gateway, courier: Courier, *, account: int, key: object
) -> T | None:
    """As it is now; of one that is no more, the owner hears, and sees what is."""
    fetched = await current(callback, account, gateway, courier)
    if fetched is None:
        return None
    found = kind.find(fetched.account, key)
    if found is None:
        await courier.acknowledge(callback, kind.gone, as_alert=True)
        await show_fetched(callback, fetched, gateway, courier, kind.page)
    return found


async def _question(
    kind: Kind[T],
    found: T,
    callback: CallbackQuery,
    gateway: Gateway,
    courier: Courier,
    *,
    account: int,
    again: bool = False,
) -> None:
    name, now = await gateway.account_name(account), datetime.now(UTC)
    await show(callback, courier, kind.question(account, found, account_name=name, now=now, again=again))
