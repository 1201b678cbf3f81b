"""The message of its own that an event makes, where it makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.views import alerts
from bot.views.account_changes import account_altered
from bot.views.altered import session_altered
from bot.views.codes_came import code_came
from bot.views.losses import guard_lost
from bot.views.rules import preferences_changed, rule_would_end
from bot.views.screen import Screen
from bot.views.tampering import tampering
from core.contract.events import (
    AccountAltered,
    BaselineTaken,
    CodeCame,
    Event,
    GuardLost,
    PreferencesChanged,
    RuleWouldEnd,
    SessionAltered,
    TamperingFound,
    TtlChanged,
)


def news(event: Event, *, account_name: str) -> Screen | None:
    """Of logins and what becomes of them `telling` knows more: those are on one message."""
    view = VIEWS.get(type(event))
    return view(event, account_name=account_name) if view else None


def _tampering(event: TamperingFound, *, account_name: str) -> Screen:
    return tampering(event.account, event.what, account_name=account_name)


VIEWS: Mapping[type[Event], Callable[..., Screen | None]] = {
    BaselineTaken: alerts.baseline,
    SessionAltered: session_altered,
    TtlChanged: alerts.ttl_changed,
    GuardLost: guard_lost,
    TamperingFound: _tampering,
    CodeCame: code_came,
    AccountAltered: account_altered,
    PreferencesChanged: preferences_changed,
    RuleWouldEnd: rule_would_end,
}
