"""Cancellations that libraries swallow on Python 3.11: found, and raised after all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heeding_cancellation() -> Iterator[None]:
    """Raise CancelledError where a cancellation came meanwhile and was swallowed.

    `asyncio.wait_for` and `asyncio.TaskGroup` before Python 3.12, and redis-py and Telethon through them, do that in
    several places: a result or another error comes out instead, the task goes on as if nobody had asked it to stop,
    and its process never ends.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    except Exception as error:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError from error
        raise
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
