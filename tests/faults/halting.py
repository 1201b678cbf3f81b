"""Runs a process of the product that stops dead (SIGSTOP) at a chosen step, so that a test can kill it just there.

    python -m tests.faults.halting --at core.bus:publish --when after --nth 2 --marker a_file userclient

The product is not changed and knows nothing of it: the second `core.bus.publish` returns, the marker file is written,
and the process stands still until it is killed or told to go on (SIGCONT). Arguments after the module are the
product's own. A function that other modules import by name is named where it is used: `userclient.watcher:compare`.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import inspect
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


def halting(call: Callable[..., Any], *, when: str, nth: int, marker: Path) -> Callable[..., Any]:
    """The same call; its nth one stops the process just before it begins, or just after it returned.

    Calls are counted as they begin: "after" is the return of the nth to begin. One that raises never returns.
    """
    numbers = itertools.count(1)

    def begin() -> bool:
        chosen = next(numbers) == nth
        if chosen and when == "before":
            halt(marker)
        return chosen and when == "after"

    if inspect.iscoroutinefunction(call):

        @functools.wraps(call)
        async def watched(*args: Any, **kwargs: Any) -> Any:
            halts = begin()
            result = await call(*args, **kwargs)
            if halts:
                halt(marker)
            return result
    else:

        @functools.wraps(call)
        def watched(*args: Any, **kwargs: Any) -> Any:
            halts = begin()
            result = call(*args, **kwargs)
            if halts:
                halt(marker)
            return result

    return watched


def halt(marker: Path) -> None:
    """Write the marker and stop the whole process, this thread first."""
    unfinished = marker.with_suffix(".part")
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(marker)
    # Sent to the thread itself, the signal takes effect before the call returns, and stops all the others as well.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def patch(at: str, **how: Any) -> None:
    """Put a halting call in the place of `package.module:name` or `package.module:Class.method`.

    Raises AttributeError if there is no such thing, TypeError if it can't be called as a coroutine or a function.
    """
    module, _, path = at.partition(":")
    *outer, name = path.split(".")
    holder = functools.reduce(getattr, outer, importlib.import_module(module))
    found = inspect.getattr_static(holder, name)
    kind = type(found) if isinstance(found, staticmethod | classmethod) else None
    call = found.__func__ if kind else found
    if not inspect.isfunction(call) or inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call):
        raise TypeError(f"{at} is neither a function nor a coroutine function")
    watched = halting(call, **how)
    setattr(holder, name, kind(watched) if kind else watched)


def command(module: str, *, at: str, when: str, nth: int = 1, marker: Path) -> list[str]:
    """The command line that runs a process so; it needs `environment()` too."""
    return [
        *(sys.executable, "-m", "tests.faults.halting"),
        *("--at", at, "--when", when, "--nth", str(nth), "--marker", str(marker), module),
    ]


def environment() -> dict[str, str]:
    """What to add to the process's environment, so that it finds this module from any folder."""
    return {"PYTHONPATH": str(Path(__file__).parents[2])}


def main() -> None:
    """Patch the product, then run it as `python -m` does."""
    options = argparse.ArgumentParser(prog="python -m tests.faults.halting", description=__doc__)
    options.add_argument("--at", required=True)
    options.add_argument("--when", choices=("before", "after"), required=True)
    options.add_argument("--nth", type=int, default=1)
    options.add_argument("--marker", type=Path, required=True)
    options.add_argument("module")
    options.add_argument("arguments", nargs=argparse.REMAINDER)
    given = options.parse_args()
    product = importlib.import_module(f"{given.module}.__main__")
    patch(given.at, when=given.when, nth=given.nth, marker=given.marker)
    sys.argv = [given.module, *given.arguments]
    product.main()


if __name__ == "__main__":
    main()
