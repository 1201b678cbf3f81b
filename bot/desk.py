"""Takes presses to the worker, and what came of each back to its owner; what is left of one is not its concern."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog
from redis.exceptions import RedisError

from bot.answering import Answering
from bot.delivery.courier import Courier
from bot.gateway import PRESSES, Gateway
from bot.in_hand import InHand
from bot.press import Press
from bot.views.answers import NO_REPLY, NOT_WATCHED, not_asked
from bot.views.outcomes import left_undone
from core import bus
from core.bus import NoReplyError
from core.connection import Store
from core.contract.codec import MalformedError
from core.contract.commands import Request
from core.contract.replies import Reply
from core.contract.state import Condition

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Every method raises RedisError when Redis is away; a press that was not sent by then is not done."""

    redis: Store
    gateway: Gateway
    courier: Courier
    in_hand: InHand = field(default_factory=InHand)

    async def carry(self, press: Press) -> None:
        """Have it done, and tell its owner on the pressed message what came of it."""
        if await self.turns_away(press):
            return
        self.in_hand.accounts.add(press.account)  # which may be at work though somebody took it off the list
        request = await bus.new_request(self.redis, press.command, owner=press.owner, patience=press.patience)
        press = replace(press, deadline=request.deadline)
        self.in_hand.requests.add(request.id)
        try:
            reply = await self._ask(press, request)
            if reply is None:
                log.warning("no_reply", account=press.account, owner=press.owner, request=request.id)
                await self._answering.restore_buttons(press)
                await self._answering.say(press, NO_REPLY)
                return
            await self._answering.tell(press, reply)
            with suppress(RedisError):  # it was told: no excuse is due
                await self.in_hand.settle(self.redis, press.account, request.id)
        finally:
            self.in_hand.requests.discard(request.id)

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
