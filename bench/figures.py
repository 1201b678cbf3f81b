"""What is made of measured times: percentiles, ratios, and the JSON of it all; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

DOORMAN, BARE = "doorman", "bare"
BOT, USERCLIENT, REDIS, BOTH = "bot", "userclient", "redis", "bot + userclient"
RATIO_MOST = 1.5
MEMORY_MOST_MB = 260

Report = dict[str, Any]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent don't exceed (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def comparison(seconds: Mapping[str, Sequence[float]]) -> Report:
    """Both ways' p50 and p99 in milliseconds, and how many times the bare script's Doorman's are."""
    ways: Report = {
        way: {"p50_ms": _ms(percentile(times, 50)), "p99_ms": _ms(percentile(times, 99)), "rounds": len(times)}
        for way, times in seconds.items()
    }
    ratios = {
        f"{name}_ratio": round(percentile(seconds[DOORMAN], percent) / percentile(seconds[BARE], percent), 3)
        for name, percent in (("p50", 50), ("p99", 99))
    }
    return ways | ratios


def memory(in_bytes: Mapping[str, Mapping[str, int]]) -> Report:
    """Each process's memory in MB of 10^6 bytes, and Doorman's two processes together."""
    together = {kind: in_bytes[BOT][kind] + in_bytes[USERCLIENT][kind] for kind in in_bytes[BOT]}
    everything = {**in_bytes, BOTH: together}
    return {name: {kind: round(size / 1e6, 1) for kind, size in of.items()} for name, of in everything.items()}


def aims(times: Mapping[str, Report], sizes: Report) -> dict[str, bool]:
    """Each aim in words, and whether it was met; the memory by resident set size, the sternest way to count it."""
    met = {f"{what}: p50 ratio under {RATIO_MOST}": of["p50_ratio"] < RATIO_MOST for what, of in times.items()}
    return met | {f"{BOTH}: RSS under {MEMORY_MOST_MB} MB": sizes[BOTH]["rss"] < MEMORY_MOST_MB}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
