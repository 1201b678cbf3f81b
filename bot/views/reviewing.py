"""Looking through all sessions that nobody trusts, one by one: each is trusted, named, ended or left for later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.keyboards import list_here
from bot.views.buttons.sessions import ReviewNext
from bot.views.card import card
from bot.views.screen import Screen
from core.domain.sessions import AUTOCONFIRM_SECONDS, Roster, Session


def review_card(
    account: int,
    session: Session,
    *,
    more: int,
    viewer: int,
    now: datetime,
    label: str = "",
    ttl_days: int | None = None,
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS,
) -> Screen:
    """The session whose turn it is; `more` come after it."""
    shown = card(
        account,
        session,
        trust=None,
        viewer=viewer,
        now=now,
        label=label,
        ttl_days=ttl_days,
        autoconfirm_seconds=autoconfirm_seconds,
        in_review=True,
    )
    left = f"{more} more after this one" if more else "the last one"
    return replace(shown, text=Text(Bold("Is this one yours?"), f" ({left})\n\n", shown.text))


def review_over(account: int, *, untrusted: int) -> Screen:
    """There is no further one; `untrusted` are still not trusted, named ones among them."""
    if untrusted:
        those = "1 session is" if untrusted == 1 else f"{untrusted} sessions are"
        left = f"{those} not trusted. Whatever you don't know, end."
        again = [button("Review again", ReviewNext(account=account))]
    else:
        left, again = "Every session is trusted.", []
    return Screen(text=Text(Bold("The review is over."), f" {left}"), keyboard=keyboard(again, [list_here(account)]))


def to_review(roster: Roster, trusted: frozenset[str]) -> list[Session]:
    """Those that nobody trusts, in an order that stays the same whatever is used, ended or trusted meanwhile."""
    untrusted = (s for s in roster.sessions if not s.current and s.hash not in trusted)
    return sorted(untrusted, key=lambda session: int(session.hash))
