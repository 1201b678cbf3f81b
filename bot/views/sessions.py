"""The list of all sessions: in sections, in Telegram's own order, in pages that fit a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons import AskEndOthers, ShowCard, ShowPage, button, keyboard
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, ago, app_of, cleaned, device_of, moment, named, place
from core.domain.sessions import Roster, Session, in_order

PER_PAGE = 8  # eight of the longest entries stay well below 4096 characters
LABEL_MOST = 28


def sessions_page(
    roster: Roster, *, account_name: str, page: int, now: datetime, trusted: frozenset[str] = frozenset()
) -> Screen:
    """One page of the list; a page beyond the end is the last. `trusted` are the hashes of those."""
    sessions = in_order(roster.sessions)
    pages = max(1, -(-len(sessions) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    start = page * PER_PAGE
    shown = list(enumerate(sessions[start : start + PER_PAGE], start=start + 1))
    text = Text(
        Bold(f"{len(sessions)} {'session' if len(sessions) == 1 else 'sessions'} of "),
        named(account_name),
        f"\nAs of {moment(roster.taken_at)}",
        *_sections(shown, trusted, now=now),
    )
    rows = [[button(_label(number, session), _card(roster, session))] for number, session in shown]
    all_others = [button("🚫 End all others", AskEndOthers(account=roster.account))] if roster.hashes() else []
    return Screen(text=text, keyboard=keyboard(*rows, _turning(roster.account, page, pages), all_others))


def sessions_unavailable(roster: Roster | None, *, account_name: str, why: str, now: datetime) -> Screen:
    """The worker can't fetch the list: say why, and show the last known one as what it is."""
    head = Text(Bold("These sessions can't be fetched now: "), named(account_name), f"\n{why}")
    if roster is None:
        return Screen(text=head)
    last = sessions_page(roster, account_name=account_name, page=0, now=now)
    return Screen(text=Text(head, "\n\nLast known:\n\n", last.text), keyboard=last.keyboard)


def _sections(shown: Iterable[tuple[int, Session]], trusted: frozenset[str], *, now: datetime) -> list[Text]:
    nodes: list[Text] = []
    section = ""
    for number, session in shown:
        if _section(session) != section:
            section = _section(session)
            nodes.append(Text("\n\n", Bold(section)))
        nodes.append(_entry(number, session, trusted=session.hash in trusted, now=now))
    return nodes


def _section(session: Session) -> str:
    if session.current:
        return "This session (Doorman's own)"
    if session.password_pending:
        return "Incomplete logins (2FA password not entered)"
    if session.unconfirmed:
        return "Unconfirmed logins"
    return "Active sessions"


def _entry(number: int, session: Session, *, trusted: bool, now: datetime) -> Text:
    return Text(
        f"\n{number}. ",
        device_of(session),
        " · ",
        app_of(session),
        "\n    ",
        place(session),
        f" · {ago(session.active_at, now=now)}",
        " · 🛡 trusted" if trusted else "",
    )


def _label(number: int, session: Session) -> str:
    name = cleaned(session.device_model, most=LABEL_MOST) or "Unknown device"
    return f"{number} · {ISOLATE}{name}{END_ISOLATE}"


def _card(roster: Roster, session: Session) -> ShowCard:
    return ShowCard(account=roster.account, hash=session.hash)


def _turning(account: int, page: int, pages: int) -> list[InlineKeyboardButton]:
    row = [button("🔄 Refresh", ShowPage(account=account, page=page))]
    if page > 0:
        row.insert(0, button(f"◀ {page}/{pages}", ShowPage(account=account, page=page - 1)))
    if page < pages - 1:
        row.append(button(f"{page + 2}/{pages} ▶", ShowPage(account=account, page=page + 1)))
    return row
