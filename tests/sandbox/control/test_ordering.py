"""Faults as the control API takes and shows them, and as both wires meet them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telethon.tl import functions

from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID

ROSTER = functions.account.GetAuthorizationsRequest


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


@pytest.fixture
async def chats(api: Any) -> None:
    for user_id in (OWNER_ID, ACCOUNT_ID):
        await api("POST", f"/api/chats/{user_id}/messages", {"text": "/start"})


@pytest.mark.parametrize("named", [OWNER_ID, str(OWNER_ID), "@sandbox_owner"])
@pytest.mark.usefixtures("chats")
async def test_a_fault_of_one_chat_leaves_the_others_alone(api: Any, method: Any, named: Any) -> None:
    body = {"layer": "botapi", "method": "*", "error": "Bad Gateway", "chat": OWNER_ID}
    status, ordered = await api("POST", "/api/faults", body)
    assert (status, ordered["chat"]) == (201, OWNER_ID)
    assert (await method("getMe"))["ok"]
    assert (await method("sendMessage", chat_id=ACCOUNT_ID, text="x"))["ok"]
    assert [fault["chat"] for fault in (await api("GET", "/api/faults"))[1]] == [OWNER_ID]
    assert (await method("sendMessage", chat_id=named, text="x"))["error_code"] == 502
    assert (await method("sendMessage", chat_id=named, text="x"))["ok"]


async def test_a_fault_without_a_chat_says_so(api: Any) -> None:
    _, ordered = await api("POST", "/api/faults", {"layer": "mtproto", "method": "*", "error": "DROP"})
    assert ordered["chat"] is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"layer": "mtproto", "method": "*"}, "'chat' is for the layer botapi"),
        ({"method": "getMe"}, "getMe has no chat_id"),
        ({"chat": "5"}, "send an integer"),
    ],
)
async def test_a_chat_is_refused_where_there_is_none(api: Any, change: Any, says: str) -> None:
    body = {"layer": "botapi", "method": "sendMessage", "error": "Bad Gateway", "chat": 5} | change
    status, answer = await api("POST", "/api/faults", body)
    assert status == 400
    assert says in answer["error"]


@pytest.mark.usefixtures("chats")
async def test_a_late_answer_of_the_bot_api_holds_nothing_else_up(api: Any, method: Any, sandbox: Sandbox) -> None:
    await api("POST", "/api/faults", {"layer": "botapi", "method": "sendMessage", "error": "DELAY_1"})
    async with asyncio.TaskGroup() as group:
        late = group.create_task(method("sendMessage", chat_id=OWNER_ID, text="done"))
        while sandbox.world.chats.of(OWNER_ID)[-1]["text"] != "done":  # noqa: ASYNC110 (it can't tell by itself)
            await asyncio.sleep(0.005)
        assert (await method("sendMessage", chat_id=OWNER_ID, text="at once"))["ok"]
        assert not late.done()
    assert late.result()["result"]["text"] == "done"


async def test_a_refusal_can_be_late_too(api: Any, method: Any) -> None:
    await api("POST", "/api/faults", {"layer": "botapi", "method": "sendMessage", "error": "DELAY_0.2"})
    began = asyncio.get_running_loop().time()
    assert (await method("sendMessage", chat_id=5, text="x"))["description"] == "Bad Request: chat not found"
    assert asyncio.get_running_loop().time() - began > 0.19


async def test_a_late_answer_of_mtproto_holds_nothing_else_up(api: Any, guard: Any, sandbox: Sandbox) -> None:
    await api("POST", "/api/faults", {"layer": "mtproto", "method": "account.getAuthorizations", "error": "DELAY_1"})
    async with asyncio.TaskGroup() as group:
        late = group.create_task(guard(ROSTER()))
        assert await guard(functions.updates.GetStateRequest())
        (call,) = (await api("GET", "/api/calls?method=account.getAuthorizations"))[1]
        assert call["answer"] is None
        assert not late.done()
    assert len(late.result().authorizations) == 4
    assert len(sandbox.mtproto.all_connections) == 1, "nobody had to dial again"


@pytest.mark.parametrize("error", ["DELAY_x", "DELAY_", "DELAY_-1", "DELAY_601", "DELAY_1e3", {"message": "DELAY_601"}])
async def test_a_delay_that_is_none_is_refused(api: Any, error: Any) -> None:
    status, answer = await api("POST", "/api/faults", {"layer": "botapi", "method": "*", "error": error})
    assert status == 400
    assert "DELAY_0.5" in answer["error"]


async def test_a_torn_roster_lacks_the_askers_own_row_and_nothing_else(api: Any, guard: Any) -> None:
    body = {"layer": "mtproto", "method": "account.getAuthorizations", "error": "TORN", "times": 2}
    assert (await api("POST", "/api/faults", body))[0] == 201
    torn = [await guard(ROSTER()) for _ in range(2)]
    whole = await guard(ROSTER())
    own, *others = whole.authorizations
    assert own.current
    for roster in torn:
        assert [row.to_dict() for row in roster.authorizations] == [row.to_dict() for row in others]
        assert roster.authorization_ttl_days == whole.authorization_ttl_days


@pytest.mark.parametrize(
    ("layer", "method"), [("mtproto", "updates.getState"), ("mtproto", "*"), ("botapi", "getMe"), ("botapi", "*")]
)
async def test_only_a_roster_can_be_torn(api: Any, layer: str, method: str) -> None:
    status, answer = await api("POST", "/api/faults", {"layer": layer, "method": method, "error": "TORN"})
    assert status == 400
    assert "account.getAuthorizations" in answer["error"]
