"""Sessions that Doorman ended and Telegram may go on listing for minutes: they count as gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.sessions import Roster

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One ended session, by hash: when it was ended, and for which owner."""

    hash: str
    at: datetime
    by: int


def without_ended(roster: Roster, tombstones: Iterable[Tombstone]) -> Roster:
    """The roster less the sessions that were ended; one that was created after its namesake's end is another."""
    ended = {tombstone.hash: tombstone.at for tombstone in tombstones}
    listed = (s for s in roster.sessions if s.current or s.hash not in ended or s.created_at > ended[s.hash])
    return replace(roster, sessions=tuple(listed))


def still_needed(tombstones: Iterable[Tombstone], *, now: datetime) -> tuple[Tombstone, ...]:
    """Those younger than a day; no session lingers that long."""
    return tuple(tombstone for tombstone in tombstones if now - tombstone.at < KEPT)
