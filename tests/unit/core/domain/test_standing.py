"""How sessions stand: what is trusted, what still wants an answer and when it is told again, what anybody may end."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.awaited import Wanted
from core.domain.sessions import Session
from core.domain.standing import Standings, Trust, Unanswered, is_new, times_due, who_can_end
from tests.domain_values import NOW, OWNER, roster, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TRUST = Trust(hash="7", at=NOW, by=OWNER)
LOGIN = Unanswered(hash="7", since=NOW)


def waiting(*hashes: str) -> Standings:
    return Standings().after(appeared=hashes, listed=frozenset(hashes), at=NOW)


def raised_at(standings: Standings, moment: datetime) -> tuple[Standings, list[str]]:
    after, raised = standings.raising(now=moment)
    return after, [login.hash for login in raised]


def test_a_login_wants_an_answer_until_it_gets_one() -> None:
    standings = waiting("7", "8")
    assert standings.is_unanswered("7")
    standings = standings.answered("7")
    assert not standings.is_unanswered("7")
    assert standings.is_unanswered("8")


def test_a_session_that_is_gone_wants_no_answer_and_is_trusted_no_more() -> None:
    standings = waiting("7").trusting(Trust(hash="8", at=NOW, by=OWNER))
    assert standings.after(appeared=[], listed=frozenset(), at=NOW) == Standings()


def test_trusting_a_session_answers_for_its_login() -> None:
    standings = waiting("7").trusting(TRUST)
    assert standings == Standings(trusted=(TRUST,))
    assert standings.trust_in("7") == TRUST
    assert standings.trust_in("8") is None


def test_the_last_word_on_trust_counts() -> None:
    again = Trust(hash="7", at=NOW + DAY, by=OWNER + 1)
    assert Standings(trusted=(TRUST,)).trusting(again).trusted == (again,)
    assert Standings(trusted=(TRUST,)).distrusting("7") == Standings()


@pytest.mark.parametrize(
    ("waited", "times"),
    [
        (timedelta(), 0),
        (10 * MINUTE - timedelta(seconds=1), 0),
        (10 * MINUTE, 1),
        (HOUR - timedelta(seconds=1), 1),
        (HOUR, 2),
        (HOUR + DAY - timedelta(seconds=1), 2),
        (HOUR + DAY, 3),
        (HOUR + 30 * DAY, 32),
        (-DAY, 0),
    ],
)
def test_it_is_told_again_after_ten_minutes_an_hour_and_then_daily(waited: timedelta, times: int) -> None:
    assert times_due(waited) == times


def test_each_time_it_is_told_again_once() -> None:
    standings, told = waiting("7"), []
    for minutes in range(0, 3 * 24 * 60, 5):
        standings, raised = raised_at(standings, NOW + minutes * MINUTE)
        told += [minutes] * len(raised)
    assert told == [10, 60, 60 + 24 * 60, 60 + 48 * 60]


def test_what_was_slept_through_is_told_once() -> None:
    standings, raised = raised_at(waiting("7"), NOW + 5 * DAY)
    assert raised == ["7"]
    assert raised_at(standings, NOW + 5 * DAY) == (standings, [])


def test_a_clock_that_was_set_back_raises_nothing_twice() -> None:
    standings, _ = raised_at(waiting("7"), NOW + HOUR)
    assert raised_at(standings, NOW + 20 * MINUTE) == (standings, [])


@given(st.timedeltas(timedelta(), timedelta(days=100)), st.timedeltas(timedelta(), timedelta(days=100)))
def test_the_longer_it_waits_the_more_often_it_is_due(one: timedelta, other: timedelta) -> None:
    for less, more in pairwise(sorted([one, other])):
        assert times_due(less) <= times_due(more)


@pytest.mark.parametrize(
    ("age", "standings", "new"),
    [
        (DAY - MINUTE, Standings(), True),
        (DAY, Standings(), False),
        (400 * DAY, Standings(), False),
        (400 * DAY, Standings(unanswered=(LOGIN,)), True),
        (MINUTE, Standings(trusted=(TRUST,)), False),
        (400 * DAY, Standings(trusted=(TRUST,)), False),
        (-HOUR, Standings(), True),
    ],
)
def test_new_is_what_came_within_a_day_or_was_never_answered_for_and_is_not_trusted(
    age: timedelta, standings: Standings, *, new: bool
) -> None:
    assert is_new(session("7", created_at=NOW - age), standings, now=NOW) is new


def test_a_login_that_was_put_off_is_told_again_then_and_not_before() -> None:
    put_off = waiting("7", "8").put_off("7", until=NOW + HOUR)
    _, told = raised_at(put_off, NOW + 30 * MINUTE)
    assert told == ["8"]
    after, told = raised_at(put_off, NOW + HOUR)
    assert told == ["7", "8"]
    assert raised_at(after, NOW + HOUR)[1] == []
    assert raised_at(after, NOW + HOUR + DAY)[1] == ["7", "8"]


def test_an_answer_ends_what_was_put_off() -> None:
    put_off = waiting("7").put_off("7", until=NOW + HOUR).answered("7")
    assert raised_at(put_off, NOW + HOUR)[1] == []


def test_a_login_that_is_to_be_ended_is_told_again_only_if_that_is_called_off() -> None:
    wanted = Wanted(hash="7", by=OWNER, asked_at=NOW, allowed_from=NOW + DAY)
    standings, told = raised_at(waiting("7", "8").awaiting(wanted), NOW + HOUR)
    assert told == ["8"]
    standings, told = raised_at(standings.called_off("7"), NOW + HOUR)
    assert told == ["7"]


OLD = {"created_at": NOW - 90 * DAY, "official_app": True}


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([session("8", **OLD)], "8"),
        ([session("8", **OLD), session("9", **{**OLD, "created_at": NOW - 99 * DAY})], "9"),
        ([session("8", **{**OLD, "official_app": False})], None),
        ([session("8", **{**OLD, "active_at": NOW - 40 * DAY})], None),
        ([session("8", **{**OLD, "created_at": NOW - HOUR})], None),
        ([session("8", **OLD, unconfirmed=True)], None),
        ([session("7", **OLD)], None),
        ([], None),
    ],
    ids=["official", "the oldest", "unofficial", "unused", "too young", "unconfirmed", "itself", "nobody"],
)
def test_who_can_end_while_the_guard_may_not(listed: list[Session], found: str | None) -> None:
    device = who_can_end(roster(*listed), Standings(), but="7", now=NOW)
    assert (device.hash if device else None) == found


def test_a_trusted_device_is_preferred_to_an_official_one() -> None:
    listed = roster(session("8", **OLD), session("9", created_at=NOW - 2 * DAY))
    trusted = Standings(trusted=(Trust(hash="9", at=NOW, by=OWNER),))
    device = who_can_end(listed, trusted, but="7", now=NOW)
    assert device
    assert device.hash == "9"
