"""A process whose wall clock is off while its monotonic time runs as ever: the environment to start it in."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the library itself puts them


def library() -> Path | None:
    """The shared object of libfaketime, as its package brings it; None where it is missing or not for this machine."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):  # the wheel is for these, whatever its name says
        return None
    package = find_spec("libfaketime")  # finds without importing
    for folder in (package and package.submodule_search_locations) or ():
        path = Path(folder) / "vendor/libfaketime/src/libfaketime.so.1"
        if path.exists():
            return path
    return None


def environment(shift_seconds: float) -> dict[str, str]:
    """What to add to a process's environment for a clock that is this many seconds ahead, or behind if negative.

    Its children inherit the shift. Raises LookupError where libfaketime is not installed.
    """
    found = library()
    if not found:
        raise LookupError("libfaketime is not installed: clocks can't be shifted here")
    return {
        "LD_PRELOAD": str(found),
        "FAKETIME": f"{shift_seconds:+}s",
        # Or every wait with a timeout, epoll's and a lock's, would hang or return at once.
        "DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # files keep the times that they have
    }


def tidy(pid: int) -> None:
    """Remove what a process with a shifted clock leaves in shared memory when it is killed."""
    for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
        (SHARED_MEMORY / name).unlink(missing_ok=True)
