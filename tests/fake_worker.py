"""A worker that answers as it was told to beforehand, over a real Redis; for the bot's side of it."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from typing import Any, Never

from core import bus
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.commands import Command, GetRoster, Request
from core.contract.replies import Reply, RosterFetched
from core.contract.state import SNAPSHOTS, Condition, Heartbeat, Snapshot, WorkerStatus
from core.domain.sessions import Roster
from core.domain.standing import Standings
from core.domain.tombstones import Tombstone
from tests.domain_values import ACCOUNT, NOW
from tests.wire import REQUESTS, reports_made, said


async def beats(
    redis: Store,
    condition: Condition = Condition.WATCHING,
    *,
    ago: timedelta = timedelta(),
    account: int = ACCOUNT,
    **particulars: Any,
) -> None:
    """The worker's heart beat so long ago, by Redis's clock."""
    status = WorkerStatus(account=account, account_name="Ada", condition=condition, watching_since=NOW, **particulars)
    beat = Heartbeat(at=await redis_now(redis) - ago, reports=await reports_made(redis, account))
    await said(redis, status, beat)


class FakeWorker:
    """`None` among the answers is a request that is not answered; `listed` is what every look brings."""

    def __init__(self, redis: Store) -> None:
        self.requests: list[Request] = []
        self.answers: deque[Reply | None] = deque()
        self.listed: Roster | None = None
        self.standings = Standings()
        self._redis = redis

    @property
    def asked(self) -> list[Command]:
        """What was asked, looks apart."""
        return [request.command for request in self.requests if request.command != GetRoster()]

    async def ended(self, roster: Roster, *tombstones: Tombstone) -> None:
        """What is listed, and what ended lately; the latter is kept in Redis."""
        self.listed = roster
        await self._redis.set_signed(keys.snapshot(ACCOUNT), SNAPSHOTS.dump(Snapshot(roster=roster, ended=tombstones)))

    async def run(self) -> Never:
        """Answer until cancelled."""
        last = "0"
        while True:
            found: Any = await self._redis.xread({keys.commands(ACCOUNT): last})
            for entry, fields in found[0][1] if found else []:
                last = entry
                request = REQUESTS.unpack(fields)
                self.requests.append(request)
                reply = self._answer_to(request.command)
                if reply:
                    await bus.answer(self._redis, ACCOUNT, request.id, reply)
            await asyncio.sleep(0.005)

    def _answer_to(self, command: Command) -> Reply | None:
        if command == GetRoster():
            assert self.listed, "nobody foresaw a look"
            return RosterFetched(roster=self.listed, standings=self.standings)
        assert self.answers, f"nobody foresaw {command}"
        return self.answers.popleft()
