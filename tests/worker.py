"""The worker's parts over a guard whose Telegram answers as it was told, wired as a shift wires them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from core import archive, bus
from core.connection import Store
from core.contract.commands import Command, Prefer, Request
from core.contract.replies import Carried, Outcome, Reply, Result
from core.contract.state import Snapshot
from core.domain.history import Entry, Kind
from core.domain.preferences import Preferences
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, roster
from tests.fake_guard import FakeGuard
from userclient.alarm import Alarm
from userclient.automation import Automation
from userclient.checkups import Checkups
from userclient.codes import Codes
from userclient.deeds import Deeds
from userclient.executor import Executor
from userclient.lease import Lease
from userclient.records import Records
from userclient.watcher import Watcher


def executor_of(redis: Store, guard: FakeGuard, records: Records, watcher: Watcher | None = None) -> Executor:
    """Its watcher is its own unless given, and looks when it is asked to."""
    watcher = watcher or Watcher(guard.as_guard(), records, poll_seconds=3600)
    deeds = Deeds(guard=guard.as_guard(), records=records, turn=watcher.turn)
    return Executor(
        redis=redis,
        guard=guard.as_guard(),
        watcher=watcher,
        deeds=deeds,
        alarm=Alarm(records, account=ACCOUNT),
        codes=Codes(guard.as_guard(), records),
        checkups=Checkups(guard.as_guard(), deeds, watcher.sight, seconds=3600),
    )


class Worker:
    """Its looks are made by hand, each so long after NOW by Telegram's list; its loops run only if a test runs them."""

    def __init__(self, redis: Store, guard: FakeGuard, lease: Lease) -> None:
        self.redis, self.guard, self._lease = redis, guard, lease
        self.records = Records(redis, lease)
        self.watcher = Watcher(guard.as_guard(), self.records, poll_seconds=3600)
        self.executor = executor_of(redis, guard, self.records, self.watcher)
        self.deeds, self.codes, self.checkups = self.executor.deeds, self.executor.codes, self.executor.checkups
        self.automation = Automation(self.deeds, account=ACCOUNT)

    def successor(self) -> Worker:
        """The process that takes over when this one has died: it knows what Redis knows."""
        return Worker(self.redis, self.guard, self._lease)

    async def looks(self, *listed: Session, after: timedelta = timedelta(), **particulars: Any) -> None:
        """Look at a list of these, beside the guard's own."""
        self.guard.lists(roster(*listed, taken_at=NOW + after, **particulars))
        await self.watcher.look()

    async def request(self, command: Command, *, owner: int = OWNER, seconds: float = 10) -> Request:
        """As the bot makes it, not sent yet."""
        deadline = await bus.redis_now(self.redis) + timedelta(seconds=seconds)
        return Request(id=uuid.uuid4().hex, owner=owner, deadline=deadline, command=command)

    async def asked(self, command: Command, *listed: Session, owner: int = OWNER, **particulars: Any) -> Reply | None:
        """The reply to a command that is carried out while this is listed."""
        self.guard.lists(roster(*listed, **particulars))
        request = await self.request(command, owner=owner)
        await self.executor.handle(request)
        return await self.reply(request)

    async def reply(self, request: Request) -> Reply | None:
        """What a request was answered; None if it was not."""
        return await bus.reply_to(self.redis, ACCOUNT, request.id)

    async def result(self, command: Command, *listed: Session, owner: int = OWNER, **particulars: Any) -> Result:
        """What came of a command of which one thing comes."""
        reply = await self.asked(command, *listed, owner=owner, **particulars)
        assert isinstance(reply, Carried)
        [result] = reply.results
        return result

    async def prefers(self, *listed: Session, owner: int = OWNER, **fields: Any) -> None:
        """An owner sets these fields of the preferences."""
        prefer = Prefer(fields=tuple(fields), preferences=Preferences(**fields))
        assert (await self.result(prefer, *listed, owner=owner)).outcome is Outcome.DONE

    async def snapshot(self) -> Snapshot:
        """What Redis holds, as another process reads it."""
        snapshot = await Records(self.redis, self._lease).snapshot()
        assert snapshot
        return snapshot

    async def history(self, *kinds: Kind) -> list[Entry]:
        """What is kept of those kinds, oldest first; all, where none is named."""
        return [e for e in await archive.recall(self.redis, ACCOUNT) if not kinds or e.kind in kinds]
