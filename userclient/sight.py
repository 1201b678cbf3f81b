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
    """`until` is the end of a flood wait, `detail` Telegram's own name for the trouble. `checked_at` and what follows
    it are about the account's checkups and the codes that were missed, which go well or badly by themselves.
    """

    def __init__(self) -> None:
        self.condition = Condition.UNREACHABLE
        self.last_roster_at: datetime | None = None
        self.guard_created_at: datetime | None = None
        self.until: datetime | None = None
        self.detail = ""
        self.checked_at: datetime | None = None
        self.unchecked_since: datetime | None = None
        self.checkup_trouble: Condition | None = None
        self.codes_unread_since: datetime | None = None
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
        until = now + timedelta(seconds=trouble.seconds) if isinstance(trouble, FloodWaitError) else None
        self._worsen(_condition_in(trouble), until=until, detail=str(trouble))

    def check(self, at: datetime) -> None:
        """A checkup was made."""
        self.checked_at = at
        self.unchecked_since = self.checkup_trouble = None

    def miss_check(self, trouble: TelegramTrouble | None, *, now: datetime) -> None:
        """None could be made, and why; None for a fault in Doorman."""
        self.unchecked_since = self.unchecked_since or now
        self.checkup_trouble = _condition_in(trouble) if trouble else None

    def read_codes(self) -> None:
        """The codes that were missed are known."""
        self.codes_unread_since = None

    def miss_codes(self, *, now: datetime) -> None:
        """Whether any were missed can't be told."""
        self.codes_unread_since = self.codes_unread_since or now

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


def _condition_in(trouble: TelegramTrouble) -> Condition:
    match trouble:
        case FloodWaitError():
            return Condition.FLOOD_WAIT
        case RefusedError(name=name):
            return Condition.FROZEN if name in FROZEN else Condition.REFUSED
        case _:
            return Condition.UNREACHABLE
