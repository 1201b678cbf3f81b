"""The buttons' data, at most 64 bytes each, and the keyboards that more than one view needs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import AfterValidator, Field

from core.domain.sessions import check_hash

Hash = Annotated[str, AfterValidator(check_hash)]
#: Telegram's user ids have at most 52 significant bits (Bot API).
Account = Annotated[int, Field(gt=0, le=2**52)]


class Origin(StrEnum):
    """The kind of message a button is on, so that the keyboard can be put back."""

    ALERT = "a"
    CARD = "c"
    TRUSTED_CARD = "t"
    LIST = "l"


class ShowPage(CallbackData, prefix="p"):
    """Show a page of the list, freshly fetched; pages count from 0."""

    account: Account
    page: int


class SendList(CallbackData, prefix="l"):
    """Send the list in a message of its own: the one that the button is on is to stay as it is."""

    account: Account


class ShowCard(CallbackData, prefix="c"):
    """Show one session."""

    account: Account
    hash: Hash


class AskEnd(CallbackData, prefix="e"):
    """The first press on End: ask for the second."""

    account: Account
    hash: Hash
    origin: Origin


class ConfirmEnd(CallbackData, prefix="x"):
    """The second press: end it. `asked` is when the question was put, in minutes since 1970."""

    account: Account
    hash: Hash
    origin: Origin
    asked: int


class KeepSession(CallbackData, prefix="k"):
    """Not the second press: leave everything as it is."""

    account: Account
    hash: Hash
    origin: Origin


class WasMe(CallbackData, prefix="m"):
    """The new login was the owner's own."""

    account: Account
    hash: Hash


class JudgeTrust(CallbackData, prefix="t"):
    """The session is the owner's and is to stay; or is trusted no more."""

    account: Account
    hash: Hash
    trusted: bool


class AskEndOthers(CallbackData, prefix="E"):
    """End all sessions but Doorman's own: list them and ask."""

    account: Account


class ConfirmEndOthers(CallbackData, prefix="X"):
    """End those on the list of that name."""

    account: Account
    list: str


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """One inline button."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Rows of buttons."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def alert_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under a new login."""
    return keyboard(
        [
            button("🚫 End session", AskEnd(account=account, hash=hash_, origin=Origin.ALERT)),
            button("✅ It was me", WasMe(account=account, hash=hash_)),
        ],
        [list_apart(account)],
    )


def card_keyboard(account: int, hash_: str, *, trusted: bool) -> InlineKeyboardMarkup:
    """Under one session of the list."""
    origin = Origin.TRUSTED_CARD if trusted else Origin.CARD
    judge = button(
        "Trust no more" if trusted else "🛡 Trust", JudgeTrust(account=account, hash=hash_, trusted=not trusted)
    )
    return keyboard(
        [button("🚫 End session", AskEnd(account=account, hash=hash_, origin=origin)), judge],
        [button("🔄 Refresh", ShowCard(account=account, hash=hash_)), list_here(account)],
    )


def confirm_keyboard(account: int, hash_: str, origin: Origin, *, now: datetime) -> InlineKeyboardMarkup:
    """After the first press on End."""
    asked = int(now.timestamp()) // 60
    return keyboard(
        [button("Yes, end this session", ConfirmEnd(account=account, hash=hash_, origin=origin, asked=asked))],
        [button("No, keep it", KeepSession(account=account, hash=hash_, origin=origin))],
    )


def original_keyboard(account: int, hash_: str, origin: Origin) -> InlineKeyboardMarkup:
    """The keyboard as it was before the first press on End."""
    match origin:
        case Origin.ALERT:
            return alert_keyboard(account, hash_)
        case Origin.CARD | Origin.TRUSTED_CARD:
            return card_keyboard(account, hash_, trusted=origin is Origin.TRUSTED_CARD)
        case Origin.LIST:
            return settled_keyboard(account)


def settled_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under news, and where nothing is left to decide: what is said there stays."""
    return keyboard([list_apart(account)])


def back_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under what was come to from the list, and is of no use once it was read."""
    return keyboard([list_here(account)])


def list_apart(account: int) -> InlineKeyboardButton:
    """The way to the list, which leaves this message as it is."""
    return button("All sessions", SendList(account=account))


def list_here(account: int) -> InlineKeyboardButton:
    """The way to the list, in this message's place."""
    return button("All sessions", ShowPage(account=account, page=0))
