"""What the roster tells of a press that nobody answered: how its sessions stand now, whoever's doing that is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.press import Press
from core.contract.commands import (
    Carried,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    Outcome,
    Result,
    RosterFetched,
    TrustSession,
)
from core.contract.state import Snapshot
from core.domain.sessions import Session
from core.domain.standing import Standings


def can_tell(press: Press) -> bool:
    """Whether the roster shows what came of it at all."""
    return isinstance(press.command, EndSession | EndSessions | ConfirmLogin | TrustSession | DistrustSession)


def told_by(looked: RosterFetched, press: Press, snapshot: Snapshot | None) -> Carried:
    """The reply that it makes up for; `snapshot` has what ended lately."""
    return Carried(results=tuple(_results(press, looked, snapshot)))


def _results(press: Press, looked: RosterFetched, snapshot: Snapshot | None) -> Iterable[Result]:
    roster = looked.roster
    ended = {t.hash: t for t in snapshot.ended if t.by is not None} if snapshot else {}
    for hash_ in press.hashes:
        session = roster.find(hash_)
        at, by = roster.taken_at, None
        if session is None:
            outcome = Outcome.ALREADY_GONE
            at, by = (ended[hash_].at, ended[hash_].by) if hash_ in ended else (at, by)
        else:
            outcome, at = _standing_of(press, session, looked.standings, at=at)
        yield Result(hash=hash_, outcome=outcome, at=at, session=session or press.session(hash_), ended_by=by)


def _standing_of(press: Press, session: Session, standings: Standings, *, at: datetime) -> tuple[Outcome, datetime]:
    trust = standings.trust_in(session.hash)
    match press.command:
        case ConfirmLogin() if not session.unconfirmed and not standings.is_unanswered(session.hash):
            return Outcome.NOT_PENDING, at
        case TrustSession() if trust:
            return (Outcome.DONE, trust.at) if trust.by == press.owner else (Outcome.NOT_PENDING, at)
        case DistrustSession() if not trust:
            return Outcome.NOT_PENDING, at
    return Outcome.NOT_DONE, at
