"""What a timeline shows: a lane for each session, in a window of time; and its way to the process that draws it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.sessions import check_aware


class State(StrEnum):
    """What a session was for a while; `pending` is a login whose password was not entered yet."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"


class MarkKind(StrEnum):
    """What happened at one moment; `code` is a login code that came."""

    LOGIN = "login"
    MOVE = "move"
    END = "end"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A state and how long it lasted; one that ends before it starts, by clocks that differ, lasted no time."""

    state: State
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        check_aware(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment worth a sign."""

    kind: MarkKind
    at: datetime

    def __post_init__(self) -> None:
        check_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One session; its label is the device's or the owner's own words, drawn as plain text and cut to fit."""

    label: str
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The lanes from the top, in a window of time; what lies outside of it is left out. All times are shown in UTC."""

    title: str
    lanes: tuple[Lane, ...]
    start: datetime
    end: datetime
    drawn_at: datetime

    def __post_init__(self) -> None:
        check_aware(self.start, self.end, self.drawn_at)
        if self.start >= self.end:
            raise ValueError(f"a window without a width: {self.start.isoformat()} to {self.end.isoformat()}")


def dumped(timeline: Timeline) -> bytes:
    """The timeline as JSON."""
    return json.dumps(asdict(timeline), default=datetime.isoformat).encode()


def loaded(data: bytes) -> Timeline:
    """The timeline that `dumped` made JSON of. Raises ValueError, KeyError or TypeError."""
    raw = json.loads(data)
    lanes = tuple(
        Lane(
            label=lane["label"],
            spans=tuple(Span(state=State(span["state"]), **_times(span, "start", "end")) for span in lane["spans"]),
            marks=tuple(Mark(kind=MarkKind(mark["kind"]), **_times(mark, "at")) for mark in lane["marks"]),
        )
        for lane in raw["lanes"]
    )
    return Timeline(title=raw["title"], lanes=lanes, **_times(raw, "start", "end", "drawn_at"))


def _times(raw: dict[str, Any], *names: str) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(raw[name]) for name in names}
