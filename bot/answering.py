"""Tells an owner what came of a press: on the pressed message, or in one of its own beside it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog
from redis.exceptions import RedisError

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.press import NO_MESSAGE, Press
from bot.pressed import Pressed
from bot.views.answers import not_carried
from bot.views.buttons.keyboards import left_keyboard, original_keyboard
from bot.views.buttons.sessions import Origin
from bot.views.first_aid import instead_of_guard
from bot.views.outcomes import asks_first, left_undone, line_screen, outcome_line, outcome_screen, settles
from bot.views.screen import Screen
from core.contract.replies import Carried, NotCarried, Outcome, Reply
from core.domain.sessions import Session

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Every method raises ChatClosedError where its owner can't be written to."""

    gateway: Gateway
    courier: Courier

    async def tell(self, press: Press, reply: Reply) -> None:
        """The worker's answer."""
        name, snapshot = str(press.account), None
        try:
            name = await self.gateway.account_name(press.account)
            snapshot = await self.gateway.snapshot(press.account)
        except RedisError:  # what was done must be told
            log.warning("redis_unavailable", account=press.account)
        press = await self._apart(press)
        match reply:
            case Carried(results=results) if screen := outcome_screen(
                press, results, account_name=name, snapshot=snapshot
            ):
                await self._show(press, screen)
            case Carried(results=(result, *_)):
                if settles(press, result):
                    keyboard = left_keyboard(press.account, press.beside)
                    await self._tried(press, self._pressed(press).swap(keyboard))
                else:
                    await self.restore_buttons(press, was_done=result.outcome is Outcome.DONE)
                await self.say(press, outcome_line(press, result), session=result.session)
                if snapshot and (hint := instead_of_guard(press, result, snapshot)):
                    await self.courier.send(press.owner, hint)
            case NotCarried():
                now = datetime.now(UTC)
                answered_at = min(now, press.deadline or now)  # it may be told long after
                await self.restore_buttons(press)
                await self.say(press, not_carried(reply, at=answered_at, undone=left_undone(press)))
            case _:  # `is_answered_by` lets none pass
                raise TypeError(f"{press.command} was answered with {type(reply).__name__}")

    async def _apart(self, press: Press) -> Press:
        """As one on no message, where its message tells of other logins, too, or nobody can tell: they are to stay."""
        try:
            is_shared = await self._pressed(press).several() is not None
        except RedisError:
            log.warning("redis_unavailable", account=press.account)
            is_shared = True
        return replace(press, message_id=NO_MESSAGE, origin=Origin.LIST) if is_shared else press

    async def _show(self, press: Press, screen: Screen) -> None:
        """On the message itself, its deciding buttons taken away; in a new one where that can't be edited any more."""
        if not await self._tried(press, self._pressed(press).show(screen)):
            await self.courier.send(press.owner, screen)

    async def restore_buttons(self, press: Press, *, was_done: bool = False) -> None:
        """Those of a session that a question took away, or of which one is of no use once it `was_done`; any other
        message has kept its own.
        """
        for hash_ in press.hashes[:1] if was_done or asks_first(press) else ():
            keyboard = original_keyboard(press.account, hash_, press.origin, session=press.session(hash_))
            await self._tried(press, self._pressed(press).swap(keyboard))

    async def say(self, press: Press, line: str, *, session: Session | None = None) -> None:
        """In a message of its own: a passing notice could be missed."""
        await self.courier.send(press.owner, line_screen(press, line, session=session))

    async def _tried(self, press: Press, change: Awaitable[bool]) -> bool:
        """Whether the message was changed; an outage keeps nothing from being told."""
        try:
            return await change
        except RedisError:
            log.warning("redis_unavailable", account=press.account)
            return False

    def _pressed(self, press: Press) -> Pressed:
        return Pressed(
            gateway=self.gateway,
            courier=self.courier,
            account=press.account,
            owner=press.owner,
            message_id=press.message_id,
            origin=press.origin,
            hash=next(iter(press.hashes), ""),
        )
