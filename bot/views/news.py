"""The message of its own that an event makes, where it makes one."""

from __future__ import annotations

from bot.views import alerts
from bot.views.losses import guard_lost
from bot.views.screen import Screen
from bot.views.tampering import tampering
from core.contract.events import BaselineTaken, Event, GuardLost, SessionAltered, TamperingFound, TtlChanged


def news(event: Event, *, account_name: str) -> Screen | None:
    """Of logins and what becomes of them `telling` knows more: those are on one message."""
    match event:
        case BaselineTaken():
            return alerts.baseline(event, account_name=account_name)
        case SessionAltered():
            return alerts.session_altered(event, account_name=account_name)
        case TtlChanged():
            return alerts.ttl_changed(event, account_name=account_name)
        case GuardLost():
            return guard_lost(event, account_name=account_name)
        case TamperingFound():
            return tampering(event.account, event.what, account_name=account_name)
        case _:
            return None
