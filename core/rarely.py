"""Telling of a kind of thing only now and then: a flood of one kind is one piece of news."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

SILENT_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rarely(Generic[K]):
    """Each kind at most once in so many seconds, by whatever clock `now` is read from."""

    seconds: float = SILENT_SECONDS
    _told_at: dict[K, float] = field(default_factory=dict, init=False)

    def is_due(self, kind: K, *, now: float) -> bool:
        """Whether it was not told lately."""
        told_at = self._told_at.get(kind)
        return told_at is None or now - told_at >= self.seconds

    def told(self, kind: K, *, now: float) -> None:
        """It was: from now on it is silent."""
        self._told_at[kind] = now
