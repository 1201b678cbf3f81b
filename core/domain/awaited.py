"""Endings that an owner wants as soon as Telegram allows them: from when it does, and which are due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.sessions import MAY_END_OTHERS_AFTER, Roster, Session, check_aware, check_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An owner wants this session ended as soon as Telegram lets the guard do it: not before `allowed_from`."""

    hash: str
    by: int
    asked_at: datetime
    allowed_from: datetime

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.asked_at, self.allowed_from)


def may_end_from(roster: Roster) -> datetime | None:
    """From when Telegram lets the guard end others; None where its own session is not listed."""
    return roster.guard.created_at + MAY_END_OTHERS_AFTER if roster.guard else None


def due(roster: Roster, wanted: Iterable[Wanted], *, now: datetime) -> tuple[tuple[Session, Wanted], ...]:
    """The sessions that may be ended by now, each with who wanted that; never the guard's own, nor one that is gone."""
    allowed_from = may_end_from(roster)
    if allowed_from is None or now < allowed_from:
        return ()
    listed = ((roster.find(each.hash), each) for each in wanted)
    return tuple((session, each) for session, each in listed if session and not session.current)
