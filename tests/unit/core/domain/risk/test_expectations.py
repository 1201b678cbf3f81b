"""What owners expect is told all the same, and quietly; what nobody expects is as loud as ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.preferences import Preferences
from core.domain.risk.assessment import Assessment, Finding, Level, Reason, Weight, weighed
from core.domain.risk.changes import ChangeReason, assess_change
from core.domain.risk.expectations import ADDING, TRAVELLING, as_expected
from core.domain.risk.logins import LoginReason, assess_login
from core.domain.risk.moves import MoveReason
from tests.domain_values import NOW, assessments, preferences
from tests.unit.core.domain.risk.household import HOUR, household, login, phone

SOON = NOW + HOUR
ADDS, TRAVELS = Preferences(adding_until=SOON), Preferences(travel_until=SOON)
BOTH = Preferences(adding_until=SOON, travel_until=SOON)


def of(*reasons: Reason, weight: Weight = Weight.WEAK, floor: Level = Level.NOTICE) -> Assessment:
    return weighed((Finding(reason=reason, weight=weight) for reason in reasons), floor=floor)


def test_when_nothing_is_expected_nothing_changes() -> None:
    found = of(*LoginReason)
    assert as_expected(found, Preferences(), is_login=True, now=NOW) == found
    over = Preferences(adding_until=NOW, travel_until=NOW)
    assert as_expected(found, over, is_login=True, now=NOW) == found


@pytest.mark.parametrize("reason", sorted(ADDING))
def test_of_a_device_that_is_being_added_its_newness_is_no_alarm(reason: Reason) -> None:
    eased = as_expected(of(reason), ADDS, is_login=True, now=NOW)
    assert eased.level is Level.QUIET
    assert eased.findings == (Finding(reason=reason, weight=Weight.SAID),)


@pytest.mark.parametrize("reason", sorted(set(LoginReason) - ADDING))
def test_of_a_device_that_is_being_added_all_else_counts(reason: Reason) -> None:
    assert as_expected(of(reason), ADDS, is_login=True, now=NOW).level is Level.NOTICE


@pytest.mark.parametrize("reason", sorted(TRAVELLING))
def test_of_an_owner_who_travels_places_are_no_alarm(reason: Reason) -> None:
    found = of(reason, floor=Level.QUIET)
    assert as_expected(found, TRAVELS, is_login=False, now=NOW).level is Level.QUIET
    assert as_expected(found, ADDS, is_login=False, now=NOW) == found


@pytest.mark.parametrize("reason", sorted({*LoginReason, *ChangeReason, *MoveReason} - TRAVELLING))
def test_of_an_owner_who_travels_all_else_counts(reason: Reason) -> None:
    found = of(reason)
    assert as_expected(found, TRAVELS, is_login=True, now=NOW) == found


def test_a_login_while_an_owner_travels_is_never_quiet() -> None:
    assert as_expected(of(LoginReason.NEW_COUNTRY), TRAVELS, is_login=True, now=NOW).level is Level.NOTICE


def test_a_change_while_a_device_is_added_is_as_loud_as_ever() -> None:
    found = of(LoginReason.NEW_APP)
    assert as_expected(found, ADDS, is_login=False, now=NOW) == found


def test_what_is_alarming_by_itself_is_expected_by_nobody() -> None:
    found = of(LoginReason.NEW_APP, LoginReason.NEW_COUNTRY, weight=Weight.ALARMING)
    assert as_expected(found, BOTH, is_login=True, now=NOW).level is Level.ALARM


def test_a_new_device_at_home_is_quiet_and_one_from_abroad_is_not() -> None:
    device = {"platform": "iOS", "api_id": 1, "app_name": "Telegram iOS", "device_model": "iPhone 17"}
    at_home = assess_login(login(**device), household(), now=NOW)
    abroad = assess_login(login(**device, country="Nigeria", ip="203.0.113.9"), household(), now=NOW)
    assert as_expected(at_home, ADDS, is_login=True, now=NOW).level is Level.QUIET
    eased = as_expected(abroad, ADDS, is_login=True, now=NOW)
    assert eased.level > Level.QUIET
    assert next(each for each in eased.findings if each.reason is LoginReason.NEW_COUNTRY).weight > Weight.SAID


def test_the_phone_of_an_owner_who_travels_moves_quietly_and_is_no_other_device() -> None:
    before = phone(active_at=NOW - timedelta(minutes=5))
    abroad = {"country": "Nigeria", "ip": "203.0.113.9", "active_at": NOW}
    moved = assess_change(before, phone(**abroad), household(), now=NOW)
    assert moved.level > Level.QUIET
    assert as_expected(moved, TRAVELS, is_login=False, now=NOW).level is Level.QUIET
    copied = assess_change(before, phone(**abroad, device_model="Kali", platform="Linux"), household(), now=NOW)
    assert as_expected(copied, BOTH, is_login=False, now=NOW).level is Level.ALARM


@given(assessments, preferences, st.booleans())
def test_an_expectation_never_makes_louder_and_hides_nothing(
    found: Assessment, wanted: Preferences, is_login: bool
) -> None:
    eased = as_expected(found, wanted, is_login=is_login, now=NOW)
    assert eased.level <= found.level
    assert sorted(each.reason for each in eased.findings) == sorted(each.reason for each in found.findings)
