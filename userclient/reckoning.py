"""Reckons from two looks what is to be stored after the second, and told; pure, apart from every clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from core.contract.events import (
    BaselineTaken,
    Event,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.contract.state import Snapshot
from core.domain.changes import Altered, Appeared, Change, Ended, TtlAltered, compare
from core.domain.sessions import Roster
from core.domain.tombstones import Tombstone, still_needed, without_ended

#: How long an ending that a crash cut short may explain why a session is gone; Telegram carries it out at once.
INTENT_KEPT = timedelta(minutes=10)


def baseline(roster: Roster, *, history_lost: bool) -> tuple[Snapshot, list[Event]]:
    """After a look with which nothing can be compared: the first, or what was stored is lost or not ours."""
    taken = BaselineTaken(account=roster.account, at=roster.taken_at, roster=roster, history_lost=history_lost)
    return Snapshot(roster=roster), [taken]


def compared(before: Snapshot, roster: Roster, *, now: datetime) -> tuple[Snapshot, list[Event]]:
    """After a later look. No ending may be under way: what is written as begun is taken for cut short by a crash."""
    ended = still_needed(before.ended, now=now)
    roster = without_ended(roster, ended)
    ending = tuple(t for t in before.ending if now - t.at < INTENT_KEPT)
    events = [
        _event(change, roster, ending)
        for change in compare(before.roster, roster)
        if not isinstance(change, Altered) or change.significant
    ]
    appeared = [e.session.hash for e in events if isinstance(e, SessionAppeared) and not e.session.current]
    standings = before.standings.after(appeared=appeared, listed=roster.hashes(), at=roster.taken_at)
    standings, raised = standings.raising(now=roster.taken_at)
    events += [
        LoginUnanswered(account=roster.account, at=roster.taken_at, session=session, since=login.since)
        for login in raised
        if (session := roster.find(login.hash))
    ]
    gone = [e for e in events if isinstance(e, SessionEnded)]
    ended += tuple(Tombstone(hash=e.session.hash, at=e.at, by=e.ended_by) for e in gone)
    gone_hashes = {e.session.hash for e in gone}
    ending = tuple(t for t in ending if t.hash not in gone_hashes)
    return replace(before, roster=roster, standings=standings, ended=ended, ending=ending), events


def _event(change: Change, roster: Roster, ending: Iterable[Tombstone]) -> Event:
    account, at = roster.account, roster.taken_at
    match change:
        case Appeared(session=session):
            return SessionAppeared(account=account, at=at, session=session)
        case Ended(session=session):
            by = next((t.by for t in ending if t.hash == session.hash), None)
            return SessionEnded(account=account, at=at, session=session, ended_by=by)
        case Altered(before=before, after=after):
            return SessionAltered(account=account, at=at, before=before, after=after)
        case TtlAltered(before=before, after=after):
            return TtlChanged(account=account, at=at, before=before, after=after)
