"""Calls and faults as the control API shows and takes them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox.running import Sandbox
from sandbox.seed import OWNER_ID

LOOK = "/api/calls"


@pytest.fixture
def method(sandbox: Sandbox, http: aiohttp.ClientSession) -> Any:
    async def method(name: Any, **params: Any) -> Any:
        async with http.post(f"{sandbox.botapi.url}/bot{sandbox.botapi.token}/{name}", json=params) as response:
            return await response.json()

    return method


async def test_calls_stand_in_order_with_parameters_and_answers(api: Any, method: Any) -> None:
    await method("getMe")
    await method("sendMessage", chat_id=5, text="hi")
    _, calls = await api("GET", LOOK)
    assert [(c["number"], c["layer"], c["method"]) for c in calls] == [
        (1, "botapi", "getMe"),
        (2, "botapi", "sendMessage"),
    ]
    assert calls[1]["params"] == {"chat_id": 5, "text": "hi"}
    assert calls[1]["answer"]["description"] == "Bad Request: chat not found"
    assert [c["number"] for c in (await api("GET", f"{LOOK}?since=1"))[1]] == [2]
    assert (await api("GET", f"{LOOK}?layer=mtproto"))[1] == []
    assert [c["number"] for c in (await api("GET", f"{LOOK}?method=getMe"))[1]] == [1]
    assert (await api("GET", f"{LOOK}?since=x"))[0] == 400
    assert (await api("GET", f"{LOOK}?layer=smtp"))[0] == 400


async def test_a_fault_fails_the_next_calls_and_no_more(api: Any, method: Any) -> None:
    body = {"layer": "botapi", "method": "sendmessage", "error": "Too Many Requests: retry after 3", "times": 2}
    status, fault = await api("POST", "/api/faults", body)
    assert (status, fault["method"], fault["code"], fault["parameters"]) == (
        201,
        "sendMessage",
        429,
        {"retry_after": 3},
    )
    for _ in range(2):
        answer = await method("sendMessage", chat_id=OWNER_ID, text="x")
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    assert (await method("sendMessage", chat_id=OWNER_ID, text="x"))["error_code"] == 403
    assert await api("GET", "/api/faults") == (200, [])


async def test_faults_are_listed_and_cleared(api: Any, method: Any) -> None:
    await api("POST", "/api/faults", {"layer": "mtproto", "method": "*", "error": "FLOOD_WAIT_30"})
    assert [f["message"] for f in (await api("GET", "/api/faults"))[1]] == ["FLOOD_WAIT_30"]
    assert await api("DELETE", "/api/faults") == (200, {})
    assert await api("GET", "/api/faults") == (200, [])


@pytest.mark.parametrize(
    ("layer", "error", "code"),
    [
        ("mtproto", "FLOOD_WAIT_30", 420),
        ("mtproto", "SLOWMODE_WAIT_5", 420),
        ("mtproto", "FROZEN_METHOD_INVALID", 420),
        ("mtproto", "FRESH_RESET_AUTHORISATION_FORBIDDEN", 406),
        ("mtproto", "AUTH_KEY_DUPLICATED", 406),
        ("mtproto", "AUTH_KEY_UNREGISTERED", 401),
        ("mtproto", "SESSION_REVOKED", 401),
        ("mtproto", "SESSION_PASSWORD_NEEDED", 401),
        ("mtproto", "USER_DEACTIVATED_BAN", 401),
        ("mtproto", "CHAT_WRITE_FORBIDDEN", 403),
        ("mtproto", "PHONE_MIGRATE_4", 303),
        ("mtproto", "INTERNAL_SERVER_ERROR", 500),
        ("mtproto", "RPC_CALL_FAIL", 500),
        ("mtproto", "HASH_INVALID", 400),
        ("botapi", "Forbidden: bot was blocked by the user", 403),
        ("botapi", "Unauthorized", 401),
        ("botapi", "Conflict: terminated by other getUpdates request", 409),
        ("botapi", "Not Found", 404),
        ("botapi", "Internal Server Error", 500),
        ("botapi", "Bad Gateway", 502),
        ("botapi", "Bad Request: message is not modified", 400),
        ("botapi", {"code": 418, "message": "teapot", "parameters": {"x": 1}}, 418),
        ("botapi", {"description": "Too Many Requests: retry after 9"}, 429),
    ],
)
async def test_the_code_follows_from_the_error(api: Any, layer: str, error: Any, code: int) -> None:
    status, fault = await api("POST", "/api/faults", {"layer": layer, "method": "*", "error": error})
    assert (status, fault["code"], fault["times"]) == (201, code, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"layer": "smtp"},
        {"layer": ["botapi"]},
        {"method": "sendNonsense"},
        {"method": ""},
        {"method": 5},
        {"error": ""},
        {"error": 5},
        {"error": {"code": 400}},
        {"error": {"code": 4.0, "message": "x"}},
        {"error": {"code": True, "message": "x"}},
        {"error": {"message": "x", "parameters": 3}},
        {"error": {"message": "x", "extra": 3}},
        {"times": 0},
        {"times": 1.0},
        {"times": True},
        {"times": "2"},
        {"more": 1},
    ],
)
async def test_a_wrong_fault_is_refused(api: Any, change: Any) -> None:
    status, answer = await api("POST", "/api/faults", {"layer": "botapi", "method": "getMe", "error": "x"} | change)
    assert status == 400
    assert answer["error"]
    assert await api("GET", "/api/faults") == (200, [])


async def test_a_fault_needs_layer_method_and_error(api: Any) -> None:
    for missing in ("layer", "method", "error"):
        body = {"layer": "botapi", "method": "getMe", "error": "x"}
        del body[missing]
        status, answer = await api("POST", "/api/faults", body)
        assert (status, answer["error"]) == (400, f"the field '{missing}' is missing")
