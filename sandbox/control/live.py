"""The page and its files, and the stream that tells it what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import PurePath

from aiohttp import web

from sandbox.control.errors import ControlError
from sandbox.control.guard import HEADERS
from sandbox.world import World

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps the stream open


def files() -> frozenset[str]:
    """The names of the page's files."""
    folder = resources.files("sandbox.control").joinpath("page")
    return frozenset(file.name for file in folder.iterdir() if PurePath(file.name).suffix in TYPES)


class Stream:
    """What one open page has yet to be told of."""

    def __init__(self) -> None:
        self._told = asyncio.Event()
        self._names: set[str] = set()

    def tell(self, name: str) -> None:
        """This happened."""
        self._names.add(name)
        self._told.set()

    async def next(self) -> bytes:
        """The events that came since, once there are some; each kind once. Raises TimeoutError."""
        async with asyncio.timeout(HEARTBEAT):
            await self._told.wait()
        names, self._names = self._names, set()
        self._told.clear()
        return b"".join(f"event: {name}\ndata: {{}}\n\n".encode() for name in sorted(names))


class LiveRoutes:
    """The page, live."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._streams: set[Stream] = set()

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
                stream.tell("changed")

        def called() -> None:
            for stream in self._streams:
                stream.tell("called")

        listeners: tuple[tuple[list[Callable[..., None]], Callable[..., None]], ...] = (
            (self._world.listeners, changed),
            (self._world.chats.listeners, changed),
            (self._world.calls.listeners, called),
        )
        for of, listener in listeners:
            of.append(listener)
        try:
            yield
        finally:
            for of, listener in listeners:
                of.remove(listener)

    async def file(self, request: web.Request) -> web.Response:
        """A file of the page."""
        name = request.match_info.get("name", "index.html")
        if name not in files():
            raise ControlError(404, f"the page has no file {name!r}")
        content = resources.files("sandbox.control").joinpath("page", name).read_bytes()
        return web.Response(body=content, content_type=TYPES[PurePath(name).suffix], charset="utf-8")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the world `changed`, or something was `called`; several at once may come as one."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        stream = Stream()
        self._streams.add(stream)
        try:
            await response.write(b"event: ready\ndata: {}\n\n")
            while True:
                try:
                    await response.write(await stream.next())
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except ConnectionError:
            return response  # the page was closed
        finally:
            self._streams.discard(stream)
