"""One client's TCP connection: packets in, to the handshake or to a session; packets out."""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from asyncio import StreamReader, StreamWriter, TimerHandle
from datetime import UTC, datetime

from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.envelope import BrokenEnvelopeError, key_id_of, unseal
from sandbox.mtproto.errors import KEY_NOT_FOUND, ConnectionRefusedByServerError
from sandbox.mtproto.handshake import Handshake
from sandbox.mtproto.incoming import receive
from sandbox.mtproto.keys import AuthKey
from sandbox.mtproto.schema import MALFORMED, decode, encode
from sandbox.mtproto.transports import MalformedPacketError
from sandbox.mtproto.wire import Wire

log = logging.getLogger(__name__)

PLAIN_HEAD = struct.Struct("<qqi")  # key id 0, message id, length
SHORTEST_PLAIN = PLAIN_HEAD.size + 4


class Connection:
    """Lives as long as its socket. `key` is the auth key last used on it."""

    def __init__(self, datacentre: DataCentre, reader: StreamReader, writer: StreamWriter) -> None:
        self._datacentre = datacentre
        self._reader, self._writer = reader, writer
        self._wire = Wire(reader)
        self._handshake = Handshake(datacentre.rsa, datacentre.keys)
        self._deadline: TimerHandle | None = None
        self.address: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self.since = datetime.now(UTC)
        self.key: AuthKey | None = None
        #: Whether a request came on it that wants updates: a connection for files or the like is none such.
        self.is_main = False

    @property
    def ip(self) -> str:
        """The client's address without its port."""
        return self.address[0]

    @property
    def transport(self) -> str:
        """The name of its transport, empty until it is known."""
        return self._wire.transport.name if self._wire.transport else ""

    @property
    def is_open(self) -> bool:
        """Whether both ends are there still, as far as we know."""
        return not self._writer.is_closing() and not self._reader.at_eof()

    async def serve(self) -> None:
        """Serve until either end closes; nothing that a client sends gets further than this."""
        try:
            while not self._writer.is_closing():
                self._packet(await self._wire.read())
                await self._writer.drain()
        except ConnectionRefusedByServerError as refusal:
            log.info("connection refused: %s", refusal)
            self.send(struct.pack("<i", refusal.code))
        except MalformedPacketError as error:
            log.info("connection closed: %s", error)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Exception:
            log.exception("connection failed")  # a mistake of ours costs one connection, not the server
        finally:
            self._gone()

    def send(self, packet: bytes) -> None:
        """Write a packet; a closed connection swallows it."""
        if not self._writer.is_closing():
            self._writer.write(self._wire.frame(packet))

    def close(self) -> None:
        """Close once all that was written is sent."""
        self._writer.close()

    def abort(self) -> None:
        """Close at once."""
        self._writer.transport.abort()

    def close_in(self, seconds: float) -> None:
        """Close then, unless told so again before."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.close)

    def _packet(self, packet: bytes) -> None:
        key_id = key_id_of(packet)
        if key_id == 0:
            self._plain(packet)
            return
        key = self._datacentre.keys.find(key_id, now=time.time())
        if key is None:
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, "no such auth key")
        try:
            message = unseal(key.secret, packet)
        except BrokenEnvelopeError as error:
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, str(error)) from error
        self._use(key)
        receive(self._datacentre, self, key, message)

    def _plain(self, packet: bytes) -> None:
        if len(packet) < SHORTEST_PLAIN:
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, "too short for a plain message")
        length = PLAIN_HEAD.unpack_from(packet)[-1]
        body = packet[PLAIN_HEAD.size : PLAIN_HEAD.size + length] if length > 0 else b""
        try:
            request = decode(body)
        except MALFORMED as error:
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, "a plain message that says nothing") from error
        answer = self._handshake.answer(request)
        if answer is not None:
            body = encode(answer)
            self.send(PLAIN_HEAD.pack(0, self._datacentre.ids.next(answer=True), len(body)) + body)

    def _use(self, key: AuthKey) -> None:
        if self.key is not key:
            self._detach()
            self.key = key
            key.connections.add(self)

    def _detach(self) -> None:
        if self.key:
            self.key.connections.discard(self)
            for session in self.key.sessions.values():
                if session.connection is self:
                    session.connection = None

    def _gone(self) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._detach()
        self._writer.close()
