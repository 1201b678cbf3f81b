"""The server itself: listens on loopback, and lets tests and the demo look and reach in."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter, Task
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self, cast

from sandbox.events import WorldEvent
from sandbox.mtproto.attendant import Attendant
from sandbox.mtproto.code_sending import Sent, send_code
from sandbox.mtproto.connected import Connected, seen
from sandbox.mtproto.connection import Connection, EndNotingReader
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.login_codes import bare
from sandbox.mtproto.pushing import tell
from sandbox.mtproto.qr_login import accept
from sandbox.mtproto.rsa_key import server_key
from sandbox.mtproto.sign_in import let_in, refuse_deactivated
from sandbox.people import Authorization, Person
from sandbox.world import World

MOST_REMEMBERED = 100_000  # a long suite's; some 30 MB


class MtprotoServer:
    """One data centre over one world. It forgets no auth key, so it can stop listening and come back at its port."""

    host = "127.0.0.1"

    def __init__(self, world: World) -> None:
        self._rsa = server_key()
        self._datacentre = DataCentre(world=world, rsa=self._rsa, host=self.host)
        self._is_listening = False
        self._attendants: dict[Attendant, Task[None]] = {}
        self._past: deque[Connected] = deque(maxlen=MOST_REMEMBERED)

    @property
    def port(self) -> int:
        """Where it listens, or 0 before it first did."""
        return self._datacentre.port

    @property
    def public_key(self) -> str:
        """Its RSA key as PEM, PKCS#1."""
        return self._rsa.pem

    @property
    def fingerprint(self) -> int:
        """That key's, signed."""
        return self._rsa.fingerprint

    @property
    def connections(self) -> tuple[Connected, ...]:
        """Everyone who is connected now."""
        return tuple(seen(attendant) for attendant in self._attendants if attendant.connection.is_open)

    @property
    def past_connections(self) -> tuple[Connected, ...]:
        """Those that ended, the last 100,000, in the order they did."""
        return tuple(self._past)

    @property
    def all_connections(self) -> tuple[Connected, ...]:
        """Past and present, and those whose socket has ended while the last of what they sent is being handled."""
        return (*self._past, *(seen(attendant) for attendant in self._attendants))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Self]:
        """Serve on a free port, the same one when it comes back; at the end every connection is closed."""
        listeners = self._datacentre.world.listeners
        server = await asyncio.get_running_loop().create_server(self._protocol, self.host, self.port)
        self._datacentre.port = server.sockets[0].getsockname()[1]
        listeners.append(self._tell)
        self._is_listening = True
        try:
            yield self
        finally:
            self._is_listening = False
            listeners.remove(self._tell)
            server.close()
            tasks = list(self._attendants.values())
            self.drop_connections()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    def drop_connections(self, auth_key_id: int | None = None) -> int:
        """Cut everyone off at once, as a broken network does, or whoever uses that key; how many there were."""
        cut = [one.connection for one in self._attendants if auth_key_id in (None, one.key and one.key.holder.id)]
        still_open = sum(connection.is_open for connection in cut)
        for connection in cut:
            connection.abort()
        return still_open

    def login_code(self, phone: str) -> str | None:
        """The code last sent for a phone number, None if none was."""
        return self._datacentre.codes.last(bare(phone))

    def is_code_live(self, phone: str) -> bool:
        """Whether that code would still sign somebody in."""
        return self._datacentre.codes.is_live(bare(phone))

    def send_code(self, phone: str) -> Sent:
        """Somebody, with no client here, asks for a login code. Raises RpcError."""
        return send_code(self._datacentre, bare(phone))

    def sign_in(self, person: Person, code_hash: str, code: str, authorization: Authorization) -> None:
        """And enters a code: this authorization comes to be. Raises RpcError."""
        self._datacentre.codes.check(bare(person.phone or ""), code_hash, code)
        refuse_deactivated(person)
        let_in(self._datacentre.world, person, authorization)

    def scan_qr(self, token: bytes, user_id: int) -> None:
        """Somebody signed in to this account scans a QR code and accepts. Raises LookupError."""
        person = self._datacentre.world.person(user_id)
        waiting = self._datacentre.tokens.waiting(token)
        if waiting is None or waiting.authorization:
            raise LookupError("no such login token, or it expired")
        accept(self._datacentre.world, waiting, person)

    def _protocol(self) -> StreamReaderProtocol:
        """As `asyncio.start_server` makes it for each connection, but for the reader."""
        return StreamReaderProtocol(EndNotingReader(loop=asyncio.get_running_loop()), self._serve)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Runs in a task of the connection's own."""
        if not self._is_listening:  # it was on its way in while the door closed
            writer.close()
            return
        attendant = Attendant(self._datacentre, Connection(cast("EndNotingReader", reader), writer))
        task = asyncio.current_task()
        if task:
            self._attendants[attendant] = task
        try:
            await attendant.serve()
        finally:
            self._attendants.pop(attendant, None)
            self._past.append(seen(attendant))

    def _tell(self, event: WorldEvent) -> None:
        tell(self._datacentre, event)
