"""A bad network in a thread of its own: it stands between client and server, and cuts, stalls, slows and loses."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

Way = Literal["up", "down"]
Address = tuple[str, int] | Path
CHUNK = 65_536
PATIENCE = 10.0
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time, so that a close is a reset


@dataclass(eq=False, slots=True)
class _Link:
    """One connection through the proxy: its two ends, and what the client asked last."""

    ends: list[asyncio.StreamWriter]
    asked: bytes = b""
    task: asyncio.Task[None] | None = None

    def cut(self) -> None:
        if self.task:
            self.task.cancel()
        for end in self.ends:
            if not end.transport.is_closing() and (raw := end.get_extra_info("socket")).family != socket.AF_UNIX:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.transport.abort()


@dataclass(slots=True)
class _Loss:
    """Replies still to be lost: how many, and to which requests."""

    left: int = 0
    to: bytes = b""

    def strikes(self, asked: bytes) -> bool:
        struck = self.left > 0 and self.to in asked
        self.left -= struck
        return struck


class Proxy:
    """Listens on a loopback port, or on a Unix socket if given one, and passes everything on to `target`.

    `source` is the address that it calls the target from. What a method says holds from its return on. As in a real
    network, what a client sent before it closed politely still arrives, and what was under way at a reset does not.
    """

    def __init__(self, target: Address, *, listen: Path | None = None, source: str | None = None) -> None:
        self._target, self._listen, self._source = target, listen, source
        self._links: set[_Link] = set()
        self._flowing: dict[Way, asyncio.Event] = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._refusing = False
        self._delay = self._reply_delay = 0.0
        self._loss = _Loss()
        self._started: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="proxy", daemon=True)
        self._thread.start()
        self.port = self._started.result(PATIENCE)

    @property
    def address(self) -> str:
        """Where clients call: `127.0.0.1:port`, or the socket's path."""
        return str(self._listen or f"127.0.0.1:{self.port}")

    @property
    def redis_url(self) -> str:
        """The address as a Redis client wants it."""
        return f"unix://{self.address}" if self._listen else f"redis://{self.address}"

    @property
    def connected(self) -> int:
        """How many connections are open through it."""
        return len(self._links)

    @property
    def replies_to_lose(self) -> int:
        """How many of the replies that `drop_replies` asked for were not lost yet."""
        return self._loss.left

    def cut(self) -> None:
        """Reset every connection now; what was held back on it is lost."""
        self._do(self._cut)

    def refuse(self) -> None:
        """Close new connections as they come; those that are open stay."""
        self._refusing = True

    def accept(self) -> None:
        """Take new connections again."""
        self._refusing = False

    def stall(self, *ways: Way) -> None:
        """Let nothing pass these ways, or either, over connections that stay open: not even the news of their end."""
        for way in ways or self._flowing:
            self._do(self._flowing[way].clear)

    def flow(self) -> None:
        """Let all that was held back go on."""
        for flowing in self._flowing.values():
            self._do(flowing.set)

    def slow(self, seconds: float) -> None:
        """Delay each chunk, both ways; 0 for no more."""
        self._delay = seconds

    def delay_replies(self, seconds: float) -> None:
        """Delay each chunk from the server, on top of `slow`; 0 for no more."""
        self._reply_delay = seconds

    def drop_replies(self, count: int, *, to: bytes = b"") -> None:
        """Lose the next chunks from the server, each with its connection: what was asked is done, and nobody knows.

        With `to`, only those that follow a chunk from the client which has these bytes, such as `b"XADD"`.
        """
        self._loss = _Loss(count, to)

    def close(self) -> None:
        """Cut everything and stop listening."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _do(self, action: Callable[[], object]) -> None:
        async def act() -> None:
            action()
            await asyncio.sleep(0)  # an aborted transport closes its socket in the loop's next round

        asyncio.run_coroutine_threadsafe(act(), self._loop).result(PATIENCE)

    def _cut(self) -> None:
        for link in self._links:
            link.cut()

    async def _run(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        for flowing in self._flowing.values():
            flowing.set()
        async with asyncio.TaskGroup() as self._serving:
            try:
                server, port = await self._open()
            except OSError as error:
                self._started.set_exception(error)
                return
            self._started.set_result(port)
            await self._closing.wait()
            server.close()
            self._cut()
        if self._listen:
            self._listen.unlink(missing_ok=True)

    async def _open(self) -> tuple[asyncio.Server, int]:
        if self._listen:
            return await asyncio.start_unix_server(self._welcome, self._listen), 0
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        return server, server.sockets[0].getsockname()[1]

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link([writer])
        if self._refusing or self._closing.is_set():
            link.cut()
            return
        self._links.add(link)
        link.task = self._serving.create_task(self._serve(link, reader, writer))
        link.task.add_done_callback(lambda _: self._links.discard(link))

    async def _serve(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing["up"].wait()
        try:
            behind_reader, behind_writer = await self._dial()
            link.ends.append(behind_writer)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(link, "up", reader, behind_writer))
                pumps.create_task(self._pump(link, "down", behind_reader, writer))
        except OSError:  # nobody there
            link.cut()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target, local_addr=(self._source, 0) if self._source else None)

    async def _pump(self, link: _Link, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                data = await reader.read(CHUNK)
                await asyncio.sleep(self._delay + (self._reply_delay if way == "down" else 0))
                await self._flowing[way].wait()
                if reset := reader.exception():  # it came while the chunk was held back
                    raise reset
                if not data:
                    writer.close()
                    break
                if way == "up":
                    link.asked = data
                elif self._loss.strikes(link.asked):
                    link.cut()
                    break
                writer.write(data)
                await writer.drain()
        except OSError:
            link.cut()
