"""Comparing rosters: nothing missed, nothing made up, nothing compared that can't be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.changes import Altered, Appeared, Ended, TornRosterError, TtlAltered, apply, compare
from core.domain.sessions import Roster
from tests.domain_values import NOW, guard_session, roster, rosters, session, torn_roster

few_hashes = st.sampled_from(["-9223372036854775808", "-1", "1", "2", "9223372036854775807"])


@given(rosters())
def test_a_roster_compared_with_itself_gives_nothing(one: Roster) -> None:
    assert compare(one, one) == ()


@given(rosters(), st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_moment_is_a_change(one: Roster, random: object) -> None:
    shuffled = list(one.sessions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    later = replace(one, sessions=tuple(shuffled), taken_at=one.taken_at + timedelta(seconds=30))
    assert compare(one, later) == ()


@given(rosters(hash_=few_hashes), rosters(hash_=few_hashes))
def test_applying_the_changes_to_before_gives_after(before: Roster, after: Roster) -> None:
    applied = apply(before, compare(before, after))
    assert set(applied.sessions) == set(after.sessions)
    assert len(applied.sessions) == len(after.sessions)
    assert (applied.account, applied.ttl_days) == (after.account, after.ttl_days)
    assert applied.taken_at == before.taken_at
    assert compare(applied, after) == ()


@given(rosters(hash_=few_hashes), rosters(hash_=few_hashes))
def test_the_way_back_mirrors_the_way_there(before: Roster, after: Roster) -> None:
    there, back = compare(before, after), compare(after, before)
    assert {c.session for c in there if isinstance(c, Appeared)} == {c.session for c in back if isinstance(c, Ended)}
    assert {(c.before, c.after) for c in there if isinstance(c, Altered)} == {
        (c.after, c.before) for c in back if isinstance(c, Altered)
    }


def test_each_kind_of_change_is_found() -> None:
    before = roster(session("1"), session("2"))
    after = roster(session("2", country="Norway"), session("3"), ttl_days=7)
    assert compare(before, after) == (
        Ended(session=session("1")),
        Altered(before=session("2"), after=session("2", country="Norway")),
        Appeared(session=session("3")),
        TtlAltered(before=180, after=7),
    )


def test_the_guards_own_session_is_the_same_one_whatever_its_hash() -> None:
    other_hash = replace(guard_session(), hash="99")
    after = replace(roster(), sessions=(other_hash,))
    assert compare(roster(), after) == (Altered(before=guard_session(), after=other_hash),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (torn_roster(), roster()),
        (roster(), torn_roster()),
        (torn_roster(session()), torn_roster(session())),
        (roster(session()), torn_roster(session())),
    ],
)
def test_a_torn_roster_is_never_compared(before: Roster, after: Roster) -> None:
    with pytest.raises(TornRosterError):
        compare(before, after)


def test_rosters_of_two_accounts_are_never_compared() -> None:
    with pytest.raises(ValueError, match="two accounts"):
        compare(roster(account=1), roster(account=2))


def test_an_alteration_names_every_field_that_differs_and_which_of_them_matter() -> None:
    moved = Altered(before=session(), after=session(active_at=NOW, ip="203.0.113.5", country="Norway"))
    assert moved.what == {"active_at", "ip", "country"}
    assert moved.significant == {"country"}


@pytest.mark.parametrize(
    "everyday",
    [{"active_at": NOW}, {"ip": "another"}, {"region": "another"}, {"app_version": "2"}, {"system_version": "17"}],
)
def test_what_moves_daily_is_not_significant(everyday: dict) -> None:
    altered = Altered(before=session(), after=session(**everyday))
    assert altered.what == everyday.keys()
    assert altered.significant == frozenset()


@pytest.mark.parametrize(
    "telling",
    [
        {"device_model": "another"},
        {"country": "Norway"},
        {"app_name": "another"},
        {"password_pending": True},
        {"unconfirmed": True},
        {"official_app": True},
        {"secret_chats_disabled": True},
        {"calls_disabled": True},
        {"created_at": NOW},
        {"api_id": 7},
    ],
)
def test_everything_else_is_significant(telling: dict) -> None:
    assert Altered(before=session(), after=session(**telling)).significant == telling.keys()
