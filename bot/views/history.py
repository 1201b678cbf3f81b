"""What happened to an account, newest first, in pages: by kind, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.history import Group, ShowHistory, ShowStory, Since
from bot.views.leaves import counted, page_of, told
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.domain.history import Entry, Filter, Kind, matching
from core.domain.labels import Labels

#: The kinds of each group. A gap is among all: what is looked for may have happened in it.
GROUPS: Mapping[Group, frozenset[Kind]] = MappingProxyType(
    {
        Group.ALL: frozenset(),
        Group.LOGINS: frozenset(
            {
                Kind.BASELINE,
                Kind.LOGIN,
                Kind.COMPLETED,
                Kind.CONFIRMED,
                Kind.CODE,
                Kind.CODES_KILLED,
                Kind.GAP,
            }
        ),
        Group.ENDS: frozenset({Kind.ENDED, Kind.GUARD_LOST, Kind.GAP}),
        Group.MOVES: frozenset({Kind.MOVED, Kind.GAP}),
        Group.CHANGES: frozenset(
            {
                Kind.ALTERED,
                Kind.UPDATED,
                Kind.SETTINGS,
                Kind.INACTIVE,
                Kind.BACK,
                Kind.TRUSTED,
                Kind.DISTRUSTED,
                Kind.LABELLED,
                Kind.GAP,
            }
        ),
        Group.ACCOUNT: frozenset({Kind.TTL, Kind.ACCOUNT, Kind.CODE, Kind.CODES_KILLED, Kind.GUARD_LOST, Kind.GAP}),
    }
)
GROUP_NAMES = {
    Group.ALL: "All",
    Group.LOGINS: "Logins",
    Group.ENDS: "Ends",
    Group.MOVES: "Moves",
    Group.CHANGES: "Changes",
    Group.ACCOUNT: "Account",
}
SPANS = {Since.DAY: timedelta(days=1), Since.WEEK: timedelta(days=7), Since.MONTH: timedelta(days=30)}
SINCE_NAMES = {Since.DAY: "24 h", Since.WEEK: "7 d", Since.MONTH: "30 d", Since.EVER: "All time"}
NOTHING = "Nothing of this kind happened in this time."


def history_page(
    entries: Sequence[Entry],
    wanted: ShowHistory,
    *,
    account_name: str,
    labels: Mapping[str, str],
    viewer: int,
    now: datetime,
) -> Screen:
    """One page of the account's history, whose `entries` are all that are kept; a page beyond the end is the last.

    `labels` are the owner's own names by hash, of sessions that are gone too.
    """
    since = now - SPANS[wanted.since] if wanted.since in SPANS else None
    found = matching(entries, Filter(kinds=GROUPS[wanted.group], since=since))
    page = page_of(found, until=wanted.until, number=wanted.page)
    if page.is_last and not since:
        end = _beginning(entries)
    elif page.is_last and since:
        end = f"Earlier than {moment(since)} is not shown."
    else:
        end = ""
    text = Text(
        Bold("History of "),
        named(account_name),
        f"\n{GROUP_NAMES[wanted.group]} · {SINCE_NAMES[wanted.since].lower()} · {counted(page.of)}",
        *(told(page.entries, labels, viewer=viewer) or [f"\n\n{NOTHING}"]),
        f"\n\n{end}" if end else "",
    )
    stories = [
        button(str(number), ShowStory(account=wanted.account, hash=entry.session.hash))
        for number, entry in enumerate(page.entries, start=1)
        if entry.session
    ]

    def other(name: str, **changes: object) -> InlineKeyboardButton:
        return button(name, wanted.model_copy(update={"until": page.until, **changes}))

    groups = [other(_chosen(name, group is wanted.group), group=group, page=0) for group, name in GROUP_NAMES.items()]
    spans = [other(_chosen(name, each is wanted.since), since=each, page=0) for each, name in SINCE_NAMES.items()]
    turning = [
        *([other(f"◀ {page.number}/{page.count}", page=page.number - 1)] if page.number else []),
        other("🔄 Refresh", until=0, page=0),
        *([] if page.is_last else [other(f"{page.number + 2}/{page.count} ▶", page=page.number + 1)]),
    ]
    return Screen(text=text, keyboard=keyboard(stories, turning, groups[:3], groups[3:], spans))


def names_of(labels: Labels) -> Mapping[str, str]:
    """The owner's own names for sessions by hash, of those that are gone too."""
    return {former.session.hash: former.text for former in labels.former} | labels.by_hash()


def _beginning(entries: Sequence[Entry]) -> str:
    """What is known of the time before the oldest entry."""
    if not entries:
        return "Nothing is kept yet."
    oldest = min(entries, key=lambda entry: entry.at)
    if oldest.kind is Kind.BASELINE:
        return f"Here Doorman began to watch, {moment(oldest.at)}: what happened before, it can't know."
    return f"Nothing older is kept than of {moment(oldest.at)}."


def _chosen(name: str, is_chosen: bool) -> str:
    return f"· {name} ·" if is_chosen else name
