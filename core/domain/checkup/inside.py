"""The rules about who is inside: logins to be answered for, and sessions that only their owner can judge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from core.domain.checkup.facts import Known
from core.domain.points import Action, Grade, Point, Topic
from core.domain.sessions import Session

#: Telegram's own limit, where nobody has set one, is half a year.
TTL_DAYS_MOST = 184


def unanswered(known: Known) -> Point:
    """Logins of which nobody has said whose they are."""
    waiting = (s for s in known.inside if s.unconfirmed or known.standings.is_unanswered(s.hash))
    return _of_sessions(known, Topic.UNANSWERED, Grade.BAD, waiting)


def incomplete(known: Known) -> Point:
    """Logins that only lack the 2FA password: whoever it is has had a login code."""
    pending = (s for s in known.roster.sessions if s.password_pending and not s.current)
    return _of_sessions(known, Topic.INCOMPLETE, Grade.BAD, pending)


def unofficial(known: Known) -> Point:
    """Apps with an id that is none of Telegram's own; those that an owner trusts are known to be theirs."""
    others = (s for s in known.inside if not s.official_app and not known.standings.trust_in(s.hash))
    return _of_sessions(known, Topic.UNOFFICIAL, Grade.LOOK, others)


def idle(known: Known) -> Point:
    """Sessions that nobody has used for as long as the owner calls idle: a phone that was sold is among them."""
    days = known.preferences.idle_days
    unused = (s for s in known.inside if known.now - s.active_at >= timedelta(days=days))
    return _of_sessions(known, Topic.IDLE, Grade.LOOK, unused, days=days)


def untrusted(known: Known) -> Point:
    """Sessions of which no owner has said that they are to stay."""
    unjudged = (s for s in known.inside if not known.standings.trust_in(s.hash))
    return _of_sessions(known, Topic.UNTRUSTED, Grade.LOOK, unjudged)


def session_ttl(known: Known) -> Point:
    """How long an idle session lives; a roster of an unread limit has none."""
    days = known.roster.ttl_days
    if days <= 0:
        return Point(topic=Topic.SESSION_TTL, grade=Grade.UNKNOWN)
    if days <= TTL_DAYS_MOST:
        return Point(topic=Topic.SESSION_TTL, grade=Grade.GOOD, days=days)
    return Point(topic=Topic.SESSION_TTL, grade=Grade.LOOK, days=days, action=Action.SHOW_TTL)


def _of_sessions(known: Known, topic: Topic, grade: Grade, found: Iterable[Session], *, days: int = 0) -> Point:
    sessions = tuple(found)
    among = len(known.roster.hashes())
    if not sessions:
        return Point(topic=topic, grade=Grade.GOOD, among=among, days=days)
    return Point(
        topic=topic,
        grade=grade,
        count=len(sessions),
        among=among,
        days=days,
        sessions=sessions,
        action=Action.REVIEW,
    )
