"""A session's life while it is listed: what it counts as, and the turns that two looks prove."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.lifecycle import INACTIVE_AFTER, State, expires_at, state_of, turns_of
from core.domain.sessions import Session
from tests.domain_values import NOW, guard_session, session

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
ages = st.timedeltas(timedelta(), timedelta(days=40))


def used(ago: timedelta, **particulars: object) -> Session:
    return session(created_at=NOW - 400 * DAY, active_at=NOW - ago, **particulars)


@pytest.mark.parametrize(
    ("idle", "state"),
    [
        (timedelta(), State.ACTIVE),
        (INACTIVE_AFTER - SECOND, State.ACTIVE),
        (INACTIVE_AFTER, State.INACTIVE),
        (-DAY, State.ACTIVE),
    ],
)
def test_it_is_inactive_once_it_was_not_used_for_a_week(idle: timedelta, state: State) -> None:
    assert state_of(used(idle), now=NOW) is state


def test_how_long_that_takes_can_be_said() -> None:
    assert state_of(used(2 * DAY), now=NOW, inactive_after=DAY) is State.INACTIVE


def test_a_login_without_the_password_is_pending_however_old() -> None:
    assert state_of(used(30 * DAY, password_pending=True), now=NOW) is State.PENDING


def test_the_guard_is_active_for_it_is_the_one_that_asks() -> None:
    assert state_of(guard_session(active_at=NOW - 30 * DAY), now=NOW) is State.ACTIVE


def test_it_expires_when_the_limit_is_over_since_its_last_activity() -> None:
    assert expires_at(used(10 * DAY), 180) == NOW + 170 * DAY


@pytest.mark.parametrize(
    ("was_used", "is_used", "apart", "turns"),
    [
        (DAY, DAY, SECOND, ()),
        (7 * DAY - SECOND, 7 * DAY, SECOND, (State.INACTIVE,)),
        (8 * DAY, 8 * DAY, SECOND, ()),
        (30 * DAY, timedelta(), SECOND, (State.ACTIVE,)),
        (60 * DAY, 10 * DAY, 20 * DAY, (State.ACTIVE, State.INACTIVE)),
        (20 * DAY, 8 * DAY, 18 * DAY, (State.INACTIVE,)),
        (60 * DAY, timedelta(), 20 * DAY, (State.ACTIVE,)),
        (21 * DAY, timedelta(), 20 * DAY, ()),
        (30 * DAY, 29 * DAY, SECOND, ()),
    ],
    ids=[
        "in use all the time",
        "fell asleep",
        "sleeps on",
        "came back",
        "came back and fell asleep again, unseen",
        "used once more before it fell asleep, unseen",
        "came back, unseen",
        "what it did unseen, nobody knows",
        "an activity told late is no return",
    ],
)
def test_turns_are_told_as_far_as_two_looks_prove_them(
    was_used: timedelta, is_used: timedelta, apart: timedelta, turns: tuple[State, ...]
) -> None:
    assert turns_of(used(was_used), used(is_used), looked=NOW - apart, now=NOW) == turns


def test_a_completed_login_that_rests_since_became_inactive() -> None:
    pending = used(20 * DAY, password_pending=True)
    assert turns_of(pending, used(20 * DAY), looked=NOW - 20 * DAY, now=NOW) == (State.INACTIVE,)


@given(ages, ages, ages)
def test_the_turns_lead_from_the_former_state_to_the_present_one(
    was_used: timedelta, is_used: timedelta, apart: timedelta
) -> None:
    before, after = used(was_used + apart), used(min(is_used, was_used + apart))
    looked = NOW - apart
    turns = turns_of(before, after, looked=looked, now=NOW)
    state = state_of(before, now=looked)
    for turn in turns:
        assert turn is not state
        state = turn
    assert state is state_of(after, now=NOW)
