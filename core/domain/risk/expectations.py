"""What owners said that they expect: a device that is being added, a journey; it is told all the same, and quietly."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.domain.preferences import Preferences
from core.domain.risk.assessment import Assessment, Level, lowered
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason

#: Of a new device: not that it comes from a new country, nor that it bears a known one's name with another app.
ADDING = frozenset(
    {
        LoginReason.NEW_APP,
        LoginReason.NEW_PLATFORM,
        LoginReason.UNOFFICIAL,
        LoginReason.UNCONFIRMED,
        LoginReason.CODE_ASKED,
        LoginReason.ALL_IDLE,
        LoginReason.SEVERAL,
    }
)
TRAVELLING = frozenset(
    {
        LoginReason.NEW_COUNTRY,
        LoginReason.NEW_NETWORK,
        LoginReason.ELSEWHERE,
        MoveReason.MOVED_COUNTRY,
        MoveReason.MOVED_NETWORK,
        MoveReason.MOVED_TOO_FAST,
    }
)


def as_expected(assessment: Assessment, preferences: Preferences, *, is_login: bool, now: datetime) -> Assessment:
    """With what an owner expects now said and not counted; a login while a device is being added may be quiet."""
    adds, travels = is_login and preferences.expects_login(now), preferences.expects_travel(now)
    expected = (ADDING if adds else frozenset()) | (TRAVELLING if travels else frozenset())
    eased = lowered(assessment, expected=expected)
    return replace(eased, floor=Level.QUIET) if adds else eased
