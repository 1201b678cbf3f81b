"""What the bot asks of userclient, and what it is answered; each request has an id, an owner and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.sessions import Roster, Session, check_hash
from core.domain.standing import Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRoster:
    """Fetch the roster now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """End one session."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    """End just these sessions, one by one: the list that the owner confirmed."""

    hashes: tuple[str, ...]

    def __post_init__(self) -> None:
        for hash_ in self.hashes:
            check_hash(hash_)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLogin:
    """Note that a login was the owner's, and tell Telegram if it waits for that."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSession:
    """Note that a session is the owner's and is to stay."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrustSession:
    """Note that a session is trusted no more."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


Command = GetRoster | EndSession | EndSessions | ConfirmLogin | TrustSession | DistrustSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command on its way. It may be carried out at most once, and only before `deadline` by Redis's clock."""

    id: str
    owner: int
    deadline: datetime
    command: Command


class Outcome(StrEnum):
    """What came of one session's part in a command."""

    DONE = "done"
    ALREADY_GONE = "already gone"
    NOT_ALLOWED_YET = "not allowed yet"  # FRESH_RESET_AUTHORISATION_FORBIDDEN: the guard is under 24 h old
    IS_GUARD = "is the guard"
    NOT_PENDING = "not pending"
    NOT_DONE = "not done"  # it was never begun, or nothing shows that it was
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it for one session.

    `session` is how it was last seen; `ended_by` is the owner for whom Doorman ended it, now (DONE) or at an
    earlier press (ALREADY_GONE, `at` is then that press's); `allowed_from` goes with NOT_ALLOWED_YET;
    `error` is Telegram's own name for what went wrong, with FAILED.
    """

    hash: str
    outcome: Outcome
    at: datetime
    session: Session | None = None
    ended_by: int | None = None
    allowed_from: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFetched:
    """The answer to GetRoster."""

    roster: Roster
    standings: Standings = Standings()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The answer to every other command: a result for each session that it named."""

    results: tuple[Result, ...]


class Trouble(StrEnum):
    """Why a command could not be begun."""

    FLOOD_WAIT = "flood wait"  # Telegram asks for a pause of `seconds`
    GUARD_LOST = "guard lost"
    UNREACHABLE = "unreachable"  # no connection to Telegram
    INCOMPLETE = "incomplete"  # Telegram's list lacks the guard's own session, so it may lack anything
    REFUSED = "refused"  # Telegram says `error`


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCarried:
    """Nothing was done, and why."""

    trouble: Trouble
    seconds: int = 0
    error: str = ""


Reply = RosterFetched | Carried | NotCarried
