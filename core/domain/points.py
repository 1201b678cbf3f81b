"""What a checkup is made of: points, each on one thing that an account's safety hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.sessions import Session, check_aware


class Grade(StrEnum):
    """How a thing stands, worst first."""

    BAD = "bad"  # to be seen to now
    LOOK = "look"  # only its owner can say whether it is well
    UNKNOWN = "unknown"  # Telegram did not say
    GOOD = "good"


class Topic(StrEnum):
    """What a point is about."""

    RESET = "reset"
    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"
    PASSWORD = "password"  # noqa: S105 - no password
    UNCONFIRMED_EMAIL = "unconfirmed"
    RECOVERY = "recovery"
    LOGIN_EMAIL = "login email"
    BOTS = "bots"
    UNOFFICIAL = "unofficial"
    IDLE = "idle"
    UNTRUSTED = "untrusted"
    WEBSITES = "websites"
    PASSKEYS = "passkeys"
    SESSION_TTL = "session ttl"
    ACCOUNT_TTL = "account ttl"
    LOCK = "lock"


class Action(StrEnum):
    """What can be done about it from here."""

    CALL_OFF_RESET = "call off reset"
    SHOW_TTL = "show ttl"
    REVIEW = "review"  # look through its sessions, one by one
    SHOW_WEBSITES = "show websites"
    SHOW_BOTS = "show bots"
    SHOW_PASSKEYS = "show passkeys"
    SHOW_LOCK = "show lock"


class Where(StrEnum):
    """The screen of Telegram's apps on which alone it can be changed, or as well."""

    TWO_STEP = "two-step"
    LOGIN_EMAIL = "login email"
    ACCOUNT_TTL = "account ttl"
    PASSKEYS = "passkeys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How one thing stands, and by what that is known.

    Its grade is for `count` of `among` things (sessions, websites, bots, passkeys); `days` is a limit, `at` a date,
    `email` a pattern as Telegram gives it.
    """

    topic: Topic
    grade: Grade
    count: int = 0
    among: int = 0
    days: int = 0
    at: datetime | None = None
    email: str = ""
    sessions: tuple[Session, ...] = ()
    action: Action | None = None
    where: Where | None = None

    def __post_init__(self) -> None:
        check_aware(*([self.at] if self.at else []))
