"""Each rule for Doorman's own session: a new host is calm, another name or app is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight
from core.domain.risk.changes import assess_change
from core.domain.risk.guard import GuardReason
from core.domain.risk.past import Past
from tests.domain_values import NOW, guard_session, moments, rosters, sessions
from tests.unit.core.domain.risk.household import DAY, HOUR, household, phone, why


def changed(known: Past | None = None, **particulars: Any) -> Assessment:
    past = Past().with_session(guard_session()) if known is None else known
    return assess_change(guard_session(), guard_session(**particulars), past, now=NOW)


@pytest.mark.parametrize(
    "everyday",
    [
        {},
        {"active_at": NOW + HOUR},
        {"ip": "198.51.200.7"},
        {"system_version": "Linux 6.8"},
        {"app_version": "0.2.0"},
        {"unconfirmed": True},
        {"app_name": "My app, renamed"},
    ],
)
def test_an_update_of_doorman_is_no_finding(everyday: dict[str, Any]) -> None:
    assert changed(**everyday) == Assessment()


def test_another_network_is_quiet_as_at_any_deploy() -> None:
    assessment = changed(ip="203.0.113.4")
    assert assessment.findings == (
        Finding(
            reason=GuardReason.NETWORK,
            weight=Weight.SAID,
            before="198.51.0.0/16",
            after="203.0.0.0/16",
            benign=Benign.HOST_MOVED,
        ),
    )
    assert assessment.level is Level.QUIET


def test_another_country_is_worth_a_look_the_first_time() -> None:
    assessment = changed(country="Ireland", region="Dublin", ip="203.0.113.4")
    assert assessment.findings == (
        Finding(
            reason=GuardReason.COUNTRY,
            weight=Weight.STRONG,
            before="Sweden",
            after="Ireland",
            benign=Benign.HOST_MOVED,
        ),
    )
    assert assessment.level is Level.NOTICE
    known = Past().with_session(guard_session(country="Ireland")).with_session(guard_session())
    assert changed(known, country="Ireland").level is Level.QUIET


def test_where_only_the_owners_devices_were_doorman_was_not() -> None:
    known = household().with_session(phone(country="Norway"))
    assert changed(known, country="Norway").level is Level.NOTICE


@pytest.mark.parametrize(
    ("other", "finding"),
    [
        (
            {"device_model": "PC"},
            Finding(reason=GuardReason.DEVICE, weight=Weight.ALARMING, before="Doorman (session guard)", after="PC"),
        ),
        (
            {"platform": "macOS"},
            Finding(
                reason=GuardReason.PLATFORM,
                weight=Weight.ALARMING,
                before="Android",
                after="macOS",
                benign=Benign.HOST_MOVED,
            ),
        ),
        (
            {"api_id": 2040, "app_name": "Telegram Desktop"},
            Finding(reason=GuardReason.APP, weight=Weight.ALARMING, before="6 My app", after="2040 Telegram Desktop"),
        ),
    ],
)
def test_another_device_platform_or_app_is_alarming(other: dict[str, Any], finding: Finding) -> None:
    assessment = changed(**other)
    assert assessment.findings == (finding,)
    assert assessment.level is Level.ALARM


def test_what_was_not_told_before_is_no_other() -> None:
    before = guard_session(device_model="", platform="", api_id=0, country="", region="", ip="")
    assert assess_change(before, guard_session(), Past(), now=NOW) == Assessment()


def test_a_new_login_of_doormans_own_is_told_and_compared_with_nothing() -> None:
    assessment = changed(created_at=NOW - DAY, device_model="Doorman 2", country="Ireland", api_id=7)
    assert assessment.findings == (Finding(reason=GuardReason.RENEWED, weight=Weight.WEAK),)
    assert assessment.level is Level.NOTICE


@given(sessions(st.just("0"), current=True), sessions(st.just("0"), current=True), rosters(), moments)
def test_of_the_guard_only_its_own_reasons_are_given(before: Any, after: Any, listed: Any, now: Any) -> None:
    assert why(assess_change(before, after, Past().with_roster(listed), now=now)) <= set(GuardReason)
