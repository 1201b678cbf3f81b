"""What guards an account changes by the control API, and a signed-in guard sees it."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions

from sandbox.seed import ACCOUNT_ID

ACCOUNT = f"/api/accounts/{ACCOUNT_ID}"
STATE = functions.account.GetPasswordRequest
NOTHING = {"recovery_email": None, "unconfirmed_email": None, "login_email": None, "pending_reset_date": None}


async def guarded(api: Any) -> dict[str, Any]:
    account = (await api("GET", "/api/world"))[1]["accounts"][0]
    return {name: account[name] for name in NOTHING}


async def test_addresses_and_a_reset_come_and_go(api: Any, guard: Any) -> None:
    assert await guarded(api) == NOTHING
    given = {
        "recovery_email": "ada@mail.example",
        "unconfirmed_email": "new@mail.example",
        "login_email": "login@mail.example",
        "pending_reset_date": 1890000000,
    }
    status, changed = await api("PATCH", ACCOUNT, {"password": "secret", "password_hint": "a hint", **given})
    assert (status, changed["has_password"]) == (200, True)
    assert await guarded(api) == given
    state = await guard(STATE())
    assert (state.has_password, state.has_recovery, state.hint) == (True, True, "a hint")
    assert (state.email_unconfirmed_pattern, state.login_email_pattern) == ("n**@m***.example", "l****@m***.example")
    assert state.pending_reset_date.timestamp() == 1890000000
    await api("PATCH", ACCOUNT, NOTHING)
    state = await guard(STATE())
    assert (state.has_password, state.has_recovery, state.pending_reset_date) == (True, False, None)


async def test_without_its_password_there_is_no_recovery_and_no_reset(api: Any, guard: Any) -> None:
    given = {"password": "secret", "recovery_email": "ada@mail.example", "pending_reset_date": 1890000000}
    await api("PATCH", ACCOUNT, given | {"login_email": "login@mail.example"})
    await api("PATCH", ACCOUNT, {"password": None})
    assert await guarded(api) == NOTHING | {"login_email": "login@mail.example"}
    assert not (await guard(STATE())).has_password
    for name in ("recovery_email", "pending_reset_date"):
        status, answer = await api("PATCH", ACCOUNT, {name: given[name]})
        assert (status, answer["error"]) == (400, f"{name!r} is for an account with a password; send one too")
        assert (await api("PATCH", ACCOUNT, {name: given[name], "password": None}))[0] == 400


async def test_a_reset_that_an_intruder_began_is_declined_by_the_guard(api: Any, guard: Any) -> None:
    await api("PATCH", ACCOUNT, {"password": "secret", "pending_reset_date": 1890000000})
    assert await guard(functions.account.DeclinePasswordResetRequest())
    assert (await guarded(api))["pending_reset_date"] is None


async def test_both_lifetimes_are_shown_however_they_were_set(api: Any, guard: Any) -> None:
    _, changed = await api("PATCH", ACCOUNT, {"ttl_days": 7, "account_ttl_days": 180})
    assert (changed["ttl_days"], changed["account_ttl_days"]) == (7, 180)
    assert (await guard(functions.account.GetAccountTTLRequest())).days == 180
    await guard(functions.account.SetAuthorizationTTLRequest(30))
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["ttl_days"] == 30


@pytest.mark.parametrize(
    "body",
    [
        {"recovery_email": "ada", "password": "secret"},
        {"login_email": "a b@mail.example"},
        {"unconfirmed_email": ""},
        {"pending_reset_date": "soon", "password": "secret"},
        {"account_ttl_days": 29},
        {"account_ttl_days": 731},
        {"account_ttl_days": None},
    ],
)
async def test_what_makes_no_sense_is_refused_whole(api: Any, body: Any) -> None:
    _, before = await api("GET", "/api/world")
    assert (await api("PATCH", ACCOUNT, {"last_name": "New"} | body))[0] == 400
    assert (await api("GET", "/api/world"))[1] == before
