"""What rests in Redis between two looks: the last roster, and how the worker fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.sessions import Roster
from core.domain.tombstones import Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The last roster known, and what was ended by us lately."""

    roster: Roster
    ended: tuple[Tombstone, ...] = ()


class Condition(StrEnum):
    """How the worker fares."""

    WATCHING = "watching"
    UNREACHABLE = "unreachable"
    FLOOD_WAIT = "flood wait"
    GUARD_LOST = "guard lost"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """The worker's heartbeat. `detail` is Telegram's own name for the trouble, `until` the end of a flood wait."""

    account: int
    account_name: str
    condition: Condition
    beat_at: datetime
    watching_since: datetime
    last_roster_at: datetime | None = None
    guard_created_at: datetime | None = None
    until: datetime | None = None
    detail: str = ""
    version: str = ""
