"""Waiting in tests: for a thing, not for a time; and loops that run beside a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 40.0  # for a machine under load; nothing takes so long


async def eventually(look: Callable[[], Awaitable[T]]) -> T:
    """What `look` returns, once that is something."""
    async with asyncio.timeout(PATIENCE):
        while not (seen := await look()):  # noqa: ASYNC110 - what happens elsewhere sets no event of ours
            await asyncio.sleep(0.005)
        return seen


async def within_patience(awaitable: Awaitable[T]) -> T:
    """The result, or a failure instead of a test that hangs."""
    async with asyncio.timeout(PATIENCE):
        return await awaitable


@asynccontextmanager
async def running(loop: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Task[Any]]:
    """Run a loop beside the block and cancel it at the end; its own failure fails the test."""
    task = asyncio.ensure_future(loop)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def killed(task: asyncio.Task[Any]) -> None:
    """Cancel a task in the middle of whatever it does, and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
