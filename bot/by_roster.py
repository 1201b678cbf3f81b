"""What can be told of a press that nobody answered: how its sessions stand now, and whether it was ever begun."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.press import Press
from core.contract.commands import (
    CallOffEnding,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    EndWhenAllowed,
    LabelSession,
    Prefer,
    TrustSession,
)
from core.contract.replies import Carried, Outcome, Result, RosterFetched
from core.contract.state import BEGUN_KEPT, BEGUN_MOST, Snapshot
from core.domain.sessions import Session
from core.domain.standing import Standings


def can_tell(press: Press) -> bool:
    """Whether the roster shows what came of it at all."""
    return isinstance(
        press.command,
        EndSession | EndSessions | EndWhenAllowed | CallOffEnding | ConfirmLogin | TrustSession | DistrustSession,
    )


def told_by(looked: RosterFetched, press: Press, snapshot: Snapshot | None) -> Carried:
    """The reply that it makes up for; `snapshot` has what ended lately."""
    return Carried(results=tuple(_results(press, looked, snapshot)))


def told_by_begun(
    looked: RosterFetched, press: Press, request_id: str, snapshot: Snapshot | None, *, overdue: timedelta
) -> Carried | None:
    """The reply that it makes up for whether the worker, which has looked since, ever began this; None if that tells
    nothing.
    """
    if snapshot is None:
        return None
    if any(begun.id == request_id for begun in snapshot.begun):
        outcome = Outcome.DONE if _is_so(press, looked, snapshot) else None
    else:
        is_named_if_begun = overdue < BEGUN_KEPT and len(snapshot.begun) < BEGUN_MOST
        outcome = Outcome.NOT_DONE if is_named_if_begun else None
    if outcome is None:
        return None
    at = press.deadline or looked.roster.taken_at
    hashes = press.hashes or ("",)
    return Carried(results=tuple(Result(hash=h, outcome=outcome, at=at, session=press.session(h)) for h in hashes))


def _is_so(press: Press, looked: RosterFetched, snapshot: Snapshot) -> bool:
    """Whether what was asked is what the worker has written down since."""
    match press.command:
        case LabelSession(hash=hash_, label=label):
            return looked.roster.find(hash_) is not None and snapshot.labels.of(hash_) == label
        case Prefer(fields=fields, preferences=wanted):
            return all(getattr(snapshot.preferences, name) == getattr(wanted, name) for name in fields)
    return False


def _results(press: Press, looked: RosterFetched, snapshot: Snapshot | None) -> Iterable[Result]:
    roster = looked.roster
    ended = {t.hash: t for t in snapshot.ended if t.by is not None} if snapshot else {}
    for hash_ in press.hashes:
        session = roster.find(hash_)
        at, by, allowed_from = roster.taken_at, None, None
        if session is None:
            outcome = Outcome.ALREADY_GONE
            at, by = (ended[hash_].at, ended[hash_].by) if hash_ in ended else (at, by)
        else:
            outcome, at = _standing_of(press, session, looked.standings, at=at)
            wanted = looked.standings.awaited(hash_)
            allowed_from = wanted.allowed_from if wanted else None
        yield Result(
            hash=hash_,
            outcome=outcome,
            at=at,
            session=session or press.session(hash_),
            ended_by=by,
            allowed_from=allowed_from,
        )


def _standing_of(press: Press, session: Session, standings: Standings, *, at: datetime) -> tuple[Outcome, datetime]:
    trust = standings.trust_in(session.hash)
    match press.command:
        case ConfirmLogin() if not session.unconfirmed and not standings.is_unanswered(session.hash):
            return Outcome.NOT_PENDING, at
        case EndWhenAllowed(hash=hash_) if wanted := standings.awaited(hash_):
            return Outcome.DONE, wanted.asked_at
        case CallOffEnding(hash=hash_) if not standings.awaited(hash_):
            return Outcome.NOT_PENDING, at
        case TrustSession() if trust:
            return (Outcome.DONE, trust.at) if trust.by == press.owner else (Outcome.NOT_PENDING, at)
        case DistrustSession() if not trust:
            return Outcome.NOT_PENDING, at
    return Outcome.NOT_DONE, at
