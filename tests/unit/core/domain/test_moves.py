"""Moves: what counts as another place, and how a session on the road does not fill the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.history import Entry, Kind
from core.domain.moves import FAMILIAR_FOR, REST, has_moved, is_abroad, is_news
from core.domain.sessions import Session
from tests.domain_values import NOW, session

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
HOME, MOBILE, OFFICE = "10.1.0.1", "10.2.0.1", "10.3.0.1"


def move(start: str, to: str, ago: timedelta = timedelta(), *, hash_: str = "7", **particulars: object) -> Entry:
    before, after = session(hash_, ip=start), session(hash_, ip=to, **particulars)
    return Entry(at=NOW - ago, kind=Kind.MOVED, session=after, before=before)


@pytest.mark.parametrize(
    ("before", "after", "moved", "abroad"),
    [
        (session(ip="192.0.2.7"), session(ip="192.0.99.1"), False, False),
        (session(ip="192.0.2.7"), session(ip="198.51.100.1"), True, False),
        (session(ip="192.0.2.7"), session(ip="2001:db8::1"), True, False),
        (session(ip="192.0.2.7"), session(ip=""), False, False),
        (session(), session(country="Norway"), True, True),
        (session(country="Sweden"), session(country="Malmo, sweden", region=""), False, False),
        (session(), session(country=""), False, False),
        (session(), session(region="Lund"), False, False),
    ],
)
def test_it_moved_if_network_or_country_are_known_to_differ(
    before: Session, after: Session, *, moved: bool, abroad: bool
) -> None:
    assert (has_moved(before, after), is_abroad(before, after)) == (moved, abroad)


@pytest.mark.parametrize(
    ("now", "earlier", "news"),
    [
        (move(HOME, MOBILE), [], True),
        (move(HOME, MOBILE), [move(OFFICE, HOME, REST)], True),
        (move(HOME, MOBILE), [move(OFFICE, HOME, REST - SECOND)], False),
        (move(HOME, MOBILE), [move(OFFICE, HOME, SECOND, hash_="8")], True),
        (move(MOBILE, HOME), [move(HOME, MOBILE, 5 * HOUR)], False),
        (move(MOBILE, HOME), [move(HOME, MOBILE, FAMILIAR_FOR)], True),
        (move(HOME, MOBILE, country="Norway"), [move(HOME, MOBILE, SECOND)], True),
        (move(HOME, MOBILE), [Entry(at=NOW, kind=Kind.UPDATED, session=session(ip=MOBILE))], True),
        (Entry(at=NOW, kind=Kind.MOVED, session=session()), [move(HOME, OFFICE)], True),
    ],
    ids=[
        "the first",
        "an hour after the last",
        "within the hour",
        "another session's moves don't matter",
        "back where it was today",
        "back where it was long ago",
        "another country",
        "other entries don't matter",
        "from nowhere known",
    ],
)
def test_a_move_is_news_once_an_hour_to_where_it_was_not_lately_and_across_borders_always(
    now: Entry, earlier: list[Entry], *, news: bool
) -> None:
    assert is_news(now, earlier) is news


def test_a_year_of_going_to_work_is_a_few_entries_a_week() -> None:
    kept: list[Entry] = []
    for day in range(364):
        for hour, (start, to) in enumerate([(HOME, MOBILE), (MOBILE, OFFICE), (OFFICE, MOBILE), (MOBILE, HOME)]):
            entry = move(start, to, (364 - day) * DAY - 4 * hour * HOUR)
            if is_news(entry, kept[-20:]):
                kept.append(entry)
    assert len(kept) <= 2 * 52
