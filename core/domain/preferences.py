"""What the owners have set in the chat: quiet hours, the login lock, what they expect, what Doorman does by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.domain.sessions import check_aware


class Mode(StrEnum):
    """Whether a rule acts."""

    OFF = "off"
    DRY = "dry"  # it only says what it would have done
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` until `end` by the owner's clock, over midnight where `end` is the earlier."""

    start: time
    end: time
    zone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (LookupError, OSError) as error:  # OSError: a folder's name, or too long a one
            raise ValueError("no time zone that is known here") from error
        if self.start == self.end:
            raise ValueError("quiet hours that never end")

    def are_on(self, now: datetime) -> bool:
        """Whether it is quiet now."""
        clock = now.astimezone(ZoneInfo(self.zone)).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """One account's. Each field is set by itself; what ends by itself has its end inside.

    - `lock_until`: until then every login code is killed as it comes; for as long as nobody unlocks it, if `is_locked`.
    - `adding_until`: until then an owner adds a device, and a login is expected.
    - `travel_until`: until then an owner travels, and other countries and networks are expected.
    - `end_unanswered`, after `unanswered_minutes`: end a login that nobody has answered for.
    - `end_idle`, after `idle_days`: end a session that was not used for so long.
    - `only_countries`, of `countries`, by Telegram's own names: end a login from any other.
    """

    quiet: QuietHours | None = None
    is_weekly: bool = True
    is_locked: bool = False
    lock_until: datetime | None = None
    adding_until: datetime | None = None
    travel_until: datetime | None = None
    end_unanswered: Mode = Mode.OFF
    unanswered_minutes: int = 60
    end_idle: Mode = Mode.OFF
    idle_days: int = 90
    only_countries: Mode = Mode.OFF
    countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_aware(*(at for at in (self.lock_until, self.adding_until, self.travel_until) if at))
        if not 5 <= self.unanswered_minutes <= 1440:  # noqa: PLR2004 - minutes of a day
            raise ValueError(f"not 5 to 1440 minutes: {self.unanswered_minutes}")
        if not 1 <= self.idle_days <= 366:  # noqa: PLR2004 - days of a year
            raise ValueError(f"not 1 to 366 days: {self.idle_days}")

    def locks(self, now: datetime) -> bool:
        """Whether login codes are killed now."""
        return self.is_locked and (self.lock_until is None or now < self.lock_until)

    def expects_login(self, now: datetime) -> bool:
        """Whether an owner is adding a device now."""
        return self.adding_until is not None and now < self.adding_until

    def expects_travel(self, now: datetime) -> bool:
        """Whether an owner travels now."""
        return self.travel_until is not None and now < self.travel_until

    def unarmed(self) -> Preferences:
        """With nothing expected, and no rule that ends: for when they may be older ones that somebody put back."""
        modes = {name: min(getattr(self, name), Mode.DRY, key=list(Mode).index) for name in MODES}
        return replace(self, adding_until=None, travel_until=None, **modes)


#: The fields that say whether a rule acts.
MODES = ("end_unanswered", "end_idle", "only_countries")
FIELDS = frozenset(field.name for field in fields(Preferences))


def check_fields(names: Iterable[str]) -> None:
    """Raises ValueError for what is no field of the preferences."""
    if unknown := [name for name in names if name not in FIELDS]:
        raise ValueError(f"no preferences: {', '.join(unknown)}")
