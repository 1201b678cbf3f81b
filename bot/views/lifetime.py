"""When unused sessions end by themselves: the limit, the date of each, and what a shorter limit would end at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard, minutes_of
from bot.views.buttons.keyboards import list_here
from bot.views.buttons.lifetime import AskLifetime, ConfirmLifetime, ShowLifetime
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS
from bot.views.wording import ago, cleaned, day, device_of, labelled, named
from core.domain.lifecycle import expires_at
from core.domain.sessions import TTL_DAYS, Roster, Session

#: What the apps offer; any other number of days is typed.
CHOICES = ((7, "1 week"), (30, "1 month"), (90, "3 months"), (180, "6 months"), (365, "1 year"))
LISTED_MOST = 12
BAD_DAYS = f"Send a number of days from {TTL_DAYS[0]} to {TTL_DAYS[-1]}, as in /ttl 45. Nothing was changed."


def lifetime_page(
    roster: Roster,
    *,
    account_name: str,
    now: datetime,
    trusted: frozenset[str] = frozenset(),
    labels: Mapping[str, str] = NO_LABELS,
    line: str = "",
) -> Screen:
    """The limit, and when each session ends if it stays unused, soonest first; `line` is what came of a press."""
    known = TTL_DAYS[0] <= roster.ttl_days <= TTL_DAYS[-1]
    limit = f"They end after {_days(roster.ttl_days)}." if known else "Their limit is not known."
    sessions = _soonest_first(roster) if known else []
    entries = [
        Text(f"\n{n}. ", _entry(s, labels), " · ", _end(s, roster.ttl_days, now=now), _shield(s, trusted))
        for n, s in enumerate(sessions[:LISTED_MOST], start=1)
    ]
    more = len(sessions) - LISTED_MOST
    text = Text(
        Bold("Unused sessions of "),
        named(account_name),
        f"\n{limit} Telegram does that by itself, whoever's they are; each use begins the time anew.",
        "\n" if entries else "",
        *entries,
        f"\n…and {more} more, later" if more > 0 else "",
        "\n\nAny other limit: /ttl and a number of days, as in /ttl 45.",
        Text("\n\n", Bold(line)) if line else "",
    )
    choices = [
        button(_choice(days, name, roster), AskLifetime(account=roster.account, days=days)) for days, name in CHOICES
    ]
    return Screen(text=text, keyboard=keyboard(choices[:3], choices[3:], [list_here(roster.account)]))


def shorter_question(
    roster: Roster,
    days: int,
    *,
    account_name: str,
    now: datetime,
    trusted: frozenset[str] = frozenset(),
    labels: Mapping[str, str] = NO_LABELS,
) -> Screen:
    """Before a limit is set: which sessions have been unused for longer already, and end at once."""
    sessions = ending_at_once(roster, days, now=now)
    entries = [
        Text(f"\n{n}. ", _entry(s, labels), f" · last used {ago(s.active_at, now=now)}", _shield(s, trusted))
        for n, s in enumerate(sessions[:LISTED_MOST], start=1)
    ]
    more = len(sessions) - LISTED_MOST
    if sessions:
        which = "This session has" if len(sessions) == 1 else f"These {len(sessions)} sessions have"
        what = f"⚠️ {which} been unused for longer than that, and may be ended at once:\n"
    else:
        what = "No session has been unused for so long: none ends at once."
    text = Text(
        Bold(f"End unused sessions after {_days(days)}? "),
        named(account_name),
        f"\n\n{what}",
        *entries,
        f"\n…and {more} more" if more > 0 else "",
    )
    asked = minutes_of(now)
    yes = button(f"Yes, after {_days(days)}", ConfirmLifetime(account=roster.account, days=days, asked=asked))
    return Screen(text=text, keyboard=keyboard([yes], [button("No, leave it", ShowLifetime(account=roster.account))]))


def ending_at_once(roster: Roster, days: int, *, now: datetime) -> list[Session]:
    """The sessions that have been unused for so many days, the longest unused first."""
    return [session for session in _soonest_first(roster) if now - session.active_at >= timedelta(days=days)]


def _soonest_first(roster: Roster) -> list[Session]:
    """But the guard's own, which is always in use, and those that are not logged in yet."""
    others = (session for session in roster.sessions if not session.current and not session.password_pending)
    return sorted(others, key=lambda session: (session.active_at, session.hash))


def _entry(session: Session, labels: Mapping[str, str]) -> Text:
    label = labels.get(session.hash, "")
    return Text(f"{icon_of(session)} ", Text(labelled(label), " · ") if cleaned(label) else "", device_of(session))


def _shield(session: Session, trusted: frozenset[str]) -> str:
    return " · 🛡 trusted" if session.hash in trusted else ""


def _end(session: Session, days: int, *, now: datetime) -> str:
    at = expires_at(session, days)
    left = (at - now) // timedelta(days=1)
    if at <= now:
        return "at any time now"
    return f"{day(at)}, in {_days(left)}" if left else f"{day(at)}, within a day"


def _choice(days: int, name: str, roster: Roster) -> str:
    return f"✅ {name}" if roster.ttl_days == days else name


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
