"""How a process of ours runs and stops: one coroutine, ended by a signal, or by the end of whoever started it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from core.settings import SettingsError

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
#: Names the descriptor of a pipe that whoever started us holds the other end of: when it closes, they are gone.
LIFELINE = "LIFELINE_FD"


def run(main: Coroutine[Any, Any, None], *, hurry: Callable[[], None] | None = None) -> None:
    """Run `main` until it ends; a signal cancels it, which is a clean end with exit code 0.

    A second signal calls `hurry`, which is to make that end quick, and one more, or a second where there is no
    `hurry`, ends the process at once. SettingsError, in a group too, ends it with its line and exit code 2.
    """
    wrong: BaseExceptionGroup[SettingsError] | None = None
    try:
        asyncio.run(_until_stopped(main, hurry))
    except* SettingsError as group:
        wrong = group
    if wrong:
        print(_innermost(wrong), file=sys.stderr)  # noqa: T201
        raise SystemExit(2)


def _innermost(error: BaseException) -> BaseException:
    return _innermost(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _until_stopped(main: Coroutine[Any, Any, None], hurry: Callable[[], None] | None) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(main)
    steps: list[Callable[[], object]] = [task.cancel, hurry] if hurry else [task.cancel]
    planned = len(steps)

    def stop(number: int) -> None:
        if not steps:
            os._exit(128 + number)
        steps.pop(0)()

    def orphaned(descriptor: int) -> None:
        loop.remove_reader(descriptor)
        stop(signal.SIGHUP)

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    if lifeline := os.environ.get(LIFELINE):
        loop.add_reader(int(lifeline), orphaned, int(lifeline))
    try:
        await task
    except asyncio.CancelledError:
        if len(steps) == planned:  # nobody stopped us
            raise
