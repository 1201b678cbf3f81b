"""How a session stands with its owner: trusted, new, not answered for yet; and what that lets be done to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.sessions import Session, check_aware, check_hash

NEW_FOR = timedelta(hours=24)
#: When an alert that nobody answered is raised again, after the login was seen; then daily.
RAISED_AFTER = (timedelta(minutes=10), timedelta(hours=1))
RAISED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """An owner said that this session is theirs, and is to stay."""

    hash: str
    at: datetime
    by: int

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A login of which no owner has said yet whose it was; `raised` is how often it was told again."""

    hash: str
    since: datetime
    raised: int = 0

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Of all sessions of an account; one that is in neither was there when Doorman came, or was answered for."""

    trusted: tuple[Trust, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()

    def trust_in(self, hash_: str) -> Trust | None:
        """Who trusts this session, and since when."""
        return next((trust for trust in self.trusted if trust.hash == hash_), None)

    def is_unanswered(self, hash_: str) -> bool:
        """Whether nobody has said whose login this was."""
        return any(login.hash == hash_ for login in self.unanswered)

    def trusting(self, trust: Trust) -> Standings:
        """With this session trusted, which answers for its login too."""
        others = (known for known in self.trusted if known.hash != trust.hash)
        return replace(self.answered(trust.hash), trusted=(*others, trust))

    def distrusting(self, hash_: str) -> Standings:
        """With this session trusted no more."""
        return replace(self, trusted=tuple(trust for trust in self.trusted if trust.hash != hash_))

    def answered(self, hash_: str) -> Standings:
        """With this login answered for."""
        return replace(self, unanswered=tuple(login for login in self.unanswered if login.hash != hash_))

    def after(self, *, appeared: Iterable[str], listed: frozenset[str], at: datetime) -> Standings:
        """With new logins to be answered for, and without the sessions that are listed no more."""
        new = (Unanswered(hash=hash_, since=at) for hash_ in appeared)
        return Standings(
            trusted=tuple(trust for trust in self.trusted if trust.hash in listed),
            unanswered=tuple(login for login in (*self.unanswered, *new) if login.hash in listed),
        )

    def raising(self, *, now: datetime) -> tuple[Standings, tuple[Unanswered, ...]]:
        """The logins that are to be told again now, and the standings once they are; what was slept through is told
        once.
        """
        due = {login.hash: replace(login, raised=times_due(now - login.since)) for login in self.unanswered}
        raised = tuple(due[login.hash] for login in self.unanswered if due[login.hash].raised > login.raised)
        kept = tuple(max(login, due[login.hash], key=lambda each: each.raised) for login in self.unanswered)
        return replace(self, unanswered=kept), raised


def times_due(waited: timedelta) -> int:
    """How often a login that waits for an answer for so long should have been told again."""
    early = sum(waited >= after for after in RAISED_AFTER)
    return early + max(0, (waited - RAISED_AFTER[-1]) // RAISED_EVERY)


def is_new(session: Session, standings: Standings, *, now: datetime) -> bool:
    """Whether every owner may end it at once: it is younger than a day, or was never answered for, and not trusted."""
    if standings.trust_in(session.hash):
        return False
    return now - session.created_at < NEW_FOR or standings.is_unanswered(session.hash)
