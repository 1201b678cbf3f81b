"""Carries out what the bot asks: each request at most once, before its deadline, after a fresh look at the roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from core import bus
from core.connection import Store
from core.contract.codec import from_ms
from core.contract.commands import (
    Carried,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    GetRoster,
    NotCarried,
    Outcome,
    Reply,
    Request,
    Result,
    RosterFetched,
    Trouble,
    TrustSession,
)
from core.contract.events import Tampering
from core.domain.sessions import GUARD_HASH, MAY_END_OTHERS_AFTER, Roster
from userclient.alarm import Alarm
from userclient.deeds import Deeds
from userclient.records import now
from userclient.telegram.guard import Guard
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
)
from userclient.watcher import Watcher

log = structlog.get_logger()

#: How far the worker's clock and Redis's may differ.
CLOCKS_APART = timedelta(minutes=15)
#: A bot whose connection hung, or that stood still, may have sent a request only after its deadline.
SENT_LATE_MOST = timedelta(minutes=1)
#: Telegram, or the way to it, or the time that is left: what fails for one fails for the next.
HOLDS_FOR_ALL = frozenset({Outcome.NOT_ALLOWED_YET, Outcome.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Answers one account's requests."""

    redis: Store
    guard: Guard
    watcher: Watcher
    deeds: Deeds
    alarm: Alarm
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
        for request_id in [id_ for id_, deadline in self._begun.items() if deadline < now() - CLOCKS_APART]:
            del self._begun[request_id]
        self._begun[request.id] = request.deadline

    async def _left(self, request: Request) -> float:
        """The seconds until its deadline, by Redis's clock; who can set that back can't make an old request good."""
        if request.deadline < now() - CLOCKS_APART:
            return 0
        return (request.deadline - await bus.redis_now(self.redis)).total_seconds()

    async def _reply(self, request: Request) -> Reply | None:
        """None for a copy of a request that was begun before."""
        try:
            roster = await self.watcher.look()
            if roster.is_torn:  # what it doesn't list may well be there
                return NotCarried(trouble=Trouble.INCOMPLETE)
            if isinstance(request.command, GetRoster):
                return RosterFetched(roster=roster, standings=await self.deeds.standings())
            if not await self.deeds.begin(request, kept_since=now() - CLOCKS_APART):
                return None
            return Carried(results=await self._results(request, roster))
        except TelegramTrouble as trouble:
            log.warning("request_in_trouble", account=self.guard.account, trouble=type(trouble).__name__)
            self._heed(trouble)
            return _not_carried(trouble)

    async def _results(self, request: Request, roster: Roster) -> tuple[Result, ...]:
        match request.command:
            case EndSession(hash=hash_):
                return (await self._end(hash_, roster, request),)
            case EndSessions(hashes=hashes):
                return await self._end_all(hashes, roster, request)
            case ConfirmLogin(hash=hash_) | TrustSession(hash=hash_) | DistrustSession(hash=hash_):
                return (await self._judge(hash_, roster, request),)
            case GetRoster():
                raise TypeError("a look has no results")

    async def _end(self, hash_: str, roster: Roster, request: Request) -> Result:
        guard = roster.guard
        if hash_ == GUARD_HASH or (guard and guard.hash == hash_):
            return Result(hash=hash_, outcome=Outcome.IS_GUARD, at=now())
        session = roster.find(hash_)
        if session is None:
            grave = await self.deeds.tombstone(hash_)
            at, ended_by = (grave.at, grave.by) if grave and grave.by else (now(), None)
            return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=at, ended_by=ended_by)
        try:
            # Asked again: the look took its time, or the sessions before it in a list.
            await self.deeds.end(session, by=request.owner, left=lambda: self._left(request))
        except UnknownHashError:
            return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=now(), session=session)
        except NotAllowedYetError:
            allowed_from = guard.created_at + MAY_END_OTHERS_AFTER if guard else None
            outcome = Outcome.NOT_ALLOWED_YET
            return Result(hash=hash_, outcome=outcome, at=now(), session=session, allowed_from=allowed_from)
        except TelegramTrouble as trouble:  # said for this session alone: those before it in a list did end
            self._heed(trouble)
            return Result(hash=hash_, outcome=Outcome.FAILED, at=now(), session=session, error=str(trouble))
        log.info("session_ended", account=self.guard.account, hash=hash_, owner=request.owner)
        return Result(hash=hash_, outcome=Outcome.DONE, at=now(), session=session, ended_by=request.owner)

    async def _end_all(self, hashes: Sequence[str], roster: Roster, request: Request) -> tuple[Result, ...]:
        """End them one by one; once one can't be, for a reason that holds for all, the rest is not tried."""
        results: list[Result] = []
        for hash_ in hashes:
            results.append(await self._end(hash_, roster, request))
            if results[-1].outcome in HOLDS_FOR_ALL:
                last = results[-1]
                outcome = Outcome.NOT_DONE if last.outcome is Outcome.FAILED else last.outcome
                untried = hashes[len(results) :]
                results.extend(replace(last, hash=h, session=roster.find(h), outcome=outcome) for h in untried)
                break
        return tuple(results)

    async def _judge(self, hash_: str, roster: Roster, request: Request) -> Result:
        """Note what the owner says of a session."""
        session = roster.find(hash_)
        if session is None:
            return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=now())
        standings = await self.deeds.standings()
        trust = standings.trust_in(hash_)
        try:
            match request.command:
                case ConfirmLogin() if not session.unconfirmed and not standings.is_unanswered(hash_):
                    return Result(hash=hash_, outcome=Outcome.NOT_PENDING, at=now(), session=session)
                case ConfirmLogin():
                    await self.deeds.confirm(session, by=request.owner, left=lambda: self._left(request))
                case TrustSession() if trust and trust.by == request.owner and not session.unconfirmed:
                    return Result(hash=hash_, outcome=Outcome.DONE, at=trust.at, session=session)
                case TrustSession():
                    await self.deeds.trust(session, by=request.owner, left=lambda: self._left(request))
                case DistrustSession() if trust:
                    await self.deeds.distrust(session, by=request.owner, left=lambda: self._left(request))
        except UnknownHashError:
            return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=now(), session=session)
        except TelegramTrouble as trouble:
            self._heed(trouble)
            return Result(hash=hash_, outcome=Outcome.FAILED, at=now(), session=session, error=str(trouble))
        return Result(hash=hash_, outcome=Outcome.DONE, at=now(), session=session)

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
