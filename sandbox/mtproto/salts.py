"""The server salts of one auth key: which is good now, and which come next."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

# A salt is good for an hour, and the next begins half an hour before [core.telegram.org/mtproto/description].
GOOD_FOR = 3600
OVERLAP = 1800
MOST_AHEAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Salt:
    """Good from `since` up to `until`, Unix time."""

    value: int
    since: int
    until: int


@dataclass(slots=True)
class Salts:
    """In order of time; more are made as they are needed."""

    first: int
    began: int
    _coming: list[Salt] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._coming.append(Salt(value=self.first, since=self.began, until=self.began + GOOD_FOR))

    def is_good(self, value: int, now: float) -> bool:
        """Whether a message may carry it."""
        self._look_ahead(now, 1)
        return any(salt.value == value and salt.since <= now for salt in self._coming)

    def current(self, now: float) -> int:
        """The salt that will do longest."""
        self._look_ahead(now, 1)
        return next(salt.value for salt in reversed(self._coming) if salt.since <= now)

    def ahead(self, now: float, count: int) -> list[Salt]:
        """The good one and those that follow, at most 64."""
        count = max(1, min(count, MOST_AHEAD))
        self._look_ahead(now, count)
        return self._coming[:count]

    def _look_ahead(self, now: float, count: int) -> None:
        while self._coming and self._coming[0].until <= now:
            self._coming.pop(0)
        while len(self._coming) < count or self._coming[-1].since + OVERLAP <= now:
            since = max(self._coming[-1].since + OVERLAP, int(now) - OVERLAP + 1) if self._coming else int(now)
            value = int.from_bytes(secrets.token_bytes(8), "little", signed=True)
            self._coming.append(Salt(value=value, since=since, until=since + GOOD_FOR))
