"""The message of its own that an event makes, where it makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.views import alerts
from bot.views.account_changes import account_altered
from bot.views.adjusted import session_adjusted
from bot.views.altered import session_altered
from bot.views.awaiting import ending_awaited, ending_dropped
from bot.views.codes_came import code_came
from bot.views.doers import ANOTHER
from bot.views.losses import guard_lost
from bot.views.rules import preferences_changed, rule_would_end
from bot.views.screen import Screen
from bot.views.tampering import tampering
from core.contract.account_events import (
    AccountAltered,
    BaselineTaken,
    CodeCame,
    GuardLost,
    PreferencesChanged,
    TamperingFound,
    TtlChanged,
)
from core.contract.events import Event
from core.contract.session_events import EndingAwaited, EndingDropped, RuleWouldEnd, SessionAdjusted, SessionAltered


def news(event: Event, *, account_name: str, doer: str = ANOTHER) -> Screen | None:
    """Of logins and what becomes of them `telling` knows more: those are on one message.

    `doer` is what an owner who had it done is called; see `doers`.
    """
    if of_owner := OF_OWNERS.get(type(event)):
        return of_owner(event, account_name=account_name, doer=doer)
    view = VIEWS.get(type(event))
    return view(event, account_name=account_name) if view else None


def _tampering(event: TamperingFound, *, account_name: str) -> Screen:
    return tampering(event.account, event.what, account_name=account_name)


#: What an owner may have had Doorman do.
OF_OWNERS: Mapping[type[Event], Callable[..., Screen]] = {
    TtlChanged: alerts.ttl_changed,
    AccountAltered: account_altered,
    PreferencesChanged: preferences_changed,
    SessionAdjusted: session_adjusted,
    EndingAwaited: ending_awaited,
    EndingDropped: ending_dropped,
}
VIEWS: Mapping[type[Event], Callable[..., Screen | None]] = {
    BaselineTaken: alerts.baseline,
    SessionAltered: session_altered,
    GuardLost: guard_lost,
    TamperingFound: _tampering,
    CodeCame: code_came,
    RuleWouldEnd: rule_would_end,
}
