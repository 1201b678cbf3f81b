"""How much memory a process uses, as the system counts it."""

from __future__ import annotations

from collections.abc import Mapping

import psutil

KINDS = ("rss", "pss", "uss")


def used(pids: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Bytes by process: RSS, which counts shared pages in full; PSS, which divides them among the processes that
    share them; USS, which leaves them out. A system that does not tell one of them has it left out.
    """
    return {name: _of(psutil.Process(pid)) for name, pid in pids.items()}


def _of(process: psutil.Process) -> dict[str, int]:
    info = process.memory_full_info()
    return {kind: getattr(info, kind) for kind in KINDS if hasattr(info, kind)}
