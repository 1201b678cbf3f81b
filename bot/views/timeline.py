"""The timeline: which lanes the picture has, in which order, and the caption whose numbers are the picture's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.pictures.timeline import Lane, Mark, MarkKind, Span, State, Timeline
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.history import SendTimeline, ShowHistory
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.wording import cleaned, day, named
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster, Session, in_order
from core.domain.timeline import BEGINNINGS, ENDS, marks_of, spans_of

LENGTHS = (30, 90)  # days
BAD_LENGTH = f"The picture is of {' or '.join(map(str, LENGTHS))} days: send it as in /timeline {LENGTHS[-1]}."
#: A photo is made smaller the higher it is; a document stays as it was drawn.
PHOTO_LANES_MOST = 12
#: In a caption of 1024 UTF-16 units, with names of this length.
LINES_MOST, CAPTION_NAME_MOST = 12, 18
MARKS = {
    Kind.LOGIN: MarkKind.LOGIN,
    Kind.MOVED: MarkKind.MOVE,
    Kind.ENDED: MarkKind.END,
    Kind.GUARD_LOST: MarkKind.END,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One session of the picture; `ended_at` is None for one that is inside."""

    session: Session
    label: str
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        """The owner's own name for it, else the device's."""
        return cleaned(self.label) or cleaned(self.session.device_model) or "Unknown device"


def sessions_in(
    entries: Sequence[Entry],
    roster: Roster | None,
    *,
    labels: Mapping[str, str],
    since: datetime,
    now: datetime,
) -> tuple[Shown, ...]:
    """Those that were inside at any time since then: who is still inside first, in Telegram's order, then those that
    ended, the latest first.
    """
    ever = {entry.session.hash: entry for entry in entries if entry.session}
    inside = [each for each in in_order(roster.sessions) if not _is_lost(each, ever, roster)] if roster else []
    listed = {session.hash for session in inside}
    last = {hash_: entry for hash_, entry in ever.items() if hash_ not in listed}
    gone = [
        Shown(
            session=entry.session,
            label=labels.get(hash_, ""),
            ended_at=entry.at if entry.kind in ENDS else (roster.taken_at if roster else now),
        )
        for hash_, entry in last.items()
        if entry.session and spans_of(entries, hash_, until=now, since=since)
    ]
    return (
        *(Shown(session=session, label=labels.get(session.hash, "")) for session in inside),
        *sorted(gone, key=lambda shown: shown.ended_at or now, reverse=True),
    )


def _is_lost(session: Session, ever: Mapping[str, Entry], roster: Roster) -> bool:
    """Whether it is the guard's own, and ended after it saw this list."""
    entry = ever.get(session.hash)
    return session.current and entry is not None and entry.kind in ENDS and entry.at >= roster.taken_at


def picture_of(
    shown: Sequence[Shown],
    entries: Sequence[Entry],
    *,
    account_name: str,
    days: int,
    now: datetime,
) -> Timeline:
    """A lane for each of them, numbered, and one for login codes, where any came."""
    since = now - timedelta(days=days)
    lanes = [
        _lane(f"{number} · {each.name}", each, entries, since=since, now=now)
        for number, each in enumerate(shown, start=1)
    ]
    codes = tuple(Mark(kind=MarkKind.CODE, at=e.at) for e in entries if e.kind is Kind.CODE and since <= e.at <= now)
    if codes:
        lanes.append(Lane(label="Login codes", marks=codes))
    title = f"{cleaned(account_name)}: last {days} days"
    return Timeline(title=title, lanes=tuple(lanes), start=since, end=now, drawn_at=now)


def caption(shown: Sequence[Shown], *, account: int, account_name: str, days: int) -> Screen:
    """What the numbers stand for, and how each of them is; the window's other lengths below."""
    lines = [_line(number, each) for number, each in enumerate(shown[:LINES_MOST], start=1)]
    more = len(shown) - LINES_MOST
    text = Text(
        Bold(f"Last {days} days of "),
        named(account_name),
        *lines,
        f"\n… and {more} more in the picture" if more > 0 else "",
    )
    lengths = [button(f"{each} days", SendTimeline(account=account, days=each)) for each in LENGTHS]
    return Screen(text=text, keyboard=keyboard(lengths, [button("History", ShowHistory(account=account))]))


def no_picture(why: str, *, account: int, account_name: str) -> Screen:
    """Why there is none, and where the same is told in words."""
    text = Text(Bold("No timeline just now: "), named(account_name), f"\n{why}\n/history tells the same in words.")
    return Screen(text=text, keyboard=keyboard([button("History", ShowHistory(account=account))]))


def _lane(label: str, shown: Shown, entries: Sequence[Entry], *, since: datetime, now: datetime) -> Lane:
    hash_ = shown.session.hash
    known = entries
    if shown.ended_at is None and not any(e.is_about(hash_) and e.kind in BEGINNINGS for e in entries):
        # Listed, though its beginning is not kept: it is at least as old as it says.
        known = [Entry(at=shown.session.created_at, kind=Kind.BASELINE, session=shown.session), *entries]
    spans = tuple(
        Span(state=State(span.state.value), start=span.start, end=span.end or shown.ended_at or now)
        for span in spans_of(known, hash_, until=now, since=since)
    )
    marks = tuple(
        Mark(kind=MARKS[mark.entry.kind], at=mark.at) for mark in marks_of(entries, hash_, until=now, since=since)
    )
    return Lane(label=label, spans=spans, marks=marks)


def _line(number: int, shown: Shown) -> Text:
    name = named(cleaned(shown.name, most=CAPTION_NAME_MOST))
    state = f"ended {day(shown.ended_at)}" if shown.ended_at else "inside"
    return Text(f"\n{number} · {icon_of(shown.session)} ", name, f", {state}")
