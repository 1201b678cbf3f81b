"""The list of all sessions: in sections, in Telegram's own order, in pages that fit a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.ending import AskEndOthers
from bot.views.buttons.sessions import ReviewNext, ShowCard, ShowPage
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, ago, app_of, cleaned, device_of, labelled, moment, named, place
from core.domain.sessions import Roster, Session, in_order

PER_PAGE = 8  # eight of the longest entries stay well below 4096 characters
LABEL_MOST = 28
NO_LABELS: Mapping[str, str] = MappingProxyType({})
#: The Devices screen of Telegram's apps [TDLib, LinkManager]; there is no https://t.me/ form of it.
DEVICES = "tg://settings/devices"


def devices_link() -> InlineKeyboardButton:
    """Opens the Devices screen of the account that the reader's app is in: for an owner who is the account itself."""
    return InlineKeyboardButton(text="Open Devices in Telegram", url=DEVICES)


def sessions_page(
    roster: Roster,
    *,
    account_name: str,
    page: int,
    now: datetime,
    trusted: frozenset[str] = frozenset(),
    labels: Mapping[str, str] = NO_LABELS,
    viewer: int | None = None,
) -> Screen:
    """One page of the list; a page beyond the end is the last.

    `trusted` are the hashes of those, `labels` the owner's own names by hash. `viewer` is whoever reads it: to the
    account itself, a button opens Telegram's own screen. Where an owner has neither trusted nor named some session,
    all that nobody trusts can be looked through in turn.
    """
    sessions = in_order(roster.sessions)
    pages = max(1, -(-len(sessions) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    start = page * PER_PAGE
    shown = list(enumerate(sessions[start : start + PER_PAGE], start=start + 1))
    text = Text(
        Bold(f"{len(sessions)} {'session' if len(sessions) == 1 else 'sessions'} of "),
        named(account_name),
        f"\nAs of {moment(roster.taken_at)}",
        f"\n{_limit(roster.ttl_days)}" if roster.ttl_days > 0 else "",
        *_sections(shown, trusted, labels, now=now),
    )
    rows = [[button(_button_text(number, session, labels), _card(roster, session))] for number, session in shown]
    all_others = [button("🚫 End all others", AskEndOthers(account=roster.account))] if roster.hashes() else []
    link = [devices_link()] if viewer == roster.account else []
    is_known = trusted.union(hash_ for hash_, label in labels.items() if cleaned(label))
    unknown = roster.hashes() - is_known
    review = [button("Review one by one", ReviewNext(account=roster.account))] if unknown else []
    return Screen(text=text, keyboard=keyboard(*rows, _turning(roster.account, page, pages), review, all_others, link))


def sessions_unavailable(
    roster: Roster | None,
    *,
    account_name: str,
    why: str,
    now: datetime,
    trusted: frozenset[str] = frozenset(),
    labels: Mapping[str, str] = NO_LABELS,
    viewer: int | None = None,
) -> Screen:
    """The worker can't fetch the list: say why, and show the last known one as what it is."""
    head = Text(Bold("These sessions can't be fetched now: "), named(account_name), f"\n{why}")
    if roster is None:
        return Screen(text=head)
    last = sessions_page(
        roster, account_name=account_name, page=0, now=now, trusted=trusted, labels=labels, viewer=viewer
    )
    return Screen(text=Text(head, "\n\nLast known:\n\n", last.text), keyboard=last.keyboard)


def _limit(days: int) -> str:
    return f"Unused for {days} {'day' if days == 1 else 'days'}, a session ends by itself"


def _sections(
    shown: Iterable[tuple[int, Session]], trusted: frozenset[str], labels: Mapping[str, str], *, now: datetime
) -> list[Text]:
    nodes: list[Text] = []
    section = ""
    for number, session in shown:
        title, remark = _section(session)
        if title != section:
            section = title
            nodes.append(Text("\n\n", Bold(title), f"\n{remark}" if remark else ""))
        label = labels.get(session.hash, "")
        nodes.append(_entry(number, session, label=label, trusted=session.hash in trusted, now=now))
    return nodes


def _section(session: Session) -> tuple[str, str]:
    """Its title, and what to know of those in it."""
    if session.current:
        return "This session (Doorman's own)", ""
    if session.password_pending:
        return "Incomplete login attempts", "Code entered, 2FA password not: no access to messages yet"
    if session.unconfirmed:
        return "Unconfirmed logins", "Telegram waits for your word on these"
    return "Active sessions", ""


def _entry(number: int, session: Session, *, label: str, trusted: bool, now: datetime) -> Text:
    return Text(
        f"\n{number}. {icon_of(session)} ",
        Text(labelled(label), " · ") if cleaned(label) else "",
        device_of(session),
        " · ",
        app_of(session),
        "\n    ",
        place(session),
        f" · {ago(session.active_at, now=now)}",
        " · 🛡 trusted" if trusted else "",
    )


def _button_text(number: int, session: Session, labels: Mapping[str, str]) -> str:
    label = cleaned(labels.get(session.hash, ""), most=LABEL_MOST)
    name = label or cleaned(session.device_model, most=LABEL_MOST) or "Unknown device"
    return f"{number} · {'🏷 ' if label else ''}{ISOLATE}{name}{END_ISOLATE}"


def _card(roster: Roster, session: Session) -> ShowCard:
    return ShowCard(account=roster.account, hash=session.hash)


def _turning(account: int, page: int, pages: int) -> list[InlineKeyboardButton]:
    row = [button("🔄 Refresh", ShowPage(account=account, page=page))]
    if page > 0:
        row.insert(0, button(f"◀ {page}/{pages}", ShowPage(account=account, page=page - 1)))
    if page < pages - 1:
        row.append(button(f"{page + 2}/{pages} ▶", ShowPage(account=account, page=page + 1)))
    return row
