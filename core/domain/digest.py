"""What there is to say of an account once a week: who is inside, what happened, what waits for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.history import Entry, Kind
from core.domain.lifecycle import INACTIVE_AFTER, State, state_of
from core.domain.sessions import Roster, Session, check_aware, in_order
from core.domain.standing import Standings

CHANGES = frozenset({Kind.ALTERED, Kind.SETTINGS, Kind.TTL, Kind.ACCOUNT, Kind.GUARD_LOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was known from `since` on and before `until`, newest first, and who is inside then, the guard apart.

    `logins` and `moves` are not the guard's own: it logs in when its owner does that, and its host moves it.
    `changes` are those of the account, and of sessions beyond moves and updates; `unanswered` are logins that nobody
    has answered for, whenever they came.
    """

    since: datetime
    until: datetime
    active: int
    inactive: int
    pending: int
    trusted: int
    logins: tuple[Entry, ...]
    ends: tuple[Entry, ...]
    moves: tuple[Entry, ...]
    changes: tuple[Entry, ...]
    gaps: tuple[Entry, ...]
    codes: int
    unanswered: tuple[Session, ...]

    def __post_init__(self) -> None:
        check_aware(self.since, self.until)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened and nothing waits."""
        happened = self.logins, self.ends, self.moves, self.changes, self.gaps, self.unanswered
        return not any(happened) and not self.codes


def digest_of(
    entries: Iterable[Entry],
    roster: Roster,
    standings: Standings,
    *,
    since: datetime,
    now: datetime,
    inactive_after: timedelta = INACTIVE_AFTER,
) -> Digest:
    """The digest from `since` until now. An entry of this very moment is left for the next: none is told twice."""
    told = sorted((e for e in entries if since <= e.at < now), key=lambda entry: entry.at)[::-1]

    def of(*kinds: Kind) -> tuple[Entry, ...]:
        return tuple(entry for entry in told if entry.kind in kinds)

    def of_others(kind: Kind) -> tuple[Entry, ...]:
        return tuple(entry for entry in of(kind) if not (entry.session and entry.session.current))

    inside = [session for session in in_order(roster.sessions) if not session.current]
    states = Counter(state_of(session, now=now, inactive_after=inactive_after) for session in inside)
    return Digest(
        since=since,
        until=now,
        active=states[State.ACTIVE],
        inactive=states[State.INACTIVE],
        pending=states[State.PENDING],
        trusted=sum(standings.trust_in(session.hash) is not None for session in inside),
        logins=of_others(Kind.LOGIN),
        ends=of(Kind.ENDED),
        moves=of_others(Kind.MOVED),
        changes=of(*CHANGES),
        gaps=of(Kind.GAP),
        codes=len(of(Kind.CODE)),
        unanswered=tuple(session for session in inside if standings.is_unanswered(session.hash)),
    )
