"""History is picked from by session, by kind and by time, and one session's story is told in its order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.history import Entry, Filter, Kind, matching, story_of
from tests.domain_values import NOW, session

HOUR = timedelta(hours=1)
LOGIN = Entry(at=NOW, kind=Kind.LOGIN, session=session("1"))
OTHER = Entry(at=NOW + HOUR, kind=Kind.LOGIN, session=session("2"))
CODE = Entry(at=NOW + 2 * HOUR, kind=Kind.CODE)
ENDED = Entry(at=NOW + 3 * HOUR, kind=Kind.ENDED, session=session("1"))
ALL = (LOGIN, OTHER, CODE, ENDED)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), ALL),
        (Filter(hash="1"), (LOGIN, ENDED)),
        (Filter(kinds=frozenset({Kind.LOGIN, Kind.CODE})), (LOGIN, OTHER, CODE)),
        (Filter(since=NOW + HOUR), (OTHER, CODE, ENDED)),
        (Filter(hash="1", kinds=frozenset({Kind.LOGIN}), since=NOW), (LOGIN,)),
        (Filter(hash="3"), ()),
    ],
)
def test_entries_are_found_by_all_that_is_asked_for(wanted: Filter, found: tuple[Entry, ...]) -> None:
    assert matching(ALL, wanted) == found


def test_the_order_given_is_kept() -> None:
    assert matching(reversed(ALL), Filter(hash="1")) == (ENDED, LOGIN)


def test_a_story_begins_with_the_oldest() -> None:
    assert story_of(reversed(ALL), "1") == (LOGIN, ENDED)


def test_entries_of_one_moment_stay_as_they_were_written() -> None:
    back, inactive = (Entry(at=NOW, kind=kind, session=session("1")) for kind in (Kind.BACK, Kind.INACTIVE))
    assert story_of([back, inactive], "1") == (back, inactive)
    assert story_of([inactive, back], "1") == (inactive, back)


def test_an_entry_of_the_whole_account_is_about_no_session() -> None:
    assert not CODE.is_about("0")


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Entry(at=NOW.replace(tzinfo=None), kind=Kind.CODE)
    with pytest.raises(ValueError, match="without a zone"):
        Filter(since=NOW.replace(tzinfo=None))
