"""The same server through a second stock client, Kurigram: what one library forgives, the other may not."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization, Person
from sandbox.world import World

Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]
OfAge = Callable[[Person], None]


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for an event loop as it is imported
    from pyrogram import Client, errors, raw
    from pyrogram.connection import Connection
    from pyrogram.crypto.rsa import PublicKey, server_public_keys

PHONE = "99966200001"
GET = raw.functions.account.GetAuthorizations

NewKurigram = Callable[[], Awaitable[Client]]


@pytest.fixture
async def new_kurigram(server: MtprotoServer) -> AsyncIterator[NewKurigram]:
    """A connected client that can reach this server and nothing else."""
    numbers = load_pem_public_key(server.public_key.encode()).public_numbers()
    server_public_keys[server.fingerprint] = PublicKey(numbers.n, numbers.e)
    clients: list[Client] = []

    class ToTheSandbox(Connection):
        async def connect(self) -> None:
            self.server_address, self.port = server.host, server.port
            await super().connect()

    async def make() -> Client:
        client = Client(
            "sandbox",
            1234,
            "0" * 32,
            in_memory=True,
            connection_factory=ToTheSandbox,
            loop=asyncio.get_running_loop(),
            sleep_threshold=0,
            workers=1,
        )
        clients.append(client)
        await client.connect()
        return client

    yield make
    for client in clients:
        with contextlib.suppress(ConnectionError):
            await client.terminate()
        with contextlib.suppress(ConnectionError):
            await client.disconnect()


async def _signed_in(server: MtprotoServer, client: Client) -> Client:
    sent = await client.send_phone_number_code(PHONE)
    await client.sign_in(PHONE, sent.phone_code_hash, server.login_code(PHONE))
    await client.initialize()
    return client


async def test_it_signs_in_lists_and_ends_sessions(
    server: MtprotoServer, new_kurigram: NewKurigram, world: World, ada: Person, of_age: OfAge
) -> None:
    client = await _signed_in(server, await new_kurigram())
    assert (await client.get_me()).id == 1001
    other = world.log_in(Authorization(user_id=1001, device_model="Pixel 9"), push=False)
    listed = await client.invoke(GET())
    assert [(row.current, row.device_model) for row in listed.authorizations][1] == (False, "Pixel 9")
    reset = raw.functions.account.ResetAuthorization(hash=other.hash)
    with pytest.raises(errors.FreshResetAuthorisationForbidden):
        await client.invoke(reset)
    of_age(ada)
    assert await client.invoke(reset)
    with pytest.raises(errors.HashInvalid):
        await client.invoke(reset)
    assert len((await client.invoke(GET())).authorizations) == 1


async def test_it_is_pushed_a_new_login_and_telegrams_messages(
    server: MtprotoServer, new_kurigram: NewKurigram, world: World, ada: Person, eventually: Eventually
) -> None:
    client = await _signed_in(server, await new_kurigram())
    seen: list[object] = []

    async def note(_client: Any, update: Any, _users: Any, _chats: Any) -> None:
        seen.append(update)

    from pyrogram.handlers import RawUpdateHandler  # noqa: PLC0415 (its import, too, looks for an event loop)

    client.add_handler(RawUpdateHandler(note))
    await client.invoke(raw.functions.updates.GetState())
    login = world.log_in(Authorization(user_id=1001, device_model="Pixel 9", unconfirmed=True))
    await eventually(lambda: [update for update in seen if isinstance(update, raw.types.UpdateNewAuthorization)])
    assert seen[-1].hash == login.hash
    world.service_message(ada, "hello")
    await eventually(lambda: [update for update in seen if isinstance(update, raw.types.UpdateNewMessage)])
    assert seen[-1].message.message == "hello"


async def test_it_passes_the_password(server: MtprotoServer, new_kurigram: NewKurigram) -> None:
    client = await new_kurigram()
    sent = await client.send_phone_number_code("99966200002")
    with pytest.raises(errors.SessionPasswordNeeded):
        await client.sign_in("99966200002", sent.phone_code_hash, server.login_code("99966200002"))
    with pytest.raises(errors.PasswordHashInvalid):
        await client.check_password("wrong")
    assert (await client.check_password("correct horse")).id == 1002
