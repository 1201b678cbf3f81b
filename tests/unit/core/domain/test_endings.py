"""Why sessions end: said where the evidence allows one explanation alone, and unknown where it allows more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.changes import Ended, TornRosterError, compare
from core.domain.endings import AT_ONCE, AWAY, RELOGIN, Ending, Why, endings_of, why_ended
from core.domain.sessions import Roster, Session
from tests.domain_values import NOW, OWNER, guard_session, roster, rosters, session, torn_roster

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
POLL = timedelta(seconds=30)


def old(hash_: str, *, idle: timedelta = HOUR, age: timedelta = 400 * DAY, **particulars: object) -> Session:
    return session(hash_, created_at=NOW - age, active_at=NOW - idle, **particulars)


def anew(*others: Session) -> Roster:
    """Doorman had to log in again: its own row is another one."""
    fresh = guard_session(created_at=NOW - timedelta(minutes=1))
    return replace(roster(), sessions=(fresh, *others))


def ended(before: list[Session], after: Roster, *, apart: timedelta = POLL, **asked: object) -> dict[str, Ending]:
    earlier = roster(*before, taken_at=NOW - apart, ttl_days=asked.pop("ttl_before", 180))
    return endings_of(earlier, after, **asked)


def whys(endings: dict[str, Ending]) -> dict[str, Why]:
    return {hash_: ending.why for hash_, ending in endings.items()}


def test_what_an_owner_pressed_was_ended_by_doorman_whatever_else_fits() -> None:
    before = [old("1", idle=300 * DAY), old("2")]
    endings = ended(before, roster(old("2")), by={"1": OWNER}, apart=9 * DAY)
    assert (endings["1"].why, endings["1"].by, endings["1"].went) == (Why.BY_DOORMAN, OWNER, 0)


def test_one_alone_can_be_asked_about() -> None:
    before = roster(old("1"), old("2"), taken_at=NOW - POLL)
    ending = why_ended(old("1"), before=before, after=roster(old("2")), by=OWNER)
    assert (ending.why, ending.by, ending.went) == (Why.BY_DOORMAN, OWNER, 0)


def test_one_that_is_gone_while_others_stay_was_logged_out_or_ended_elsewhere() -> None:
    endings = ended([old("1"), old("2"), old("3")], roster(old("2"), old("3")))
    assert endings == {
        "1": Ending(
            why=Why.ELSEWHERE,
            last_active=NOW - HOUR,
            idle=HOUR,
            ttl_days=180,
            went=1,
            stayed=2,
            survivor=None,
            youngest_stayed=False,
            guard_stayed=True,
            apart=POLL,
        )
    }


def test_the_only_one_that_is_gone_was_reset_by_nobody() -> None:
    assert whys(ended([old("1")], roster())) == {"1": Why.ELSEWHERE}


@pytest.mark.parametrize("staying", [1, 2])
def test_several_at_once_are_no_reset_while_the_guard_and_another_stay(staying: int) -> None:
    stayed = [old(str(100 + n)) for n in range(staying)]
    endings = ended([old("1"), old("2"), old("3"), *stayed], roster(*stayed))
    assert set(whys(endings).values()) == {Why.ELSEWHERE}
    assert endings["1"].went == 3


def test_all_at_once_but_the_guard_is_a_reset_by_the_guards_own_key() -> None:
    endings = ended([old("1"), old("2")], roster(), apart=AT_ONCE)
    assert whys(endings) == {"1": Why.RESET_OF_OTHERS, "2": Why.RESET_OF_OTHERS}
    assert endings["1"].guard_stayed
    assert (endings["1"].went, endings["1"].stayed, endings["1"].survivor) == (2, 0, None)


def test_all_gone_between_looks_further_apart_may_have_gone_one_by_one() -> None:
    endings = ended([old("1"), old("2")], roster(), apart=AT_ONCE + SECOND)
    assert whys(endings) == {"1": Why.UNKNOWN, "2": Why.UNKNOWN}


def test_what_doorman_ended_is_no_evidence_of_a_reset() -> None:
    endings = ended([old("1"), old("2")], roster(), by={"2": OWNER})
    assert whys(endings) == {"1": Why.ELSEWHERE, "2": Why.BY_DOORMAN}
    assert endings["1"].went == 1


def test_nor_is_what_ran_out_or_was_never_completed() -> None:
    before = [old("1"), old("2", idle=180 * DAY), old("3", password_pending=True)]
    assert whys(ended(before, roster())) == {"1": Why.ELSEWHERE, "2": Why.RAN_OUT, "3": Why.NEVER_COMPLETED}


def test_all_but_one_gone_and_the_guard_too_is_a_reset_by_that_one() -> None:
    survivor = old("9", age=2 * DAY)
    endings = ended([old("1"), old("2"), survivor], anew(survivor), apart=8 * HOUR)
    assert whys(endings) == {"1": Why.RESET_OF_OTHERS, "2": Why.RESET_OF_OTHERS}
    assert (endings["1"].survivor, endings["1"].youngest_stayed, endings["1"].guard_stayed) == ("9", True, False)


def test_the_one_that_stayed_may_be_the_oldest_which_is_said_too() -> None:
    survivor = old("9", age=900 * DAY)
    assert not ended([old("1"), survivor], anew(survivor))["1"].youngest_stayed


def test_a_session_too_young_to_end_others_reset_nobody() -> None:
    survivor = old("9", age=DAY - SECOND)
    assert whys(ended([old("1"), old("2"), survivor], anew(survivor))) == {"1": Why.UNKNOWN, "2": Why.UNKNOWN}


def test_an_incomplete_login_can_reset_nobody() -> None:
    pending = old("9", password_pending=True)
    endings = ended([old("1"), old("2"), pending], anew(pending))
    assert (endings["1"].why, endings["1"].stayed) == (Why.UNKNOWN, 0)


def test_too_long_without_a_guard_everything_may_have_gone_one_by_one() -> None:
    survivor = old("9")
    assert whys(ended([old("1"), survivor], anew(survivor), apart=RELOGIN + SECOND)) == {"1": Why.UNKNOWN}


def test_where_two_stayed_the_guard_was_ended_alone() -> None:
    stayed = [old("8"), old("9")]
    assert whys(ended([old("1"), *stayed], anew(*stayed), apart=9 * HOUR)) == {"1": Why.ELSEWHERE}


def test_a_former_guard_that_is_still_listed_was_not_thrown_out() -> None:
    former = replace(guard_session(), current=False, hash="55")
    assert ended([old("1"), old("9")], anew(old("9"), former))["1"].guard_stayed


@pytest.mark.parametrize(
    ("idle", "ttl_days", "why"),
    [
        (180 * DAY, 180, Why.RAN_OUT),
        (179 * DAY, 180, Why.RAN_OUT),
        (179 * DAY - SECOND, 180, Why.ELSEWHERE),
        (7 * DAY, 7, Why.RAN_OUT),
        (6 * DAY, 7, Why.ELSEWHERE),
        (HOUR, 1, Why.ELSEWHERE),
        (DAY, 1, Why.RAN_OUT),
        (900 * DAY, 0, Why.ELSEWHERE),
    ],
)
def test_it_ran_out_if_it_rested_as_long_as_the_limit_less_a_day_or_a_tenth(
    idle: timedelta, ttl_days: int, why: Why
) -> None:
    endings = ended([old("1", idle=idle), old("2")], roster(old("2"), ttl_days=ttl_days), ttl_before=ttl_days)
    assert whys(endings) == {"1": why}
    assert (endings["1"].idle, endings["1"].ttl_days) == (idle, ttl_days)


def test_a_limit_that_was_lowered_ends_several_at_once() -> None:
    before = [old("1", idle=40 * DAY), old("2", idle=50 * DAY), old("3")]
    endings = ended(before, roster(old("3"), ttl_days=30), ttl_before=180)
    assert whys(endings) == {"1": Why.RAN_OUT, "2": Why.RAN_OUT}
    assert endings["1"].ttl_days == 30


def test_a_limit_that_was_raised_may_have_ended_it_before_that() -> None:
    endings = ended([old("1", idle=30 * DAY), old("2")], roster(old("2"), ttl_days=365), ttl_before=30)
    assert whys(endings) == {"1": Why.RAN_OUT}


def test_time_in_which_nobody_looked_proves_no_rest() -> None:
    before = [old("1", idle=185 * DAY), old("2")]
    assert whys(ended(before, roster(old("2")), apart=10 * DAY)) == {"1": Why.UNKNOWN}
    assert whys(ended(before, roster(old("2")), apart=2 * DAY)) == {"1": Why.RAN_OUT}


def test_an_idle_session_gone_in_a_reset_went_one_way_or_the_other() -> None:
    survivor = old("9")
    before = [old("1", idle=180 * DAY), old("2"), survivor]
    assert whys(ended(before, anew(survivor))) == {"1": Why.UNKNOWN, "2": Why.RESET_OF_OTHERS}


def test_one_that_was_in_use_is_ended_elsewhere_though_nobody_looked() -> None:
    assert whys(ended([old("1"), old("2")], roster(old("2")), apart=10 * DAY)) == {"1": Why.ELSEWHERE}


@pytest.mark.parametrize(("apart", "why"), [(AWAY, Why.NEVER_COMPLETED), (AWAY + SECOND, Why.UNKNOWN)])
def test_an_incomplete_login_was_never_completed_unless_nobody_looked(apart: timedelta, why: Why) -> None:
    assert whys(ended([old("1", password_pending=True), old("2")], roster(old("2")), apart=apart)) == {"1": why}


def test_trouble_with_the_account_ends_all_or_none() -> None:
    before = [old("1"), old("2")]
    assert set(whys(ended(before, anew(), in_trouble=True)).values()) == {Why.ACCOUNT_TROUBLE}
    assert whys(ended(before, roster(old("2")), in_trouble=True)) == {"1": Why.ELSEWHERE}


def test_a_torn_roster_is_evidence_of_nothing() -> None:
    with pytest.raises(TornRosterError):
        why_ended(session("1"), before=roster(session("1")), after=torn_roster(), by=None)


few_hashes = st.sampled_from(["1", "2", "3", "-4", "5"])


@given(rosters(hash_=few_hashes), rosters(hash_=few_hashes), st.timedeltas(timedelta(), timedelta(days=30)))
def test_every_session_that_went_has_an_ending_and_no_other_one(
    before: Roster, after: Roster, apart: timedelta
) -> None:
    after = replace(after, taken_at=before.taken_at + apart)
    endings = endings_of(before, after)
    assert endings.keys() == {c.session.hash for c in compare(before, after) if isinstance(c, Ended)}
    for ending in endings.values():
        assert ending.why is not Why.BY_DOORMAN
        assert ending.idle >= timedelta()
        if ending.why is Why.RESET_OF_OTHERS:
            assert ending.stayed == (0 if ending.guard_stayed else 1)
            assert ending.went >= (2 if ending.guard_stayed else 1)
        if ending.why is Why.RAN_OUT:
            assert ending.idle >= timedelta(days=ending.ttl_days) * 0.9
