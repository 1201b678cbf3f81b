"""Rubbish on the wire costs whoever sends it their connection, and nobody else anything."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telethon.tl import functions, types

from sandbox.mtproto import schema
from sandbox.mtproto.envelope import BrokenEnvelopeError, unseal
from sandbox.mtproto.server import MtprotoServer

Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]
NewBareClient = Callable[..., Awaitable[Any]]
Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
INTERMEDIATE = b"\xee" * 4
PATIENCE = 5


def plain(body: bytes) -> bytes:
    return struct.pack("<qqi", 0, 1 << 32, len(body)) + body


async def said(dial: Dial, *packets: bytes) -> bytes:
    """All that the server says until it hangs up."""
    reader, writer = await dial()
    writer.write(INTERMEDIATE + b"".join(struct.pack("<I", len(packet)) + packet for packet in packets))
    async with asyncio.timeout(PATIENCE):
        return await reader.read()


@pytest.mark.parametrize(
    "packet",
    [
        struct.pack("<Q", 12345) + bytes(80),
        bytes(8),
        plain(b"\xde\xad\xbe\xef"),
        plain(bytes(functions.PingRequest(1))),
        plain(bytes(functions.ReqDHParamsRequest(1, 2, b"3", b"5", 1, bytes(256)))),
        plain(bytes(functions.SetClientDHParamsRequest(1, 2, bytes(16)))),
    ],
    ids=["unknown key", "too short", "no object", "out of place", "no handshake begun", "no half expected"],
)
async def test_it_is_refused_with_404(dial: Dial, packet: bytes) -> None:
    assert await said(dial, packet) == struct.pack("<Ii", 4, -404)


async def test_an_inner_part_that_is_not_locked_with_our_key_is_refused(dial: Dial, server: MtprotoServer) -> None:
    reader, writer = await dial()
    request = plain(bytes(functions.ReqPqMultiRequest(7)))
    writer.write(INTERMEDIATE + struct.pack("<I", len(request)) + request)
    length = struct.unpack("<I", await reader.readexactly(4))[0]
    answer = schema.decode((await reader.readexactly(length))[20:])
    assert isinstance(answer, types.ResPQ)
    for fingerprint in (server.fingerprint, 5):
        step = plain(
            bytes(functions.ReqDHParamsRequest(7, answer.server_nonce, b"3", b"5", fingerprint, b"\x01" * 256))
        )
        writer.write(struct.pack("<I", len(step)) + step)
    async with asyncio.timeout(PATIENCE):
        assert await reader.read() == struct.pack("<Ii", 4, -404)


async def test_a_broken_envelope_is_refused(
    new_bare_client: NewBareClient, server: MtprotoServer, eventually: Eventually
) -> None:
    client = await new_bare_client()
    sealed = client.state.encrypt_message_data(struct.pack("<qii", client.next_id(), 1, 4) + b"1234")
    await client.connection.send(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    await eventually(lambda: not server.connections)


@pytest.mark.parametrize("count", [1021, 3])
async def test_a_container_that_lies_costs_the_connection(
    new_bare_client: NewBareClient, server: MtprotoServer, eventually: Eventually, count: int
) -> None:
    client = await new_bare_client()
    await client.introduce()
    await client.send(struct.pack("<Ii", schema.CONTAINER, count), seq=0)
    await eventually(lambda: not server.connections)


async def test_a_bomb_is_not_unpacked(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    bomb = schema.zip_if_worth(bytes(1 << 26))
    assert len(bomb) < 1 << 20
    msg_id = await client.send(bomb)
    answer = await client.read()
    assert (answer.req_msg_id, answer.error.error_message) == (msg_id, "INPUT_FETCH_ERROR")


@given(st.lists(st.binary(max_size=200), max_size=4))
@FEW
async def test_the_server_outlives_whatever_is_sent(
    dial: Dial, server: MtprotoServer, caplog: pytest.LogCaptureFixture, rubbish: Any
) -> None:
    reader, writer = await dial()
    writer.write(b"".join(rubbish))
    writer.write_eof()
    async with asyncio.timeout(PATIENCE):
        await reader.read()
    writer.close()
    reader, writer = await dial()
    request = plain(bytes(functions.ReqPqMultiRequest(7)))
    writer.write(INTERMEDIATE + struct.pack("<I", len(request)) + request)
    assert await reader.readexactly(4)
    assert "connection failed" not in caplog.text


@given(st.binary(max_size=120))
@FEW
async def test_a_signed_in_client_may_send_any_body(
    new_bare_client: NewBareClient, server: MtprotoServer, caplog: pytest.LogCaptureFixture, rubbish: Any
) -> None:
    client = await new_bare_client()
    await client.introduce()
    await client.send(rubbish + bytes(-len(rubbish) % 4))
    answer = await client.ask(functions.help.GetNearestDcRequest())
    assert isinstance(answer, types.NearestDc)
    assert "failed" not in caplog.text


@given(st.binary(max_size=300))
def test_an_envelope_of_rubbish_is_broken(rubbish: Any) -> None:
    with pytest.raises(BrokenEnvelopeError):
        unseal(bytes(range(256)), rubbish)


@given(st.binary(max_size=300))
def test_decoding_rubbish_fails_as_expected(rubbish: Any) -> None:
    for read in (schema.decode, schema.unzip):
        with contextlib.suppress(*schema.MALFORMED):
            read(rubbish)
