"""All that userclient tells the bot, and how it is numbered on its way."""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.account_events import (
    AccountAltered,
    BaselineTaken,
    CodeCame,
    GuardLost,
    PreferencesChanged,
    TamperingFound,
    TtlChanged,
)
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    RuleWouldEnd,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)

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
    | EndingAwaited
    | EndingDropped
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An event on its way. An account's reports are numbered from 1, so that one that was taken away is missed."""

    number: int
    event: Event
