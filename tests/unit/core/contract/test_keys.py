"""Names in Redis: two accounts share nothing, and one account's keys share a cluster slot."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from hypothesis import given

from core.contract import keys
from tests.domain_values import accounts

PER_ACCOUNT = [
    function
    for name, function in inspect.getmembers(keys, inspect.isfunction)
    if not name.startswith("_") and function not in {keys.dead_letters, keys.account_in}
]


def name_of(function: Callable[..., str], account: int) -> str:
    return function(account, "f00d") if function is keys.reply else function(account)


@pytest.mark.parametrize("function", PER_ACCOUNT, ids=lambda f: f.__name__)
def test_the_account_is_in_every_key_as_its_slot(function: Callable[..., str]) -> None:
    @given(accounts)
    def check(account: int) -> None:
        assert f"{{{account}}}" in name_of(function, account)

    check()


@given(accounts, accounts)
def test_no_key_is_used_for_two_things(one: int, other: int) -> None:
    names = [name_of(function, account) for function in PER_ACCOUNT for account in {one, other}]
    names += [keys.dead_letters(name) for name in names]
    assert len({*names, keys.ACCOUNTS}) == len(names) + 1


@given(accounts)
def test_the_account_of_a_key_is_read_from_it(account: int) -> None:
    assert {keys.account_in(name_of(function, account).encode()) for function in PER_ACCOUNT} == {account}


@pytest.mark.parametrize(
    "key", [b"", b"doorman:accounts", b"doorman:{}:presses", b"doorman:{x}:presses", b"x:{1}:presses", b"\xff", b"{1}"]
)
def test_a_key_that_is_no_accounts_has_none(key: bytes) -> None:
    assert keys.account_in(key) is None


def test_an_account_whose_number_is_longer_than_any_is_none() -> None:
    assert keys.account_in(keys.presses(10**18).encode()) is None


@given(accounts)
def test_dead_letters_lie_beside_their_stream(account: int) -> None:
    stream = keys.events(account)
    assert keys.dead_letters(stream).startswith(stream)
    assert keys.dead_letters(stream) != stream


def test_every_name_begins_alike_so_that_a_redis_can_be_shared_with_others() -> None:
    assert all(name_of(function, 1).startswith("doorman:") for function in PER_ACCOUNT)
    assert keys.ACCOUNTS.startswith("doorman:")


@pytest.mark.parametrize("function", PER_ACCOUNT, ids=lambda f: f.__name__)
def test_one_accounts_number_never_begins_anothers_key(function: Callable[..., str]) -> None:
    assert not name_of(function, 12).startswith(name_of(function, 1))
