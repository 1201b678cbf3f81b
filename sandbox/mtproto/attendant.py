"""Attends to one connection while it lasts: packets in, to the handshake or to a session."""

from __future__ import annotations

import asyncio
import logging
import struct
import time

from sandbox.mtproto.connection import Connection
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.envelope import BrokenEnvelopeError, key_id_of, unseal
from sandbox.mtproto.errors import KEY_NOT_FOUND, ConnectionRefusedByServerError
from sandbox.mtproto.handshake import Handshake
from sandbox.mtproto.incoming import receive
from sandbox.mtproto.keys import AuthKey
from sandbox.mtproto.schema import MALFORMED, decode, encode
from sandbox.mtproto.transports import MalformedPacketError

log = logging.getLogger(__name__)

PLAIN_HEAD = struct.Struct("<qqi")  # key id 0, message id, length
SHORTEST_PLAIN = PLAIN_HEAD.size + 4


class Attendant:
    """`key` is the auth key last used on the connection."""

    def __init__(self, datacentre: DataCentre, connection: Connection) -> None:
        self._datacentre = datacentre
        self._handshake = Handshake(datacentre.rsa, datacentre.keys)
        self.connection = connection
        self.key: AuthKey | None = None

    async def serve(self) -> None:
        """Serve until either end closes; nothing that a client sends gets further than this."""
        try:
            while not self.connection.is_closing:
                self._packet(await self.connection.read())
                await self.connection.drain()
        except ConnectionRefusedByServerError as refusal:
            log.info("connection refused: %s", refusal)
            self.connection.send(struct.pack("<i", refusal.code))
        except MalformedPacketError as error:
            log.info("connection closed: %s", error)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Exception:
            log.exception("connection failed")  # a mistake of ours costs one connection, not the server
        finally:
            self._detach()
            self.connection.finish()

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
        receive(self._datacentre, self.connection, key, message)

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
            self.connection.send(PLAIN_HEAD.pack(0, self._datacentre.ids.next(answer=True), len(body)) + body)

    def _use(self, key: AuthKey) -> None:
        if self.key is not key:
            self._detach()
            self.key = key
            key.connections.add(self.connection)

    def _detach(self) -> None:
        if self.key:
            self.key.connections.discard(self.connection)
            for session in self.key.sessions.values():
                if session.connection is self.connection:
                    session.connection = None
