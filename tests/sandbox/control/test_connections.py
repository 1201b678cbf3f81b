"""The MTProto connections as the control API shows and cuts them."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import pytest
from telethon.tl import functions

from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID

CONNECTIONS = "/api/connections"
STATE = functions.updates.GetStateRequest
AT_ONCE = struct.pack("ii", 1, 0)  # for SO_LINGER: close with a reset


async def ended(api: Any) -> Any:
    """The only connection, once it has ended."""
    (connection,) = (await api("GET", CONNECTIONS))[1]
    return connection["until"] and connection


async def test_a_connection_is_seen_while_it_lasts_and_after(api: Any, guard: Any, eventually: Any) -> None:
    key_id = guard.session.auth_key.key_id
    await guard(STATE())
    status, (seen,) = await api("GET", CONNECTIONS)
    assert status == 200
    assert (seen["auth_key_id"], seen["user_id"], seen["ip"]) == (str(key_id), ACCOUNT_ID, "127.0.0.1")
    assert (seen["transport"], seen["is_main"], seen["until"]) == ("full", True, None)
    assert 0 <= time.time() - seen["since"] < 60
    await guard.disconnect()
    past = await eventually(lambda: ended(api))
    assert past == seen | {"until": past["until"]}
    assert seen["since"] < past["until"] <= time.time()


@pytest.mark.parametrize("reset", [False, True])
async def test_the_end_of_a_connection_is_when_its_socket_ended(
    *, api: Any, sandbox: Sandbox, eventually: Any, reset: bool
) -> None:
    client = socket.create_connection((sandbox.mtproto.host, sandbox.mtproto.port))
    port = client.getsockname()[1]
    await eventually(lambda: one_open(api))
    if reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    before = time.time()
    client.close()
    past = await eventually(lambda: ended(api))
    assert before <= past["until"] <= time.time()
    assert past["until"] - before < 0.5
    assert (past["port"], past["auth_key_id"], past["user_id"], past["is_main"]) == (port, None, None, False)


async def one_open(api: Any) -> Any:
    return [connection for connection in (await api("GET", CONNECTIONS))[1] if connection["until"] is None]


async def test_a_connection_that_has_asked_nothing_yet_is_not_the_main_one(api: Any, new_guard: Any) -> None:
    client = await new_guard(sign_in=False)
    await client.connect()
    (seen,) = (await api("GET", CONNECTIONS))[1]
    assert (seen["user_id"], seen["is_main"]) == (None, False)


async def test_all_connections_are_cut_at_once_and_made_anew(api: Any, new_guard: Any) -> None:
    guards = [await new_guard(), await new_guard()]
    assert await api("DELETE", CONNECTIONS) == (200, {"cut": 2})
    cut = (await api("GET", CONNECTIONS))[1][:2]
    assert all(connection["until"] for connection in cut)
    for guard in guards:
        assert await guard(STATE())


async def test_one_keys_connections_are_shown_and_cut_alone(api: Any, new_guard: Any) -> None:
    first, second = await new_guard(), await new_guard()
    key_id = first.session.auth_key.key_id
    for given in (key_id, key_id - 2**64 if key_id >= 2**63 else key_id):
        (seen,) = (await api("GET", f"{CONNECTIONS}?auth_key_id={given}"))[1]
        assert seen["auth_key_id"] == str(key_id)
    assert await api("DELETE", f"{CONNECTIONS}?auth_key_id={key_id}") == (200, {"cut": 1})
    assert (await api("GET", f"{CONNECTIONS}?auth_key_id={key_id}"))[1][0]["until"]
    (spared,) = (await api("GET", f"{CONNECTIONS}?auth_key_id={second.session.auth_key.key_id}"))[1]
    assert spared["until"] is None
    assert await api("DELETE", f"{CONNECTIONS}?auth_key_id=1") == (200, {"cut": 0})


@pytest.mark.parametrize("given", ["x", "", "1.0", str(2**64), str(-(2**63) - 1)])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_is_no_key_id_is_refused(api: Any, method: str, given: str) -> None:
    assert (await api(method, f"{CONNECTIONS}?auth_key_id={given}"))[0] == 400
