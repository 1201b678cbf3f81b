"""Looks every so often at what the account's safety hangs on beside its sessions; what changed is published."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.events import AccountAltered
from core.domain.account_state import AccountState, account_changes
from core.domain.history import Entry, Kind
from userclient.deeds import Deeds
from userclient.telegram.guard import Guard
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble

log = structlog.get_logger()

RETRY_SECONDS = 5.0


class Checkups:
    """One account's; one at a time, whoever asks for it."""

    def __init__(self, guard: Guard, deeds: Deeds, *, seconds: float) -> None:
        self._guard = guard
        self._deeds = deeds
        self._seconds = seconds
        self._nudged = asyncio.Event()
        self._turn = asyncio.Lock()

    def notice(self) -> None:
        """Something is another, perhaps: look soon."""
        self._nudged.set()

    async def look(self) -> AccountState:
        """Fetch it all, publish what changed, return it. Raises the errors of `trouble`, RedisError."""
        async with self._turn:
            state = await self._guard.safety.state()
            async with self._deeds.turn:
                before = await self._deeds.before()
                known = before.account_state or state
                changes = account_changes(known, state)
                events = [
                    AccountAltered(account=self._guard.account, at=state.taken_at, changes=changes, state=state)
                ] * bool(changes)
                history = [
                    Entry(at=state.taken_at, kind=Kind.ACCOUNT, note=f"{each.what} {each.before}→{each.after}")
                    for each in changes
                ]
                await self._deeds.write(before, *events, history=history, account_state=state.on_top_of(known))
            return state

    async def run(self) -> Never:
        """Look once in so many seconds, and when nudged. Raises GuardLostError."""
        pause = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._nudged.wait()
            self._nudged.clear()
            pause = self._seconds
            try:
                await self.look()
            except GuardLostError:
                raise
            except FloodWaitError as wait:
                pause = max(pause, wait.seconds)
            except (TelegramTrouble, RedisError) as trouble:
                log.info("checkup_failed", account=self._guard.account, trouble=type(trouble).__name__)
                if isinstance(trouble, RedisError):  # at the start: there is nothing yet to write it to
                    pause = min(pause, RETRY_SECONDS)
            except Exception:  # a mistake here must not end the watching
                log.exception("checkup_broke", account=self._guard.account)
