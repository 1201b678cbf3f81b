"""How well the watcher sees its account; the heartbeat tells it on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from core.contract.state import Condition
from core.domain.sessions import Roster
from userclient.trouble import FloodWaitError, RefusedError, TelegramTrouble

#: What the methods of a frozen account are answered (core.telegram.org/api/auth#frozen-accounts).
FROZEN = frozenset({"FROZEN_METHOD_INVALID"})


class Sight:
    """`until` is the end of a flood wait, `detail` Telegram's own name for the trouble."""

    def __init__(self) -> None:
        self.condition = Condition.UNREACHABLE
        self.last_roster_at: datetime | None = None
        self.guard_created_at: datetime | None = None
        self.until: datetime | None = None
        self.detail = ""
        self._changed = asyncio.Event()

    def see(self, roster: Roster) -> None:
        """A whole roster came."""
        self.last_roster_at = roster.taken_at
        created_at = roster.guard.created_at if roster.guard else None
        if (self.condition, self.guard_created_at) != (Condition.WATCHING, created_at):
            self._changed.set()
        self.condition, self.guard_created_at = Condition.WATCHING, created_at
        self.until, self.detail = None, ""

    def tear(self) -> None:
        """An incomplete one came."""
        self._worsen(Condition.INCOMPLETE)

    def lose(self, trouble: TelegramTrouble, *, now: datetime) -> None:
        """None came, and why."""
        match trouble:
            case FloodWaitError(seconds=seconds):
                self._worsen(Condition.FLOOD_WAIT, until=now + timedelta(seconds=seconds), detail=str(trouble))
            case RefusedError(name=name):
                condition = Condition.FROZEN if name in FROZEN else Condition.REFUSED
                self._worsen(condition, detail=name)
            case _:
                self._worsen(Condition.UNREACHABLE, detail=str(trouble))

    def _worsen(self, condition: Condition, *, until: datetime | None = None, detail: str = "") -> None:
        if self.condition is not condition:
            self._changed.set()
        self.condition, self.until, self.detail = condition, until, detail

    def repeat(self) -> None:
        """Whoever was told must be told again."""
        self._changed.set()

    async def changed(self, *, seconds: float) -> None:
        """Return when it is better or worse than before, or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        self._changed.clear()
