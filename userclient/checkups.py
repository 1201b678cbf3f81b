"""Looks every so often at what the account's safety hangs on beside its sessions; what changed is published."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.account_events import AccountAltered
from core.contract.state import Snapshot
from core.domain.account_state import AccountState, account_changes
from core.domain.chronicle import of_account
from userclient.clock import now
from userclient.deeds import Deeds
from userclient.sight import Sight
from userclient.telegram.guard import Guard
from userclient.trouble import FloodWaitError, GuardLostError, RefusedError, TelegramTrouble, UnreachableError

log = structlog.get_logger()

RETRY_SECONDS = 5.0
#: A connection is soon back; what Telegram refuses, it refuses for longer.
UNREACHABLE_SECONDS = 60.0
NOTHING_TOLD = "NOTHING_TOLD"


class Checkups:
    """One account's; one at a time, whoever asks for it."""

    def __init__(self, guard: Guard, deeds: Deeds, sight: Sight, *, seconds: float) -> None:
        self._guard = guard
        self._deeds = deeds
        self._sight = sight
        self._seconds = seconds
        self._nudged = asyncio.Event()
        self._turn = asyncio.Lock()

    def notice(self) -> None:
        """Something is another, perhaps: look soon."""
        self._nudged.set()

    async def look(self) -> AccountState:
        """Fetch it all, publish what changed, return it. Raises the errors of `trouble`, RedisError."""
        async with self._turn:
            while True:
                known = await self._deeds.records.snapshot()  # None before the first look at the sessions
                state = await self._fetch()
                async with self._deeds.turn:
                    before = await self._deeds.before()
                    if before.account_state == (known.account_state if known else None):
                        await self._compare(before, state)
                        return state
                # An owner had something done meanwhile: what was fetched may be of before that.

    async def _fetch(self) -> AccountState:
        try:
            state = await self._guard.safety.state()
        except TelegramTrouble as trouble:
            self._sight.miss_check(trouble, now=now())
            raise
        if _tells(state):
            self._sight.check(state.taken_at)
        else:
            self._sight.miss_check(RefusedError(NOTHING_TOLD), now=now())
        return state

    async def _compare(self, before: Snapshot, state: AccountState) -> None:
        known = before.account_state or state
        changes = account_changes(known, state)
        at = state.taken_at
        events = [AccountAltered(account=self._guard.account, at=at, changes=changes, state=state)] * bool(changes)
        history = of_account(changes, at=at)
        await self._deeds.write(before, *events, history=history, account_state=state.on_top_of(known))

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
                elif isinstance(trouble, UnreachableError):
                    pause = min(pause, UNREACHABLE_SECONDS)
            except Exception:  # a mistake here must not end the watching
                log.exception("checkup_broke", account=self._guard.account)
                self._sight.miss_check(None, now=now())


def _tells(state: AccountState) -> bool:
    """Whether Telegram told anything at all."""
    told = (state.has_password, state.account_ttl_days, state.websites, state.bots, state.passkeys)
    return any(each is not None for each in told)
