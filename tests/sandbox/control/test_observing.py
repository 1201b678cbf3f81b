"""Calls as the control API shows them."""

from __future__ import annotations

from typing import Any

from sandbox.calls import MOST_CALLS
from sandbox.running import Sandbox

LOOK = "/api/calls"


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


async def test_old_calls_are_forgotten_and_the_numbers_go_on(api: Any, sandbox: Sandbox) -> None:
    calls = sandbox.world.calls
    for _ in range(100_000):
        calls.answered(calls.begin("botapi", "getMe", {}, who=None), {})
    assert [c["number"] for c in (await api("GET", f"{LOOK}?since=99997"))[1]] == [99998, 99999, 100000]
    assert (await api("GET", f"{LOOK}?since=100000"))[1] == []
    _, kept = await api("GET", LOOK)
    assert (len(kept), kept[0]["number"], kept[-1]["number"]) == (MOST_CALLS, 100_001 - MOST_CALLS, 100_000)
