"""Waiting for a chat that can't be written to: for its owner's sign of life, and trying it now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import structlog

from bot.delivery.courier import ChatClosedError
from bot.time_left import TimeLeft, for_ever

R = TypeVar("R")
log = structlog.get_logger()

#: How often a closed chat is tried, beside each time that its owner gives a sign of life.
TRY_SECONDS = 600.0


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
    """One for each owner, a fresh one after each ring: they wrote, pressed, or unblocked the bot."""

    def __init__(self) -> None:
        self._bells: dict[int, Bell] = {}

    def ring(self, owner: int) -> None:
        """Whoever listens hears it."""
        if bell := self._bells.pop(owner, None):
            bell.ring()

    def of(self, owner: int) -> Bell:
        """The owner's bell. Take it before the chat is tried: it may ring while the refusal is on its way."""
        return self._bells.setdefault(owner, Bell())

    async def until_open(self, owner: int, deliver: Callable[[], Awaitable[R]], *, left: TimeLeft = for_ever) -> R:
        """What `deliver` returns once the owner's chat can be written to.

        `left` tells the seconds left to wait; ChatClosedError is raised when there are none.
        """
        told = False
        while True:
            bell = self.of(owner)
            try:
                return await deliver()
            except ChatClosedError:
                if (seconds := await left()) <= 0:
                    raise
                if not told:
                    log.warning("chat_closed", owner=owner, hint="the owner must unblock the bot, or press Start")
                    told = True
                await bell.heard(seconds=min(TRY_SECONDS, seconds))
