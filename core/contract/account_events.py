"""What userclient tells the bot of the account as a whole, and of how it is watched: events, past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.contract.mishaps import GuardLoss, Tampering
from core.domain.account_state import AccountChange, AccountState
from core.domain.preferences import Preferences
from core.domain.sessions import Roster

#: A login code lives for minutes; how many, Telegram does not publish: never fewer than it may be.
CODE_GOOD_FOR = timedelta(minutes=10)


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
    `sent_at` is when it came, if nobody watched then; `may_be_ours` whether Doorman itself may have logged in by it.
    """

    account: int
    at: datetime
    was_killed: bool = False
    is_locked: bool = False
    sent_at: datetime | None = None
    may_be_ours: bool = False

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
