"""What changed of an account's safety between two looks; what Telegram did not say is no change, nor forgotten."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from core.domain.account_state import (
    AccountChange,
    AccountState,
    BusinessBot,
    How,
    Passkey,
    Website,
    account_changes,
)
from tests.domain_values import NOW, account_states

MINUTE = timedelta(minutes=1)
SHOP = Website(
    hash="5",
    domain="shop.example",
    bot="Shop",
    browser="Firefox",
    platform="Linux",
    created_at=NOW,
    active_at=NOW,
    ip="192.0.2.7",
    region="Malmo",
)
BOT = BusinessBot(id=77, name="Reads along", username="reads_bot", can_reply=False)
PASSKEY = Passkey(id="p1", name="Pixel 9", created_at=NOW)
STATE = AccountState(
    taken_at=NOW,
    has_password=True,
    has_recovery=True,
    unconfirmed_email="n**@e******.net",
    login_email="a**@e******.org",
    reset_at=NOW,
    account_ttl_days=548,
    websites=(SHOP,),
    bots=(BOT,),
    passkeys=(PASSKEY,),
)


def change(what: str, before: str, after: str) -> AccountChange:
    return AccountChange(what=what, before=before, after=after)


def added(what: str, name: str) -> AccountChange:
    return AccountChange(what=what, after=name, how=How.ADDED)


def removed(what: str, name: str) -> AccountChange:
    return AccountChange(what=what, before=name, how=How.REMOVED)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"has_password": False}, [change("has_password", "yes", "no")]),
        ({"has_recovery": False}, [change("has_recovery", "yes", "no")]),
        ({"unconfirmed_email": ""}, [change("unconfirmed_email", "n**@e******.net", "")]),
        ({"login_email": "m**@e***.com"}, [change("login_email", "a**@e******.org", "m**@e***.com")]),
        ({"reset_at": None}, [change("reset_at", NOW.isoformat(), "")]),
        ({"account_ttl_days": 30}, [change("account_ttl_days", "548", "30")]),
        ({"websites": ()}, [removed("websites", "shop.example")]),
        ({"bots": ()}, [removed("bots", "Reads along")]),
        ({"passkeys": ()}, [removed("passkeys", "Pixel 9")]),
        (
            {"websites": (replace(SHOP, hash="6", domain="bank.example"), replace(SHOP, hash="7"))},
            [
                removed("websites", "shop.example"),
                added("websites", "bank.example"),
                added("websites", "shop.example"),
            ],
        ),
        ({"passkeys": (PASSKEY, replace(PASSKEY, id="p2"))}, [added("passkeys", "Pixel 9")]),
        (
            {"has_password": False, "bots": (BOT, replace(BOT, id=78, name="Another"))},
            [change("has_password", "yes", "no"), added("bots", "Another")],
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_each_fact_that_is_another_is_a_change(changes: dict, told: list[AccountChange]) -> None:
    assert list(account_changes(STATE, replace(STATE, taken_at=NOW + MINUTE, **changes))) == told


@pytest.mark.parametrize("name", ["", "→", "My → bot", "bots →"])
def test_what_came_is_told_from_what_went_whatever_its_name(name: str) -> None:
    named = replace(STATE, bots=(replace(BOT, name=name),), passkeys=(replace(PASSKEY, name=name),))
    without = replace(STATE, bots=(), passkeys=())
    assert account_changes(without, named) == (added("bots", name), added("passkeys", name))
    assert account_changes(named, without) == (removed("bots", name), removed("passkeys", name))


@pytest.mark.parametrize(
    ("told", "is_addition"),
    [
        (added("bots", ""), True),
        (removed("bots", ""), False),
        (change("bots", "", "Helper"), True),
        (change("bots", "Helper", ""), False),
    ],
    ids=["came", "went", "came, by an earlier version", "went, by an earlier version"],
)
def test_a_change_says_whether_a_thing_came(told: AccountChange, *, is_addition: bool) -> None:
    assert told.is_addition is is_addition


@pytest.mark.parametrize(
    "use",
    [
        {"websites": (replace(SHOP, active_at=NOW + MINUTE, ip="203.0.113.9"),)},
        {"passkeys": (replace(PASSKEY, used_at=NOW),)},
        {"bots": (replace(BOT, username="renamed_bot"),)},
    ],
)
def test_that_a_thing_was_used_is_no_change(use: dict) -> None:
    assert account_changes(STATE, replace(STATE, **use)) == ()


SILENCES = pytest.mark.parametrize(
    "silence",
    [
        {"has_password": None, "has_recovery": None, "unconfirmed_email": "", "login_email": "", "reset_at": None},
        {"account_ttl_days": None},
        {"websites": None},
        {"bots": None},
        {"passkeys": None},
    ],
    ids=lambda silence: next(iter(silence)),
)


@SILENCES
def test_what_telegram_did_not_say_is_no_change_at_either_time(silence: dict) -> None:
    silent = replace(STATE, taken_at=NOW + MINUTE, **silence)
    assert account_changes(STATE, silent) == ()
    assert account_changes(silent, STATE) == ()


@SILENCES
def test_what_it_did_not_say_is_taken_as_it_was(silence: dict) -> None:
    silent = replace(STATE, taken_at=NOW + MINUTE, **silence)
    assert silent.on_top_of(STATE) == replace(STATE, taken_at=NOW + MINUTE)
    assert silent.on_top_of(silent) == silent


def test_what_it_said_is_never_taken_as_it_was() -> None:
    emptied = AccountState(
        taken_at=NOW + MINUTE,
        has_password=False,
        has_recovery=False,
        account_ttl_days=30,
        websites=(),
        bots=(),
        passkeys=(),
    )
    assert emptied.on_top_of(STATE) == emptied


@given(account_states, account_states)
def test_a_change_behind_a_silence_is_found_when_it_is_over(before: AccountState, after: AccountState) -> None:
    kept = AccountState(taken_at=NOW).on_top_of(before)
    assert account_changes(kept, after) == account_changes(before, after)


@given(account_states)
def test_the_same_again_is_no_change(state: AccountState) -> None:
    assert account_changes(state, replace(state, taken_at=NOW)) == ()


@given(account_states, account_states)
def test_every_change_names_a_field(before: AccountState, after: AccountState) -> None:
    names = {field.name for field in fields(AccountState)} - {"taken_at"}
    assert {each.what for each in account_changes(before, after)} <= names


@pytest.mark.parametrize("field", ["taken_at", "reset_at"])
def test_a_time_has_its_zone(field: str) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        replace(STATE, **{field: datetime(2026, 1, 1)})  # noqa: DTZ001 - that is the point
