"""Passkeys come, are used and go by the control API, and a signed-in guard sees them."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions

from sandbox.seed import ACCOUNT_ID

PASSKEYS = f"/api/accounts/{ACCOUNT_ID}/passkeys"
LIST = functions.account.GetPasskeysRequest


async def test_a_passkey_is_made_used_and_removed(api: Any, guard: Any) -> None:
    body = {"id": "one", "name": "iCloud Keychain", "date": 1790000000, "last_usage_date": None}
    assert await api("POST", PASSKEYS, body) == (201, body)
    used = {**body, "last_usage_date": 1790000500}
    assert await api("PATCH", f"{PASSKEYS}/one", {"last_usage_date": 1790000500}) == (200, used)
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["passkeys"] == [used]
    (row,) = (await guard(LIST())).passkeys
    assert (row.id, row.name, row.date.timestamp(), row.last_usage_date.timestamp()) == (
        "one",
        "iCloud Keychain",
        1790000000,
        1790000500,
    )
    assert await api("DELETE", f"{PASSKEYS}/one") == (200, {})
    assert (await guard(LIST())).passkeys == []


async def test_what_the_guard_deletes_is_gone_from_the_world(api: Any, guard: Any) -> None:
    _, made = await api("POST", PASSKEYS, {"name": "Phone"})
    assert await guard(functions.account.DeletePasskeyRequest(made["id"]))
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["passkeys"] == []
    assert (await api("DELETE", f"{PASSKEYS}/{made['id']}"))[0] == 404
    assert (await api("PATCH", f"{PASSKEYS}/{made['id']}", {}))[0] == 404


@pytest.mark.parametrize(
    ("body", "error"),
    [({}, "'name' is missing"), ({"name": ""}, "not empty"), ({"name": "x", "date": None}, "'date' is null")],
)
async def test_a_wrong_passkey_is_refused_with_what_to_do(api: Any, body: Any, error: str) -> None:
    status, answer = await api("POST", PASSKEYS, body)
    assert status == 400
    assert error in answer["error"]


async def test_an_id_that_is_taken_is_refused(api: Any) -> None:
    await api("POST", PASSKEYS, {"name": "Phone", "id": "one"})
    assert (await api("POST", PASSKEYS, {"name": "Tablet", "id": "one"}))[0] == 409
