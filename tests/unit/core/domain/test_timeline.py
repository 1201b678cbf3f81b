"""A session's bar: from its creation to its end without gap or overlap, in the states that its history proves."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.history import Entry, Kind
from core.domain.lifecycle import State
from core.domain.timeline import Mark, Span, marks_of, spans_of
from tests.domain_values import NOW, guard_session, session

DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return NOW + number * DAY


def entry(at: float, kind: Kind, *, used: float = 0, created: float = 0, **more: object) -> Entry:
    """Of a session that was created and used on those days."""
    before = more.pop("before", None)
    then = session("1", created_at=day(created), active_at=day(used), **more)
    return Entry(at=day(at), kind=kind, session=then, before=before)


def bar(*entries: Entry, until: float = 100, since: float | None = None) -> list[tuple[State, float, float | None]]:
    spans = spans_of(entries, "1", until=day(until), since=None if since is None else day(since))
    return [(s.state, (s.start - NOW) / DAY, None if s.end is None else (s.end - NOW) / DAY) for s in spans]


LOGIN = entry(0.5, Kind.LOGIN)
INACTIVE = entry(9, Kind.INACTIVE, used=2)
BACK = entry(20, Kind.BACK, used=19)
ENDED = entry(30, Kind.ENDED, used=29)


def test_of_a_session_without_history_there_is_no_bar() -> None:
    assert bar() == []
    assert spans_of([LOGIN], "2", until=day(1)) == ()


def test_a_bar_runs_from_its_creation_through_its_states_to_its_end() -> None:
    assert bar(LOGIN, INACTIVE, BACK, ENDED) == [
        (State.ACTIVE, 0, 9),
        (State.INACTIVE, 9, 19),
        (State.ACTIVE, 19, 30),
    ]


def test_the_last_span_of_one_that_lives_is_open() -> None:
    assert bar(LOGIN, INACTIVE) == [(State.ACTIVE, 0, 9), (State.INACTIVE, 9, None)]


def test_an_incomplete_login_is_pending_until_it_is_completed() -> None:
    pending = entry(0, Kind.LOGIN, password_pending=True)
    completed = entry(1, Kind.COMPLETED, before=pending.session)
    assert bar(pending, completed) == [(State.PENDING, 0, 1), (State.ACTIVE, 1, None)]
    assert bar(completed) == bar(pending, completed)


def test_one_that_was_inside_already_begins_before_doorman_came() -> None:
    assert bar(entry(50, Kind.BASELINE, used=10)) == [(State.ACTIVE, 0, 17), (State.INACTIVE, 17, None)]


@pytest.mark.parametrize("kind", [Kind.MOVED, Kind.TRUSTED, Kind.UPDATED, Kind.SETTINGS])
def test_whatever_is_told_of_it_first_shows_that_it_was_there(kind: Kind) -> None:
    assert bar(entry(5, kind, used=5)) == [(State.ACTIVE, 0, None)]


def test_without_the_entries_of_its_youth_a_return_still_shows_that_it_rested() -> None:
    resting = session("1", created_at=day(0), active_at=day(2))
    assert bar(entry(20, Kind.BACK, used=19, before=resting)) == [
        (State.ACTIVE, 0, 9),
        (State.INACTIVE, 9, 19),
        (State.ACTIVE, 19, None),
    ]


def test_a_bar_is_cut_to_the_time_that_is_asked_for() -> None:
    story = LOGIN, INACTIVE, BACK, ENDED
    assert bar(*story, since=10, until=25) == [(State.INACTIVE, 10, 19), (State.ACTIVE, 19, None)]
    assert bar(*story, since=9, until=19) == [(State.INACTIVE, 9, 19)]
    assert bar(*story, since=30, until=40) == []
    assert bar(*story, until=0) == []


def test_a_late_word_about_an_ended_session_does_not_raise_it() -> None:
    assert bar(LOGIN, ENDED, entry(31, Kind.LABELLED)) == [(State.ACTIVE, 0, 30)]


def test_one_that_was_listed_again_had_never_been_gone() -> None:
    assert bar(LOGIN, ENDED, entry(31, Kind.LOGIN, used=31)) == [(State.ACTIVE, 0, None)]


def test_another_session_of_the_same_hash_has_a_span_of_its_own() -> None:
    another = entry(40, Kind.LOGIN, created=39, used=40)
    assert bar(LOGIN, ENDED, another) == [(State.ACTIVE, 0, 30), (State.ACTIVE, 39, None)]


def test_the_guards_bar_has_a_gap_from_its_loss_to_its_new_login() -> None:
    old, new = guard_session(created_at=day(0)), guard_session(created_at=day(12))
    story = [
        Entry(at=day(1), kind=Kind.BASELINE, session=old),
        Entry(at=day(10), kind=Kind.GUARD_LOST, session=old),
        Entry(at=day(13), kind=Kind.LOGIN, session=new, before=old),
    ]
    assert spans_of(story, "0", until=day(20)) == (
        Span(state=State.ACTIVE, start=day(0), end=day(10)),
        Span(state=State.ACTIVE, start=day(12), end=None),
    )


def test_a_login_whose_loss_nobody_told_of_ends_at_the_next_one() -> None:
    anew = entry(21, Kind.LOGIN, created=20, used=20)
    assert bar(LOGIN, INACTIVE, anew) == [(State.ACTIVE, 0, 9), (State.INACTIVE, 9, 20), (State.ACTIVE, 20, None)]


def test_an_activity_told_late_leaves_no_span_of_no_length() -> None:
    assert bar(LOGIN, INACTIVE, entry(9.1, Kind.BACK, used=8)) == [(State.ACTIVE, 0, None)]


def test_marks_stand_where_things_came_to_pass() -> None:
    moved = entry(5, Kind.MOVED, used=5)
    story = LOGIN, moved, INACTIVE, BACK, ENDED
    assert marks_of(story, "1", until=day(100)) == (
        Mark(at=day(0), entry=LOGIN),
        Mark(at=day(5), entry=moved),
        Mark(at=day(30), entry=ENDED),
    )
    assert marks_of(story, "1", since=day(1), until=day(29)) == (Mark(at=day(5), entry=moved),)


days = st.integers(0, 60)
entries = st.builds(
    entry,
    days,
    st.sampled_from(Kind),
    used=days,
    created=st.sampled_from([0, 0, 0, 30]),
    password_pending=st.booleans(),
)


@given(st.lists(entries, max_size=8), days, st.none() | days)
def test_whatever_the_history_spans_never_overlap(story: list[Entry], until: int, since: int | None) -> None:
    begin = None if since is None else day(since)
    spans = spans_of(story, "1", until=day(until), since=begin)
    for one, following in pairwise(spans):
        assert one.end is not None
        assert one.end <= following.start
    for span in spans:
        assert span.state is not State.ENDED
        assert span.start < day(until)
        assert begin is None or span.start >= begin
        assert span.end is None or span.start < span.end <= day(until)


@given(st.lists(entries, max_size=8), days, days)
def test_a_cut_bar_is_the_whole_one_in_that_time(story: list[Entry], one: int, other: int) -> None:
    since, until = day(min(one, other)), day(max(one, other))
    cut = spans_of(story, "1", since=since, until=until)
    whole = spans_of(story, "1", until=day(1000))
    for half_days in range(2 * 60):
        moment = day(half_days / 2 + 0.25)
        if since <= moment < until:
            assert _state_at(cut, moment) is _state_at(whole, moment)


def _state_at(spans: tuple[Span, ...], moment: datetime) -> State | None:
    return next((s.state for s in spans if s.start <= moment and (s.end is None or moment < s.end)), None)
