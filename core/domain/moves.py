"""Whether a session moved: to another network or country, and whether that is worth an entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from core.domain.history import Entry, Kind
from core.domain.sessions import Session
from core.domain.traits import country_of, folded, network_of

#: A session on the road changes networks all day: told once in this time.
REST = timedelta(hours=1)
#: Home, work and mobile take turns: where it is known to have been within this time is no news.
FAMILIAR_FOR = timedelta(days=7)


def is_abroad(before: Session, after: Session) -> bool:
    """Whether it is in another country now, as far as both are known."""
    return _differ(folded(country_of(before)), folded(country_of(after)))


def has_moved(before: Session, after: Session) -> bool:
    """Whether it is in another country or network now, as far as both are known."""
    return is_abroad(before, after) or _differ(network_of(before), network_of(after))


def is_news(move: Entry, earlier: Iterable[Entry]) -> bool:
    """Whether a MOVED entry is worth keeping after the earlier ones of the last week.

    Another country always is. Another network is, unless the session moved within the hour, or an entry of the
    last week shows it there.
    """
    session, before = move.session, move.before
    if session is None or before is None or is_abroad(before, session):
        return True
    moves = [e for e in earlier if e.kind is Kind.MOVED and e.is_about(session.hash) and move.at - e.at < FAMILIAR_FOR]
    if any(move.at - e.at < REST for e in moves):
        return False
    familiar = {network_of(s) for e in moves for s in (e.before, e.session) if s}
    return network_of(session) not in familiar


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other
