"""How well the watcher sees its account; the heartbeat tells it on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from core.contract.state import Condition
from core.domain.sessions import Roster
from userclient.trouble import FloodWaitError, TelegramTrouble


class Sight:
    """`until` is the end of a flood wait, `detail` Telegram's own name for the trouble."""

    def __init__(self) -> None:
        self.condition = Condition.WATCHING
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

    def lose(self, trouble: TelegramTrouble, *, now: datetime) -> None:
        """None came, and why."""
        former, self.condition = self.condition, Condition.UNREACHABLE
        self.until, self.detail = None, str(trouble)
        if isinstance(trouble, FloodWaitError):
            self.condition, self.until = Condition.FLOOD_WAIT, now + timedelta(seconds=trouble.seconds)
        if self.condition is not former:
            self._changed.set()

    async def changed(self, *, seconds: float) -> None:
        """Return when it is better or worse than before, or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        self._changed.clear()
