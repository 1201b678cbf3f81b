"""What userclient answers to a request: what came of it for each session, or why nothing was begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.account_state import AccountState
from core.domain.labels import Labels
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings


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
    """What came of it for one session; `hash` is "" where a command is about the whole account.

    `session` is how it was last seen; `ended_by` is the owner for whom Doorman ended it, now (DONE) or at an
    earlier press (ALREADY_GONE, `at` is then that press's); `allowed_from` goes with NOT_ALLOWED_YET, and with
    an ending that waits for that;
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
    labels: Labels = Labels()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupFetched:
    """The answer to GetCheckup."""

    roster: Roster
    account: AccountState
    standings: Standings = Standings()  # noqa: RUF009 - frozen
    preferences: Preferences = Preferences()  # noqa: RUF009 - frozen
    labels: Labels = Labels()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The answer to every other command: a result for each session that it named, or one for the whole account."""

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


Reply = RosterFetched | CheckupFetched | Carried | NotCarried
