"""Watches one account: a push is the speed, the poll is the truth; what changed is published."""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Never

import structlog
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from core.contract.account_events import TamperingFound
from core.contract.session_events import LoginAnnounced
from core.contract.state import Condition
from core.domain.sessions import Roster
from userclient import reckoning
from userclient.clock import now
from userclient.records import Records
from userclient.self_report import status_of
from userclient.sight import Sight
from userclient.telegram.guard import Guard, Push
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble, UnreachableError

log = structlog.get_logger()

JITTER = 0.2  # of the poll interval, to both sides
REDIS_RETRY_SECONDS = 1.0
LEAST_REST_SECONDS = 1.0
ANNOUNCED_MOST = 100
RETRY = ExponentialWithJitterBackoff(cap=30, base=1)  # of a look that did not reach Telegram


class Watcher:
    """Compares roster after roster; one look at a time, whoever asks for it."""

    def __init__(self, guard: Guard, records: Records, *, poll_seconds: float) -> None:
        self._guard = guard
        self._records = records
        self._poll_seconds = poll_seconds
        self._pushes: list[Push] = []
        #: The logins that were announced without a roster, by hash: a push may come twice.
        self._announced: deque[str] = deque(maxlen=ANNOUNCED_MOST)
        self._pushed = asyncio.Event()
        self._nudged = asyncio.Event()
        #: Held by whoever looks, or changes what a look would show: one at a time.
        self.turn = asyncio.Lock()
        self.sight = Sight()
        self._failures = 0
        self._loss: GuardLostError | None = None
        #: The end of a flood wait, by the event loop's clock: nobody's look is to shorten it.
        self._quiet_until = 0.0

    def notice(self, push: Push | None) -> None:
        """Take a push of a new login and look at once; None, which names none, is a reason to look soon."""
        if push is not None:
            self._pushes.append(push)
            self._pushed.set()
        self._nudged.set()

    def lose_guard(self, loss: GuardLostError) -> None:
        """Somebody else was told that the guard is lost: `run` ends with that, for a second answer may say less."""
        self._loss = loss
        self._pushed.set()
        self._nudged.set()

    async def run(self) -> Never:
        """Look now, then at every push and poll. Raises GuardLostError."""
        while True:
            if self._loss:
                raise self._loss
            pause = await self._look_through_troubles()
            # A connection that is lost again and again is a reason to look each time: not more often than this.
            blind = self.sight.condition is not Condition.WATCHING
            await self._rest(pause, least=pause if blind else LEAST_REST_SECONDS)

    async def _rest(self, pause: float, *, least: float) -> None:
        """Wait for a push, or once `least` seconds are over for any other reason to look; `pause` seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                with suppress(TimeoutError):
                    async with asyncio.timeout(least):
                        await self._pushed.wait()
                await self._nudged.wait()
        self._pushed.clear()
        self._nudged.clear()

    async def look(self) -> Roster:
        """Fetch the roster, publish what changed, return it. Raises the errors of `trouble`, RedisError."""
        async with self.turn:
            before = await self._records.snapshot()
            roster = await self._fetch()
            if roster.is_torn:
                log.warning("roster_torn", account=roster.account, sessions=len(roster.sessions))
                self.sight.tear()
                return roster
            self.sight.see(roster)
            if before is None:
                # The bot has the account's name from the heartbeat, and needs it for its first word.
                await self._records.beat(status_of(self._guard, self.sight, since=now()))
                reckoned = reckoning.baseline(
                    roster, history_lost=self._records.belief.had_snapshot, remembered=self._records.belief.last
                )
            else:
                recollection = await self._records.recollection()
                reckoned = reckoning.compared(before, roster, recollection, now=now())
            after, events = reckoned.snapshot, list(reckoned.events)
            if what := self._records.belief.suspicion:
                events.append(TamperingFound(account=roster.account, at=roster.taken_at, what=what))
            await self._records.write(after, events, since=before, history=reckoned.history)
            # What a roster shows needs no announcement of its own, nor does what ended; once that is written.
            told = after.roster.hashes() | {tombstone.hash for tombstone in after.ended}
            self._pushes = [push for push in self._pushes if push.hash not in told]
            return after.roster

    async def _fetch(self) -> Roster:
        clock = asyncio.get_running_loop().time
        if (left := self._quiet_until - clock()) > 0:
            raise FloodWaitError(math.ceil(left))
        try:
            return await self._guard.roster()
        except FloodWaitError as wait:
            self._quiet_until = clock() + wait.seconds
            raise

    async def _look_through_troubles(self) -> float:
        """One look, whatever comes of it; the seconds until the next."""
        pause = self._poll_seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        # A push that comes during the look waits for the next: this roster may be older than that login.
        pushed = tuple(self._pushes)
        try:
            try:
                await self.look()
            except GuardLostError:
                await self._announce_unseen(pushed)  # whoever came in may have thrown the guard out
                raise
            except TelegramTrouble as trouble:
                log.warning("roster_unavailable", account=self._guard.account, trouble=repr(trouble))
                self.sight.lose(trouble, now=now())
                if isinstance(trouble, FloodWaitError):
                    pause = max(pause, trouble.seconds)
                elif isinstance(trouble, UnreachableError):
                    self._failures += 1
                    pause = min(pause, RETRY.compute(self._failures))
            else:
                self._failures = 0
            await self._announce_unseen(pushed)
        except RedisError as error:
            # Nothing is lost: the next look compares with what Redis holds by then.
            log.warning("redis_unavailable", account=self._guard.account, error=type(error).__name__)
            pause = REDIS_RETRY_SECONDS
        return pause

    async def _announce_unseen(self, pushed: Iterable[Push]) -> None:
        """Tell of pushed logins that the roster did not show: the push alone makes an alert."""
        known = await self._records.snapshot()
        told = known.roster.hashes() | {tombstone.hash for tombstone in known.ended} if known else frozenset()
        told |= frozenset(self._announced)
        self._pushes = [push for push in self._pushes if push.hash not in told]  # doubled, or late
        for push in pushed:
            if push not in self._pushes:
                continue
            await self._records.announce(
                LoginAnnounced(
                    account=self._guard.account,
                    at=push.received_at,
                    hash=push.hash,
                    device=push.device,
                    location=push.location,
                    logged_in_at=push.logged_in_at,
                )
            )
            self._announced.append(push.hash)
            # Not `remove`: a look that an owner asked for may have found it meanwhile.
            self._pushes = [other for other in self._pushes if other is not push]
