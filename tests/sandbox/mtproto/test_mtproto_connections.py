"""Connections and keys: every transport, coming back, going away, and one key in two places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon import errors
from telethon.network import (
    ConnectionTcpAbridged,
    ConnectionTcpFull,
    ConnectionTcpIntermediate,
    ConnectionTcpObfuscated,
)
from telethon.network.connection.tcpintermediate import RandomizedIntermediatePacketCodec
from telethon.tl import functions

from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Person
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]
Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]


PHONE = "99966200001"
STATE = functions.updates.GetStateRequest
GET = functions.account.GetAuthorizationsRequest


class PaddedCodec(RandomizedIntermediatePacketCodec):
    tag = b"\xdd" * 4  # Telethon uses it behind its proxies alone, so it has no greeting of its own


class PaddedIntermediate(ConnectionTcpIntermediate):
    packet_codec = PaddedCodec


class ObfuscatedPadded(ConnectionTcpObfuscated):
    packet_codec = PaddedCodec


@pytest.mark.parametrize(
    ("connection", "name"),
    [
        (ConnectionTcpFull, "full"),
        (ConnectionTcpAbridged, "abridged"),
        (ConnectionTcpIntermediate, "intermediate"),
        (PaddedIntermediate, "padded intermediate"),
        (ConnectionTcpObfuscated, "abridged"),
        (ObfuscatedPadded, "padded intermediate"),
    ],
)
async def test_every_transport_serves(
    server: MtprotoServer, signed_in: SignedIn, world: World, connection: type[Any], name: str
) -> None:
    client = await signed_in(connection=connection)
    for _ in range(30):  # enough for an answer of every length
        await client(GET())
    assert [connected.transport for connected in server.connections] == [name]


async def test_whoever_is_connected_can_be_seen(
    server: MtprotoServer, signed_in: SignedIn, eventually: Eventually
) -> None:
    client = await signed_in()
    (seen,) = server.connections
    assert (seen.auth_key_id, seen.user_id, seen.address[0]) == (client.session.auth_key.key_id, 1001, "127.0.0.1")
    await client.disconnect()
    await eventually(lambda: server.past_connections)
    assert not server.connections
    (past,) = server.past_connections
    assert (past.auth_key_id, past.user_id, past.since) == (seen.auth_key_id, 1001, seen.since)
    assert past.until >= past.since


async def test_a_key_is_good_for_the_next_connection(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient, world: World
) -> None:
    client = await signed_in()
    await client.disconnect()
    again = new_client(client.session)
    await again.connect()
    assert await again.is_user_authorized()
    assert len(world.person(1001).authorizations) == 1


async def test_a_cut_connection_is_made_anew(server: MtprotoServer, signed_in: SignedIn) -> None:
    client = await signed_in()
    server.drop_connections()
    assert await client(STATE())


async def test_the_server_comes_back_at_its_port_with_its_keys(world: World, new_client: NewClient) -> None:
    server = MtprotoServer(world)
    async with server.listening():
        port = server.port
        client = new_client()
        client.session.set_dc(2, server.host, port)
        await client.connect()
        await client.send_code_request(PHONE)
        await client.sign_in(PHONE, server.login_code(PHONE))
    assert not server.connections
    again = new_client(client.session)
    again.session.set_dc(2, server.host, port)
    with pytest.raises(ConnectionError):
        await again.connect()
    async with server.listening():
        assert server.port == port
        await again.connect()
        assert await again(STATE())
        await again.disconnect()


async def test_a_key_that_the_server_does_not_know_is_refused(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient
) -> None:
    client = await signed_in()
    await client.disconnect()
    server._datacentre.keys.forget(server._datacentre.keys.find(client.session.auth_key.key_id, now=0))
    again = new_client(client.session)
    with pytest.raises(errors.AuthKeyNotFound):
        await again.connect()
    with pytest.raises(errors.AuthKeyNotFound):
        await again.disconnected


async def test_one_key_in_two_places_is_dead_in_both(signed_in: SignedIn, new_client: NewClient, ada: Person) -> None:
    first = await signed_in()
    second = new_client(first.session, local_addr="127.0.0.2")
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await second.connect()
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await first(STATE())
    assert not ada.authorizations


async def test_one_key_twice_in_one_place_is_fine(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient
) -> None:
    first = await signed_in()
    second = new_client(first.session)
    await second.connect()
    assert await first(STATE())
    assert await second(STATE())
    assert len({connected.auth_key_id for connected in server.connections}) == 1
    assert len(server.connections) == 2


async def test_one_key_in_two_places_one_after_the_other_is_fine(
    signed_in: SignedIn, new_client: NewClient, server: MtprotoServer, eventually: Eventually
) -> None:
    first = await signed_in()
    await first.disconnect()
    await eventually(lambda: not server.connections)
    second = new_client(first.session, local_addr="127.0.0.2")
    await second.connect()
    assert await second(STATE())


async def test_a_connection_that_wants_no_updates_does_not_count(signed_in: SignedIn, new_client: NewClient) -> None:
    first = await signed_in()
    second = new_client(first.session, local_addr="127.0.0.2", receive_updates=False)
    await second._sender.connect(
        second._connection(second.session.server_address, second.session.port, 2, loggers=second._log)
    )
    assert await second._sender.send(functions.InvokeWithoutUpdatesRequest(STATE()))
    assert await first(STATE())
