"""The protocol below the methods, message by message, with a bare client."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Awaitable, Callable
from hashlib import sha1
from typing import Any

import pytest
from telethon.crypto import AES
from telethon.network.mtprotostate import MTProtoState
from telethon.tl import functions, types
from telethon.tl.core import GzipPacked, MessageContainer, RpcResult, TLMessage
from telethon.tl.functions import help as help_

from sandbox.faults import Fault
from sandbox.mtproto.server import MtprotoServer
from sandbox.world import World

Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]
NewBareClient = Callable[..., Awaitable[Any]]


PING = functions.PingRequest
NEAREST = help_.GetNearestDcRequest


async def test_the_first_message_learns_the_salt_and_that_the_session_is_new(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.send(PING(1))
    wrong = await client.read()
    assert (type(wrong).__name__, wrong.error_code) == ("BadServerSalt", 48)
    client.state.salt = wrong.new_server_salt
    first = await client.send(PING(2))
    new = await client.read()
    assert (type(new).__name__, new.first_msg_id) == ("NewSessionCreated", first)
    assert (await client.read()).ping_id == 2


async def test_pings_need_no_introduction_but_methods_do(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.send(PING(1))
    client.state.salt = (await client.read()).new_server_salt
    error = await client.ask(help_.GetConfigRequest())
    assert (error.error_code, error.error_message) == (400, "CONNECTION_NOT_INITED")


async def test_a_client_whose_clock_is_wrong_is_told(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    for shift, code in ((-400, 16), (100, 17)):
        bad = (int(time.time()) + shift) << 32
        await client.send(PING(1), msg_id=bad)
        told = await client.see(types.BadMsgNotification)
        assert (told.bad_msg_id, told.error_code) == (bad, code)
    odd = client.next_id() + 1
    await client.send(PING(1), msg_id=odd)
    assert (await client.see(types.BadMsgNotification)).error_code == 18


async def test_a_message_sent_twice_runs_once_and_is_answered_twice(
    new_bare_client: NewBareClient, world: World
) -> None:
    client = await new_bare_client()
    await client.introduce()
    msg_id = await client.send(NEAREST())
    before = len(world.calls.calls)
    first = await client.read()
    await client.send(NEAREST(), msg_id=msg_id)
    await client.send(PING(7))
    client.state._recent_remote_ids.clear()  # or else Telethon's own side drops the answer's repeat
    again = await client.read()
    assert (first.req_msg_id, again.req_msg_id) == (msg_id, msg_id)
    assert len(world.calls.calls) == before + 1


async def test_an_acknowledged_answer_is_not_sent_again(new_bare_client: NewBareClient, world: World) -> None:
    client = await new_bare_client()
    await client.introduce()
    msg_id = await client.send(NEAREST())
    await client.read()
    await client.send(types.MsgsAck([client.state._highest_remote_id]), seq=0)
    await client.send(NEAREST(), msg_id=msg_id)
    await client.send(PING(7), seq=0)
    assert (await client.read()).ping_id == 7


async def test_a_session_that_comes_back_gets_what_it_has_not_acknowledged(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    asked = await client.send(NEAREST())
    await client.read()
    again = await new_bare_client(client.state.auth_key)
    again.state = client.state
    again.state._recent_remote_ids.clear()
    await again.send(PING(9), seq=0)
    resent = [await again.read() for _ in range(4)]
    assert asked in [getattr(message, "req_msg_id", None) for message in resent]


async def test_a_container_is_unpacked(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    inner = [TLMessage(client.next_id(), 1, PING(number)) for number in range(3)]
    packed = b"".join(struct.pack("<qii", one.msg_id, 1, len(bytes(one.obj))) + bytes(one.obj) for one in inner)
    container = struct.pack("<Ii", MessageContainer.CONSTRUCTOR_ID, len(inner)) + packed
    await client.send(container, seq=0)
    assert [(await client.read()).ping_id for _ in inner] == [0, 1, 2]
    nested = struct.pack("<Ii", MessageContainer.CONSTRUCTOR_ID, 1)
    nested += struct.pack("<qii", client.next_id(), 0, len(container)) + container
    await client.send(nested, seq=0)
    assert (await client.read()).error_code == 64


async def test_a_zipped_request_is_unzipped(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    await client.send(bytes(GzipPacked(bytes(PING(5)))))
    assert (await client.read()).ping_id == 5


async def test_the_state_of_messages_is_known(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    seen = await client.send(PING(1))
    await client.read()
    ancient = (int(time.time()) - 10_000) << 32
    await client.send(types.MsgsStateReq([seen, seen + 4, ancient]), seq=0)
    assert (await client.read()).info == "\x04\x02\x01"  # Telethon reads these bytes as a string


async def test_an_unacknowledged_answer_is_resent_on_request(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    asked = await client.send(NEAREST())
    await client.read()
    answer = client.state._highest_remote_id
    client.state._recent_remote_ids.clear()
    await client.send(types.MsgResendReq([answer, 12]), seq=0)
    assert (await client.read()).req_msg_id == asked
    assert (await client.read()).info == "\x01"


async def test_an_answer_can_be_dropped(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    asked = await client.send(NEAREST())
    await client.read()
    assert isinstance(await client.ask(functions.RpcDropAnswerRequest(asked)), types.RpcAnswerDropped)
    assert isinstance(await client.ask(functions.RpcDropAnswerRequest(asked)), types.RpcAnswerUnknown)


async def test_a_request_that_gets_no_answer_is_running(new_bare_client: NewBareClient, world: World) -> None:
    client = await new_bare_client()
    await client.introduce()
    world.faults.order(Fault(layer="mtproto", method="help.getNearestDc", code=0, message="TIMEOUT"))
    asked = await client.send(NEAREST())
    assert (await client.see(types.MsgsAck)).msg_ids == [asked]
    assert isinstance(await client.ask(functions.RpcDropAnswerRequest(asked)), types.RpcAnswerDroppedRunning)


async def test_future_salts_come_in_order_and_the_first_is_good_now(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    await client.send(functions.GetFutureSaltsRequest(5), seq=0)
    data = await client.connection.recv()
    state = client.state
    plain = _decrypt(state, data)
    count = struct.unpack_from("<i", plain, 32 + 16)[0]
    salts = [struct.unpack_from("<IIq", plain, 32 + 20 + 16 * number) for number in range(count)]
    assert count == 5
    assert salts[0][2] == state.salt
    assert salts == sorted(salts)
    assert all(until - since == 3600 for since, until, _ in salts)


def _decrypt(state: MTProtoState, data: bytes) -> bytes:
    return AES.decrypt_ige(data[24:], *state._calc_key(state.auth_key.key, data[8:24], False))


async def test_another_session_can_be_destroyed(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    old = client.state.id
    client.state.reset()
    await client.send(functions.DestroySessionRequest(old), seq=0)
    assert (await client.see(types.DestroySessionOk)).session_id == old
    await client.send(functions.DestroySessionRequest(old), seq=0)
    assert (await client.read()).session_id == old


async def test_a_ping_can_say_when_to_hang_up(
    new_bare_client: NewBareClient, server: MtprotoServer, eventually: Eventually
) -> None:
    client = await new_bare_client()
    await client.introduce()
    await client.send(functions.PingDelayDisconnectRequest(1, 0), seq=0)
    assert (await client.read()).ping_id == 1
    await eventually(lambda: not server.connections)


async def test_what_is_no_request_is_answered_and_the_connection_lives(
    new_bare_client: NewBareClient, world: World
) -> None:
    client = await new_bare_client()
    await client.introduce()
    for body, message in (
        (b"\xde\xad\xbe\xef", "INPUT_METHOD_INVALID"),
        (bytes(types.InputUserSelf()), "INPUT_METHOD_INVALID"),
        (bytes(functions.users.GetUsersRequest([]))[:6] + b"\0\0", "INPUT_FETCH_ERROR"),
    ):
        await client.send(body)
        result = await client.see(RpcResult)
        assert result.error.error_message.startswith(message)
    assert isinstance(await client.ask(NEAREST()), types.NearestDc)


async def test_a_temporary_key_is_worth_what_the_permanent_one_is(
    new_bare_client: NewBareClient, server: MtprotoServer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    permanent = await new_bare_client()
    await permanent.introduce()
    world.person(1001).password = None
    sent = await permanent.ask(
        functions.auth.SendCodeRequest("99966200001", 1234, "0" * 32, types.CodeSettings()),
    )
    await permanent.ask(
        functions.auth.SignInRequest("99966200001", sent.phone_code_hash, server.login_code("99966200001"))
    )
    monkeypatch.setattr(
        "telethon.network.authenticator.PQInnerData", lambda **parts: types.PQInnerDataTemp(**parts, expires_in=3600)
    )
    temporary = await new_bare_client()
    await temporary.introduce()
    unbound = await temporary.ask(functions.updates.GetStateRequest())
    assert unbound.error_message == "AUTH_KEY_PERM_EMPTY"

    expires_at = int(time.time()) + 3600
    for right in (False, True):
        bind = _binding(permanent.state.auth_key, temporary.state, expires_at, right=right)
        msg_id = temporary.next_id()
        body = bind(msg_id)
        await temporary.send(body, msg_id=msg_id)
        result = await temporary.see(RpcResult)
        assert (result.error is None) == right
    assert isinstance(await temporary.ask(functions.updates.GetStateRequest()), types.updates.State)


def _binding(permanent: Any, state: Any, expires_at: int, *, right: bool) -> Callable[[int], Any]:
    """auth.bindTempAuthKey, sealed by MTProto 1.0's rules."""

    def bind(msg_id: int) -> Any:
        nonce = 77
        inner = bytes(
            types.BindAuthKeyInner(
                nonce,
                struct.unpack("<q", struct.pack("<Q", state.auth_key.key_id))[0],
                struct.unpack("<q", struct.pack("<Q", permanent.key_id))[0],
                state.id if right else state.id ^ 1,
                expires_at,
            )
        )
        plain = os.urandom(16) + struct.pack("<qii", msg_id, 0, len(inner)) + inner
        msg_key = sha1(plain).digest()[4:20]  # noqa: S324
        plain += os.urandom(-len(plain) % 16)
        key = permanent.key
        a, b = sha1(msg_key + key[:32]).digest(), sha1(key[32:48] + msg_key + key[48:64]).digest()  # noqa: S324
        c, d = sha1(key[64:96] + msg_key).digest(), sha1(msg_key + key[96:128]).digest()  # noqa: S324
        aes_key, iv = a[:8] + b[8:20] + c[4:16], a[8:20] + b[:8] + c[16:20] + d[:8]
        sealed = struct.pack("<Q", permanent.key_id) + msg_key + AES.encrypt_ige(plain, aes_key, iv)
        perm_id = struct.unpack("<q", struct.pack("<Q", permanent.key_id))[0]
        return functions.auth.BindTempAuthKeyRequest(perm_id, nonce, expires_at, sealed)

    return bind
