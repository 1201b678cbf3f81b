"""What userclient tells the bot: events, past tense, each naming its account and when the worker knew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.account_state import AccountChange, AccountState
from core.domain.automation import Rule
from core.domain.endings import Ending
from core.domain.preferences import Preferences
from core.domain.risk.assessment import Assessment, Level
from core.domain.sessions import AUTOCONFIRM_SECONDS, Roster, Session

#: A login code lives for minutes; how many, Telegram does not publish: never fewer than it may be.
CODE_GOOD_FOR = timedelta(minutes=10)


class GuardLoss(StrEnum):
    """Telegram's own words for a guard session that is gone (401; AUTH_KEY_DUPLICATED is 406)."""

    AUTH_KEY_UNREGISTERED = "AUTH_KEY_UNREGISTERED"
    AUTH_KEY_INVALID = "AUTH_KEY_INVALID"
    AUTH_KEY_DUPLICATED = "AUTH_KEY_DUPLICATED"
    SESSION_REVOKED = "SESSION_REVOKED"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    USER_DEACTIVATED = "USER_DEACTIVATED"
    USER_DEACTIVATED_BAN = "USER_DEACTIVATED_BAN"


class Tampering(StrEnum):
    """What shows that somebody else wrote into our Redis, or that it lost something."""

    COMMAND_FORGED = "command forged"  # a request that no bot of ours signed
    COMMAND_REPLAYED = "command replayed"  # a request that was carried out already, put there again
    SNAPSHOT_FORGED = "snapshot forged"  # the last roster is not as the worker left it
    SNAPSHOT_OLD = "snapshot old"  # it is as the worker left it once, not the last time
    REPORT_FORGED = "report forged"  # an event that no worker of ours signed
    REPORTS_MISSING = "reports missing"  # events were taken away before they were told
    REPORT_OLD = "report old"  # an event that was told already, put there again
    STATE_OLD = "state old"  # the worker went on from less than it had told before


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineTaken:
    """The first roster of an account that Doorman had not known: for review, no alarm.

    `history_lost` is whether Doorman had known one before, and Redis has lost it; `settings_lost` whether what the
    owners had set is lost as well, and the worker did not remember it.
    """

    account: int
    at: datetime
    roster: Roster
    history_lost: bool = False
    settings_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAppeared:
    """A new login, what speaks against it, and what its device was called when it was logged in before."""

    account: int
    at: datetime
    session: Session
    assessment: Assessment = Assessment(floor=Level.NOTICE)  # noqa: RUF009 - frozen
    former_label: str = ""
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAnnounced:
    """Telegram pushed a new login, but the roster could not be fetched; what the push says is all we know."""

    account: int
    at: datetime
    hash: str
    device: str
    location: str
    logged_in_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """A session is gone. `ended_by` is the owner who had Doorman end it, None if it ended otherwise; `rule` is the rule
    by which Doorman ended it by itself. `was_awaited` is whether that owner asked for it before Telegram allowed it.
    """

    account: int
    at: datetime
    session: Session
    ended_by: int | None = None
    ending: Ending | None = None
    rule: Rule | None = None
    was_awaited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginConfirmed:
    """An owner said that a login was theirs; `told_telegram` is whether Telegram had waited for that, and was told."""

    account: int
    at: datetime
    session: Session
    confirmed_by: int
    told_telegram: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginUnanswered:
    """No owner has said yet whose login this was; it was first told at `since`, and is told again."""

    account: int
    at: datetime
    session: Session
    since: datetime
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChanged:
    """An owner trusts a session from now on, or no more."""

    account: int
    at: datetime
    session: Session
    trusted: bool
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAdjusted:
    """An owner named a session ("" took its name away), or set whether it accepts calls and secret chats; None is what
    is as it was.
    """

    account: int
    at: datetime
    session: Session
    by: int
    label: str | None = None
    calls: bool | None = None
    secret_chats: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAltered:
    """A session's particulars changed, its last activity apart; what speaks against that."""

    account: int
    at: datetime
    before: Session
    after: Session
    assessment: Assessment = Assessment()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class TtlChanged:
    """The account's limit for idle sessions changed, in days; `by` is the owner who had Doorman do it, if one had."""

    account: int
    at: datetime
    before: int
    after: int
    by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLost:
    """Doorman's own session is gone: it sees nothing of this account until a new login."""

    account: int
    at: datetime
    reason: GuardLoss


@dataclass(frozen=True, slots=True, kw_only=True)
class TamperingFound:
    """The worker found that somebody else wrote into our Redis; nothing was done for them."""

    account: int
    at: datetime
    what: Tampering


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCame:
    """Somebody asked for a login code, and Telegram sent it to the account; never the code itself. `is_locked` is
    whether the login lock is on, `was_killed` whether Doorman has made the code worthless at once, as it should then.
    `sent_at` is when it came, if nobody watched then.
    """

    account: int
    at: datetime
    was_killed: bool = False
    is_locked: bool = False
    sent_at: datetime | None = None

    @property
    def is_spent(self) -> bool:
        """Whether it was too old to let anybody in when the worker knew of it."""
        return self.sent_at is not None and self.at - self.sent_at > CODE_GOOD_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAltered:
    """Something that the account's safety hangs on is another; `state` is all of it now, `by` the owner who had Doorman
    do it, if one had.
    """

    account: int
    at: datetime
    changes: tuple[AccountChange, ...]
    state: AccountState
    by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesChanged:
    """An owner has set these fields of the preferences anew."""

    account: int
    at: datetime
    fields: tuple[str, ...]
    preferences: Preferences
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWouldEnd:
    """A rule would end this session now, if it were on; or it is on, and could not: `error` is why."""

    account: int
    at: datetime
    session: Session
    rule: Rule
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingDropped:
    """A session that an owner wanted ended as soon as Telegram allows it is not: Telegram refused that for good, with
    this `error`; or another owner, `by`, called it off or said that the session is theirs.
    """

    account: int
    at: datetime
    session: Session
    wanted_by: int
    by: int | None = None
    error: str = ""


Event = (
    BaselineTaken
    | SessionAppeared
    | LoginAnnounced
    | SessionEnded
    | LoginConfirmed
    | LoginUnanswered
    | TrustChanged
    | SessionAdjusted
    | SessionAltered
    | TtlChanged
    | GuardLost
    | TamperingFound
    | CodeCame
    | AccountAltered
    | PreferencesChanged
    | RuleWouldEnd
    | EndingDropped
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An event on its way. An account's reports are numbered from 1, so that one that was taken away is missed."""

    number: int
    event: Event
