"""Where a press waits for its owner's one-time code, if what it asks for is protected; then the desk carries it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

import structlog

from bot.codes.judging import Verdict
from bot.delivery.announcer import Announcer
from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.gateway import Gateway
from bot.one_time_codes import OneTimeCodes
from bot.press import Press
from bot.protection import protected
from bot.views import codes as views
from bot.views.answers import TURNED_AWAY
from core.contract.commands import EndSession, EndWhenAllowed
from core.domain.standing import is_new

log = structlog.get_logger()

PATIENCE_SECONDS = 120.0
#: For how long a question says that it is another than the one before it, which nobody answered.
REMEMBERED_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A press that waits for a code, which must answer the message `question`: whoever else writes into that chat can
    put no other press in its place.
    """

    press: Press
    question: int
    until: float

    @property
    def is_over(self) -> bool:
        """Whether it waited for too long."""
        return monotonic() >= self.until

    def differs(self, press: Press) -> bool:
        """Whether it was asked a moment ago, and for something else."""
        asked = (self.press.account, self.press.command)
        return asked != (press.account, press.command) and monotonic() < self.until + REMEMBERED_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`asks_everyone` is whether protected actions ask every owner for a code, not the watched account alone."""

    codes: OneTimeCodes
    gateway: Gateway
    courier: Courier
    desk: Desk
    announcer: Announcer
    asks_everyone: bool
    _errands: dict[int, Errand] = field(default_factory=dict)
    #: What was asked about last and not done: the next question may look like that one.
    _undone: dict[int, Errand] = field(default_factory=dict)
    #: Held while a question is put, and while a code is judged.
    _turns: defaultdict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    #: What was typed and may be good still, because Redis did not take that it was.
    _unburnt: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Every account that was ever listed: whoever writes into Redis could take one off the list.
    _watched: set[int] = field(default_factory=set)

    async def hold(self, press: Press, *, now: datetime) -> str:
        """Ask for the code if it needs one and somebody is there to do it; the notice for the button, "" if it may be
        carried at once.

        Raises RedisError, ChatClosedError.
        """
        command = press.command
        if not protected(command) or not await self._asks(press.owner, press.account):
            return ""
        if await self.desk.turns_away(press):
            return TURNED_AWAY  # no code is asked for what can't be done
        if isinstance(command, EndSession | EndWhenAllowed) and (
            seen := await self.gateway.seen(press.account, owner=press.owner)
        ):
            session = seen.roster.find(command.hash)
            if session is None or is_new(session, seen.standings, now=now):
                return ""  # everybody may do that at once; of one that is gone, the worker says so
            press = replace(press, sessions=(session,))
        log.info("code_needed", account=press.account, owner=press.owner, command=press.asked)
        async with self._turns[press.owner]:
            return await self._ask(press)

    async def _ask(self, press: Press) -> str:
        owner = press.owner
        if not await self.codes.is_enrolled(owner):
            await self.courier.send(owner, views.not_enrolled(press))
            return views.REFUSED
        waiting = self._errands.get(owner)
        if waiting and not waiting.is_over:
            return views.ANOTHER_WAITS
        self.drop(owner)
        before = self._undone.get(owner)
        question = await self.courier.send(
            owner, views.question(press, is_another=bool(before and before.differs(press)))
        )
        if question is None:
            return views.REFUSED
        self._errands[owner] = Errand(press=press, question=question, until=monotonic() + PATIENCE_SECONDS)
        return views.CODE_NEEDED

    async def carry(self, press: Press) -> None:
        """Have it done. Raises RedisError."""
        await self.desk.carry(press)

    async def enter(self, owner: int, typed: str, *, answers: int | None) -> None:
        """A code was typed, in answer to that message; good or not, it is worth nothing any more thereafter.

        Raises RedisError, ChatClosedError.
        """
        async with self._turns[owner]:
            errand = await self._judge(owner, typed, answers=answers)
        if errand:
            await self.desk.carry(errand.press)

    async def burn(self, owner: int, *shown: str) -> None:
        """These codes stand in a chat, and were no answer. Raises RedisError."""
        async with self._turns[owner]:
            self._unburnt[owner] += shown
            await self._burn(owner, but=0, now=await self.gateway.now())

    def drop(self, owner: int) -> bool:
        """The owner wants it no more; whether there was anything."""
        errand = self._errands.pop(owner, None)
        if errand:
            self._undone[owner] = errand
        return errand is not None and not errand.is_over

    async def _judge(self, owner: int, typed: str, *, answers: int | None) -> Errand | None:
        """The errand that this code opens."""
        # Before anything that may fail: until Redis has taken it, others who read it could use it.
        self._unburnt[owner].append(typed)
        now = await self.gateway.now()
        await self._burn(owner, but=1, now=now)
        errand = self._errands.get(owner)
        if errand is None or errand.is_over or answers != errand.question:
            await self._burn(owner, but=0, now=now)
            await self.courier.send(owner, views.unasked(waits=errand is not None and not errand.is_over))
            return None
        verdict = await self.codes.check(owner, typed, now=now)
        self._unburnt[owner].clear()
        if not verdict.admits:
            await self.courier.send(owner, views.refused(verdict))
            self._warn(owner, verdict)
            return None
        if self._errands.get(owner) is not errand or errand.is_over:  # dropped meanwhile
            await self.courier.send(owner, views.unasked(waits=False))
            return None
        del self._errands[owner]
        self._undone.pop(owner, None)
        if line := views.admitted(verdict):
            await self.courier.send(owner, line)
        return errand

    async def _burn(self, owner: int, *, but: int, now: datetime) -> None:
        """Use up what was typed, the last so many excepted."""
        shown = self._unburnt[owner]
        while len(shown) > but:
            await self.codes.burn(owner, shown[0], now=now)
            shown.pop(0)

    def _warn(self, owner: int, verdict: Verdict) -> None:
        if warning := views.warning(owner, verdict):
            log.warning("wrong_code", owner=owner, lock_began=verdict.lock_began)
            self.announcer.announce(warning)

    async def _asks(self, owner: int, account: int) -> bool:
        """Whether somebody who broke into a watched account may be this owner."""
        # The press's own account too: the list of accounts is one that others may be able to write to.
        if self.asks_everyone or owner == account:
            return True
        self._watched.update(await self.gateway.accounts())
        return owner in self._watched
