"""A session and a roster: what Telegram says of who is logged in, at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

GUARD_HASH = "0"
#: Telegram lets no younger session end others (FRESH_RESET_AUTHORISATION_FORBIDDEN; core.telegram.org/api/auth).
MAY_END_OTHERS_AFTER = timedelta(hours=24)
HASH_BITS = 64
#: After how many idle days sessions may be set to end (account.setAuthorizationTTL).
TTL_DAYS = range(1, 367)
#: After so long Telegram confirms a login by itself, where it names no other `authorization_autoconfirm_period`
#: (core.telegram.org/api/config).
AUTOCONFIRM_SECONDS = 604_800


def check_hash(value: str) -> str:
    """A hash is a signed 64-bit integer, written in decimal because JSON and buttons would round it.

    Raises ValueError.
    """
    number = int(value)
    if str(number) != value or not -(2 ** (HASH_BITS - 1)) <= number < 2 ** (HASH_BITS - 1):
        raise ValueError(f"not a signed 64-bit integer in decimal: {value!r}")
    return value


def check_aware(*moments: datetime) -> None:
    """Raises ValueError for a time that doesn't say its zone."""
    for moment in moments:
        if moment.utcoffset() is None:
            raise ValueError(f"a time without a zone: {moment.isoformat()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One authorization of the account on one device, as `account.getAuthorizations` lists it.

    All texts are the device's own words, `official_app` included: show them, never trust them.
    `created_at` and `active_at` are aware UTC. The guard's own session is `current`, its hash "0" in practice.
    """

    hash: str
    device_model: str
    platform: str
    system_version: str
    api_id: int
    app_name: str
    app_version: str
    created_at: datetime
    active_at: datetime
    ip: str
    country: str
    region: str
    current: bool = False
    official_app: bool = False
    password_pending: bool = False
    unconfirmed: bool = False
    secret_chats_disabled: bool = False
    calls_disabled: bool = False

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.created_at, self.active_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One answer of `account.getAuthorizations`: all sessions at one moment; `ttl_days` ends idle ones, and
    `autoconfirm_seconds` after its login Telegram confirms one that nobody answered for.
    """

    account: int
    sessions: tuple[Session, ...]
    ttl_days: int
    taken_at: datetime
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS

    def __post_init__(self) -> None:
        check_aware(self.taken_at)

    @property
    def is_torn(self) -> bool:
        """Whether the answer lacks the asker's own session: such a one can't be compared with anything."""
        return not any(session.current for session in self.sessions)

    @property
    def guard(self) -> Session | None:
        """The session that asked; None in a torn roster."""
        return next((session for session in self.sessions if session.current), None)

    def find(self, hash_: str) -> Session | None:
        """The session of that hash, the guard's own excepted: nothing may be done to it."""
        return next((s for s in self.sessions if s.hash == hash_ and not s.current), None)

    def hashes(self) -> frozenset[str]:
        """The hashes of all sessions but the guard's own."""
        return frozenset(session.hash for session in self.sessions if not session.current)


def in_order(sessions: Iterable[Session]) -> list[Session]:
    """The order in which Telegram's own apps list sessions: current, password-pending, unconfirmed, then by
    last activity, latest first (TDLib, `AccountManager.cpp`); ties by hash, so that pages never shuffle.
    """
    return sorted(
        sessions,
        key=lambda s: (not s.current, not s.password_pending, not s.unconfirmed, -s.active_at.timestamp(), s.hash),
    )


def place_of(session: Session) -> str:
    """The place in one line: region and country, whichever is there; "" when neither is."""
    return ", ".join(dict.fromkeys(part.strip() for part in (session.region, session.country) if part.strip()))
