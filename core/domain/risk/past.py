"""What was known of an account before this moment: small enough for memory, and rebuilt by seeing its history again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from core.domain.sessions import GUARD_HASH, Roster, Session, check_aware
from core.domain.traits import country_of, device_of, folded, network_of

#: A session that is another at every look can't fill the memory.
TRAITS_MOST = 200
#: Years of logins; the one that was another longest ago is forgotten first.
KNOWN_MOST = 500
CODES_KEPT = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that one session has been while settled, ended or not; texts folded. `key` is its hash, GUARD_HASH for the
    guard's own.
    """

    key: str
    created_at: datetime
    countries: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    apps: frozenset[tuple[int, str]] = frozenset()
    platforms: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_aware(self.created_at)

    @property
    def is_settled(self) -> bool:
        """Whether it has ever been without waiting for a password or for a word on it."""
        return bool(self.apps)

    def seen(self, session: Session) -> Known:
        """With what it is now, unless it waits for a password or for a word on it."""
        if session.password_pending or session.unconfirmed:
            return self
        return replace(
            self,
            created_at=session.created_at,
            countries=_with(self.countries, folded(country_of(session))),
            networks=_with(self.networks, network_of(session)),
            apps=_with(self.apps, (session.api_id, folded(session.app_name))),
            platforms=_with(self.platforms, folded(session.platform)),
            devices=_with(self.devices, device_of(session)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Every session ever known, when codes were asked for that may be good, and the last roster before this moment.

    `doubted` are the hashes of the sessions that no owner has answered for, and of those that were said not to be
    theirs: what they were like makes nothing familiar, or an intruder's second login would look like an old friend's.
    """

    known: tuple[Known, ...] = ()
    codes: tuple[datetime, ...] = ()
    doubted: frozenset[str] = frozenset()
    roster: Roster | None = None

    def __post_init__(self) -> None:
        check_aware(*self.codes)

    def with_session(self, session: Session) -> Past:
        """With a session as it was seen, listed or ended."""
        key = key_of(session)
        former = self.find(key)
        seen = (former or Known(key=key, created_at=session.created_at)).seen(session)
        if seen == former:
            return self
        others = tuple(known for known in self.known if known.key != key)
        return replace(self, known=(*others, seen)[-KNOWN_MOST:])

    def with_roster(self, roster: Roster) -> Past:
        """With all that is listed now."""
        past = self
        for session in roster.sessions:
            past = past.with_session(session)
        return replace(past, roster=roster)

    def with_code(self, at: datetime) -> Past:
        """With a login code asked for; those of more than a day before it are of no use any more."""
        return replace(self, codes=(*(code for code in self.codes if at - code < CODES_KEPT), at))

    def without_codes(self, *, until: datetime) -> Past:
        """With every code that came until then made worthless."""
        return replace(self, codes=tuple(code for code in self.codes if code > until))

    def doubting(self, hash_: str) -> Past:
        """With a login that waits for an answer, or that was somebody else's."""
        return replace(self, doubted=self.doubted | {hash_})

    def believing(self, hash_: str) -> Past:
        """With a login that its owner answered for."""
        return replace(self, doubted=self.doubted - {hash_})

    def find(self, key: str) -> Known | None:
        """What is known of one session."""
        return next((known for known in self.known if known.key == key), None)

    def familiar(self, *, besides: str = GUARD_HASH) -> tuple[Known, ...]:
        """The sessions that make a trait familiar. The guard's own is none: it stands in a data centre, among others'
        machines.
        """
        left_out = self.doubted | {GUARD_HASH, besides}
        return tuple(known for known in self.known if known.is_settled and known.key not in left_out)

    def own(self, *, besides: str = GUARD_HASH) -> tuple[Session, ...]:
        """The owner's devices as last listed: neither the guard's, nor any that is doubted or not settled yet."""
        return tuple(
            session
            for session in (self.roster.sessions if self.roster else ())
            if not session.current
            and not session.password_pending
            and not session.unconfirmed
            and session.hash != besides
            and session.hash not in self.doubted
        )


def key_of(session: Session) -> str:
    """What a session is known by."""
    return GUARD_HASH if session.current else session.hash


def _with(traits: frozenset[T], one: T) -> frozenset[T]:
    return traits | {one} if one and len(traits) < TRAITS_MOST else traits
