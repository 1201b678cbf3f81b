"""Watches one account: a push is the speed, the poll is the truth; what changed is published."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.events import (
    BaselineTaken,
    Event,
    LoginAnnounced,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.contract.state import Condition, Snapshot
from core.domain.changes import Altered, Appeared, Change, Ended, TtlAltered, compare
from core.domain.sessions import Roster, Session
from core.domain.tombstones import Tombstone, still_needed, without_ended
from userclient.records import Records, now
from userclient.telegram.guard import Guard, Push
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble

log = structlog.get_logger()

JITTER = 0.2  # of the poll interval, to both sides
REDIS_RETRY_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Sight:
    """How well the watcher sees; the heartbeat tells it on."""

    condition: Condition = Condition.WATCHING
    last_roster_at: datetime | None = None
    guard_created_at: datetime | None = None
    until: datetime | None = None
    detail: str = ""


class Watcher:
    """Compares roster after roster; one look at a time, whoever asks for it."""

    def __init__(self, guard: Guard, records: Records, *, poll_seconds: float) -> None:
        self._guard = guard
        self._records = records
        self._poll_seconds = poll_seconds
        self._pushes: list[Push] = []
        self._nudged = asyncio.Event()
        self._lock = asyncio.Lock()
        self.sight = Sight()

    def notice(self, push: Push | None) -> None:
        """Take a push and look at once; None is a push that names no new login."""
        if push is not None:
            self._pushes.append(push)
        self._nudged.set()

    async def run(self) -> Never:
        """Look now, then at every push and poll. Raises GuardLostError."""
        while True:
            pause = await self._look_through_troubles()
            try:
                async with asyncio.timeout(pause):
                    await self._nudged.wait()
            except TimeoutError:
                pass
            self._nudged.clear()

    async def look(self) -> Roster:
        """Fetch the roster, publish what changed, return it. Raises the errors of `trouble`, RedisError."""
        async with self._lock:
            before = await self._records.snapshot()
            ended = still_needed(before.ended, now=now()) if before else ()
            roster = await self._guard.roster()
            self._see(roster)
            if roster.is_torn:
                log.warning("roster_torn", account=roster.account, sessions=len(roster.sessions))
                return roster
            roster = without_ended(roster, ended)
            events = _events(before.roster if before else None, roster)
            # What a roster shows needs no announcement of its own.
            self._pushes = [push for push in self._pushes if roster.find(push.hash) is None]
            await self._records.write(Snapshot(roster=roster, ended=ended), events)
            return roster

    async def ended(self, session: Session, *, by: int) -> None:
        """Publish that an owner had this session ended; Telegram may go on listing it for a while."""
        async with self._lock:
            before = await self._records.snapshot()
            if before is None:
                return
            at = now()
            buried = Snapshot(
                roster=replace(
                    before.roster, sessions=tuple(s for s in before.roster.sessions if s.hash != session.hash)
                ),
                ended=(*still_needed(before.ended, now=at), Tombstone(hash=session.hash, at=at)),
            )
            event = SessionEnded(account=before.roster.account, at=at, session=session, ended_by=by)
            await self._records.write(buried, [event])

    async def _look_through_troubles(self) -> float:
        """One look, whatever comes of it; the seconds until the next."""
        pause = self._poll_seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        # A push that comes during the look waits for the next: this roster may be older than that login.
        pushed = tuple(self._pushes)
        try:
            try:
                await self.look()
            except GuardLostError:
                raise
            except TelegramTrouble as trouble:
                self._lose_sight(trouble)
                pause = max(pause, trouble.seconds) if isinstance(trouble, FloodWaitError) else pause
            await self._announce_unseen(pushed)
        except RedisError as error:
            # Nothing is lost: the next look compares with what Redis holds by then.
            log.warning("redis_unavailable", account=self._guard.account, error=type(error).__name__)
            pause = REDIS_RETRY_SECONDS
        return pause

    async def _announce_unseen(self, pushed: Iterable[Push]) -> None:
        """Tell of pushed logins that the roster did not show: the push alone makes an alert."""
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
            self._pushes.remove(push)

    def _see(self, roster: Roster) -> None:
        guard = roster.guard
        self.sight = Sight(
            last_roster_at=roster.taken_at,
            guard_created_at=guard.created_at if guard else self.sight.guard_created_at,
        )

    def _lose_sight(self, trouble: TelegramTrouble) -> None:
        log.warning("roster_unavailable", account=self._guard.account, trouble=type(trouble).__name__, why=str(trouble))
        self.sight = replace(self.sight, condition=Condition.UNREACHABLE, detail=str(trouble), until=None)
        if isinstance(trouble, FloodWaitError):
            until = now() + timedelta(seconds=trouble.seconds)
            self.sight = replace(self.sight, condition=Condition.FLOOD_WAIT, until=until)


def _events(before: Roster | None, after: Roster) -> Sequence[Event]:
    if before is None:
        return [BaselineTaken(account=after.account, at=after.taken_at, roster=after)]
    changes = compare(before, after)
    return [_event(change, after) for change in changes if not (isinstance(change, Altered) and change.is_activity)]


def _event(change: Change, roster: Roster) -> Event:
    account, at = roster.account, roster.taken_at
    match change:
        case Appeared(session=session):
            return SessionAppeared(account=account, at=at, session=session)
        case Ended(session=session):
            return SessionEnded(account=account, at=at, session=session)
        case Altered(before=before, after=after):
            return SessionAltered(account=account, at=at, before=before, after=after)
        case TtlAltered(before=before, after=after):
            return TtlChanged(account=account, at=at, before=before, after=after)
