"""One client's TCP connection as the rest sees it: where it comes from, what is sent on it, and its end."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter, TimerHandle
from datetime import UTC, datetime

from sandbox.mtproto.wire import Wire


class EndNotingReader(StreamReader):
    """Notes when the stream ended: the moment its socket did, though what came before may still wait to be read."""

    ended: datetime | None = None

    def feed_eof(self) -> None:
        """The client's end is closed, or all is over."""
        self.note_end()
        super().feed_eof()

    def set_exception(self, exc: Exception) -> None:
        """The connection broke: a reset, or a time-out."""
        self.note_end()
        super().set_exception(exc)

    def note_end(self) -> None:
        """It ended now, unless it had before."""
        self.ended = self.ended or datetime.now(UTC)


class Connection:
    """Lives as long as its socket."""

    def __init__(self, reader: EndNotingReader, writer: StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._wire = Wire(reader)
        self._deadline: TimerHandle | None = None
        self.address: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self.since = datetime.now(UTC)
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
        return not self.is_closing and not self.ended

    @property
    def ended(self) -> datetime | None:
        """When it ended, None while it lasts."""
        return self._reader.ended

    @property
    def is_closing(self) -> bool:
        """Whether our end is closed, or about to be."""
        return self._writer.is_closing()

    async def read(self) -> bytes:
        """The next packet. Raises MalformedPacketError, and IncompleteReadError at the end."""
        return await self._wire.read()

    async def drain(self) -> None:
        """Wait until the client has taken what was written. Raises ConnectionError."""
        await self._writer.drain()

    def send(self, packet: bytes) -> None:
        """Write a packet; a closed connection swallows it."""
        if not self._writer.is_closing():
            self._writer.write(self._wire.frame(packet))

    def close(self) -> None:
        """Close once all that was written is sent."""
        if self._deadline:
            self._deadline.cancel()
        self._writer.close()

    def finish(self) -> None:
        """Nobody attends to it any more: it is over, even if the client is slow to take the last of what was sent."""
        self.close()
        self._reader.note_end()

    def abort(self) -> None:
        """Close at once."""
        self._reader.note_end()
        self._writer.transport.abort()

    def close_in(self, seconds: float) -> None:
        """Close then, unless told so again before."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.close)
