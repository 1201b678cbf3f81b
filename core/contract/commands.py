"""What the bot asks of userclient, and what it is answered; each request has an id, an owner and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.account_state import AccountState
from core.domain.labels import Labels, check_label
from core.domain.preferences import Preferences, check_fields
from core.domain.sessions import TTL_DAYS, Roster, Session, check_hash
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindLater:
    """Tell of a login that nobody has answered for again in an hour, and not before."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSession:
    """Call a session by the owner's own name for it; "" takes that away."""

    hash: str
    label: str

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_label(self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccepted:
    """Have a session accept calls and secret chats, or not; None leaves one as it is."""

    hash: str
    calls: bool | None
    secret_chats: bool | None

    def __post_init__(self) -> None:
        check_hash(self.hash)
        if self.calls is None and self.secret_chats is None:
            raise ValueError("neither switch")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTtl:
    """Have idle sessions end after so many days, 1 to 366."""

    days: int

    def __post_init__(self) -> None:
        if self.days not in TTL_DAYS:
            raise ValueError(f"not 1 to 366 days: {self.days}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCheckup:
    """Fetch the roster, and everything else that the account's safety hangs on, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectWebsite:
    """Log a website out."""

    website: str

    def __post_init__(self) -> None:
        check_hash(self.website)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectWebsites:
    """Log all websites out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectBot:
    """Have a business bot read the account's chats no more."""

    bot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReset:
    """Call off the reset of the 2FA password that somebody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillCodes:
    """Make the login codes that came lately worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer:
    """Take over these fields of the preferences, and no other."""

    fields: tuple[str, ...]
    preferences: Preferences

    def __post_init__(self) -> None:
        check_fields(self.fields)


Command = (
    GetRoster
    | EndSession
    | EndSessions
    | ConfirmLogin
    | TrustSession
    | DistrustSession
    | RemindLater
    | LabelSession
    | SetAccepted
    | SetTtl
    | GetCheckup
    | DisconnectWebsite
    | DisconnectWebsites
    | DisconnectBot
    | DeclineReset
    | KillCodes
    | Prefer
)


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
    """What came of it for one session; `hash` is "" where a command is about the whole account.

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
    labels: Labels = Labels()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupFetched:
    """The answer to GetCheckup."""

    roster: Roster
    account: AccountState
    standings: Standings = Standings()  # noqa: RUF009 - frozen
    preferences: Preferences = Preferences()  # noqa: RUF009 - frozen


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
