"""What userclient tells the bot of one session: events, past tense, each with its account and when the worker knew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.automation import Rule
from core.domain.endings import Ending
from core.domain.risk.assessment import Assessment, Level
from core.domain.sessions import AUTOCONFIRM_SECONDS, Session


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
    `label` is what an owner had called it.
    """

    account: int
    at: datetime
    session: Session
    ended_by: int | None = None
    ending: Ending | None = None
    rule: Rule | None = None
    was_awaited: bool = False
    label: str = ""


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
    """A session's particulars changed, its last activity apart; what speaks against that; `label` is what an owner
    calls it. `was_trusted` is whether it was trusted until then, and is no more because of that.
    """

    account: int
    at: datetime
    before: Session
    after: Session
    assessment: Assessment = Assessment()  # noqa: RUF009 - frozen
    label: str = ""
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS
    was_trusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWouldEnd:
    """A rule would end this session now, if it were on; or it is on, and could not: `error` is why; or may not before
    that moment, for too many were ended within the hour.
    """

    account: int
    at: datetime
    session: Session
    rule: Rule
    error: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingAwaited:
    """An owner, `by`, wants a session ended as soon as Telegram allows it: not before `allowed_from`. `was_moved` is
    whether that had been noted, and only the moment is a later one now: Doorman had to log in anew.
    """

    account: int
    at: datetime
    session: Session
    by: int
    allowed_from: datetime
    was_moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingDropped:
    """A session that an owner wanted ended as soon as Telegram allows it is not: Telegram refused that for good, with
    this `error`; or an owner, `by`, whoever had wanted it or another, called it off or said that the session is theirs.
    """

    account: int
    at: datetime
    session: Session
    wanted_by: int
    by: int | None = None
    error: str = ""
