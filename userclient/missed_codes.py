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
from core.contract.account_events import CODE_GOOD_FOR
from userclient.clock import now
from userclient.codes import Codes
from userclient.gaps import after_each_gap
from userclient.inbox import Inbox
from userclient.records import Records
from userclient.sight import Sight
from userclient.telegram.guard import Guard
from userclient.told_mark import mark, parse

log = structlog.get_logger()

#: What is older is no news: whoever came in by it is on the list of sessions.
LOOK_BACK = timedelta(days=1)


class MissedCodes:
    """One account's; in `sight` is noted since when that fails."""

    def __init__(
        self, guard: Guard, records: Records, codes: Codes, inbox: Inbox, sight: Sight, *, redis: Store
    ) -> None:
        self._guard = guard
        self._records = records
        self._codes = codes
        self._inbox = inbox
        self._sight = sight
        self._redis = redis
        self._gap = asyncio.Event()
        #: What came before is no news, where no mark says more; None until that is known.
        self._since: datetime | None = None
        self._noted: int | None = None
        inbox.is_whole = inbox.is_recalled = False

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
        try:
            await self._look()
        except Exception:
            self._sight.miss_codes(now=now())
            raise
        self._sight.read_codes()

    async def _look(self) -> None:
        since = await self._recall()
        inbox = self._inbox
        messages = await self._guard.service_chat.newest(after=inbox.read_to or 0)
        for message in messages:
            if message.code and message.sent_at > since:
                at = message.sent_at
                self._codes.take(message.code, message.id, sent_at=at, may_be_ours=self._may_be_ours(at))
        inbox.read_to = max((message.id for message in messages), default=inbox.read_to or 0)
        inbox.is_whole = not self._gap.is_set()
        # Else it is noted with the last that is told.
        if inbox.is_whole and not inbox.untold and inbox.read_to != self._noted:
            read_to = inbox.read_to
            await self._records.announce(store=mark(self._guard.account, inbox))
            self._noted = read_to

    def _may_be_ours(self, sent_at: datetime) -> bool:
        """Whether the guard's own login can have been by a code of then."""
        login = self._sight.guard_created_at
        return login is not None and login - CODE_GOOD_FOR <= sent_at <= login

    async def _recall(self) -> datetime:
        """How far all codes are told, as this process knows or Redis; without that, since the last list of sessions."""
        if self._since is None:
            inbox = self._inbox
            self._noted, told = await self._stored()
            known = await self._records.snapshot()
            read = [id_ for id_ in (inbox.read_to, self._noted) if id_ is not None]
            inbox.read_to = max(read, default=None)
            inbox.taken.extend(id_ for id_ in told if id_ not in inbox.taken)
            inbox.is_recalled = True
            began = now()
            told_until = known.roster.taken_at if known else began
            self._since = began - LOOK_BACK if read else max(told_until, began - LOOK_BACK)
        return max(self._since, now() - LOOK_BACK)

    async def _stored(self) -> tuple[int | None, tuple[int, ...]]:
        try:
            noted = await self._redis.get_signed(keys.service_chat(self._guard.account))
            return (None, ()) if noted is None else parse(noted)
        except (ValueError, ResponseError) as error:  # forged, or another kind of value: at worst a code is told twice
            if isinstance(error, ResponseError) and not str(error).startswith("WRONGTYPE"):
                raise
            log.warning("mark_unreadable", account=self._guard.account, reason=type(error).__name__)
            return None, ()
