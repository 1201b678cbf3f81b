"""One session's history as a bar: the spans of its states, and the marks on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from core.domain.history import Entry, Kind, story_of
from core.domain.lifecycle import INACTIVE_AFTER, State, inactive_from, state_of
from core.domain.sessions import Session, check_aware

BEGINNINGS = frozenset({Kind.BASELINE, Kind.LOGIN})
ENDS = frozenset({Kind.ENDED, Kind.GUARD_LOST})
MARKED = frozenset({Kind.LOGIN, Kind.MOVED, *ENDS})
#: The end of what has not ended.
NEVER = datetime.max.replace(tzinfo=UTC), State.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A session was in this state from `start` until `end`, which is None if it was so still."""

    state: State
    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        check_aware(self.start, *([self.end] if self.end else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A login, a move or an end, at the moment it came to pass as far as that is known."""

    at: datetime
    entry: Entry


def spans_of(
    entries: Iterable[Entry],
    hash_: str,
    *,
    until: datetime,
    since: datetime | None = None,
    inactive_after: timedelta = INACTIVE_AFTER,
) -> tuple[Span, ...]:
    """The spans of a session that reach into the time from `since` until `until`, cut to it; gapless within one login.

    It begins with its creation, though Doorman came later or its first entries are kept no more.
    """
    spans: list[Span] = []
    turns = (*_turns(story_of(entries, hash_), inactive_after), NEVER)
    for (began, state), (over, _) in pairwise(turns):
        start = max(began, since) if since else began
        end = over if over <= until else None
        if state is State.ENDED or start >= until or (end is not None and end <= start):
            continue
        if spans and (spans[-1].state, spans[-1].end) == (state, start):
            spans[-1] = replace(spans[-1], end=end)
        else:
            spans.append(Span(state=state, start=start, end=end))
    return tuple(spans)


def marks_of(
    entries: Iterable[Entry], hash_: str, *, until: datetime, since: datetime | None = None
) -> tuple[Mark, ...]:
    """The marks of a session from `since` until `until`, oldest first."""
    marks = (Mark(at=_moment(e), entry=e) for e in story_of(entries, hash_) if e.kind in MARKED)
    within = (mark for mark in marks if mark.at <= until and (since is None or mark.at >= since))
    return tuple(sorted(within, key=lambda mark: mark.at))


def _moment(entry: Entry) -> datetime:
    return min(entry.session.created_at, entry.at) if entry.session and entry.kind is Kind.LOGIN else entry.at


def _turns(story: Iterable[Entry], inactive_after: timedelta) -> Iterator[tuple[datetime, State]]:
    """When it turned into which state, never back in time; ENDED before each new beginning but the first."""
    last: tuple[datetime, State] | None = None
    login: datetime | None = None  # when the session that lives now was created
    for entry, session in ((entry, entry.session) for entry in story if entry.session):
        begins = entry.kind in BEGINNINGS
        if last and last[1] is State.ENDED and not begins:
            continue  # a late word about one that is gone
        turns: list[tuple[datetime, State]] = []
        if last is None or last[1] is State.ENDED or (begins and session.created_at != login):
            # Without a beginning, the earlier entries are kept no more: what it was until then is the best to go by.
            first = session if begins else entry.before or session
            login = first.created_at
            turns += [(login, State.ENDED)] if last else []
            turns += _beginning(first, at=entry.at, inactive_after=inactive_after)
        turns += _turn(entry, session, inactive_after)
        for when, state in turns:
            moment = min(when, entry.at)  # Telegram tells of activity late, and clocks differ
            last = (max(moment, last[0]) if last else moment), state
            yield last


def _beginning(session: Session, *, at: datetime, inactive_after: timedelta) -> list[tuple[datetime, State]]:
    state = state_of(session, now=at, inactive_after=inactive_after)
    if state is State.INACTIVE:
        return [(session.created_at, State.ACTIVE), (inactive_from(session, inactive_after), State.INACTIVE)]
    return [(session.created_at, state)]


def _turn(entry: Entry, session: Session, inactive_after: timedelta) -> list[tuple[datetime, State]]:
    if entry.kind in ENDS:
        return [(entry.at, State.ENDED)]
    match entry.kind:
        case Kind.COMPLETED:
            return [(entry.at, State.ACTIVE)]
        case Kind.BACK:
            return [(session.active_at, State.ACTIVE)]
        case Kind.INACTIVE:
            return [(inactive_from(session, inactive_after), State.INACTIVE)]
        case _:
            return []
