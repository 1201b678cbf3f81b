"""Reckons from two looks what is to be stored after the second, told, and kept as history; pure, with no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.contract.account_events import BaselineTaken
from core.contract.events import Event
from core.contract.session_events import EndingAwaited, LoginUnanswered, SessionAltered
from core.contract.state import Snapshot
from core.domain.awaited import may_end_from
from core.domain.changes import Appeared, Ended, compare
from core.domain.chronicle import baseline_of, entries_of
from core.domain.endings import endings_of
from core.domain.history import Entry, Kind
from core.domain.risk.assessment import Level
from core.domain.risk.past import Past
from core.domain.sessions import Roster
from core.domain.standing import Standings, Unanswered
from core.domain.tombstones import Tombstone, still_needed, without_ended
from userclient.recollection import Recollection
from userclient.telling import Telling

#: How long an ending that a crash cut short may explain why a session is gone; Telegram carries it out at once.
INTENT_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What is to be stored, told, and kept as history."""

    snapshot: Snapshot
    events: tuple[Event, ...]
    history: tuple[Entry, ...]


def baseline(roster: Roster, *, history_lost: bool, remembered: Snapshot | None = None) -> Reckoned:
    """After a look with which nothing can be compared: the first, or what was stored is lost or not ours.

    What the owners had set goes on as this process remembers it: a lock must not open because Redis was emptied.
    """
    taken = BaselineTaken(
        account=roster.account,
        at=roster.taken_at,
        roster=roster,
        history_lost=history_lost,
        settings_lost=history_lost and remembered is None,
    )
    former = remembered or Snapshot(roster=roster)
    standings, moved = _promised_anew(_still_wanted(former.standings, roster), roster)
    snapshot = Snapshot(
        roster=roster,
        labels=former.labels,
        preferences=former.preferences,
        standings=standings,
        account_state=former.account_state,
        begun=former.begun,
    )
    return Reckoned(snapshot=snapshot, events=(taken, *moved), history=baseline_of(roster))


def compared(before: Snapshot, roster: Roster, known: Recollection, *, now: datetime) -> Reckoned:
    """After a later look; `known` is what was known before it.

    No ending may be under way: what is written as begun is taken for cut short by a crash.
    """
    ended = still_needed(before.ended, now=now)
    roster = without_ended(roster, ended)
    ending = tuple(t for t in before.ending if now - t.at < INTENT_KEPT)
    changes = compare(before.roster, roster)
    gone = tuple(change.session for change in changes if isinstance(change, Ended))
    by = {t.hash: t.by for t in ending if t.by is not None and any(s.hash == t.hash for s in gone)}
    endings = endings_of(before.roster, roster, by=by)
    labels = before.labels.after(gone=gone)
    telling = Telling(
        preferences=before.preferences,
        labels=labels,
        called=before.labels.by_hash(),
        roster=roster,
        past=_past(before, roster, known),
        endings=endings,
        awaited=frozenset(t.hash for t in ending if t.was_awaited),
        now=now,
    )
    told = (event for change in changes if (event := telling.event(change)))
    events: list[Event] = [_with_trust(event, before.standings) for event in told]
    doubted = [event for event in events if isinstance(event, SessionAltered) and event.was_trusted]
    appeared = [c.session.hash for c in changes if isinstance(c, Appeared) and not c.session.current]
    standings = before.standings.after(appeared=appeared, listed=roster.hashes(), at=roster.taken_at)
    for event in doubted:
        standings = standings.distrusting(event.after.hash)
    standings, moved = _promised_anew(standings, roster)
    events += moved
    standings, raised = standings.raising(now=roster.taken_at)
    events += _reminders(raised, roster)
    after = replace(
        before,
        roster=roster,
        standings=standings,
        labels=labels,
        ended=ended + tuple(Tombstone(hash=s.hash, at=roster.taken_at, by=by.get(s.hash)) for s in gone),
        ending=tuple(t for t in ending if not any(s.hash == t.hash for s in gone)),
    )
    at = roster.taken_at
    entries = entries_of(changes, before=before.roster, after=roster, endings=endings, now=at, moves=known.moves)
    over = tuple(Entry(at=at, kind=Kind.DISTRUSTED, session=each.after, before=each.before) for each in doubted)
    return Reckoned(snapshot=after, events=tuple(events), history=(*entries, *over))


def _reminders(raised: Iterable[Unanswered], roster: Roster) -> list[Event]:
    return [
        LoginUnanswered(
            account=roster.account,
            at=roster.taken_at,
            session=session,
            since=login.since,
            autoconfirm_seconds=roster.autoconfirm_seconds,
        )
        for login in raised
        if (session := roster.find(login.hash))
    ]


def _with_trust(event: Event, standings: Standings) -> Event:
    """The event; of a trusted session whose key may be in other hands, that it is trusted no more."""
    if not isinstance(event, SessionAltered) or event.assessment.level is not Level.ALARM:
        return event
    return replace(event, was_trusted=standings.trust_in(event.after.hash) is not None)


def _still_wanted(former: Standings, roster: Roster) -> Standings:
    """Whom to trust is asked anew; what an owner wants ended, they count on."""
    return Standings(wanted=former.after(appeared=(), listed=roster.hashes(), at=roster.taken_at).wanted)


def _promised_anew(standings: Standings, roster: Roster) -> tuple[Standings, tuple[EndingAwaited, ...]]:
    """With the endings that wait allowed from when this guard may do them; and what is told of those put off."""
    allowed_from = may_end_from(roster)
    if allowed_from is None:
        return standings, ()
    moved = tuple(
        EndingAwaited(
            account=roster.account,
            at=roster.taken_at,
            session=session,
            by=wanted.by,
            allowed_from=allowed_from,
            was_moved=True,
        )
        for wanted in standings.wanted
        if wanted.allowed_from < allowed_from and (session := roster.find(wanted.hash))
    )
    return standings.allowed_from(allowed_from), moved


def _past(before: Snapshot, roster: Roster, known: Recollection) -> Past:
    """What the history has lost, or never had, the last look still knows; the new one says who is in use."""
    past = known.past.with_roster(before.roster)
    for login in before.standings.unanswered:
        past = past.doubting(login.hash)
    return replace(past, roster=roster)
