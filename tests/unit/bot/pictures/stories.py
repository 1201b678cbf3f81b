"""Timelines to draw, all of one month that ends on a Monday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.pictures.timeline import Lane, Mark, MarkKind, Span, State, Timeline

NOW = datetime(2026, 11, 23, 21, 25, tzinfo=UTC)
MONTH = 30
FIRST_MONDAY = datetime(2026, 10, 26, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def span(state: State, start: float, end: float) -> Span:
    """A state from so many days ago to so many."""
    return Span(state=state, start=ago(start), end=ago(end))


def mark(kind: MarkKind, days: float) -> Mark:
    return Mark(kind=kind, at=ago(days))


def timeline(*lanes: Lane, days: float = MONTH, title: str = "Sessions, last 30 days") -> Timeline:
    return Timeline(title=title, lanes=lanes, start=ago(days), end=NOW, drawn_at=NOW)
