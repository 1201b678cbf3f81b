"""Carries out what the bot asks: each request at most once, before its deadline, after a fresh look at the roster."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from core import bus
from core.connection import Store
from core.contract.codec import from_ms
from core.contract.commands import GetCheckup, GetRoster, Request
from core.contract.mishaps import Tampering
from core.contract.replies import Carried, CheckupFetched, NotCarried, Outcome, Reply, Result, RosterFetched, Trouble
from core.contract.state import BEGUN_KEPT
from core.domain.sessions import Roster
from userclient.alarm import Alarm
from userclient.checkups import Checkups
from userclient.clock import now
from userclient.codes import Codes
from userclient.deeds import Deeds
from userclient.errands import ERRANDS, ON_ACCOUNT
from userclient.errands.errand import Errand
from userclient.telegram.guard import Guard
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
)
from userclient.watcher import Watcher

log = structlog.get_logger()

#: A bot whose connection hung, or that stood still, may have sent a request only after its deadline.
SENT_LATE_MOST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Answers one account's requests."""

    redis: Store
    guard: Guard
    watcher: Watcher
    deeds: Deeds
    alarm: Alarm
    codes: Codes
    checkups: Checkups
    #: The requests that came, with their deadlines, until no copy of one could be taken for good any more. Those that
    #: change something are written down as well, should this process die.
    _begun: dict[str, datetime] = field(default_factory=dict)

    async def take(self, entry: str, request: Request) -> None:
        """As `handle`, of that entry of the stream: one that came there long after its deadline is a copy."""
        added_at = from_ms(int(entry.partition("-")[0]))
        if added_at > request.deadline + SENT_LATE_MOST:
            await self.alarm.ring(Tampering.COMMAND_REPLAYED)
        else:
            await self.handle(request)

    async def handle(self, request: Request) -> None:
        """Carry a request out and reply; one past its deadline is dropped, for its owner was told so already."""
        kind = type(request.command).__name__
        if request.id in self._begun:  # Redis delivers none twice: somebody has put a copy there
            await self.alarm.ring(Tampering.COMMAND_REPLAYED)
            return
        self._begin(request)
        if await self._left(request) <= 0:
            log.warning("request_expired", account=self.guard.account, command=kind, request=request.id)
            return
        reply = await self._reply(request)
        if reply is None:
            await self.alarm.ring(Tampering.COMMAND_REPLAYED)
            return
        await bus.answer(self.redis, self.guard.account, request.id, reply)
        log.info("request_answered", account=self.guard.account, command=kind, owner=request.owner)

    def _begin(self, request: Request) -> None:
        for request_id in [id_ for id_, deadline in self._begun.items() if deadline < now() - BEGUN_KEPT]:
            del self._begun[request_id]
        self._begun[request.id] = request.deadline

    async def _left(self, request: Request) -> float:
        """The seconds until its deadline, by Redis's clock; who can set that back can't make an old request good."""
        if request.deadline < now() - BEGUN_KEPT:
            return 0
        return (request.deadline - await bus.redis_now(self.redis)).total_seconds()

    async def _reply(self, request: Request) -> Reply | None:
        """None for a copy of a request that was begun before."""
        try:
            roster = await self.watcher.look()
            if roster.is_torn:  # what it doesn't list may well be there
                return NotCarried(trouble=Trouble.INCOMPLETE)
            if isinstance(request.command, GetRoster):
                known = await self.deeds.before()
                return RosterFetched(roster=roster, standings=known.standings, labels=known.labels)
            if isinstance(request.command, GetCheckup):
                state, known = await self.checkups.look(), await self.deeds.before()
                return CheckupFetched(
                    roster=roster,
                    account=state,
                    standings=known.standings,
                    preferences=known.preferences,
                    labels=known.labels,
                )
            if not await self.deeds.begin(request, kept_since=now() - BEGUN_KEPT):
                return None
            return Carried(results=await self._results(request, roster))
        except TelegramTrouble as trouble:
            log.warning("request_in_trouble", account=self.guard.account, trouble=type(trouble).__name__)
            self._heed(trouble)
            return _not_carried(trouble)

    async def _results(self, request: Request, roster: Roster) -> tuple[Result, ...]:
        command = request.command
        errand = Errand(
            request=request,
            roster=roster,
            guard=self.guard,
            deeds=self.deeds,
            codes=self.codes,
            left=lambda: self._left(request),
            heed=self._heed,
        )
        hash_ = getattr(command, "hash", "")
        try:
            results = await ERRANDS[type(command)](command, errand)
        except UnknownHashError:
            return (Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=now(), session=roster.find(hash_)),)
        except TelegramTrouble as trouble:
            return (errand.failed(hash_, trouble),)
        if type(command) in ON_ACCOUNT:
            self.checkups.notice()
            self.watcher.notice(None)
        return results

    def _heed(self, trouble: TelegramTrouble) -> None:
        """Let the watcher look why; of a lost guard, tell it."""
        if isinstance(trouble, GuardLostError):
            self.watcher.lose_guard(trouble)
        self.watcher.notice(None)


def _not_carried(trouble: TelegramTrouble) -> NotCarried:
    match trouble:
        case FloodWaitError(seconds=seconds):
            return NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=seconds)
        case GuardLostError(reason=reason):
            return NotCarried(trouble=Trouble.GUARD_LOST, error=reason)
        case RefusedError(name=name):
            return NotCarried(trouble=Trouble.REFUSED, error=name)
        case _:
            return NotCarried(trouble=Trouble.UNREACHABLE, error=str(trouble))
