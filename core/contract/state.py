"""What rests in Redis between two looks: the last roster, what is being ended, how the worker and Redis fare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.contract.codec import Document
from core.domain.account_state import AccountState
from core.domain.automation import Said
from core.domain.labels import Labels
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, check_aware
from core.domain.standing import Standings
from core.domain.tombstones import Tombstone

BEAT_SECONDS = 10.0
SILENT_AFTER = timedelta(seconds=3 * BEAT_SECONDS)


#: Requests that were begun are named until so long after their deadlines: the worker's clock and Redis's may differ by
#: that. Nobody presses more often than this before a request's deadline is over.
BEGUN_KEPT, BEGUN_MOST = timedelta(minutes=15), 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A request that was begun: a copy of it would be good until its deadline."""

    id: str
    deadline: datetime

    def __post_init__(self) -> None:
        check_aware(self.deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The last roster known, how its sessions stand and what they are called, which ended lately, and which we are
    ending; what the owners have set, and the rest of the account as it was last seen.

    `ending` is written before Telegram is asked: should the worker die in between, it tells whose doing it was.
    `reports` is how many had been made when it was written: an older one, put back, counts fewer than Redis does.
    `begun` are the requests that must not be carried out again, `said` what need not be told again of the rules.
    """

    roster: Roster
    ended: tuple[Tombstone, ...] = ()
    ending: tuple[Tombstone, ...] = ()
    standings: Standings = Standings()  # noqa: RUF009 - frozen
    labels: Labels = Labels()  # noqa: RUF009 - frozen
    preferences: Preferences = Preferences()  # noqa: RUF009 - frozen
    account_state: AccountState | None = None
    reports: int = 0
    begun: tuple[Begun, ...] = ()
    said: tuple[Said, ...] = ()


SNAPSHOTS: Document[Snapshot] = Document(Snapshot)


class Condition(StrEnum):
    """How the worker fares."""

    WATCHING = "watching"
    UNREACHABLE = "unreachable"
    FLOOD_WAIT = "flood wait"
    FROZEN = "frozen"  # Telegram has frozen the account (FROZEN_METHOD_INVALID)
    REFUSED = "refused"  # Telegram answers with an error of another kind
    INCOMPLETE = "incomplete"  # Telegram's lists lack the guard's own session
    GUARD_LOST = "guard lost"
    STOPPED = "stopped"


#: The worker's last words: no heartbeat is to be expected after them.
LAST_WORDS = frozenset({Condition.GUARD_LOST, Condition.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """What the worker says with its heartbeat. `detail` is Telegram's own name for the trouble, `until` the end of a
    flood wait. `checked_at` is when the rest of the account was last looked at; where that fails, since when, and why,
    if not for a fault in Doorman. `codes_unread_since` is since when the login codes that were missed can't be read.
    """

    account: int
    account_name: str
    condition: Condition
    watching_since: datetime
    last_roster_at: datetime | None = None
    guard_created_at: datetime | None = None
    until: datetime | None = None
    detail: str = ""
    version: str = ""
    checked_at: datetime | None = None
    unchecked_since: datetime | None = None
    checkup_trouble: Condition | None = None
    codes_unread_since: datetime | None = None

    def __post_init__(self) -> None:
        seen = (self.watching_since, self.last_roster_at, self.guard_created_at, self.until)
        apart = (self.checked_at, self.unchecked_since, self.codes_unread_since)
        check_aware(*(moment for moment in (*seen, *apart) if moment))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """`at` is by Redis's clock; `reports` is how many the worker had made by then. `status` is the fingerprint of the
    status that was said with it: an earlier one can't be put back beside a later heartbeat.
    """

    at: datetime
    reports: int = 0
    status: str = ""

    def __post_init__(self) -> None:
        check_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """`beat_at` and `felt_at` are both by Redis's clock, so that no other needs to be right."""

    status: WorkerStatus
    beat_at: datetime
    felt_at: datetime
    reports: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether three heartbeats were missed."""
        return self.felt_at - self.beat_at > SILENT_AFTER

    @property
    def has_ended(self) -> bool:
        """Whether the worker said that it would be silent from then on."""
        return self.status.condition in LAST_WORDS

    @property
    def is_alive(self) -> bool:
        """Whether a worker is at work just now."""
        return not self.has_ended and not self.is_silent


def name_of(account: int, pulse: Pulse | None) -> str:
    """The account's own name, as far as its worker has told; else its number."""
    return pulse.status.account_name if pulse and pulse.status.account_name else str(account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much Redis can still take. `policy` is its own name for what it drops when full; "noeviction" for nothing."""

    policy: str
    is_full: bool

    @property
    def drops_lasting_keys(self) -> bool:
        """Whether keys of ours that never expire may be dropped."""
        return self.policy.startswith("allkeys")
