"""One TCP connection as a stream of packets: finds out the client's transport, and lifts its obfuscation."""

from __future__ import annotations

from asyncio import StreamReader
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from sandbox.mtproto.transports import Abridged, Full, Intermediate, MalformedPacketError, Padded, Transport

# First bytes, and the place of everything in an obfuscated greeting [core.telegram.org/mtproto/mtproto-transports].
ABRIDGED: Final = b"\xef"
BY_TAG: Final[dict[bytes, type[Abridged | Intermediate | Padded]]] = {
    b"\xef" * 4: Abridged,
    b"\xee" * 4: Intermediate,
    b"\xdd" * 4: Padded,
}
GREETING = 64
SECRET = slice(8, 56)
KEY = slice(0, 32)
IV = slice(32, 48)
TAG = slice(56, 60)


def _keystream(secret: bytes) -> Callable[[bytes], bytes]:
    return Cipher(AES(secret[KEY]), CTR(secret[IV])).encryptor().update


class Wire:
    """Packets in and out. `transport` is its client's, once the first bytes are there."""

    def __init__(self, reader: StreamReader) -> None:
        self._reader = reader
        self._decrypt: Callable[[bytes], bytes] | None = None
        self._encrypt: Callable[[bytes], bytes] | None = None
        self.transport: Transport | None = None

    async def read(self) -> bytes:
        """The next packet. Raises MalformedPacketError, and IncompleteReadError at the end."""
        if self.transport is None:
            self.transport = await self._recognise()
        return await self.transport.read(self._read)

    def frame(self, packet: bytes) -> bytes:
        """A packet as it goes to the client; empty as long as its transport isn't known."""
        if self.transport is None:
            return b""
        framed = self.transport.frame(packet)
        return self._encrypt(framed) if self._encrypt else framed

    async def _read(self, length: int) -> bytes:
        data = await self._reader.readexactly(length)
        return self._decrypt(data) if self._decrypt else data

    async def _recognise(self) -> Transport:
        head = await self._reader.readexactly(1)
        if head == ABRIDGED:
            return Abridged()
        head += await self._reader.readexactly(3)
        if head in BY_TAG:
            return BY_TAG[head]()
        head += await self._reader.readexactly(4)
        if not any(head[4:]):  # a first packet of the full transport: its length, then number 0
            return Full().begun_with(head)
        return self._lift(head + await self._reader.readexactly(GREETING - len(head)))

    def _lift(self, greeting: bytes) -> Transport:
        secret = greeting[SECRET]
        self._decrypt, self._encrypt = _keystream(secret), _keystream(secret[::-1])
        tag = self._decrypt(greeting)[TAG]
        if tag not in BY_TAG:
            raise MalformedPacketError("no transport that we know")
        return BY_TAG[tag]()
