"""What of the history is remembered, and what a login in it has to wait for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.history import KILLED, Entry, Kind
from core.domain.risk.memory import recalled, remembered
from core.domain.risk.past import Past
from tests.domain_values import NOW, OWNER, guard_session, moments, session, sessions
from tests.unit.core.domain.risk.household import DAY, HOUR, MINUTE, phone, tablet


def entry(kind: Kind, about: Any = None, **particulars: Any) -> Entry:
    return Entry(**({"at": NOW, "kind": kind, "session": about} | particulars))


def test_who_was_inside_when_doorman_came_is_familiar() -> None:
    past = recalled([entry(Kind.BASELINE, phone()), entry(Kind.BASELINE, guard_session())])
    assert {known.key for known in past.familiar()} == {"1"}


def test_where_a_session_has_been_is_familiar_when_it_is_gone() -> None:
    moved = entry(Kind.MOVED, phone(country="Norway"), before=phone(country="Denmark"))
    past = recalled([entry(Kind.BASELINE, phone()), moved, entry(Kind.ENDED, phone(country="Finland"))])
    assert past.familiar()[0].countries == {"sweden", "norway", "denmark", "finland"}


@pytest.mark.parametrize(
    ("answer", "is_familiar"),
    [
        (entry(Kind.CONFIRMED, session("5"), by=OWNER), True),
        (entry(Kind.TRUSTED, session("5"), by=OWNER), True),
        (entry(Kind.CONFIRMED, session("5")), False),
        (entry(Kind.CONFIRMED, session("6"), by=OWNER), False),
        (entry(Kind.COMPLETED, session("5")), False),
        (entry(Kind.MOVED, session("5")), False),
        (entry(Kind.LABELLED, session("5"), by=OWNER, note="my phone"), False),
        (entry(Kind.DISTRUSTED, session("5"), by=OWNER), False),
        (entry(Kind.ENDED, session("5"), by=OWNER), False),
    ],
)
def test_a_login_is_familiar_once_an_owner_answered_for_it(answer: Entry, *, is_familiar: bool) -> None:
    past = remembered(recalled([entry(Kind.LOGIN, session("5"))]), answer)
    assert ("5" in {known.key for known in past.familiar()}) is is_familiar


def test_a_login_of_doormans_own_waits_for_no_answer() -> None:
    past = recalled([entry(Kind.LOGIN, guard_session(country="Ireland"))])
    assert past.doubted == frozenset()
    assert past.known[0].countries == {"ireland"}


def test_codes_are_remembered_by_when_they_came() -> None:
    codes = [entry(Kind.CODE, at=NOW - HOUR), entry(Kind.CODE, at=NOW), entry(Kind.CODE, at=NOW - 3 * DAY)]
    assert recalled(codes).codes == (NOW - HOUR, NOW)


def test_a_code_that_was_killed_as_it_came_let_nobody_in() -> None:
    codes = [entry(Kind.CODE, at=NOW - HOUR), entry(Kind.CODE, at=NOW, note=KILLED)]
    assert recalled(codes).codes == (NOW - HOUR,)


def test_those_that_an_owner_had_killed_let_nobody_in_and_one_that_came_later_may() -> None:
    codes = [
        entry(Kind.CODE, at=NOW - 2 * MINUTE),
        entry(Kind.CODE, at=NOW - MINUTE),
        entry(Kind.CODE, at=NOW + MINUTE),
    ]
    assert recalled([*codes, entry(Kind.CODES_KILLED, at=NOW, by=OWNER)]).codes == (NOW + MINUTE,)


def test_what_is_about_no_session_teaches_nothing() -> None:
    assert recalled([entry(Kind.TTL, note="180→7"), entry(Kind.GAP), entry(Kind.GUARD_LOST)]) == Past()


def test_an_old_entry_that_is_read_late_counts_from_its_own_time() -> None:
    login, answer = entry(Kind.LOGIN, tablet(), at=NOW - HOUR), entry(Kind.TRUSTED, tablet(), at=NOW, by=OWNER)
    later = entry(Kind.LOGIN, session("5"), at=NOW + MINUTE)
    assert recalled([later, answer, login]) == recalled([login, answer, later])
    assert recalled([later, answer, login]).doubted == {"5"}


entries = st.builds(
    Entry,
    at=moments,
    kind=st.sampled_from(Kind),
    session=st.none() | sessions(),
    before=st.none() | sessions(),
    by=st.none() | st.just(OWNER),
)


@given(st.lists(entries, max_size=8, unique_by=lambda e: e.at))
def test_remembering_as_it_happens_and_recalling_after_a_start_is_the_same(some: list[Entry]) -> None:
    past = Past()
    for each in sorted(some, key=lambda e: e.at):
        past = remembered(past, each)
    assert past == recalled(some)
