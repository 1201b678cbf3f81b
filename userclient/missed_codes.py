"""The login codes that came while nobody was connected: read in Telegram's own chat at the start and after gaps."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Never

import structlog
from redis.exceptions import RedisError, ResponseError

from core.connection import Store
from core.contract import keys
from userclient.clock import now
from userclient.codes import Codes, mark
from userclient.gaps import after_each_gap
from userclient.inbox import Inbox
from userclient.records import Records
from userclient.telegram.guard import Guard

log = structlog.get_logger()

#: What is older is no news: whoever came in by it is on the list of sessions.
LOOK_BACK = timedelta(days=1)


class MissedCodes:
    """One account's. The mark in Redis is a message's id, no secret: below it all codes are told."""

    def __init__(self, guard: Guard, records: Records, codes: Codes, inbox: Inbox, *, redis: Store) -> None:
        self._guard = guard
        self._records = records
        self._codes = codes
        self._inbox = inbox
        self._redis = redis
        self._gap = asyncio.Event()
        #: What came before is no news, where no mark says more; None until that is known.
        self._since: datetime | None = None
        self._noted: int | None = None
        inbox.is_whole = False

    def notice(self) -> None:
        """The connection was lost, and pushes with it."""
        self._inbox.is_whole = False
        self._gap.set()

    async def run(self) -> Never:
        """Read what was missed, at once and after each gap."""
        with suppress(RedisError):  # before the first look writes when it was
            await self._recall()
        await after_each_gap(self._gap, self.look, what="missed codes")

    async def look(self) -> None:
        """Take what was missed. Raises the errors of `trouble`, RedisError."""
        since = await self._recall()
        inbox = self._inbox
        messages = await self._guard.service_chat.newest(after=inbox.read_to or 0)
        for message in messages:
            if message.code and message.sent_at > since:
                self._codes.take(message.code, message.id, sent_at=message.sent_at)
        inbox.read_to = max((message.id for message in messages), default=inbox.read_to or 0)
        inbox.is_whole = not self._gap.is_set()
        # Else it is noted with the last that is told.
        if inbox.is_whole and not inbox.untold and inbox.read_to != self._noted:
            await self._records.announce(store=mark(self._guard.account, inbox.read_to))
            self._noted = inbox.read_to

    async def _recall(self) -> datetime:
        """How far all codes are told, as this process knows or Redis; without that, since the last list of sessions."""
        if self._since is None:
            if self._inbox.read_to is None:
                self._inbox.read_to = self._noted = await self._mark()
            known = await self._records.snapshot()
            marked, began = self._inbox.read_to is not None, now()
            told_until = known.roster.taken_at if known else began
            self._since = began - LOOK_BACK if marked else max(told_until, began - LOOK_BACK)
        return max(self._since, now() - LOOK_BACK)

    async def _mark(self) -> int | None:
        try:
            noted = await self._redis.get_signed(keys.service_chat(self._guard.account))
            return None if noted is None else int(noted)
        except (ValueError, ResponseError) as error:  # forged, or another kind of value: at worst a code is told twice
            if isinstance(error, ResponseError) and not str(error).startswith("WRONGTYPE"):
                raise
            log.warning("mark_unreadable", account=self._guard.account, reason=type(error).__name__)
            return None
