"""Accounts and their sessions: made, changed, ended; and what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from sandbox.events import LoggedIn, LoggedOut, ServiceMessage, Settled
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID, PHONE

SESSIONS = f"/api/accounts/{ACCOUNT_ID}/authorizations"


@pytest.fixture
def events(sandbox: Sandbox) -> list[Any]:
    seen: list[Any] = []
    sandbox.world.listeners.append(seen.append)
    return seen


async def test_the_world_shows_everyone_and_where_to_connect(api: Any, sandbox: Sandbox) -> None:
    status, world = await api("GET", "/api/world")
    assert status == 200
    assert world["owners"] == [OWNER_ID]
    assert [person["id"] for person in world["people"]] == [ACCOUNT_ID, OWNER_ID]
    (account,) = world["accounts"]
    assert (account["id"], account["phone"], len(account["authorizations"])) == (ACCOUNT_ID, PHONE, 3)
    assert world["mtproto"]["port"] == sandbox.mtproto.port
    assert "BEGIN RSA PUBLIC KEY" in world["mtproto"]["public_key"]
    assert world["botapi"]["token"] == sandbox.botapi.token
    for auth in account["authorizations"]:
        assert auth["connected"] is False
        assert auth["unconfirmed"] is False
        assert int(auth["hash"]) in sandbox.world.person(ACCOUNT_ID).authorizations
        assert isinstance(auth["date_created"], int)
    assert "auth_key" not in json.dumps(world)


async def test_a_login_is_pushed_and_unconfirmed_unless_told_otherwise(api: Any, sandbox: Sandbox, events: Any) -> None:
    status, made = await api("POST", SESSIONS, {"device_model": "<script>", "country": "Malmo, Sweden"})
    assert status == 201
    auth = sandbox.world.authorization(ACCOUNT_ID, int(made["hash"]))
    assert (auth.device_model, auth.country, auth.unconfirmed) == ("<script>", "Malmo, Sweden", True)
    assert events == [LoggedIn(authorization=auth, push=True)]
    _, quiet = await api("POST", SESSIONS, {"push": False})
    assert quiet["unconfirmed"] is False
    assert events[-1].push is False
    _, both = await api("POST", SESSIONS, {"push": True, "unconfirmed": False})
    assert both["unconfirmed"] is False


@pytest.mark.parametrize("hash_", ["-9223372036854775808", 9223372036854775807, "-1", 42])
async def test_hashes_are_exact_strings_however_they_came(api: Any, hash_: Any) -> None:
    status, made = await api("POST", SESSIONS, {"hash": hash_})
    assert (status, made["hash"]) == (201, str(hash_))
    status, taken = await api("POST", SESSIONS, {"hash": hash_})
    assert status == 409
    assert str(hash_) in taken["error"]
    assert (await api("PATCH", f"{SESSIONS}/{hash_}", {"ip": "203.0.113.9"}))[1]["hash"] == str(hash_)
    assert await api("DELETE", f"{SESSIONS}/{hash_}") == (200, {})
    assert (await api("DELETE", f"{SESSIONS}/{hash_}"))[0] == 404


async def test_a_change_tells_nobody(api: Any, sandbox: Sandbox, events: Any) -> None:
    _, made = await api("POST", SESSIONS, {"date_created": "2026-01-02T03:04:05+01:00"})
    assert made["date_created"] == made["date_active"] == 1767319445
    events.clear()
    status, changed = await api(
        "PATCH", f"{SESSIONS}/{made['hash']}", {"date_active": 1767400000, "unconfirmed": False}
    )
    assert (status, changed["date_active"], changed["unconfirmed"]) == (200, 1767400000, False)
    assert events == []


async def test_an_ended_session_is_gone_and_the_others_hear_of_it(api: Any, sandbox: Sandbox, events: Any) -> None:
    _, made = await api("POST", SESSIONS, {})
    events.clear()
    await api("DELETE", f"{SESSIONS}/{made['hash']}")
    assert [type(event) for event in events] == [Settled, LoggedOut]
    assert len(sandbox.world.person(ACCOUNT_ID).authorizations) == 3


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"device": "x"}, "unknown field 'device'; known are: api_id, app_name"),
        ({"device_model": 5}, "'device_model' is 5; send a string"),
        ({"device_model": None}, "'device_model' is null; send a string"),
        ({"device_model": "x" * 5000}, "send a string of at most 4096 characters"),
        ({"device_model": "\ud800"}, "without unpaired surrogates"),
        ({"official_app": 1}, "'official_app' is 1; send true or false"),
        ({"api_id": 1.0}, "'api_id' is 1.0; send an integer from 0"),
        ({"api_id": True}, "'api_id' is true"),
        ({"api_id": 2**31}, "send an integer from 0 to 2147483647"),
        ({"date_created": 1.5}, "'date_created' is 1.5; send unix seconds or an ISO 8601 time"),
        ({"date_created": "yesterday"}, "'date_created' is \"yesterday\""),
        ({"date_created": -1}, "'date_created' is -1"),
        ({"date_created": True}, "'date_created' is true"),
        ({"hash": 0}, "'hash' is 0; send a signed 64-bit integer other than 0"),
        ({"hash": 2**63}, "'hash' is 9223372036854775808"),
        ({"hash": 1.0}, "'hash' is 1.0"),
        ({"hash": True}, "'hash' is true"),
        ({"hash": "0x1"}, "'hash' is \"0x1\""),
        ({"push": "yes"}, "'push' is \"yes\"; send true or false"),
        ({"current": True}, "unknown field 'current'"),
        ({"auth_key_id": 1}, "unknown field 'auth_key_id'"),
        ([], "the body is []; send a JSON object"),
        ("x", 'the body is "x"; send a JSON object'),
    ],
)
async def test_a_wrong_login_is_refused_with_what_to_do(api: Any, sandbox: Sandbox, body: Any, error: Any) -> None:
    status, answer = await api("POST", SESSIONS, data=json.dumps(body))
    assert status == 400
    assert error in answer["error"]
    assert len(sandbox.world.person(ACCOUNT_ID).authorizations) == 3


@pytest.mark.parametrize("body", ["{", "{'a': 1}", '{"ip": NaN}', "\xff", "[" * 100000])
async def test_what_is_no_json_is_refused(api: Any, body: Any) -> None:
    assert (await api("POST", SESSIONS, data=body.encode("latin-1")))[0] == 400


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "application/json; charset=foo"}, {"Content-Encoding": "gzip"}],
    ids=["charset", "gzip"],
)
async def test_a_body_that_is_not_what_its_headers_say_is_refused(api: Any, headers: dict[str, str]) -> None:
    status, answer = await api("POST", SESSIONS, data=b'{"device_model": "x"}', headers=headers)
    assert status == 400
    assert "not JSON" in answer["error"]


async def test_neither_hash_nor_push_can_be_changed(api: Any) -> None:
    _, made = await api("POST", SESSIONS, {})
    for field in ("hash", "current", "push", "user_id"):
        assert (await api("PATCH", f"{SESSIONS}/{made['hash']}", {field: 1}))[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/accounts/5/authorizations", 404),
        ("POST", f"/api/accounts/{OWNER_ID}/authorizations", 404),
        ("POST", "/api/accounts/x/authorizations", 400),
        ("POST", "/api/accounts/0/authorizations", 400),
        ("POST", "/api/accounts/-5/authorizations", 400),
        ("POST", "/api/accounts/7.0/authorizations", 400),
        ("PATCH", f"{SESSIONS}/77", 404),
        ("DELETE", f"{SESSIONS}/77", 404),
        ("DELETE", f"{SESSIONS}/x", 400),
        ("DELETE", f"{SESSIONS}/1.0", 400),
        ("GET", SESSIONS, 405),
        ("PUT", "/api/world", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/nothing", 404),
    ],
)
async def test_what_is_not_there_says_so(api: Any, method: str, path: str, status: int) -> None:
    got, answer = await api(method, path, {} if method in ("POST", "PATCH") else None)
    assert got == status
    assert answer["error"]


async def test_a_body_that_is_too_large_is_refused(api: Any) -> None:
    assert (await api("POST", SESSIONS, {"ip": "x" * 300_000}))[0] == 413


async def test_777000_writes_to_an_account(api: Any, sandbox: Sandbox, events: Any) -> None:
    status, message = await api("POST", f"/api/accounts/{ACCOUNT_ID}/service-messages", {"text": "Login code: 1-2-3"})
    assert (status, message["text"]) == (201, "Login code: 1-2-3")
    assert [type(event) for event in events] == [ServiceMessage]
    assert (await api("POST", f"/api/accounts/{ACCOUNT_ID}/service-messages", {}))[0] == 400
    assert (await api("POST", f"/api/accounts/{ACCOUNT_ID}/service-messages", {"text": " "}))[0] == 400


async def test_an_account_can_be_added(api: Any, sandbox: Sandbox) -> None:
    body = {"id": 700000009, "phone": "+99966200009", "first_name": "Ninth", "password": "secret", "owner": True}
    status, person = await api("POST", "/api/accounts", body)
    assert (status, person["phone"], person["has_password"]) == (201, "99966200009", True)
    assert "secret" not in json.dumps((await api("GET", "/api/world"))[1])
    assert 700000009 in sandbox.world.owners
    assert (await api("POST", "/api/accounts", body))[0] == 409
    assert (await api("POST", "/api/accounts", body | {"id": 700000010}))[0] == 409
    assert (await api("POST", "/api/accounts", {"id": 700000011, "phone": "home"}))[0] == 400
    assert (await api("POST", "/api/accounts", {"id": 7.0, "phone": "99966200010"}))[0] == 400
    assert (await api("POST", "/api/accounts", {"phone": "99966200010"}))[0] == 400


async def test_no_login_code_before_one_was_asked_for(api: Any) -> None:
    assert await api("GET", f"/api/accounts/{ACCOUNT_ID}/login-code") == (200, {"code": None, "live": False})


@pytest.mark.parametrize(
    ("token", "status"), [(base64.urlsafe_b64encode(b"x" * 32).decode(), 404), ("ä", 400), ("", 400)]
)
async def test_an_unknown_qr_token_is_refused(api: Any, token: str, status: int) -> None:
    assert (await api("POST", f"/api/accounts/{ACCOUNT_ID}/qr-logins", {"token": token}))[0] == status
