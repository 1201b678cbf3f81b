"""The log of the wires as a person reads it: every call of late, and nothing in it that opens anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.control.masking import HIDDEN, masked
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE


async def test_a_sign_in_is_shown_without_its_number_and_code(api: Any, guard: Any, sandbox: Sandbox) -> None:
    _, read = await api("GET", f"/api/accounts/{ACCOUNT_ID}/login-code")
    _, calls = await api("GET", "/api/wires")
    shown = {call["method"]: call for call in calls}
    assert {"auth.sendCode", "auth.signIn"} <= shown.keys()
    assert shown["auth.signIn"]["params"]["phone_code"] == HIDDEN
    text = json.dumps(calls)
    for secret in (PHONE, read["code"], "not-real", sandbox.botapi.token):
        assert secret not in text


async def test_a_code_in_a_service_message_is_hidden(api: Any, guard: Any) -> None:
    await api("POST", f"/api/accounts/{ACCOUNT_ID}/login-codes", {})
    _, read = await api("GET", f"/api/accounts/{ACCOUNT_ID}/login-code")
    await guard.get_messages(777000, limit=1)
    assert read["code"] not in json.dumps((await api("GET", "/api/wires"))[1])


async def test_only_later_calls_are_given_and_at_most_200(api: Any, method: Any) -> None:
    for _ in range(203):
        await method("getMe")
    _, calls = await api("GET", "/api/wires")
    assert [call["number"] for call in calls] == list(range(4, 204))
    assert [call["number"] for call in (await api("GET", "/api/wires?since=202"))[1]] == [203]
    assert (await api("GET", "/api/wires?since=x"))[0] == 400


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "x", "hint": ""}, {"password": HIDDEN, "hint": ""}),
        ({"codes": ["12345"]}, {"codes": HIDDEN}),
        ({"error": {"code": 401, "message": "PHONE_CODE_INVALID"}}, None),
        ({"email": {"code": "12345"}}, {"email": {"code": HIDDEN}}),
        ({"text": "It is 12-345. In 2026, 3 times"}, {"text": f"It is {HIDDEN}. In 2026, 3 times"}),
        ({"text": "+99966200001"}, None),
        ([{"api_hash": "a", "api_id": 1}], [{"api_hash": HIDDEN, "api_id": 1}]),
    ],
)
def test_what_opens_something_is_hidden_and_the_rest_is_not(value: Any, shown: Any) -> None:
    assert masked(value) == (value if shown is None else shown)
