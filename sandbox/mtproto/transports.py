"""The four framings of MTProto over TCP: where a packet begins and ends on a stream of bytes."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Awaitable, Callable
from typing import Protocol
from zlib import crc32

Read = Callable[[int], Awaitable[bytes]]

LONGEST_PACKET = 1 << 22  # bytes; a file part is half a mebibyte, so nothing honest is longer
QUICK_ACK = (
    0x80000000  # the client asks for a quick ack, which we never give [core.telegram.org/mtproto/mtproto-transports]
)
LONG_ABRIDGED = 0x7F
WORD = 4


class MalformedPacketError(ValueError):
    """Bytes that no client would send."""


class Transport(Protocol):
    """One framing; `read` raises MalformedPacketError, and whatever the stream raises."""

    name: str

    async def read(self, read: Read) -> bytes:
        """The next packet, given how to read so many bytes."""

    def frame(self, packet: bytes) -> bytes:
        """A packet as it goes onto the stream."""


def _checked(length: int) -> int:
    if not 0 < length <= LONGEST_PACKET:
        raise MalformedPacketError(f"a packet of {length} bytes")
    return length


class Full:
    """Length, sequence number and CRC32 around each packet."""

    name = "full"
    overhead = 12

    def __init__(self) -> None:
        self._sent = 0
        self._head = b""

    def begun_with(self, head: bytes) -> Full:
        """This transport has no greeting: what gave it away is its first packet's head already."""
        self._head = head
        return self

    async def read(self, read: Read) -> bytes:
        """See Transport."""
        head, self._head = self._head or await read(8), b""
        length = _checked(struct.unpack("<Ii", head)[0] - len(head))
        rest = await read(length)
        if length <= WORD or crc32(head + rest[:-4]) != struct.unpack("<I", rest[-4:])[0]:
            raise MalformedPacketError("the checksum is wrong")
        return rest[:-4]

    def frame(self, packet: bytes) -> bytes:
        """See Transport."""
        framed = struct.pack("<ii", len(packet) + self.overhead, self._sent) + packet
        self._sent += 1
        return framed + struct.pack("<I", crc32(framed))


class Abridged:
    """Its length in words, in one byte or four."""

    name = "abridged"

    async def read(self, read: Read) -> bytes:
        """See Transport."""
        words = (await read(1))[0] & LONG_ABRIDGED
        if words == LONG_ABRIDGED:
            words = int.from_bytes(await read(3), "little")
        return await read(_checked(words * WORD))

    def frame(self, packet: bytes) -> bytes:
        """See Transport."""
        words = len(packet) // WORD
        head = bytes([words]) if words < LONG_ABRIDGED else bytes([LONG_ABRIDGED]) + words.to_bytes(3, "little")
        return head + packet


class Intermediate:
    """Its length in bytes, in four bytes."""

    name = "intermediate"

    async def read(self, read: Read) -> bytes:
        """See Transport."""
        length = struct.unpack("<I", await read(WORD))[0] & ~QUICK_ACK
        return await read(_checked(length))

    def frame(self, packet: bytes) -> bytes:
        """See Transport."""
        return struct.pack("<I", len(packet)) + packet


class Padded(Intermediate):
    """Intermediate with some bytes of noise behind each packet."""

    name = "padded intermediate"

    async def read(self, read: Read) -> bytes:
        """See Transport."""
        packet = await super().read(read)
        return packet[: len(packet) // WORD * WORD]

    def frame(self, packet: bytes) -> bytes:
        """See Transport."""
        # A transport error is told from a packet by its length alone, so it gets no noise; nor does an answer more than
        # three bytes, for clients that cut to whole words.
        noise = os.urandom(secrets.randbelow(WORD)) if len(packet) > WORD else b""
        return super().frame(packet + noise)
