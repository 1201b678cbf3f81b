"""Each rule for a session that is not what it was, above all the signs of a copied key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight, level_of
from core.domain.risk.changes import ChangeReason, assess_change
from core.domain.risk.logins import LoginReason
from core.domain.risk.past import Past
from tests.domain_values import NOW, moments, rosters, sessions
from tests.unit.core.domain.risk.household import HOUR, MINUTE, desktop, found, household, login, past, phone, why


def changed(**particulars: Any) -> Assessment:
    return assess_change(phone(), phone(**particulars), household(), now=NOW)


def web(**particulars: Any) -> Any:
    own = {"device_model": "Firefox 138", "platform": "Web", "api_id": 2496, "app_name": "Telegram Web"}
    return phone(**(own | particulars))


@pytest.mark.parametrize(
    "everyday",
    [
        {},
        {"active_at": NOW + HOUR},
        {"ip": "192.0.2.200"},
        {"region": "Lund"},
        {"app_version": "12.2.0"},
        {"system_version": "17"},
        {"device_model": "PIXEL  9"},
        {"platform": " android"},
        {"app_name": "telegram android"},
    ],
)
def test_what_changes_on_any_day_is_no_finding(everyday: dict[str, Any]) -> None:
    assert changed(**everyday) == Assessment()


@pytest.mark.parametrize(
    ("other", "finding"),
    [
        (
            {"device_model": "Galaxy S25"},
            Finding(reason=ChangeReason.OTHER_DEVICE, weight=Weight.ALARMING, before="Pixel 9", after="Galaxy S25"),
        ),
        (
            {"device_model": ""},
            Finding(reason=ChangeReason.OTHER_DEVICE, weight=Weight.ALARMING, before="Pixel 9", after=""),
        ),
        (
            {"device_model": "Pixel 9 Pro", "app_version": "12.2.0"},
            Finding(
                reason=ChangeReason.OTHER_DEVICE,
                weight=Weight.ALARMING,
                before="Pixel 9",
                after="Pixel 9 Pro",
                benign=Benign.APP_UPDATE,
            ),
        ),
        (
            {"platform": "Linux"},
            Finding(reason=ChangeReason.OTHER_PLATFORM, weight=Weight.ALARMING, before="Android", after="Linux"),
        ),
        (
            {"api_id": 4711},
            Finding(
                reason=ChangeReason.OTHER_APP,
                weight=Weight.ALARMING,
                before="6 Telegram Android",
                after="4711 Telegram Android",
            ),
        ),
    ],
)
def test_another_device_platform_or_app_under_the_same_key_is_alarming(other: dict[str, Any], finding: Finding) -> None:
    assessment = changed(**other)
    assert assessment.findings == (finding,)
    assert assessment.level is Level.ALARM


def test_an_update_explains_no_device_of_another_app() -> None:
    finding = found(changed(device_model="PC", api_id=2040, app_version="5"), ChangeReason.OTHER_DEVICE)
    assert finding is not None
    assert finding.benign is None


@pytest.mark.parametrize(
    "told_first", [{"device_model": " "}, {"platform": ""}, {"app_name": ""}, {"api_id": 0, "app_name": ""}]
)
def test_what_was_not_told_before_is_no_other(told_first: dict[str, Any]) -> None:
    assert assess_change(phone(**told_first), phone(), household(), now=NOW) == Assessment()


def test_a_browser_that_was_updated_is_the_same_device() -> None:
    assert assess_change(web(), web(device_model="Firefox 139"), household(), now=NOW) == Assessment()
    assert assess_change(web(), web(device_model="Chrome 139"), household(), now=NOW).level is Level.ALARM


def test_telegrams_web_apps_hand_a_session_on() -> None:
    assessment = assess_change(web(), web(api_id=1025907), household(), now=NOW)
    assert assessment.findings == (
        Finding(
            reason=ChangeReason.OTHER_APP,
            weight=Weight.STRONG,
            before="2496 Telegram Web",
            after="1025907 Telegram Web",
            benign=Benign.WEB_VERSION,
        ),
    )
    assert assessment.level is Level.NOTICE
    assert assess_change(web(), web(api_id=2040), household(), now=NOW).level is Level.ALARM


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (
            {},
            {"app_name": "Telegram X"},
            Finding(
                reason=ChangeReason.RENAMED_APP,
                weight=Weight.WEAK,
                before="Telegram Android",
                after="Telegram X",
                benign=Benign.APP_UPDATE,
            ),
        ),
        (
            {},
            {"official_app": False},
            Finding(reason=ChangeReason.OFFICIAL_NO_MORE, weight=Weight.WEAK, after="Telegram Android"),
        ),
        ({"unconfirmed": True}, {}, Finding(reason=ChangeReason.CONFIRMED, weight=Weight.WEAK)),
        ({}, {"unconfirmed": True}, Finding(reason=ChangeReason.DOUBTED_AGAIN, weight=Weight.WEAK)),
        ({}, {"calls_disabled": True}, Finding(reason=ChangeReason.ACCEPTS_OTHERWISE, weight=Weight.WEAK)),
        (
            {"secret_chats_disabled": True},
            {},
            Finding(reason=ChangeReason.ACCEPTS_OTHERWISE, weight=Weight.WEAK),
        ),
    ],
)
def test_what_somebody_may_have_done_is_worth_a_look(
    before: dict[str, Any], after: dict[str, Any], finding: Finding
) -> None:
    assessment = assess_change(phone(**before), phone(**after), household(), now=NOW)
    assert assessment.findings == (finding,)
    assert assessment.level is Level.NOTICE


def test_an_app_that_became_official_is_no_finding() -> None:
    assert assess_change(phone(official_app=False), phone(), household(), now=NOW) == Assessment()


def test_a_login_that_is_complete_by_its_password_is_a_login_once_more() -> None:
    pending = login(country="Nigeria", password_pending=True)
    known = household().with_session(pending).doubting(pending.hash)
    assessment = assess_change(pending, login(country="Nigeria"), known, now=NOW + MINUTE)
    assert why(assessment) == {ChangeReason.PASSWORD_ENTERED, LoginReason.NEW_COUNTRY, LoginReason.ELSEWHERE}
    assert assessment.level is Level.ALARM


def test_a_login_that_is_complete_and_like_any_other_is_worth_a_look() -> None:
    assessment = assess_change(login(password_pending=True), login(), household(), now=NOW)
    assert assessment.findings == (Finding(reason=ChangeReason.PASSWORD_ENTERED, weight=Weight.WEAK),)
    assert assessment.level is Level.NOTICE


def test_a_password_that_is_asked_for_again_lets_nobody_in() -> None:
    assert assess_change(login(), login(password_pending=True), household(), now=NOW) == Assessment()


def test_several_signs_of_one_copy_are_all_told() -> None:
    copy = phone(device_model="PC", platform="Linux", api_id=4711, app_name="x", official_app=False, country="Nigeria")
    assert why(assess_change(phone(), copy, past(phone(), desktop()), now=NOW)) >= {
        ChangeReason.OTHER_DEVICE,
        ChangeReason.OTHER_PLATFORM,
        ChangeReason.OTHER_APP,
        ChangeReason.OFFICIAL_NO_MORE,
    }


pasts = st.builds(lambda roster, codes: Past(codes=codes).with_roster(roster), rosters(), st.just((NOW,)))


@given(sessions(), sessions(), pasts, moments)
def test_whatever_changes_is_weighed(before: Any, after: Any, known: Past, now: Any) -> None:
    assessment = assess_change(before, after, known, now=now)
    assert assessment.level is level_of(sum(finding.weight for finding in assessment.findings))
    assert len(why(assessment)) == len(assessment.findings)


@given(sessions(), pasts, st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_is_as_it_was_is_quiet(one: Any, known: Past, later: timedelta) -> None:
    assert assess_change(one, one, known, now=NOW + later) == Assessment()
