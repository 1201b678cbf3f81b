"""Takes presses to the worker, and sees to it that each owner learns what came of theirs, whoever dies on the way."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Never

import structlog
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from bot.answering import Answering
from bot.by_roster import can_tell, told_by, told_by_begun
from bot.delivery.courier import ChatClosedError, Courier
from bot.gateway import PRESSES, Gateway
from bot.press import Press
from bot.views.answers import NEVER_FOUND_OUT, NO_REPLY, NOT_KNOWN, NOT_WATCHED, not_asked
from bot.views.outcomes import left_undone
from core import bus
from core.bus import NoReplyError
from core.connection import Store
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.commands import Request
from core.contract.replies import Reply
from core.contract.state import Condition

log = structlog.get_logger()

LOOK_SECONDS = 2.0
#: After its deadline, a press is its handler's for so long; then it is told by whoever finds it.
GRACE = timedelta(seconds=2)
GIVEN_UP_AFTER = timedelta(days=1)
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Every method raises RedisError when Redis is away; a press that was not sent by then is not done."""

    redis: Store
    gateway: Gateway
    courier: Courier
    #: The requests that this process is at work on.
    _in_hand: set[str] = field(default_factory=set)
    #: Those whose owners know the outcome, while Redis does not take the note of that.
    _told: set[str] = field(default_factory=set)
    #: Every account that was ever listed, or has presses left: they are settled though it is listed no more.
    _watched: set[int] = field(default_factory=set)

    async def carry(self, press: Press) -> None:
        """Have it done, and tell its owner on the pressed message what came of it."""
        if await self.turns_away(press):
            return
        self._watched.add(press.account)  # which may be at work though somebody took it off the list
        request = await bus.new_request(self.redis, press.command, owner=press.owner, patience=press.patience)
        press = replace(press, deadline=request.deadline)
        self._in_hand.add(request.id)
        try:
            reply = await self._ask(press, request)
            if reply is None:
                log.warning("no_reply", account=press.account, owner=press.owner, request=request.id)
                await self._answering.restore_buttons(press)
                await self._answering.say(press, NO_REPLY)
                return
            await self._answering.tell(press, reply)
            with suppress(RedisError):  # it was told: no excuse is due
                await self._settle(press, request.id)
        finally:
            self._in_hand.discard(request.id)

    @property
    def _answering(self) -> Answering:
        return Answering(gateway=self.gateway, courier=self.courier)

    async def turns_away(self, press: Press) -> bool:
        """Whether nobody is there who could be asked: its owner hears so at once, and nothing is asked.

        Only a worker's own last word says that: that its session is gone, or half a minute ago that it stopped, for
        the next one may just be starting. One that is silent may wake before the deadline: it is asked, and the owner
        learns by then what came of it.
        """
        line = await self._why_nobody(press)
        if line:
            log.warning("press_turned_away", account=press.account, owner=press.owner, command=press.asked)
            await self._answering.restore_buttons(press)
            await self._answering.say(press, line)
        return bool(line)

    async def _why_nobody(self, press: Press) -> str:
        if not await self.gateway.is_watched(press.account):
            return NOT_WATCHED
        pulse = await self.gateway.pulse(press.account)
        if pulse is None or not pulse.has_ended:
            return ""
        is_for_good = pulse.status.condition is Condition.GUARD_LOST or pulse.is_silent
        return not_asked(pulse.status, undone=left_undone(press)) if is_for_good else ""

    async def _ask(self, press: Press, request: Request) -> Reply | None:
        """The answer to this press, if one comes in time."""
        note = PRESSES.dump(press)
        try:
            reply = await bus.request(self.redis, press.account, request, patience=press.patience, note=note)
        except (NoReplyError, MalformedError):
            return None
        return reply if press.is_answered_by(reply) else None

    async def run(self) -> Never:
        """Settle what handlers had to leave: their worker gave no answer, or they died before they could tell it.

        Each press by itself, so that a chat that is stuck holds up no other.
        """
        has_inherited = False
        async with asyncio.TaskGroup() as leftovers:
            while True:
                try:
                    if not has_inherited:  # an account may have been given up before this process began
                        self._watched.update(await self.gateway.accounts_with_presses())
                        has_inherited = True
                    self._watched.update(await self.gateway.accounts())
                    for account in sorted(self._watched):
                        for request_id, press in (await self.gateway.unsettled(account)).items():
                            if request_id not in self._in_hand and await self._overdue(press) >= GRACE:
                                self._in_hand.add(request_id)
                                leftovers.create_task(self._see_to(press, request_id))
                except RedisError as error:
                    log.warning("presses_unreadable", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError  # the loop above never ends

    async def _see_to(self, press: Press, request_id: str) -> None:
        """Try until its owner knows the outcome, or nobody will ever know it."""
        backoff, tries = ExponentialWithJitterBackoff(cap=LONGEST_PAUSE_SECONDS, base=LOOK_SECONDS), 0
        try:
            while True:
                try:
                    if await self._settle_leftover(press, request_id):
                        return
                except RedisError as error:
                    log.warning("press_unsettled", account=press.account, error=type(error).__name__)
                tries += 1
                await asyncio.sleep(backoff.compute(tries))
        finally:
            self._in_hand.discard(request_id)

    async def _settle_leftover(self, press: Press, request_id: str) -> bool:
        """Whether there is nothing left to do."""
        if request_id not in self._told:
            overdue = await self._overdue(press)
            found = await self._find_out(press, request_id)
            if not await self.redis.hexists(keys.presses(press.account), request_id):
                return True  # its handler was quicker
            if not found:
                if overdue < GIVEN_UP_AFTER:
                    return False
                found = NEVER_FOUND_OUT if can_tell(press) else NOT_KNOWN
            try:
                await (
                    self._answering.say(press, found) if isinstance(found, str) else self._answering.tell(press, found)
                )
            except ChatClosedError:
                if overdue < GIVEN_UP_AFTER:
                    return False
        await self._settle(press, request_id)
        log.info("press_settled", account=press.account, owner=press.owner, request=request_id)
        return True

    async def _settle(self, press: Press, request_id: str) -> None:
        self._told.add(request_id)
        await bus.settle(self.redis, press.account, request_id)
        self._told.discard(request_id)

    async def _overdue(self, press: Press) -> timedelta:
        return await bus.redis_now(self.redis) - press.deadline if press.deadline else GIVEN_UP_AFTER

    async def _find_out(self, press: Press, request_id: str) -> Reply | str | None:
        """The reply that came too late for its handler; else what the roster shows by now, or whether it was begun, or
        a line where neither tells; None if nobody can tell yet.
        """
        if reply := await self._late_reply(press, request_id):
            return reply
        if not await self.gateway.is_watched(press.account):
            return None
        looked = await self.gateway.seen(press.account, owner=press.owner)
        if looked is None:
            return None
        if can_tell(press):
            return told_by(looked, press, await self.gateway.snapshot(press.account))
        # A worker that has looked since is done with what it was asked before that.
        if reply := await self._late_reply(press, request_id):
            return reply
        snapshot, overdue = await self.gateway.snapshot(press.account), await self._overdue(press)
        return told_by_begun(looked, press, request_id, snapshot, overdue=overdue) or NOT_KNOWN

    async def _late_reply(self, press: Press, request_id: str) -> Reply | None:
        with suppress(MalformedError):
            reply = await bus.reply_to(self.redis, press.account, request_id)
            if reply and press.is_answered_by(reply):
                return reply
        return None
