"""Server salts follow one another in time, each good for an hour."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.mtproto.salts import GOOD_FOR, OVERLAP, Salts

BEGAN = 1_800_000_000


def test_the_first_is_good_for_an_hour_and_overlaps_with_the_next() -> None:
    salts = Salts(42, BEGAN)
    assert salts.current(BEGAN + OVERLAP - 1) == 42
    following = salts.current(BEGAN + OVERLAP)
    assert following != 42
    assert salts.is_good(42, BEGAN + GOOD_FOR - 1)
    assert salts.is_good(following, BEGAN + GOOD_FOR - 1)
    assert not salts.is_good(42, BEGAN + GOOD_FOR)


def test_one_that_is_yet_to_come_is_not_good() -> None:
    salts = Salts(42, BEGAN)
    coming = salts.ahead(BEGAN, 3)
    assert [salts.is_good(salt.value, BEGAN) for salt in coming] == [True, False, False]


@given(st.lists(st.integers(0, 10 * GOOD_FOR), max_size=20))
def test_there_is_always_a_good_one(steps: list[int]) -> None:
    salts, now = Salts(42, BEGAN), BEGAN
    for step in steps:
        now += step
        assert salts.is_good(salts.current(now), now)
        ahead = salts.ahead(now, 5)
        assert ahead[0].since <= now < ahead[0].until
        assert [salt.since for salt in ahead] == sorted({salt.since for salt in ahead})
