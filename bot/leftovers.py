"""Sees to it that each owner learns what came of a press that its handler had to leave, whoever died on the way."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Never

import structlog
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from bot.answering import Answering
from bot.by_roster import can_tell, told_by, told_by_begun
from bot.delivery.courier import ChatClosedError, Courier
from bot.gateway import Gateway
from bot.in_hand import InHand
from bot.press import Press
from bot.views.answers import NEVER_FOUND_OUT, NOT_KNOWN
from core import bus
from core.connection import Store
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.replies import Reply

log = structlog.get_logger()

LOOK_SECONDS = 2.0
#: After its deadline, a press is its handler's for so long; then it is told by whoever finds it.
GRACE = timedelta(seconds=2)
GIVEN_UP_AFTER = timedelta(days=1)
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """The presses of which a note is left, and which are in no handler's hands."""

    redis: Store
    gateway: Gateway
    courier: Courier
    #: The desk's of this process.
    in_hand: InHand

    async def run(self) -> Never:
        """Settle what handlers had to leave: their worker gave no answer, or they died before they could tell it.

        Each press by itself, so that a chat that is stuck holds up no other.
        """
        has_inherited = False
        async with asyncio.TaskGroup() as leftovers:
            while True:
                try:
                    if not has_inherited:  # an account may have been given up before this process began
                        self.in_hand.accounts.update(await self.gateway.accounts_with_presses())
                        has_inherited = True
                    self.in_hand.accounts.update(await self.gateway.accounts())
                    for account in sorted(self.in_hand.accounts):
                        for request_id, press in (await self.gateway.unsettled(account)).items():
                            if request_id not in self.in_hand.requests and await self._overdue(press) >= GRACE:
                                self.in_hand.requests.add(request_id)
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
                    if await self._settle(press, request_id):
                        return
                except RedisError as error:
                    log.warning("press_unsettled", account=press.account, error=type(error).__name__)
                tries += 1
                await asyncio.sleep(backoff.compute(tries))
        finally:
            self.in_hand.requests.discard(request_id)

    async def _settle(self, press: Press, request_id: str) -> bool:
        """Whether there is nothing left to do."""
        if request_id not in self.in_hand.told:
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
        await self.in_hand.settle(self.redis, press.account, request_id)
        log.info("press_settled", account=press.account, owner=press.owner, request=request_id)
        return True

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

    @property
    def _answering(self) -> Answering:
        return Answering(gateway=self.gateway, courier=self.courier)
