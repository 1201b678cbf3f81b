"""Sessions and rosters: what they accept, and the order and the place in which they are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.sessions import check_hash, in_order, place_of
from tests.domain_values import (
    MOST_NEGATIVE,
    MOST_POSITIVE,
    NOW,
    guard_session,
    hashes,
    roster,
    session,
    sessions,
    torn_roster,
)


@given(hashes)
def test_every_signed_64_bit_integer_is_a_hash(hash_: str) -> None:
    assert check_hash(hash_) == hash_
    assert session(hash_).hash == hash_


@pytest.mark.parametrize("hash_", [MOST_NEGATIVE, MOST_POSITIVE, "0", "-1"])
def test_the_extremes_are_hashes(hash_: str) -> None:
    assert check_hash(hash_) == hash_


@pytest.mark.parametrize(
    "wrong",
    [
        str(2**63),
        str(-(2**63) - 1),
        "01",
        "-0",
        "1.0",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "1_000",
        "0x10",
        "",
        "-",
        "seven",
        "None",
        "\u0661",  # a digit to int(), and not one in decimal as Telegram writes it
        "9" * 5000,
    ],
)
def test_anything_else_is_no_hash(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check_hash(wrong)
    with pytest.raises(ValueError, match=r"."):
        session(wrong)


@given(st.text(max_size=25))
def test_a_text_is_a_hash_only_if_it_is_the_decimal_of_its_number(text: str) -> None:
    try:
        check_hash(text)
    except ValueError:
        return
    assert text.isascii()
    assert str(int(text)) == text
    assert -(2**63) <= int(text) < 2**63


@pytest.mark.parametrize("field", ["created_at", "active_at"])
def test_a_session_refuses_a_time_without_a_zone(field: str) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        session(**{field: NOW.replace(tzinfo=None)})


def test_a_roster_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        roster(taken_at=NOW.replace(tzinfo=None))


def test_a_time_in_another_zone_is_the_same_time() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))
    assert session(active_at=elsewhere) == session(active_at=NOW)


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        session().hash = "8"  # type: ignore[misc]


def test_a_roster_without_the_askers_own_session_is_torn() -> None:
    assert torn_roster().is_torn
    assert torn_roster(session()).is_torn
    assert torn_roster(session()).guard is None
    assert not roster().is_torn
    assert roster().guard == guard_session()


def test_the_guards_own_session_is_not_found_for_anything_to_be_done_to_it() -> None:
    assert roster(session("7")).find("7") == session("7")
    assert roster(session("7")).find("0") is None
    assert roster(session("7")).find("8") is None
    odd = replace(roster(), sessions=(replace(guard_session(), hash="99"), session("7")))
    assert odd.find("99") is None
    assert odd.hashes() == {"7"}


def test_sessions_are_shown_current_first_then_what_needs_a_decision_then_the_latest() -> None:
    latest = session("1", active_at=NOW)
    older = session("2", active_at=NOW - timedelta(days=1))
    unconfirmed = session("3", active_at=NOW - timedelta(days=2), unconfirmed=True)
    pending = session("4", active_at=NOW - timedelta(days=3), password_pending=True)
    pending_and_unconfirmed = session("5", active_at=NOW - timedelta(days=4), password_pending=True, unconfirmed=True)
    own = guard_session(active_at=NOW - timedelta(days=5))
    mixed = [older, unconfirmed, latest, pending, own, pending_and_unconfirmed]
    assert in_order(mixed) == [own, pending_and_unconfirmed, pending, unconfirmed, latest, older]


@given(st.lists(sessions(), unique_by=lambda s: s.hash, max_size=6), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_answer(listed: list, random: object) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_order(shuffled) == in_order(listed)
    assert sorted(s.hash for s in in_order(listed)) == sorted(s.hash for s in listed)


@pytest.mark.parametrize(
    ("region", "country", "place"),
    [
        ("Malmo", "Sweden", "Malmo, Sweden"),
        ("", "Malmo, Sweden", "Malmo, Sweden"),
        ("Malmo", "", "Malmo"),
        ("", "", ""),
        (" ", "\t", ""),
        ("Singapore", "Singapore", "Singapore"),
        (" Malmo ", " Sweden", "Malmo, Sweden"),
    ],
)
def test_the_place_is_whatever_is_known_of_it(region: str, country: str, place: str) -> None:
    assert place_of(session(region=region, country=country)) == place


def test_extreme_times_can_be_ordered() -> None:
    first = session("1", active_at=datetime(1970, 1, 1, tzinfo=UTC))
    last = session("2", active_at=datetime(9999, 12, 31, tzinfo=UTC))
    assert in_order([first, last]) == [last, first]
