"""What the worker says of itself with each heartbeat."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from core.contract.state import WorkerStatus
from userclient.sight import Sight
from userclient.telegram.guard import Guard


def status_of(guard: Guard, sight: Sight, *, since: datetime) -> WorkerStatus:
    """How it fares now; `since` is when it began."""
    return WorkerStatus(
        account=guard.account,
        account_name=guard.account_name,
        condition=sight.condition,
        watching_since=since,
        last_roster_at=sight.last_roster_at,
        guard_created_at=sight.guard_created_at,
        until=sight.until,
        detail=sight.detail,
        version=version("doorman"),
        checked_at=sight.checked_at,
        unchecked_since=sight.unchecked_since,
        checkup_trouble=sight.checkup_trouble,
        codes_unread_since=sight.codes_unread_since,
    )
