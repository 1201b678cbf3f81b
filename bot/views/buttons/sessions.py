"""The data of the buttons on a session, on the list of them, and on their review."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from aiogram.filters.callback_data import CallbackData

from bot.views.buttons.basics import Account, Hash


class Origin(StrEnum):
    """The kind of message a button is on, so that the keyboard can be put back."""

    ALERT = "a"
    RETURNED = "b"  # a new login of a device that had a name before
    CHANGED = "h"  # news of a session that nobody need answer for
    RULE = "d"
    NEWS = "n"  # of the whole account
    CARD = "c"
    TRUSTED_CARD = "t"
    LIST = "l"
    REVIEW = "r"


#: What tells of one session unasked: once that is settled, it stays as news.
ALERTS = frozenset({Origin.ALERT, Origin.RETURNED, Origin.CHANGED, Origin.RULE})


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


class JudgeTrust(CallbackData, prefix="t"):
    """The session is the owner's and is to stay; or is trusted no more."""

    account: Account
    hash: Hash
    trusted: bool


class AskName(CallbackData, prefix="n"):
    """Ask what the session is to be called."""

    account: Account
    hash: Hash
    origin: Origin


class Switch(StrEnum):
    """What a session accepts or not."""

    CALLS = "c"
    CHATS = "s"


class Accept(CallbackData, prefix="ca"):
    """Have the session accept calls, or secret chats, or not; the other stays as it is by then."""

    account: Account
    hash: Hash
    origin: Origin
    switch: Switch
    is_on: bool


class ReviewNext(CallbackData, prefix="rn"):
    """Show the next session that nobody trusts: by their hashes, which stay as they are whatever ends meanwhile."""

    account: Account
    after: Literal[""] | Hash = ""


class TrustReviewed(CallbackData, prefix="rt"):
    """The session under review is the owner's and is to stay."""

    account: Account
    hash: Hash
