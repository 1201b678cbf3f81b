"""A running MTProto server over a small world, and clients for it: stock Telethon, stock Kurigram, and a bare one."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from logging import getLogger
from typing import Any

import pytest
from telethon import TelegramClient
from telethon.crypto import AuthKey, rsa
from telethon.errors import SecurityError
from telethon.extensions import BinaryReader
from telethon.network import ConnectionTcpFull, MTProtoPlainSender
from telethon.network.authenticator import do_authentication
from telethon.network.mtprotostate import MTProtoState
from telethon.sessions import MemorySession
from telethon.tl import TLRequest, functions
from telethon.tl.alltlobjects import LAYER

from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization, Person
from sandbox.world import World

PHONE = "99966200001"
PASSWORD = "correct horse"
PATIENCE = 5.0


@pytest.fixture
def world() -> World:
    world = World()
    world.add_person(Person(id=1001, first_name="Ada", phone=PHONE))
    world.add_person(Person(id=1002, first_name="Bob", phone="99966200002", password=PASSWORD, password_hint="a horse"))
    return world


@pytest.fixture
def ada(world: World) -> Person:
    return world.person(1001)


@pytest.fixture
def bob(world: World) -> Person:
    return world.person(1002)


@pytest.fixture
async def server(world: World) -> AsyncIterator[MtprotoServer]:
    server = MtprotoServer(world)
    rsa.add_key(server.public_key, old=False)
    async with server.listening():
        yield server


Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something is truthy, and give it back."""

    async def wait(truth: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (found := truth()):  # noqa: ASYNC110 (what is waited for can't tell by itself)
                await asyncio.sleep(0.005)
            return found

    return wait


NewClient = Callable[..., TelegramClient]


@pytest.fixture
async def new_client(server: MtprotoServer) -> AsyncIterator[NewClient]:
    """Make a stock Telethon client whose only address is this server's; it isn't connected yet."""
    clients: list[TelegramClient] = []

    def make(session: MemorySession | None = None, **settings: Any) -> TelegramClient:
        session = session or MemorySession()
        session.set_dc(2, server.host, server.port)
        client = TelegramClient(
            session, settings.pop("api_id", 1234), "0" * 32, connection_retries=2, retry_delay=0.05, **settings
        )
        client.flood_sleep_threshold = 0
        clients.append(client)
        return client

    yield make
    for client in clients:
        with contextlib.suppress(ConnectionError):
            await client.disconnect()


SignedIn = Callable[..., Awaitable[TelegramClient]]


@pytest.fixture
def signed_in(server: MtprotoServer, new_client: NewClient) -> SignedIn:
    """A stock Telethon client signed in by code to Ada's account."""

    async def sign_in(phone: str = PHONE, **settings: Any) -> TelegramClient:
        client = new_client(**settings)
        await client.connect()
        await client.send_code_request(phone)
        await client.sign_in(phone, server.login_code(phone))
        return client

    return sign_in


def a_day_older(authorization: Authorization) -> None:
    authorization.date_created -= timedelta(hours=24)


@pytest.fixture
def of_age() -> Callable[[Person], None]:
    """Make all sessions of an account a day old."""

    def age(person: Person) -> None:
        for authorization in person.authorizations.values():
            a_day_older(authorization)

    return age


class BareClient:
    """MTProto by hand, with Telethon's own encryption: what a stock client does by itself is said here aloud."""

    def __init__(self, connection: ConnectionTcpFull, state: MTProtoState) -> None:
        self.connection, self.state = connection, state
        self.ids: dict[bytes, int] = {}

    def next_id(self) -> int:
        return int(self.state._get_new_msg_id())

    async def send(self, request: Any, *, msg_id: int | None = None, seq: int = 1) -> int:
        """Send one message; its id."""
        msg_id = self.next_id() if msg_id is None else msg_id
        body = request if isinstance(request, bytes) else bytes(request)
        plain = struct.pack("<qii", msg_id, seq, len(body)) + body
        await self.connection.send(self.state.encrypt_message_data(plain))
        return msg_id

    async def read(self) -> Any:
        """The next message's object, with the message's id as `msg_id_`."""
        async with asyncio.timeout(PATIENCE):
            message = self.state.decrypt_message_data(await self.connection.recv())
        return message.obj

    async def see(self, kind: Any) -> Any:
        """The next message of that kind; others are skipped."""
        while True:
            seen = await self.read()
            if isinstance(seen, kind):
                return seen

    async def ask(self, request: TLRequest) -> Any:
        """Call a method: its result, or the error as an object."""
        msg_id = await self.send(request)
        while True:
            seen = await self.read()
            if type(seen).__name__ == "RpcResult" and seen.req_msg_id == msg_id:
                return seen.error or BinaryReader(seen.body).tgread_object()

    async def introduce(self) -> None:
        """Learn the salt, then say who we are."""
        await self.send(functions.PingRequest(1))
        self.state.salt = (await self.read()).new_server_salt
        hello = functions.InitConnectionRequest(
            1234, "Bare", "1", "1", "en", "", "en", functions.help.GetConfigRequest()
        )
        await self.ask(functions.InvokeWithLayerRequest(LAYER, hello))


NewBareClient = Callable[..., Awaitable[BareClient]]
LOGGERS: Any = defaultdict(lambda: getLogger("telethon"))


@pytest.fixture
async def new_bare_client(server: MtprotoServer) -> AsyncIterator[NewBareClient]:
    """Connect a bare client, with a key of its own unless one is given."""
    connections: list[ConnectionTcpFull] = []

    async def make(key: AuthKey | None = None) -> BareClient:
        connection = ConnectionTcpFull(server.host, server.port, 2, loggers=LOGGERS)
        await connection.connect()
        connections.append(connection)
        while key is None:
            with contextlib.suppress(SecurityError):  # one key in 256 begins with a zero, which Telethon loses
                key, _ = await do_authentication(MTProtoPlainSender(connection, loggers=LOGGERS))
        return BareClient(connection, MTProtoState(key, LOGGERS))

    yield make
    for connection in connections:
        await connection.disconnect()


Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.fixture
async def dial(server: MtprotoServer) -> AsyncIterator[Dial]:
    """A plain TCP connection to the server."""
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writers.append(writer)
        return reader, writer

    yield connect
    for writer in writers:
        writer.close()
