"""What Apprise may reach: a real HTTP server on loopback that does as it was told, and a small SMTP server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.waiting import eventually


@dataclass(slots=True)
class Outside:
    """Takes JSON, or whatever comes, at any path. `status` is what it answers, once `held` is set.

    `taken` is what it answered with 200, by path: title and body.
    """

    port: int = 0
    status: int = 200
    tries: int = 0
    #: Paths that fail though others don't.
    failing: set[str] = field(default_factory=set)
    taken: dict[str, list[str]] = field(default_factory=dict)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "here", scheme: str = "json", login: str = "") -> str:
        """An address of Apprise's."""
        return f"{scheme}://{login}127.0.0.1:{self.port}/{path}"

    def at(self, path: str = "here") -> list[str]:
        """What was taken at a path."""
        return self.taken.get(path, [])

    async def told(self, number: int, path: str = "here") -> list[str]:
        """What was taken, once it is as many messages."""

        async def look() -> bool:
            return len(self.at(path)) >= number

        await eventually(look)
        return self.at(path)

    async def tried(self, times: int = 1) -> None:
        """Wait until it was tried as often from now on."""
        before = self.tries

        async def look() -> bool:
            return self.tries >= before + times

        await eventually(look)

    async def take(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.tries += 1
        path, raw = request.path.strip("/"), await request.text()
        await self.held.wait()
        if self.status != 200 or path in self.failing:
            return web.Response(status=self.status if self.status != 200 else 500)
        try:
            said = json.loads(raw)
            text = f"{said.get('title', '')}\n{said.get('message', '')}"
        except ValueError:
            text = raw
        self.taken.setdefault(path, []).append(text)
        return web.json_response({"id": "1"})


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """A server that takes everything until it is told otherwise."""
    server = Outside()
    server.held.set()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    [address] = runner.addresses
    server.port = address[1]
    try:
        yield server
    finally:
        server.held.set()
        await runner.cleanup()


@asynccontextmanager
async def smtp() -> AsyncIterator[tuple[int, list[str]]]:
    """The port of a server that takes every e-mail, and those that it took."""
    mails: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                    writer.write(b"250 taken\r\n")
                case b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                case _:
                    writer.write(b"250 well\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], mails
