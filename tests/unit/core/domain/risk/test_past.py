"""What is known before something happens: which sessions make a trait familiar, and which can't."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.risk.past import CODES_KEPT, TRAITS_MOST, Known, Past
from core.domain.sessions import GUARD_HASH
from tests.domain_values import NOW, guard_session, roster, session, sessions, torn_roster
from tests.unit.core.domain.risk.household import DAY, household, phone


def test_a_session_is_known_as_all_that_it_has_been() -> None:
    past = Past().with_session(phone()).with_session(phone(country="Denmark", ip="198.51.100.8", region=""))
    assert past.known == (
        Known(
            key="1",
            created_at=phone().created_at,
            countries=frozenset({"sweden", "denmark"}),
            networks=frozenset({"192.0.0.0/16", "198.51.0.0/16"}),
            apps=frozenset({(6, "telegram android")}),
            platforms=frozenset({"android"}),
            devices=frozenset({"pixel 9"}),
        ),
    )


def test_a_session_that_ended_is_known_still() -> None:
    past = household().with_roster(roster())
    assert {known.key for known in past.familiar()} == {"1", "2", "3"}
    assert past.own() == ()


def test_nothing_blank_is_familiar() -> None:
    blank = session(device_model=" ", platform="", ip="?", country="", region="", app_name="")
    (known,) = Past().with_session(blank).known
    assert (known.countries, known.networks, known.platforms, known.devices) == (frozenset(),) * 4
    assert known.apps == {(6, "")}


def test_the_guards_own_session_makes_nothing_familiar() -> None:
    past = Past().with_session(guard_session(country="Ireland"))
    assert past.find(GUARD_HASH) is not None
    assert past.familiar() == ()


def test_the_guards_own_session_is_the_guards_whatever_its_hash() -> None:
    past = Past().with_session(session("5", current=True))
    assert past.find("5") is None
    assert past.familiar() == ()


@pytest.mark.parametrize("unsettled", [{"password_pending": True}, {"unconfirmed": True}])
def test_a_login_that_is_not_settled_makes_nothing_familiar(unsettled: dict[str, bool]) -> None:
    past = Past().with_roster(roster(session("5", country="Nigeria", **unsettled)))
    assert past.find("5") is not None
    assert past.familiar() == past.own() == ()
    assert len(past.with_session(session("5", country="Nigeria")).familiar()) == 1


def test_what_was_familiar_stays_so_while_telegram_waits_for_a_word() -> None:
    past = household().with_session(phone(country="Nigeria", unconfirmed=True))
    assert past.find("1") == household().find("1")


def test_a_doubted_session_makes_nothing_familiar_until_it_is_answered_for() -> None:
    past = household().doubting("1")
    assert {known.key for known in past.familiar()} == {"2", "3"}
    assert {own.hash for own in past.own()} == {"2", "3"}
    assert {known.key for known in past.believing("1").familiar()} == {"1", "2", "3"}


def test_a_session_can_be_left_out() -> None:
    assert {known.key for known in household().familiar(besides="1")} == {"2", "3"}
    assert {own.hash for own in household().own(besides="1")} == {"2", "3"}


def test_a_new_roster_takes_the_place_of_the_last() -> None:
    assert household().with_roster(torn_roster(phone())).own() == (phone(),)


def test_codes_are_kept_for_a_day() -> None:
    past = Past().with_code(NOW - CODES_KEPT).with_code(NOW - CODES_KEPT + timedelta(seconds=1)).with_code(NOW)
    assert past.codes == (NOW - CODES_KEPT + timedelta(seconds=1), NOW)


def test_a_session_that_is_another_at_every_look_does_not_fill_the_memory() -> None:
    past = Past()
    for number in range(TRAITS_MOST + 50):
        past = past.with_session(
            session(
                device_model=f"x{number}",
                platform=f"x{number}",
                api_id=number,
                country=f"x{number}",
                ip=f"10.{number % 250}.0.1",
            )
        )
    (known,) = past.known
    for traits in (known.countries, known.networks, known.apps, known.platforms, known.devices):
        assert len(traits) == TRAITS_MOST


def test_times_say_their_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Past(codes=(NOW.replace(tzinfo=None),))
    with pytest.raises(ValueError, match="without a zone"):
        Known(key="1", created_at=NOW.replace(tzinfo=None))


@given(st.lists(sessions(), max_size=6))
def test_seeing_the_same_again_teaches_nothing(seen: list) -> None:
    past = Past()
    for each in seen:
        past = past.with_session(each)
    again = past
    for each in seen:
        again = again.with_session(each)
    assert {(k.key, k.countries, k.networks, k.apps, k.platforms, k.devices) for k in again.known} == {
        (k.key, k.countries, k.networks, k.apps, k.platforms, k.devices) for k in past.known
    }


def test_a_year_old_household_is_known_by_its_own_times() -> None:
    assert {known.created_at for known in household().familiar()} == {NOW - 90 * DAY}
