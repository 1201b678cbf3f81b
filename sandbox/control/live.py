"""The page and its files, and the stream that tells it that something has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources

from aiohttp import web

from sandbox.control.errors import ControlError
from sandbox.control.guard import HEADERS
from sandbox.world import World

FILES = {
    "index.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "chat.js": "text/javascript",
    "reply.js": "text/javascript",
    "sessions.js": "text/javascript",
    "inlets.js": "text/javascript",
    "parts.js": "text/javascript",
}
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps the stream open


class LiveRoutes:
    """The page, live."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._streams: set[asyncio.Event] = set()

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/", self.file)
        app.router.add_get("/page/{name}", self.file)
        app.router.add_get("/api/events", self.events)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear of changes while this runs."""

        def changed(*_: object) -> None:
            for stream in self._streams:
                stream.set()

        listeners: tuple[list[Callable[..., None]], ...] = (self._world.listeners, self._world.chats.listeners)
        for of in listeners:
            of.append(changed)
        try:
            yield
        finally:
            for of in listeners:
                of.remove(changed)

    async def file(self, request: web.Request) -> web.Response:
        """A file of the page."""
        name = request.match_info.get("name", "index.html")
        if name not in FILES:
            raise ControlError(404, f"the page has no file {name!r}")
        content = resources.files("sandbox.control").joinpath("page", name).read_bytes()
        return web.Response(body=content, content_type=FILES[name], charset="utf-8")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """A server-sent event for every change; several at once may come as one."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        changed = asyncio.Event()
        self._streams.add(changed)
        try:
            await response.write(b"event: ready\ndata: {}\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await changed.wait()
                    changed.clear()
                    await response.write(b"event: changed\ndata: {}\n\n")
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionError:
            return response  # the page was closed
        finally:
            self._streams.discard(changed)
