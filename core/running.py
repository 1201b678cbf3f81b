"""How a process of ours runs and stops: one coroutine, ended by SIGTERM or Ctrl-C, at once by a second signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from core.settings import SettingsError

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` until it ends; a signal cancels it, which is a clean end with exit code 0.

    SettingsError ends the process with its line and exit code 2.
    """
    try:
        asyncio.run(_until_signalled(main))
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


async def _until_signalled(main: Coroutine[Any, Any, None]) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(main)
    signalled = False

    def stop(number: int) -> None:
        nonlocal signalled
        if signalled:
            os._exit(128 + number)
        signalled = True
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled:
            raise
