"""The keyboards that more than one view needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.buttons.alerts import GiveFormerLabel, RemindMe, WasMe
from bot.views.buttons.basics import button, keyboard, minutes_of
from bot.views.buttons.ending import AskEnd, ConfirmEnd, DontEnd, EndLater, KeepSession
from bot.views.buttons.history import ShowStory
from bot.views.buttons.sessions import (
    Accept,
    AskName,
    JudgeTrust,
    Origin,
    ReviewNext,
    SendList,
    ShowCard,
    ShowPage,
    Switch,
    TrustReviewed,
)
from core.domain.sessions import Session


def alert_keyboard(account: int, hash_: str, *, waits: bool = True, former_label: bool = False) -> InlineKeyboardMarkup:
    """Under a new login; `waits` is whether an owner is to say whose it was, and may put that off."""
    origin = (Origin.RETURNED if former_label else Origin.ALERT) if waits else Origin.CHANGED
    remind = button("Remind me in an hour", RemindMe(account=account, hash=hash_))
    name = button("Give it that name again", GiveFormerLabel(account=account, hash=hash_))
    return keyboard(
        [
            _end(account, hash_, origin),
            button("✅ It was me", WasMe(account=account, hash=hash_)),
        ],
        [name] if former_label else [],
        [*([remind] if waits else []), list_apart(account)],
    )


def rule_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under what Doorman would have done by itself."""
    return keyboard([_end(account, hash_, Origin.RULE)], [list_apart(account)])


def _end(account: int, hash_: str, origin: Origin) -> InlineKeyboardButton:
    return button("🚫 End session", AskEnd(account=account, hash=hash_, origin=origin))


def card_keyboard(
    account: int, hash_: str, *, trusted: bool, session: Session | None = None, awaited: bool = False
) -> InlineKeyboardMarkup:
    """Under one session of the list; what it accepts can be changed where the session itself is known. `awaited` is
    whether it is to be ended as soon as Telegram allows it.
    """
    origin = Origin.TRUSTED_CARD if trusted else Origin.CARD
    judge = button(
        "Trust no more" if trusted else "🛡 Trust", JudgeTrust(account=account, hash=hash_, trusted=not trusted)
    )
    return keyboard(
        [_end(account, hash_, origin), judge],
        [_name(account, hash_, origin), button("History", ShowStory(account=account, hash=hash_))],
        _accepting(account, session, origin) if session else [],
        [_dont_end(account, hash_, origin)] if awaited else [],
        [button("🔄 Refresh", ShowCard(account=account, hash=hash_)), list_here(account)],
    )


def offer_keyboard(account: int, hash_: str, *, now: datetime) -> InlineKeyboardMarkup:
    """Under the offer to end it as soon as Telegram allows it."""
    later = EndLater(account=account, hash=hash_, asked=minutes_of(now))
    return keyboard([button("⏳ End it as soon as allowed", later)], [list_apart(account)])


def awaited_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under the word that it is to be ended."""
    return keyboard([_dont_end(account, hash_, Origin.LIST)], [list_apart(account)])


def _dont_end(account: int, hash_: str, origin: Origin) -> InlineKeyboardButton:
    """The way back from that."""
    return button("Don't end it", DontEnd(account=account, hash=hash_, origin=origin))


def _name(account: int, hash_: str, origin: Origin) -> InlineKeyboardButton:
    return button("🏷 Name", AskName(account=account, hash=hash_, origin=origin))


def _accepting(account: int, session: Session, origin: Origin) -> list[InlineKeyboardButton]:
    """Each tells what is so, and is pressed for the contrary."""
    if session.password_pending:
        return []
    calls, chats = not session.calls_disabled, not session.secret_chats_disabled
    about = {"account": account, "hash": session.hash, "origin": origin}
    return [
        button(f"Calls: {_switch(calls)}", Accept(**about, switch=Switch.CALLS, is_on=not calls)),
        button(f"Secret chats: {_switch(chats)}", Accept(**about, switch=Switch.CHATS, is_on=not chats)),
    ]


def _switch(is_on: bool) -> str:
    return "on" if is_on else "off"


def review_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under a session that is looked at in its turn."""
    return keyboard(
        [
            button("🛡 Trust", TrustReviewed(account=account, hash=hash_)),
            _name(account, hash_, Origin.REVIEW),
        ],
        [
            _end(account, hash_, Origin.REVIEW),
            button("Skip ▶", ReviewNext(account=account, after=hash_)),
        ],
        [list_here(account)],
    )


def reviewed_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under one of which nothing is left to decide."""
    return keyboard([button("Next ▶", ReviewNext(account=account, after=hash_))], [list_here(account)])


def confirm_keyboard(account: int, hash_: str, origin: Origin, *, now: datetime) -> InlineKeyboardMarkup:
    """After the first press on End."""
    asked = minutes_of(now)
    return keyboard(
        [button("Yes, end this session", ConfirmEnd(account=account, hash=hash_, origin=origin, asked=asked))],
        [button("No, keep it", KeepSession(account=account, hash=hash_, origin=origin))],
    )


def original_keyboard(
    account: int, hash_: str, origin: Origin, *, session: Session | None = None
) -> InlineKeyboardMarkup:
    """The keyboard as it was before the first press on End; `session` is how it was last seen, if it was."""
    match origin:
        case Origin.ALERT | Origin.RETURNED | Origin.CHANGED:
            former_label = origin is Origin.RETURNED
            return alert_keyboard(account, hash_, waits=origin is not Origin.CHANGED, former_label=former_label)
        case Origin.RULE:
            return rule_keyboard(account, hash_)
        case Origin.CARD | Origin.TRUSTED_CARD:
            return card_keyboard(account, hash_, trusted=origin is Origin.TRUSTED_CARD, session=session)
        case Origin.REVIEW:
            return review_keyboard(account, hash_)
        case Origin.LIST | Origin.NEWS:
            return settled_keyboard(account)


def settled_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under news, and where nothing is left to decide: what is said there stays."""
    return keyboard([list_apart(account)])


def left_keyboard(account: int, beside: Iterable[tuple[str, str]]) -> InlineKeyboardMarkup:
    """The same, below what is left to decide: other buttons of that message, by their texts and their data."""
    left = [[InlineKeyboardButton(text=text, callback_data=data)] for text, data in beside]
    return keyboard(*left, [list_apart(account)])


def back_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under what was come to from the list, and is of no use once it was read."""
    return keyboard([list_here(account)])


def list_apart(account: int) -> InlineKeyboardButton:
    """The way to the list, which leaves this message as it is."""
    return button("All sessions", SendList(account=account))


def list_here(account: int) -> InlineKeyboardButton:
    """The way to the list, in this message's place."""
    return button("All sessions", ShowPage(account=account, page=0))
