"""Which accounts this process watches: each that there is a guard session of, in shifts of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.cancellation import heeding_cancellation
from core.connection import Store
from core.switchboard import Switchboard
from core.vault import WrongKeyError
from userclient import guardroom
from userclient.guardroom import GivenUpError, GuardSession, NewLoginError
from userclient.inbox import Inbox
from userclient.lease import Lease
from userclient.records import Memory, Records
from userclient.settings import UserclientSettings
from userclient.shift import Shift

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Ended by a bug in any account's loops; never by an account's lost guard, lost lease or logout."""

    settings: UserclientSettings
    redis: Store
    #: Apart: a lease must be renewed even while everything else waits for its turn.
    for_leases: Store
    switchboard: Switchboard
    _watched: set[int] = field(default_factory=set)

    async def run(self) -> Never:
        """Take up each account within seconds of its login. Raises SettingsError, in a group."""
        told = ""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.switchboard.run())
            while True:
                reason, hint = await self._look(group)
                if reason and reason != told:
                    log.warning(reason, hint=hint)
                told = reason
                await asyncio.sleep(guardroom.LOOK_SECONDS)

    async def _look(self, group: asyncio.TaskGroup) -> tuple[str, str]:
        """Take up whoever is new. Why there is somebody, or nobody, who can't be taken up, and what to do; or ""."""
        try:
            held = await guardroom.held(self.redis, self.settings)
            if not held:
                return "waiting_for_login", "run `doorman login`"
            unreadable = [account for account in held if not await self._take_up(account, group)]
        except RedisError:
            return "redis_unavailable", "check REDIS_URL"
        if unreadable:
            return "secret_key_is_wrong", "put SECRET_KEY back, or run `doorman login`"
        return "", ""

    async def _take_up(self, account: int, group: asyncio.TaskGroup) -> bool:
        """Not where its session can't be opened: whoever writes to Redis makes no work for us by making up accounts."""
        if account in self._watched:
            return True
        try:
            if await guardroom.find(self.redis, self.settings, account) is None:
                return True  # gone since
        except WrongKeyError:
            return False
        self._watched.add(account)
        group.create_task(self._watch(account))
        return True

    async def _watch(self, account: int) -> Never:
        """Shift after shift; when its guard session was ended or logged out, wait for a new login."""
        former: GuardSession | None = None
        memory: Memory | None = None
        inbox = Inbox()
        while True:
            session = await guardroom.wait_for(self.redis, self.settings, account, former=former)
            lease = Lease(self.for_leases, account, seconds=self.settings.lease_seconds)
            await lease.take()
            if not await self._is_still_good(session):
                await lease.release()
                former = None
                continue
            records = Records(self.redis, lease, memory=memory)
            shift = Shift(
                settings=self.settings,
                redis=self.redis,
                session=session,
                lease=lease,
                records=records,
                inbox=inbox,
                commands=self.switchboard.store,
            )
            with heeding_cancellation():
                # In a task of its own: before Python 3.12 a TaskGroup with a failed child leaves its parent cancelled.
                is_good = await asyncio.ensure_future(shift.work())
            former = session if is_good else None
            memory = records.memory

    async def _is_still_good(self, session: GuardSession) -> bool:
        """The lease may have been another's for long: what that one's session has come to meanwhile."""
        try:
            await guardroom.check_unchanged(self.redis, self.settings, session)
        except (NewLoginError, GivenUpError):
            return False
        except (RedisError, WrongKeyError):
            return True  # as far as is known; the shift goes on looking
        return True
