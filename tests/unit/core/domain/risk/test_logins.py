"""Each rule for a login: when it fires, when it does not, at its borders; and what a few logins come to as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight, level_of
from core.domain.risk.logins import RULES, LoginReason, assess_login
from core.domain.risk.past import Past
from tests.domain_values import NOW, moments, roster, rosters, sessions
from tests.unit.core.domain.risk.household import (
    DAY,
    HOUR,
    MINUTE,
    desktop,
    found,
    household,
    login,
    past,
    phone,
    tablet,
    why,
)

SECOND = timedelta(seconds=1)
IN_USE = {"active_at": NOW}


def assessed(known: Past | None = None, **particulars: Any) -> Assessment:
    return assess_login(login(**particulars), household() if known is None else known, now=NOW)


def test_a_login_of_which_nothing_is_new_is_worth_a_look_all_the_same() -> None:
    assessment = assessed()
    assert assessment == Assessment(floor=Level.NOTICE)
    assert assessment.level is Level.NOTICE


# Never seen


def test_a_country_where_no_session_was() -> None:
    assessment = assessed(country="Norway", region="Oslo")
    assert found(assessment, LoginReason.NEW_COUNTRY) == Finding(
        reason=LoginReason.NEW_COUNTRY, weight=Weight.STRONG, after="Norway", count=3, benign=Benign.VPN
    )


@pytest.mark.parametrize(
    ("country", "region"), [("Sweden", "Kiruna"), ("  SWEDEN", "Malmo"), ("Malmo, Sweden", ""), ("", "Oslo"), (" ", "")]
)
def test_a_country_that_is_known_or_not_told_is_none(country: str, region: str) -> None:
    assert found(assessed(country=country, region=region), LoginReason.NEW_COUNTRY) is None


def test_a_country_where_a_session_has_been_and_is_no_more_is_known() -> None:
    known = household().with_session(phone(country="Norway")).with_session(phone())
    assert found(assessed(known, country="Norway"), LoginReason.NEW_COUNTRY) is None


def test_the_country_of_the_guards_host_is_not_known_by_that() -> None:
    assert found(assessed(country="Ireland"), LoginReason.NEW_COUNTRY)


def test_the_country_of_an_intruders_first_login_is_not_known_at_the_second() -> None:
    known = household().with_session(login("8", country="Norway")).doubting("8")
    assert found(assessed(known, country="Norway"), LoginReason.NEW_COUNTRY)
    assert found(assessed(known.believing("8"), country="Norway"), LoginReason.NEW_COUNTRY) is None


def test_the_login_itself_makes_nothing_known() -> None:
    known = household().with_session(login(country="Norway", ip="198.51.100.1", platform="iOS", api_id=8))
    assessment = assessed(known, country="Norway", ip="198.51.100.1", platform="iOS", api_id=8)
    assert {LoginReason.NEW_COUNTRY, LoginReason.NEW_APP, LoginReason.NEW_PLATFORM} <= why(assessment)


def test_a_network_where_no_session_was() -> None:
    assert found(assessed(ip="198.51.100.1"), LoginReason.NEW_NETWORK) == Finding(
        reason=LoginReason.NEW_NETWORK,
        weight=Weight.WEAK,
        after="198.51.0.0/16",
        count=3,
        benign=Benign.MOBILE_NETWORK,
    )
    assert found(assessed(ip="2001:db8::1"), LoginReason.NEW_NETWORK)
    assert found(assessed(ip="198.51.100.1", country="", region=""), LoginReason.NEW_NETWORK)


@pytest.mark.parametrize("ip", ["192.0.255.1", "", "nowhere"])
def test_a_network_that_is_known_or_not_told_is_none(ip: str) -> None:
    assert found(assessed(ip=ip), LoginReason.NEW_NETWORK) is None


def test_in_a_new_country_the_network_is_not_counted_as_well() -> None:
    assert found(assessed(ip="198.51.100.1", country="Norway"), LoginReason.NEW_NETWORK) is None


def test_an_app_that_no_session_had_is_told_by_its_id() -> None:
    assert found(assessed(api_id=4), LoginReason.NEW_APP) == Finding(
        reason=LoginReason.NEW_APP, weight=Weight.WEAK, after="4 Telegram Android", count=3
    )
    assert found(assessed(app_name="Another name"), LoginReason.NEW_APP) is None
    assert found(assessed(api_id=0), LoginReason.NEW_APP) is None


def test_a_platform_that_no_session_had() -> None:
    assert found(assessed(platform="iOS"), LoginReason.NEW_PLATFORM) == Finding(
        reason=LoginReason.NEW_PLATFORM, weight=Weight.WEAK, after="iOS", count=3
    )
    assert found(assessed(platform=" ANDROID "), LoginReason.NEW_PLATFORM) is None
    assert found(assessed(platform=""), LoginReason.NEW_PLATFORM) is None


def test_a_new_app_on_a_new_platform_counts_once() -> None:
    assessment = assessed(api_id=8, app_name="Telegram iOS", platform="iOS")
    platform = found(assessment, LoginReason.NEW_PLATFORM)
    assert platform is not None
    assert platform.weight is Weight.SAID
    assert assessment.level is Level.NOTICE


# A thin history


ALL_NEW = {"country": "Norway", "api_id": 8, "app_name": "Telegram iOS", "platform": "iOS"}


@pytest.mark.parametrize(
    ("known", "weight"),
    [
        (past(phone()), Weight.WEAK),
        (past(phone(), tablet()), Weight.WEAK),
        (past(phone(), tablet(), desktop()), Weight.STRONG),
    ],
)
def test_a_new_country_weighs_less_to_fewer_than_three_sessions(known: Past, weight: Weight) -> None:
    finding = found(assessed(known, country="Norway"), LoginReason.NEW_COUNTRY)
    assert finding is not None
    assert finding.weight is weight


def test_what_is_new_to_one_session_is_said_and_hardly_counts() -> None:
    assessment = assessed(past(phone(active_at=NOW - 2 * HOUR), taken_at=NOW - HOUR), **ALL_NEW)
    assert why(assessment) == {LoginReason.NEW_COUNTRY, LoginReason.NEW_APP, LoginReason.NEW_PLATFORM}
    assert sum(finding.weight for finding in assessment.findings) == 1


@pytest.mark.parametrize("known", [Past(), past(), past(phone(unconfirmed=True))])
def test_where_nothing_is_known_nothing_is_new(known: Past) -> None:
    assert why(assessed(known, **ALL_NEW)) == set()


# The app's word for itself


def test_an_app_id_that_is_not_official() -> None:
    assert found(assessed(api_id=4711, app_name="Nicegram", official_app=False), LoginReason.UNOFFICIAL) == Finding(
        reason=LoginReason.UNOFFICIAL, weight=Weight.WEAK, after="Nicegram"
    )


def test_an_unofficial_app_that_is_known_is_said_and_not_counted() -> None:
    known = household().with_session(tablet(api_id=4711, app_name="Nicegram", official_app=False))
    assessment = assessed(known, api_id=4711, app_name="Nicegram", official_app=False)
    finding = found(assessment, LoginReason.UNOFFICIAL)
    assert finding is not None
    assert finding.weight is Weight.SAID


def test_an_official_app_id_lowers_nothing() -> None:
    official, other = assessed(country="Norway"), assessed(country="Norway", official_app=False)
    assert found(official, LoginReason.NEW_COUNTRY) == found(other, LoginReason.NEW_COUNTRY)
    assert found(official, LoginReason.UNOFFICIAL) is None


@pytest.mark.parametrize("name", ["Telegram Desktop", " telegram  DESKTOP"])
def test_an_unofficial_app_under_a_known_apps_name_is_alarming(name: str) -> None:
    assessment = assessed(api_id=4711, app_name=name, official_app=False)
    assert why(assessment) == {LoginReason.BORROWED_NAME, LoginReason.UNOFFICIAL}
    assert assessment.level is Level.ALARM


@pytest.mark.parametrize(
    "honest",
    [
        {"api_id": 4, "official_app": True},
        {"api_id": 6, "official_app": False},
        {"api_id": 4711, "app_name": "", "official_app": False},
        {"api_id": 4711, "app_name": "Telegram", "official_app": False},
    ],
)
def test_no_name_is_borrowed_by_an_official_app_a_known_one_or_one_with_a_name_of_its_own(
    honest: dict[str, Any],
) -> None:
    assert found(assessed(**honest), LoginReason.BORROWED_NAME) is None


# Too far from an own device


def elsewhere(known: Past, **particulars: Any) -> Finding | None:
    return found(assessed(known, **particulars), LoginReason.ELSEWHERE)


def test_an_own_device_was_in_use_in_another_country() -> None:
    known = past(phone(active_at=NOW - 12 * MINUTE), tablet(active_at=NOW - 40 * MINUTE, country="Denmark"))
    assert elsewhere(known, country="Nigeria", region="Lagos") == Finding(
        reason=LoginReason.ELSEWHERE,
        weight=Weight.STRONG,
        before="Sweden",
        after="Nigeria",
        minutes=12,
        benign=Benign.VPN,
    )


@pytest.mark.parametrize(
    ("active", "fires"),
    [
        (NOW - HOUR, False),
        (NOW - HOUR + SECOND, True),
        (NOW, True),
        (NOW + HOUR - SECOND, True),
        (NOW + HOUR, False),
        (NOW - 9 * DAY, False),
    ],
)
def test_only_within_the_hour(active: Any, *, fires: bool) -> None:
    assert (elsewhere(past(phone(active_at=active)), country="Nigeria") is not None) is fires


def test_a_login_that_is_found_late_is_compared_with_its_own_time() -> None:
    known = past(phone(active_at=NOW))
    assert elsewhere(known, country="Nigeria", created_at=NOW - 5 * HOUR) is None


@pytest.mark.parametrize(
    "known",
    [
        past(phone(**IN_USE, country="Nigeria")),
        past(phone(**IN_USE), tablet(**IN_USE, country=" nigeria")),
        past(phone(**IN_USE, country="", region="")),
        past(phone(**IN_USE, unconfirmed=True)),
        past(phone(**IN_USE)).doubting("1"),
        past(login(**IN_USE)),
        past(),
        Past(),
    ],
)
def test_a_device_in_the_same_country_or_none_of_the_owners_is_no_contradiction(known: Past) -> None:
    assert elsewhere(known, country="Nigeria") is None


def test_a_login_from_nowhere_is_not_too_far_away() -> None:
    assert elsewhere(past(phone(**IN_USE)), country="", region="Lagos") is None


# While nobody looked


def idle(known: Past, **particulars: Any) -> Finding | None:
    return found(assessed(known, **particulars), LoginReason.ALL_IDLE)


def test_no_own_device_was_in_use() -> None:
    known = past(phone(active_at=NOW - 45 * MINUTE), tablet(active_at=NOW - 9 * DAY))
    assert idle(known) == Finding(reason=LoginReason.ALL_IDLE, weight=Weight.WEAK, minutes=45)


@pytest.mark.parametrize(
    ("active", "fires"),
    [(NOW - 30 * MINUTE, True), (NOW - 30 * MINUTE + SECOND, False), (NOW, False), (NOW + MINUTE, False)],
)
def test_idle_is_from_half_an_hour_on(active: Any, *, fires: bool) -> None:
    assert (idle(past(phone(active_at=active))) is not None) is fires


def test_the_guard_and_whoever_is_doubted_are_never_idle_and_never_in_use() -> None:
    known = past(phone(active_at=NOW - HOUR), tablet(**IN_USE)).doubting("2")
    assert idle(known)
    assert idle(past()) is None
    assert idle(Past()) is None


@pytest.mark.parametrize(("taken", "fires"), [(NOW - 5 * MINUTE, True), (NOW - 5 * MINUTE - SECOND, False)])
def test_an_old_list_does_not_tell_who_was_idle(taken: Any, *, fires: bool) -> None:
    assert (idle(past(phone(active_at=NOW - HOUR), taken_at=taken)) is not None) is fires


def test_a_device_that_was_in_use_after_a_login_found_late_may_have_been_so_at_it() -> None:
    assert idle(past(phone(active_at=NOW - HOUR)), created_at=NOW - 2 * HOUR) is None


# Codes and bursts


@pytest.mark.parametrize(
    ("ago", "fires"),
    [(timedelta(), True), (10 * MINUTE, True), (10 * MINUTE + SECOND, False), (-SECOND, False)],
)
def test_a_code_was_asked_for_within_ten_minutes_before(ago: timedelta, *, fires: bool) -> None:
    assert (found(assessed(household().with_code(NOW - ago)), LoginReason.CODE_ASKED) is not None) is fires


def test_a_code_is_a_fact_while_an_own_device_was_in_use_and_counts_while_none_was() -> None:
    in_use = assessed(past(phone(**IN_USE)).with_code(NOW - 8 * MINUTE).with_code(NOW - 3 * MINUTE))
    assert found(in_use, LoginReason.CODE_ASKED) == Finding(
        reason=LoginReason.CODE_ASKED, weight=Weight.SAID, minutes=3
    )
    unread = assessed(past(phone(active_at=NOW - HOUR)).with_code(NOW - 3 * MINUTE))
    assert found(unread, LoginReason.CODE_ASKED) == Finding(
        reason=LoginReason.CODE_ASKED, weight=Weight.WEAK, minutes=3
    )


def burst(*ages: timedelta) -> Past:
    known = household()
    for number, age in enumerate(ages, start=10):
        known = known.with_session(login(str(number), created_at=NOW - age, unconfirmed=True))
    return known


@pytest.mark.parametrize(
    ("ages", "count"),
    [
        ((), 0),
        ((MINUTE,), 0),
        ((MINUTE, 2 * MINUTE), 3),
        ((timedelta(), HOUR - SECOND), 3),
        ((timedelta(), HOUR), 0),
        ((MINUTE, 2 * MINUTE, 3 * MINUTE), 4),
        ((-MINUTE, -MINUTE), 0),
    ],
)
def test_three_logins_in_an_hour_are_several(ages: tuple[timedelta, ...], count: int) -> None:
    finding = found(assessed(burst(*ages)), LoginReason.SEVERAL)
    assert (finding.count if finding else 0) == count


@pytest.mark.parametrize("ages", [(3, 2, 1), (1, 1, 1), (-1, -1, -1)], ids=["in turn", "at once", "by a clock ahead"])
def test_logins_of_one_look_are_counted_in_their_order(ages: tuple[int, ...]) -> None:
    came = [login(str(n), created_at=NOW - age * MINUTE) for n, age in enumerate(ages, start=20)]
    past = replace(burst(5 * MINUTE), roster=roster(*came))
    findings = [found(assess_login(each, past, now=NOW), LoginReason.SEVERAL) for each in came]
    assert [finding.count if finding else 0 for finding in findings] == [0, 3, 4]


def test_a_login_is_not_counted_twice_and_a_doubted_one_counts() -> None:
    known = burst(MINUTE, 2 * MINUTE).doubting("10").with_session(login())
    assert found(assessed(known), LoginReason.SEVERAL) == Finding(
        reason=LoginReason.SEVERAL, weight=Weight.WEAK, count=3
    )


# What is only said


def test_a_login_without_the_2fa_password_and_one_that_waits_for_a_word_are_told_calmly() -> None:
    assessment = assessed(password_pending=True, unconfirmed=True)
    assert why(assessment) == {LoginReason.PASSWORD_PENDING, LoginReason.UNCONFIRMED}
    assert assessment.level is Level.NOTICE
    assert not any(finding.weight for finding in assessment.findings)


def test_a_known_device_name_is_said_and_lowers_nothing() -> None:
    named = assessed(device_model=" pixel 9", country="Norway")
    assert found(named, LoginReason.KNOWN_NAME) == Finding(
        reason=LoginReason.KNOWN_NAME, weight=Weight.SAID, after=" pixel 9", benign=Benign.SAME_DEVICE
    )
    assert named.level is assessed(device_model="Other", country="Norway").level


@pytest.mark.parametrize("other", [{"device_model": "Pixel 9", "platform": "iOS"}, {"device_model": ""}, {}])
def test_a_name_on_another_platform_or_no_name_is_not_known(other: dict[str, str]) -> None:
    assert found(assessed(**other), LoginReason.KNOWN_NAME) is None


# As a whole


@pytest.mark.parametrize(
    ("what", "known", "particulars", "level"),
    [
        ("a new phone at home", household(), {}, Level.NOTICE),
        (
            "the first computer of somebody with a phone",
            past(phone()),
            {"platform": "Linux", "api_id": 2040, "app_name": "Telegram Desktop", "ip": "198.51.100.1"},
            Level.NOTICE,
        ),
        (
            "a new laptop in a café, by a code that was read on the phone",
            household().with_code(NOW - MINUTE),
            {"platform": "macOS", "api_id": 2834, "app_name": "Telegram macOS", "ip": "198.51.100.1"},
            Level.NOTICE,
        ),
        (
            "a third-party app at home",
            household(),
            {"api_id": 4711, "app_name": "Nicegram", "official_app": False},
            Level.NOTICE,
        ),
        (
            "a holiday, the phone along",
            past(phone(**IN_USE, country="Norway"), tablet(), desktop()),
            {"country": "Norway"},
            Level.NOTICE,
        ),
        (
            "a phished code, used abroad while the phone was in its owner's hand",
            household().with_code(NOW - MINUTE),
            {"country": "Nigeria"},
            Level.ALARM,
        ),
        (
            "the same for somebody with one phone",
            past(phone(**IN_USE)).with_code(NOW - MINUTE),
            {"country": "Nigeria"},
            Level.ALARM,
        ),
        (
            "a stolen SIM card at night, in the same country",
            past(phone(active_at=NOW - 5 * HOUR), tablet(active_at=NOW - DAY), desktop(active_at=NOW - DAY)).with_code(
                NOW - MINUTE
            ),
            {"ip": "198.51.100.1"},
            Level.ALARM,
        ),
        (
            "a script behind a VPN in the same country",
            household(),
            {"api_id": 4711, "app_name": "app", "official_app": False, "ip": "198.51.100.1", "platform": "Windows"},
            Level.ALARM,
        ),
        ("the first session that Doorman ever sees", Past(), {"country": "Nigeria"}, Level.NOTICE),
    ],
)
def test_what_a_login_comes_to(what: str, known: Past, particulars: dict[str, Any], level: Level) -> None:
    assert assessed(known, **particulars).level is level, what


pasts = st.builds(
    lambda roster, seen, codes, doubted: replace(
        _seen(Past(doubted=doubted, codes=codes), seen).with_roster(roster), doubted=doubted
    ),
    rosters(),
    st.lists(sessions(), max_size=5),
    st.lists(moments | st.just(NOW), max_size=3).map(tuple),
    st.sets(st.sampled_from(["1", "-1", "0"])).map(frozenset),
)


def _seen(known: Past, seen: list) -> Past:
    for each in seen:
        known = known.with_session(each)
    return known


@given(sessions(), pasts, moments)
def test_whatever_logs_in_it_is_weighed_and_never_below_notice(any_login: Any, known: Past, now: Any) -> None:
    assessment = assess_login(any_login, known, now=now)
    assert assessment.level == max(Level.NOTICE, level_of(sum(finding.weight for finding in assessment.findings)))
    assert len(why(assessment)) == len(assessment.findings) <= len(RULES)


@given(sessions(), rosters(), st.lists(sessions(), max_size=5, unique_by=lambda s: s.hash), st.randoms())
def test_the_order_in_which_the_past_was_learnt_changes_nothing(
    any_login: Any, listed: Any, seen: list, random: Any
) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)
    one, other = (_seen(Past(roster=listed), each) for each in (seen, shuffled))
    assert assess_login(any_login, one, now=NOW) == assess_login(any_login, other, now=NOW)
