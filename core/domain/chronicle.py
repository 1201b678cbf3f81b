"""Writes history: the entries that follow from what changed between two looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from core.domain.account_state import AccountChange
from core.domain.changes import Altered, Appeared, Change, Ended, TtlAltered
from core.domain.endings import AWAY, Ending
from core.domain.history import Entry, Kind
from core.domain.lifecycle import INACTIVE_AFTER, State, turns_of
from core.domain.moves import has_moved, is_news
from core.domain.sessions import Roster

#: The kinds of entry, in their order within one look, and the fields that make them.
FIELDS = {
    Kind.ALTERED: frozenset({"device_model", "platform", "api_id", "app_name", "official_app", "created_at"}),
    Kind.UPDATED: frozenset({"app_version", "system_version"}),
    Kind.SETTINGS: frozenset({"calls_disabled", "secret_chats_disabled"}),
}
TURNS = {State.ACTIVE: Kind.BACK, State.INACTIVE: Kind.INACTIVE}


def baseline_of(roster: Roster) -> tuple[Entry, ...]:
    """The first entry of each session that was inside when Doorman came."""
    return tuple(Entry(at=roster.taken_at, kind=Kind.BASELINE, session=session) for session in roster.sessions)


def of_ttl(before: int, after: int, *, at: datetime, by: int | None = None) -> Entry:
    """The limit for idle sessions is another, in days; `by` is the owner who had it set, if one had."""
    return Entry(at=at, kind=Kind.TTL, note=f"{before}→{after}", by=by)


def of_account(changes: Iterable[AccountChange], *, at: datetime, by: int | None = None) -> tuple[Entry, ...]:
    """What the account hangs on beside its sessions is another; `by` as there."""
    return tuple(Entry(at=at, kind=Kind.ACCOUNT, change=each, by=by) for each in changes)


def entries_of(
    changes: Iterable[Change],
    *,
    before: Roster,
    after: Roster,
    endings: Mapping[str, Ending],
    now: datetime,
    moves: Iterable[Entry] = (),
    inactive_after: timedelta = INACTIVE_AFTER,
) -> tuple[Entry, ...]:
    """What is worth keeping of `changes`, which `compare` found, and of what became of sessions that only rested.

    `endings` are by hash. `moves` are the MOVED entries of the last week, for `is_news`. Activity alone makes no entry.
    """
    moves = tuple(moves)
    entries: list[Entry] = []
    if after.taken_at - before.taken_at > AWAY:
        entries.append(Entry(at=now, kind=Kind.GAP, note=before.taken_at.isoformat()))
    for change in changes:
        match change:
            case Ended(session=session):
                ending = endings.get(session.hash)
                by = ending.by if ending else None
                entries.append(Entry(at=now, kind=Kind.ENDED, session=session, ending=ending, by=by))
            case Altered():
                entries += _altered(change, moves, now=now)
            case Appeared(session=session):
                entries.append(Entry(at=now, kind=Kind.LOGIN, session=session))
            case TtlAltered(before=old, after=new):
                entries.append(of_ttl(old, new, at=now))
    return (*entries, *_turned(before, after, now=now, inactive_after=inactive_after))


def _altered(change: Altered, moves: Iterable[Entry], *, now: datetime) -> Iterator[Entry]:
    def entry(kind: Kind) -> Entry:
        return Entry(at=now, kind=kind, session=change.after, before=change.before)

    if change.after.current and change.before.created_at != change.after.created_at:
        yield entry(Kind.LOGIN)  # another session than before: nothing of the old one's altered
        return
    if change.before.password_pending and not change.after.password_pending:
        yield entry(Kind.COMPLETED)
    if change.before.unconfirmed and not change.after.unconfirmed:
        yield entry(Kind.CONFIRMED)
    for kind, names in FIELDS.items():
        if change.what & names:
            yield entry(kind)
    if has_moved(change.before, change.after) and is_news(move := entry(Kind.MOVED), moves):
        yield move


def _turned(before: Roster, after: Roster, *, now: datetime, inactive_after: timedelta) -> Iterator[Entry]:
    for session in after.sessions:
        former = None if session.current else before.find(session.hash)
        if former is None:
            continue
        looks = {"looked": before.taken_at, "now": after.taken_at}
        for turn in turns_of(former, session, **looks, inactive_after=inactive_after):
            yield Entry(at=now, kind=TURNS[turn], session=session, before=former)
