"""How long something is still tried: what tells the seconds that are left, asked anew before each wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

#: None are left at 0 or below.
TimeLeft = Callable[[], Awaitable[float]]

AN_AGE = 3600.0  # longer than any wait between two tries


async def for_ever() -> float:
    """Of who has all the time in the world."""
    return AN_AGE
