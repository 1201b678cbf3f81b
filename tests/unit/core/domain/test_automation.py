"""What the rules would end: whom each is about, whom none is about, and how much at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.automation import CAP, Due, Rule, Said, due, room_from, still_said
from core.domain.preferences import Mode, Preferences
from core.domain.sessions import Session
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import NOW, OWNER, guard_session, preferences, roster, rosters, session, standings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
LOGIN = session("7")
NOBODY_WAITS = Standings()


def waiting(*sessions: Session, since: timedelta = timedelta()) -> Standings:
    """Nobody has answered for these, for so long."""
    return Standings(unanswered=tuple(Unanswered(hash=s.hash, since=NOW - since) for s in sessions))


def found(
    *sessions: Session, stand: Standings = NOBODY_WAITS, ended: int = 0, **fields: object
) -> list[tuple[str, Rule, bool]]:
    """Whom the rules are about, by which, and whether that is only said."""
    all_due = due(roster(*sessions), stand, Preferences(**fields), ended_lately=ended, now=NOW)
    return [(each.session.hash, each.rule, each.is_dry) for each in all_due if not each.is_held]


def test_at_first_no_rule_does_anything() -> None:
    old = session("1", active_at=NOW - 300 * DAY, country="Nigeria")
    assert found(old, LOGIN, stand=waiting(LOGIN, old, since=9 * DAY)) == []


@pytest.mark.parametrize(("mode", "dry"), [(Mode.ON, False), (Mode.DRY, True)])
@pytest.mark.parametrize(
    ("waited", "is_due"), [(59 * MINUTE, False), (HOUR - SECOND, False), (HOUR, True), (9 * DAY, True)]
)
def test_a_login_that_nobody_answered_for_in_time_is_due(
    mode: Mode, waited: timedelta, *, dry: bool, is_due: bool
) -> None:
    all_due = found(LOGIN, stand=waiting(LOGIN, since=waited), end_unanswered=mode, unanswered_minutes=60)
    assert all_due == [("7", Rule.UNANSWERED, dry)] * is_due


def test_one_that_was_answered_for_or_was_there_before_is_not() -> None:
    assert found(LOGIN, end_unanswered=Mode.ON) == []


@pytest.mark.parametrize(("idle", "is_due"), [(29 * DAY, False), (30 * DAY - SECOND, False), (30 * DAY, True)])
def test_a_session_that_was_not_used_for_so_long_is_due(idle: timedelta, *, is_due: bool) -> None:
    rested = session("1", active_at=NOW - idle)
    assert found(rested, end_idle=Mode.ON, idle_days=30) == [("1", Rule.IDLE, False)] * is_due


def test_time_in_which_nobody_looked_makes_nobody_idle() -> None:
    rested = session("1", active_at=NOW - 29 * DAY)
    wanted = Preferences(end_idle=Mode.ON, idle_days=30)
    assert due(roster(rested), Standings(), wanted, ended_lately=0, now=NOW + 9 * DAY) == ()


@pytest.mark.parametrize(
    ("particulars", "is_due"),
    [
        ({"country": "Nigeria"}, True),
        ({"country": "Malmo, Sweden", "region": ""}, False),
        ({"country": "Lagos, Nigeria", "region": ""}, True),
        ({"country": " SWEDEN "}, False),
        ({"country": "", "region": ""}, False),
    ],
)
def test_a_login_from_a_country_that_is_not_listed_is_due_if_it_says_where_it_is(
    particulars: dict, *, is_due: bool
) -> None:
    login = session("7", **particulars)
    all_due = found(login, stand=waiting(login), only_countries=Mode.ON, countries=("Finland", "sweden"))
    assert all_due == [("7", Rule.COUNTRY, False)] * is_due


def test_one_that_was_inside_before_or_answered_for_may_travel() -> None:
    assert found(session("1", country="Nigeria"), only_countries=Mode.ON, countries=("Sweden",)) == []


def test_of_no_countries_none_is_meant() -> None:
    assert found(LOGIN, stand=waiting(LOGIN), only_countries=Mode.ON) == []


ALL = {"end_unanswered": Mode.ON, "end_idle": Mode.ON, "only_countries": Mode.ON, "countries": ("Finland",)}


def test_a_session_is_due_by_one_rule_one_that_is_on_before_a_dry_one() -> None:
    login = replace(LOGIN, active_at=NOW - 300 * DAY)
    stand = waiting(login, since=DAY)
    assert found(login, stand=stand, **ALL) == [("7", Rule.UNANSWERED, False)]
    assert found(login, stand=stand, **(ALL | {"end_unanswered": Mode.DRY})) == [("7", Rule.COUNTRY, False)]
    dry = ALL | {"end_unanswered": Mode.DRY, "only_countries": Mode.DRY}
    assert found(login, stand=stand, **dry) == [("7", Rule.IDLE, False)]
    assert found(login, stand=stand, **(dry | {"end_idle": Mode.DRY})) == [("7", Rule.UNANSWERED, True)]


def test_a_trusted_session_is_never_due() -> None:
    login = replace(LOGIN, active_at=NOW - 300 * DAY)
    trust = Trust(hash="7", at=NOW, by=OWNER)
    assert found(login, stand=replace(waiting(login, since=DAY), trusted=(trust,)), **ALL) == []


def test_the_guards_own_is_never_due_whatever_its_hash() -> None:
    own = guard_session(active_at=NOW - 300 * DAY)
    for guard in (own, replace(own, hash="99")):
        listed = replace(roster(), sessions=(guard,))
        wanted = Preferences(**ALL)
        assert due(listed, waiting(guard, since=DAY), wanted, ended_lately=0, now=NOW) == ()


@pytest.mark.parametrize("expected", ["adding_until", "travel_until"])
def test_while_an_owner_adds_a_device_or_travels_logins_wait_and_idle_sessions_do_not(expected: str) -> None:
    login, rested = LOGIN, session("1", active_at=NOW - 300 * DAY)
    stand = waiting(login, since=DAY)
    assert found(login, rested, stand=stand, **ALL, **{expected: NOW + SECOND}) == [("1", Rule.IDLE, False)]
    assert len(found(login, rested, stand=stand, **ALL, **{expected: NOW})) == 2


@pytest.mark.parametrize(("ended", "room"), [(0, 3), (1, 2), (2, 1), (3, 0), (9, 0)])
def test_no_more_than_three_are_due_in_an_hour(ended: int, room: int) -> None:
    rested = [session(str(n), active_at=NOW - 300 * DAY) for n in range(1, 6)]
    assert [hash_ for hash_, *_ in found(*rested, ended=ended, end_idle=Mode.ON)] == ["1", "2", "3"][:room]


def test_what_is_only_said_is_not_limited() -> None:
    rested = [session(str(n), active_at=NOW - 300 * DAY) for n in range(1, 6)]
    assert len(found(*rested, ended=CAP, end_idle=Mode.DRY)) == 5


def test_what_is_only_said_takes_no_room() -> None:
    rested = [session(str(n), active_at=NOW - 300 * DAY) for n in range(1, 4)]
    logins = [session(str(n)) for n in range(10, 14)]
    all_due = found(*rested, *logins, stand=waiting(*logins, since=DAY), end_idle=Mode.DRY, end_unanswered=Mode.ON)
    assert [hash_ for hash_, _, is_dry in all_due if not is_dry] == ["10", "11", "12"]


@given(rosters(), standings, preferences, st.integers(0, 9))
def test_whatever_is_set_never_too_many_nor_a_trusted_one_nor_the_guards(
    listed: object, stand: Standings, wanted: Preferences, ended: int
) -> None:
    all_due: tuple[Due, ...] = due(listed, stand, wanted, ended_lately=ended, now=NOW)
    assert sum(not (each.is_dry or each.is_held) for each in all_due) <= max(0, CAP - ended)
    assert not any(each.is_dry and each.is_held for each in all_due)
    assert not any(each.session.current or stand.trust_in(each.session.hash) for each in all_due)
    assert len({each.session.hash for each in all_due}) == len(all_due)


@pytest.mark.parametrize(
    ("fields", "is_kept"),
    [
        ({}, True),
        ({"travel_until": NOW + DAY}, True),  # a pause
        ({"end_unanswered": Mode.OFF}, False),
        ({"unanswered_minutes": 120}, False),
    ],
)
def test_what_was_said_of_a_session_counts_for_as_long_as_it_is_due(fields: dict, *, is_kept: bool) -> None:
    said = Said(hash="7", rule=Rule.UNANSWERED, has_failed=False)
    wanted = Preferences(**{"end_unanswered": Mode.DRY, "unanswered_minutes": 60, **fields})
    assert still_said((said,), roster(LOGIN), waiting(LOGIN, since=HOUR), wanted, now=NOW) == (said,) * is_kept


def test_what_is_too_much_for_the_hour_is_held_and_what_was_said_of_it_counts() -> None:
    rested = roster(*(session(str(n), active_at=NOW - 300 * DAY) for n in range(1, 6)))
    wanted = Preferences(end_idle=Mode.ON)
    all_due = due(rested, NOBODY_WAITS, wanted, ended_lately=1, now=NOW)
    assert [each.session.hash for each in all_due if each.is_held] == ["3", "4", "5"]
    said = Said(hash="5", rule=Rule.IDLE, has_failed=False, is_held=True)
    assert still_said((said,), rested, NOBODY_WAITS, wanted, now=NOW) == (said,)


@pytest.mark.parametrize(
    ("minutes_ago", "in_minutes"),
    [((), None), ((5, 9), None), ((5, 9, 60), None), ((5, 20, 9), 40), ((50, 5, 20, 9), 40)],
)
def test_there_is_room_again_an_hour_after_the_third_last(minutes_ago: tuple[int, ...], in_minutes: int | None) -> None:
    expected = None if in_minutes is None else NOW + in_minutes * MINUTE
    assert room_from((NOW - each * MINUTE for each in minutes_ago), now=NOW) == expected
