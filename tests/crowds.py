"""Rosters of the longest names that Telegram hands on, and as many sessions as are wanted."""

from __future__ import annotations

from datetime import timedelta

from core.domain.sessions import Roster
from tests.domain_values import MOST_NEGATIVE, NOW, roster, session

LONGEST = "\U0001d400" * 64  # two UTF-16 units each
LARGEST_ACCOUNT = 2**52


def crowd(number: int, account: int = LARGEST_ACCOUNT) -> Roster:
    """As many sessions, the guard's own among them, with the longest of everything."""
    others = [
        session(
            str(int(MOST_NEGATIVE) + n),
            device_model=LONGEST,
            platform=LONGEST,
            system_version=LONGEST,
            app_name=LONGEST,
            app_version=LONGEST,
            country=LONGEST,
            region=LONGEST,
            ip="2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            unconfirmed=n % 3 == 0,
            password_pending=n % 5 == 0,
            active_at=NOW - timedelta(days=10_000 + n),
        )
        for n in range(number - 1)
    ]
    return roster(*others, account=account)
