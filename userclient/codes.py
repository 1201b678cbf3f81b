"""The login codes that came lately: each told, and killed at once while the login lock is on; kept in memory alone.

Those that came while nobody was connected are found in `missed_codes`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.domain.history import KILLED, Entry, Kind
from userclient.clock import now
from userclient.inbox import Came, Inbox
from userclient.records import Records
from userclient.telegram.guard import Guard
from userclient.telegram.line import ANSWER_SECONDS
from userclient.told_mark import mark
from userclient.trouble import GuardLostError, TelegramTrouble

log = structlog.get_logger()

RETRY_SECONDS = 1.0


class Codes:
    """One account's. No code is ever written down, sent or logged, but to Telegram, to be killed."""

    def __init__(self, guard: Guard, records: Records, inbox: Inbox | None = None) -> None:
        self._guard = guard
        self._records = records
        self._inbox = inbox or Inbox()
        self._came: asyncio.Queue[tuple[str, Came]] = asyncio.Queue()
        self._decided = asyncio.Event()
        for came in self._inbox.untold:
            came.is_locked = bool(came.is_locked)  # of a shift that ended before it could look

    def take(self, code: str, message: int = 0, *, sent_at: datetime | None = None, may_be_ours: bool = False) -> None:
        """One came, in the message of that id, if it is kept in a chat; `sent_at` where nobody was connected then."""
        inbox = self._inbox
        if message in inbox.taken:
            return
        if message:
            inbox.taken.append(message)
            if inbox.is_whole:
                inbox.read_to = max(message, inbox.read_to or 0)
        came = Came(at=now(), message=message, sent_at=sent_at, may_be_ours=may_be_ours)
        if not came.event(self._guard.account).is_spent:
            inbox.kept.append(code)
        inbox.untold.append(came)
        self._came.put_nowait((code, came))

    async def run(self) -> Never:
        """Kill each at once while the login lock is on, and tell of it. Raises GuardLostError.

        Apart: a Redis that takes no word of one code keeps none of the others alive.
        """
        self._decided.set()
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._tell())
            while True:
                code, came = await self._came.get()
                if came.event(self._guard.account).is_spent:
                    came.is_locked = False  # the lock has nothing to keep out any more
                    self._decided.set()
                    continue
                try:
                    came.is_locked, came.was_killed = await self._kill_if_locked(code)
                except GuardLostError:  # whoever asked for it may have thrown the guard out: first tell
                    came.is_locked = True
                    await self._tell_first()
                    raise
                self._decided.set()
        raise AssertionError  # the loop above never ends

    async def _tell(self) -> Never:
        while True:
            await self._decided.wait()
            self._decided.clear()
            while self._inbox.untold and self._inbox.untold[0].is_locked is not None:
                await self._tell_first()

    async def _tell_first(self) -> None:
        if not self._inbox.untold:
            return
        came = self._inbox.untold[0]
        entry = Entry(at=came.sent_at or came.at, kind=Kind.CODE, note=KILLED if came.was_killed else "")
        while True:
            try:
                account = self._guard.account
                store = mark(account, self._inbox, but=came)
                await self._records.announce(came.event(account), history=[entry], store=store)
                break
            except RedisError as error:
                log.warning("code_untold", account=self._guard.account, error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
        if came in self._inbox.untold:
            self._inbox.untold.remove(came)

    async def kill(self, *, seconds: float = ANSWER_SECONDS) -> bool:
        """Make all that are kept worthless; False if there is none. Raises the errors of `trouble`."""
        if not self._inbox.kept:
            return False
        codes = tuple(self._inbox.kept)
        await self._guard.safety.kill_codes(codes, seconds=seconds)
        self._forget(codes)
        return True

    async def _kill_if_locked(self, code: str) -> tuple[bool, bool]:
        """Whether the lock is on, and whether the code is dead by now."""
        try:
            known = await self._records.snapshot()
        except RedisError as error:
            log.warning("lock_unreadable", account=self._guard.account, error=type(error).__name__)
            return False, False
        if known is None or not known.preferences.locks(now()):
            return False, False
        try:
            await self._guard.safety.kill_codes([code])
        except GuardLostError:
            raise
        except TelegramTrouble as trouble:
            log.warning("code_not_killed", account=self._guard.account, trouble=type(trouble).__name__)
            return True, False
        self._forget([code])
        return True, True

    def _forget(self, codes: Collection[str]) -> None:
        for code in codes:
            if code in self._inbox.kept:
                self._inbox.kept.remove(code)
