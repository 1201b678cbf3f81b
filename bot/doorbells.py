"""Signs of life of owners whose chat could not be written to: they wrote, pressed, or unblocked the bot."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Bell:
    """Rings once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """The owner is there."""
        self._rung.set()

    async def heard(self, *, seconds: float) -> None:
        """Return when it rings, or has rung since it was taken; or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()


class Doorbells:
    """One for each owner, a fresh one after each ring."""

    def __init__(self) -> None:
        self._bells: dict[int, Bell] = {}

    def ring(self, owner: int) -> None:
        """Whoever listens hears it."""
        if bell := self._bells.pop(owner, None):
            bell.ring()

    def of(self, owner: int) -> Bell:
        """The owner's bell. Take it before the chat is tried: it may ring while the refusal is on its way."""
        return self._bells.setdefault(owner, Bell())
