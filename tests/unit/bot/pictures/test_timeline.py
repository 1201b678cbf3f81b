"""What may be drawn, and that it reaches the process that draws it as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.pictures.timeline import Lane, Mark, MarkKind, Span, State, dumped, loaded
from tests.unit.bot.pictures.stories import NOW, mark, span, timeline


def test_a_timeline_arrives_as_it_was_sent() -> None:
    sent = timeline(
        Lane(
            label='"\\ \ud800 \x00 我',
            spans=tuple(span(state, 9, 8.5) for state in State),
            marks=tuple(mark(kind, 8) for kind in MarkKind),
        ),
        Lane(label=""),
    )
    assert loaded(dumped(sent)) == sent


def test_times_keep_their_zones() -> None:
    sent = replace(timeline(), start=datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=-5))))
    assert loaded(dumped(sent)).start.utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize("end", [NOW, NOW - timedelta(seconds=1)])
def test_a_window_has_a_width(end: datetime) -> None:
    with pytest.raises(ValueError, match="without a width"):
        replace(timeline(), start=NOW, end=end)


def test_times_say_their_zone() -> None:
    naive = datetime(2026, 11, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a zone"):
        Span(state=State.ACTIVE, start=naive, end=NOW)
    with pytest.raises(ValueError, match="without a zone"):
        Mark(kind=MarkKind.LOGIN, at=naive)
    with pytest.raises(ValueError, match="without a zone"):
        replace(timeline(), drawn_at=naive)
