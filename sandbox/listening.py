"""Serves an aiohttp application on loopback, and ends it without waiting for long polls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"
SHUTDOWN_TIMEOUT = 0.2  # seconds; what still waits then is a long poll or a stream, and is cancelled


@asynccontextmanager
async def serving(app: web.Application, *, port: int) -> AsyncIterator[int]:
    """Serve on 127.0.0.1; yields the port, one picked free for 0. Raises OSError when it is taken."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_TIMEOUT)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
