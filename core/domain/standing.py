"""How a session stands with its owner: trusted, new, not answered for yet, to be ended; and what that lets be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.awaited import Wanted
from core.domain.sessions import MAY_END_OTHERS_AFTER, Roster, Session, check_aware, check_hash

NEW_FOR = timedelta(hours=24)
#: Whose device was not used for longer may not have it at hand.
LATELY = timedelta(days=30)
#: When an alert that nobody answered is raised again, after the login was seen; then daily.
RAISED_AFTER = (timedelta(minutes=10), timedelta(hours=1))
RAISED_EVERY = timedelta(days=1)
#: When it is, if an owner asks to be reminded later.
REMINDED_AFTER = timedelta(hours=1)


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
    """A login of which no owner has said yet whose it was; `raised` is how often it was told again. `later_at` is when
    it is to be told next, if an owner has put that off.
    """

    hash: str
    since: datetime
    raised: int = 0
    later_at: datetime | None = None

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.since, *([self.later_at] if self.later_at else []))

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be told again."""
        if self.later_at:
            return now >= self.later_at
        return times_due(now - self.since) > self.raised

    def told(self, now: datetime) -> Unanswered:
        """Once it was told again; what was slept through counts."""
        return replace(self, raised=max(self.raised, times_due(now - self.since)), later_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Of all sessions of an account; one that is in none was there when Doorman came, or was answered for. `wanted` are
    those to be ended as soon as Telegram allows it.
    """

    trusted: tuple[Trust, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    wanted: tuple[Wanted, ...] = ()

    def trust_in(self, hash_: str) -> Trust | None:
        """Who trusts this session, and since when."""
        return next((trust for trust in self.trusted if trust.hash == hash_), None)

    def is_unanswered(self, hash_: str) -> bool:
        """Whether nobody has said whose login this was."""
        return any(login.hash == hash_ for login in self.unanswered)

    def awaited(self, hash_: str) -> Wanted | None:
        """Who wants this session ended as soon as Telegram allows it."""
        return next((wanted for wanted in self.wanted if wanted.hash == hash_), None)

    def awaiting(self, wanted: Wanted) -> Standings:
        """With this session to be ended as soon as Telegram allows it; for whoever wanted that first."""
        return self if self.awaited(wanted.hash) else replace(self, wanted=(*self.wanted, wanted))

    def called_off(self, hash_: str) -> Standings:
        """With this session to be ended no more."""
        return replace(self, wanted=tuple(wanted for wanted in self.wanted if wanted.hash != hash_))

    def allowed_from(self, moment: datetime) -> Standings:
        """With every ending that waits allowed from that moment on: the guard may have logged in anew since."""
        return replace(self, wanted=tuple(replace(wanted, allowed_from=moment) for wanted in self.wanted))

    def trusting(self, trust: Trust) -> Standings:
        """With this session trusted, which answers for its login too."""
        others = (known for known in self.trusted if known.hash != trust.hash)
        return replace(self.answered(trust.hash), trusted=(*others, trust))

    def distrusting(self, hash_: str) -> Standings:
        """With this session trusted no more."""
        return replace(self, trusted=tuple(trust for trust in self.trusted if trust.hash != hash_))

    def answered(self, hash_: str) -> Standings:
        """With this login answered for: it is an owner's, and stays."""
        unanswered = tuple(login for login in self.unanswered if login.hash != hash_)
        return replace(self.called_off(hash_), unanswered=unanswered)

    def put_off(self, hash_: str, *, until: datetime) -> Standings:
        """With this login to be told again then, and not before."""
        waiting = (replace(w, later_at=until) if w.hash == hash_ else w for w in self.unanswered)
        return replace(self, unanswered=tuple(waiting))

    def after(self, *, appeared: Iterable[str], listed: frozenset[str], at: datetime) -> Standings:
        """With new logins to be answered for, and without the sessions that are listed no more."""
        new = (Unanswered(hash=hash_, since=at) for hash_ in appeared)
        return Standings(
            trusted=tuple(trust for trust in self.trusted if trust.hash in listed),
            unanswered=tuple(login for login in (*self.unanswered, *new) if login.hash in listed),
            wanted=tuple(wanted for wanted in self.wanted if wanted.hash in listed),
        )

    def raising(self, *, now: datetime) -> tuple[Standings, tuple[Unanswered, ...]]:
        """The logins that are to be told again now, and the standings once they are; what was slept through is told
        once. One that is to be ended needs no answer meanwhile.
        """
        due = {login.hash for login in self.unanswered if login.is_due(now) and self.awaited(login.hash) is None}
        after = tuple(login.told(now) if login.hash in due else login for login in self.unanswered)
        return replace(self, unanswered=after), tuple(login for login in after if login.hash in due)


def times_due(waited: timedelta) -> int:
    """How often a login that waits for an answer for so long should have been told again."""
    early = sum(waited >= after for after in RAISED_AFTER)
    return early + max(0, (waited - RAISED_AFTER[-1]) // RAISED_EVERY)


def who_can_end(roster: Roster, standings: Standings, *, but: str, now: datetime) -> Session | None:
    """A device of the owner's that Telegram lets end others now, while the guard may not yet: a trusted one, else the
    oldest of those that call themselves official and were in use lately. Never the session to be ended.
    """
    old_enough = [
        session
        for session in roster.sessions
        if session.hash != but
        and not (session.current or session.unconfirmed or session.password_pending)
        and now - session.created_at >= MAY_END_OTHERS_AFTER
    ]
    trusted = [session for session in old_enough if standings.trust_in(session.hash)]
    known = [
        s for s in old_enough if s.official_app and now - s.active_at < LATELY and not standings.is_unanswered(s.hash)
    ]
    if trusted:
        return max(trusted, key=lambda session: session.active_at)
    return min(known, key=lambda session: session.created_at, default=None)


def is_new(session: Session, standings: Standings, *, now: datetime) -> bool:
    """Whether every owner may end it at once: it is younger than a day, or was never answered for, and not trusted."""
    if standings.trust_in(session.hash):
        return False
    return now - session.created_at < NEW_FOR or standings.is_unanswered(session.hash)
