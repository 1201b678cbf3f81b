"""Each rule of the checkup by itself: what it finds, what it leaves alone, by what it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from core.domain.account_state import AccountState, BusinessBot, Passkey, Website
from core.domain.checkup import RULES, advice
from core.domain.checkup.account import ACCOUNT_TTL_DAYS_LEAST, PASSKEY_NEW_FOR, WEBSITE_IDLE_AFTER
from core.domain.checkup.inside import TTL_DAYS_MOST
from core.domain.points import Action, Grade, Point, Topic, Where
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import (
    NOW,
    OWNER,
    account_states,
    guard_session,
    preferences,
    roster,
    rosters,
    session,
    standings,
)

#: Where all is well.
WELL = AccountState(
    taken_at=NOW,
    has_password=True,
    has_recovery=True,
    login_email="a***@example.org",
    account_ttl_days=365,
    websites=(),
    bots=(),
    passkeys=(),
)
SILENT = AccountState(taken_at=NOW)
MINE = session("7", official_app=True)
TRUSTED = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))


def website(hash_: str = "5", *, unused: timedelta = timedelta()) -> Website:
    return Website(
        hash=hash_,
        domain="example.org",
        bot="Example",
        browser="Firefox",
        platform="Linux",
        created_at=NOW - timedelta(days=400),
        active_at=NOW - unused,
        ip="192.0.2.7",
        region="Malmo",
    )


def passkey(name: str = "Key", *, age: timedelta) -> Passkey:
    return Passkey(id=name, name=name, created_at=NOW - age)


def given_advice(
    *sessions: Session,
    state: AccountState = WELL,
    standings: Standings = TRUSTED,
    preferences: Preferences = Preferences(),  # noqa: B008 - frozen
    **of_roster: Any,
) -> dict[Topic, Point]:
    listed: Roster = roster(*(sessions or (MINE,)), **of_roster)
    return {point.topic: point for point in advice(state, listed, standings, preferences, now=NOW)}


def test_where_all_is_well_every_point_is_good() -> None:
    points = given_advice()
    assert {point.grade for point in points.values()} == {Grade.GOOD}
    assert set(points) == set(Topic) - {Topic.UNCONFIRMED_EMAIL, Topic.LOCK}


def test_the_worst_comes_first_and_the_good_last() -> None:
    state = replace(WELL, has_password=False, websites=None, login_email="")
    grades = [point.grade for point in advice(state, roster(MINE), TRUSTED, Preferences(), now=NOW)]
    assert grades == sorted(grades, key=list(Grade).index)
    assert {Grade.BAD, Grade.LOOK, Grade.UNKNOWN, Grade.GOOD} == set(grades)


def test_what_telegram_did_not_say_is_unknown_and_never_good() -> None:
    points = given_advice(state=SILENT, ttl_days=0)
    on_sessions = {Topic.UNANSWERED, Topic.INCOMPLETE, Topic.UNOFFICIAL, Topic.IDLE, Topic.UNTRUSTED}
    assert {t for t, point in points.items() if point.grade is Grade.GOOD} == on_sessions
    assert {point.grade for t, point in points.items() if t not in on_sessions} == {Grade.UNKNOWN}


def test_without_2fa_a_code_is_all_that_anybody_needs() -> None:
    points = given_advice(state=replace(WELL, has_password=False, has_recovery=False))
    assert points[Topic.PASSWORD].grade is Grade.BAD
    assert points[Topic.PASSWORD].where is Where.TWO_STEP
    assert Topic.RECOVERY not in points, "nothing to recover"


def test_2fa_without_a_recovery_email_is_worth_a_look() -> None:
    assert given_advice(state=replace(WELL, has_recovery=False))[Topic.RECOVERY].grade is Grade.LOOK


def test_an_unconfirmed_email_is_shown_as_telegram_gives_it() -> None:
    points = given_advice(state=replace(WELL, has_recovery=False, unconfirmed_email="x***@example.net"))
    point = points[Topic.UNCONFIRMED_EMAIL]
    assert (point.grade, point.email) == (Grade.LOOK, "x***@example.net")
    assert Topic.RECOVERY not in points, "said already"


@pytest.mark.parametrize(
    ("email", "has_password", "grade"),
    [
        ("a***@example.org", True, Grade.GOOD),
        ("a***@example.org", False, Grade.GOOD),
        ("", True, Grade.GOOD),
        ("", False, Grade.LOOK),
        ("", None, Grade.UNKNOWN),
    ],
)
def test_codes_by_text_message_are_too_little_where_there_is_no_2fa(
    email: str, has_password: bool | None, grade: Grade
) -> None:
    point = given_advice(state=replace(WELL, login_email=email, has_password=has_password))[Topic.LOGIN_EMAIL]
    assert (point.grade, point.email) == (grade, email)


def test_a_reset_under_way_comes_before_all_else_and_can_be_called_off() -> None:
    at = NOW + timedelta(days=3)
    state = replace(WELL, reset_at=at, has_password=False)
    first, *_ = advice(state, roster(session("8")), Standings(), Preferences(), now=NOW)
    assert (first.topic, first.grade, first.at, first.action) == (Topic.RESET, Grade.BAD, at, Action.CALL_OFF_RESET)


@pytest.mark.parametrize(
    ("days", "grade", "action"),
    [(TTL_DAYS_MOST, Grade.GOOD, None), (TTL_DAYS_MOST + 1, Grade.LOOK, Action.SHOW_TTL), (0, Grade.UNKNOWN, None)],
)
def test_idle_sessions_that_live_for_more_than_half_a_year(days: int, grade: Grade, action: Action | None) -> None:
    point = given_advice(ttl_days=days)[Topic.SESSION_TTL]
    assert (point.grade, point.action) == (grade, action)


@pytest.mark.parametrize(
    ("days", "grade"), [(ACCOUNT_TTL_DAYS_LEAST - 1, Grade.LOOK), (ACCOUNT_TTL_DAYS_LEAST, Grade.GOOD)]
)
def test_an_account_that_a_long_journey_deletes(days: int, grade: Grade) -> None:
    point = given_advice(state=replace(WELL, account_ttl_days=days))[Topic.ACCOUNT_TTL]
    assert (point.grade, point.days) == (grade, days)


def test_only_a_new_passkey_is_worth_a_look() -> None:
    keys = (passkey("old", age=PASSKEY_NEW_FOR), passkey("new", age=PASSKEY_NEW_FOR - timedelta(seconds=1)))
    point = given_advice(state=replace(WELL, passkeys=keys))[Topic.PASSKEYS]
    assert (point.grade, point.count, point.among, point.action) == (Grade.LOOK, 1, 2, Action.SHOW_PASSKEYS)
    point = given_advice(state=replace(WELL, passkeys=keys[:1]))[Topic.PASSKEYS]
    assert (point.grade, point.count, point.among, point.action) == (Grade.GOOD, 0, 1, Action.SHOW_PASSKEYS)


def test_websites_are_worth_a_look_when_they_are_idle() -> None:
    listed = (website("5", unused=WEBSITE_IDLE_AFTER), website("6", unused=WEBSITE_IDLE_AFTER - timedelta(seconds=1)))
    point = given_advice(state=replace(WELL, websites=listed))[Topic.WEBSITES]
    assert (point.grade, point.count, point.among, point.action) == (Grade.LOOK, 1, 2, Action.SHOW_WEBSITES)
    point = given_advice(state=replace(WELL, websites=listed[1:]))[Topic.WEBSITES]
    assert (point.grade, point.count, point.among, point.action) == (Grade.GOOD, 0, 1, Action.SHOW_WEBSITES)


@pytest.mark.parametrize("can_reply", [True, False])
def test_any_business_bot_is_worth_a_look(can_reply: bool) -> None:
    bot = BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=can_reply)
    point = given_advice(state=replace(WELL, bots=(bot,)))[Topic.BOTS]
    assert (point.grade, point.count, point.action) == (Grade.LOOK, 1, Action.SHOW_BOTS)


def test_idle_is_what_the_owner_calls_so() -> None:
    unused = session("7", official_app=True, active_at=NOW - timedelta(days=30))
    assert given_advice(unused)[Topic.IDLE].grade is Grade.GOOD
    point = given_advice(unused, preferences=Preferences(idle_days=30))[Topic.IDLE]
    assert (point.grade, point.sessions, point.days, point.action) == (Grade.LOOK, (unused,), 30, Action.REVIEW)


def test_an_unofficial_app_is_worth_a_look_until_it_is_trusted() -> None:
    script = session("8", official_app=False)
    point = given_advice(MINE, script)[Topic.UNOFFICIAL]
    assert (point.grade, point.sessions) == (Grade.LOOK, (script,))
    trusted = Standings(trusted=(*TRUSTED.trusted, Trust(hash="8", at=NOW, by=OWNER)))
    assert given_advice(MINE, script, standings=trusted)[Topic.UNOFFICIAL].grade is Grade.GOOD


def test_untrusted_sessions_are_counted_among_all_others() -> None:
    point = given_advice(MINE, session("8"), session("9"))[Topic.UNTRUSTED]
    assert (point.grade, point.count, point.among) == (Grade.LOOK, 2, 3)


def test_an_incomplete_login_is_bad_and_counts_as_nothing_else() -> None:
    pending = session("8", password_pending=True, active_at=NOW - timedelta(days=365))
    points = given_advice(MINE, pending)
    assert (points[Topic.INCOMPLETE].grade, points[Topic.INCOMPLETE].sessions) == (Grade.BAD, (pending,))
    others = {point.grade for topic, point in points.items() if topic is not Topic.INCOMPLETE}
    assert others == {Grade.GOOD}


@pytest.mark.parametrize(
    ("login", "known"),
    [
        (session("8", official_app=True), Standings(unanswered=(Unanswered(hash="8", since=NOW),))),
        (session("8", official_app=True, unconfirmed=True), Standings()),
    ],
    ids=["by us", "by Telegram"],
)
def test_a_login_that_nobody_has_answered_for_is_bad(login: Session, known: Standings) -> None:
    point = given_advice(login, standings=known)[Topic.UNANSWERED]
    assert (point.grade, point.sessions, point.action) == (Grade.BAD, (login,), Action.REVIEW)


def test_an_answer_that_waits_for_a_session_that_is_gone_is_none() -> None:
    known = Standings(unanswered=(Unanswered(hash="9", since=NOW),))
    assert given_advice(standings=known)[Topic.UNANSWERED].grade is Grade.GOOD


def test_the_guards_own_session_is_never_a_point() -> None:
    own = guard_session(active_at=NOW - timedelta(days=300), official_app=False, unconfirmed=True)
    alone = Roster(account=1, sessions=(own,), ttl_days=180, taken_at=NOW)
    assert not any(point.sessions for point in advice(WELL, alone, Standings(), Preferences(), now=NOW))


def test_the_login_lock_is_told_while_it_is_on() -> None:
    until = NOW + timedelta(hours=1)
    on = Preferences(is_locked=True, lock_until=until)
    assert given_advice(preferences=on)[Topic.LOCK].at == until
    assert Topic.LOCK not in given_advice(preferences=replace(on, lock_until=NOW))


def test_a_point_does_not_say_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Point(topic=Topic.RESET, grade=Grade.BAD, at=NOW.replace(tzinfo=None))


@given(account_states, rosters(), standings, preferences)
def test_whatever_is_known_there_is_a_point_for_each_topic_at_most(
    state: AccountState, listed: Roster, known: Standings, wanted: Preferences
) -> None:
    points = advice(state, listed, known, wanted, now=NOW)
    assert len({point.topic for point in points}) == len(points) <= len(RULES) == len(Topic)
    for point in points:
        assert 0 <= point.count <= point.among or not point.among
        assert (point.action is Action.REVIEW) == bool(point.sessions)
