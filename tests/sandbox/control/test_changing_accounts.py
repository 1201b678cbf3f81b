"""Accounts change: who they are, deactivated, frozen, and ended sessions that go on being listed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID

ACCOUNT = f"/api/accounts/{ACCOUNT_ID}"
STATE = functions.updates.GetStateRequest
ROSTER = functions.account.GetAuthorizationsRequest
RESET = functions.account.ResetAuthorizationRequest


async def test_a_person_changes_and_only_what_is_named(api: Any, sandbox: Sandbox) -> None:
    status, changed = await api("PATCH", ACCOUNT, {"first_name": "Other", "username": "other", "ttl_days": 30})
    assert (status, changed["first_name"], changed["username"], changed["ttl_days"]) == (200, "Other", "other", 30)
    assert (changed["deactivated"], changed["frozen"], changed["linger_seconds"]) == (False, False, 0)
    assert len(changed["authorizations"]) == 3
    _, world = await api("GET", "/api/world")
    assert world["accounts"] == [changed]


async def test_a_password_comes_and_goes_and_is_never_shown(api: Any) -> None:
    _, with_one = await api("PATCH", ACCOUNT, {"password": "secret"})
    assert with_one["has_password"]
    assert "secret" not in str(with_one)
    assert not (await api("PATCH", ACCOUNT, {"password": None}))[1]["has_password"]


@pytest.mark.parametrize(
    "body",
    [
        {"id": 5},
        {"phone": "99966200009"},
        {"owner": True},
        {"first_name": ""},
        {"first_name": None},
        {"ttl_days": 0},
        {"ttl_days": 367},
        {"deactivated": True},
        {"deactivated": "asleep"},
        {"deactivated": ["banned"]},
        {"frozen": "yes"},
        {"linger_seconds": -1},
        {"linger_seconds": "5"},
        {"linger_seconds": True},
    ],
)
async def test_a_wrong_change_is_refused_whole(api: Any, body: Any) -> None:
    _, before = await api("GET", "/api/world")
    status, answer = await api("PATCH", ACCOUNT, {"last_name": "New"} | body)
    assert status == 400
    assert answer["error"]
    assert (await api("GET", "/api/world"))[1] == before


async def test_only_accounts_change(api: Any) -> None:
    assert (await api("PATCH", f"/api/accounts/{OWNER_ID}", {}))[0] == 404
    assert (await api("PATCH", "/api/accounts/5", {}))[0] == 404


@pytest.mark.parametrize(
    ("how", "error"), [("banned", errors.UserDeactivatedBanError), ("deleted", errors.UserDeactivatedError)]
)
async def test_a_deactivated_account_is_told_so_until_it_is_back(
    api: Any, guard: Any, how: str, error: type[Exception]
) -> None:
    assert (await api("PATCH", ACCOUNT, {"deactivated": how}))[1]["deactivated"] == how
    with pytest.raises(error):
        await guard(STATE())
    assert (await api("PATCH", ACCOUNT, {"deactivated": False}))[1]["deactivated"] is False
    assert await guard(STATE())


@pytest.mark.parametrize("request_", [STATE(), ROSTER(), RESET(5)], ids=lambda request: type(request).__name__)
async def test_a_frozen_account_stays_signed_in_and_may_do_nothing(api: Any, guard: Any, request_: Any) -> None:
    assert (await api("PATCH", ACCOUNT, {"frozen": True}))[1]["frozen"] is True
    with pytest.raises(errors.FrozenMethodInvalidError):
        await guard(request_)
    assert (await guard.get_me()).id == ACCOUNT_ID
    await api("PATCH", ACCOUNT, {"frozen": False})
    assert await guard(STATE())


async def test_a_client_reads_from_its_configuration_that_it_is_frozen(api: Any, guard: Any) -> None:
    async def configured(hash_: int = 0) -> Any:
        return await guard(functions.help.GetAppConfigRequest(hash_))

    before = await configured()
    await api("PATCH", ACCOUNT, {"frozen": True})
    frozen = await configured(before.hash)
    values = {entry.key: entry.value.value for entry in frozen.config.value}
    assert 0 <= time.time() - values["freeze_since_date"] < 60
    assert "freeze_since_date" not in {entry.key for entry in before.config.value}


@pytest.fixture
async def rows(guard: Any) -> Any:
    """The roster's hashes, the guard's own left out."""

    async def rows() -> set[str]:
        return {str(row.hash) for row in (await guard(ROSTER())).authorizations if not row.current}

    return rows


@pytest.mark.usefixtures("own")
async def test_an_ended_session_lingers_in_the_list_and_can_not_be_ended_again(api: Any, guard: Any, rows: Any) -> None:
    await api("PATCH", ACCOUNT, {"linger_seconds": 60})
    _, made = await api("POST", f"{ACCOUNT}/authorizations", {"push": False})
    assert await guard(RESET(int(made["hash"])))
    assert made["hash"] in await rows()
    with pytest.raises(errors.HashInvalidError):
        await guard(RESET(int(made["hash"])))
    _, world = await api("GET", "/api/world")
    (account,) = world["accounts"]
    assert made["hash"] not in {auth["hash"] for auth in account["authorizations"]}
    assert [auth["hash"] for auth in account["lingering"]] == [made["hash"]]
    assert (await api("DELETE", f"{ACCOUNT}/authorizations/{made['hash']}"))[0] == 404
    assert (await api("POST", f"{ACCOUNT}/authorizations", {"hash": made["hash"]}))[0] == 409
    assert (await api("POST", f"{ACCOUNT}/authorizations/{made['hash']}/pushes"))[0] == 201
    await api("PATCH", ACCOUNT, {"linger_seconds": 0})
    assert made["hash"] not in await rows()


async def test_a_session_that_lingers_is_dead_at_once(
    api: Any, guard: Any, own: dict[str, Any], new_guard: Any, rows: Any
) -> None:
    victim = await new_guard()
    (hash_,) = {row for row in await rows() if (await _device(api, row)) == "Guard"} - {own["hash"]}
    await api("PATCH", ACCOUNT, {"linger_seconds": 60})
    assert await guard(RESET(int(hash_)))
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await victim(STATE())
    assert hash_ in await rows()


async def test_a_session_lingers_no_longer_than_it_was_told_to(api: Any, rows: Any, eventually: Any) -> None:
    await api("PATCH", ACCOUNT, {"linger_seconds": 1.5})
    _, made = await api("POST", f"{ACCOUNT}/authorizations", {"push": False})
    await api("DELETE", f"{ACCOUNT}/authorizations/{made['hash']}")
    assert made["hash"] in await rows()

    async def gone() -> bool:
        return made["hash"] not in await rows()

    await eventually(gone)
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["lingering"] == []


async def _device(api: Any, hash_: str) -> Any:
    _, world = await api("GET", "/api/world")
    found = [auth for auth in world["accounts"][0]["authorizations"] if auth["hash"] == hash_]
    return found[0]["device_model"] if found else None
