"""Ends what an owner wanted ended as soon as Telegram allows it; each once, and what comes of it is told."""

from __future__ import annotations

from typing import Never

import structlog

from core.contract.session_events import EndingDropped
from core.domain.awaited import Wanted, due
from core.domain.sessions import Session
from userclient import acting
from userclient.clock import now
from userclient.deeds import Deeds
from userclient.telegram.line import ANSWER_SECONDS
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    RefusedError,
    TelegramTrouble,
    TooLateError,
    UnknownHashError,
)

log = structlog.get_logger()


class Awaited:
    """One account's."""

    def __init__(self, deeds: Deeds, *, account: int) -> None:
        self._deeds = deeds
        self._account = account
        #: Nobody looked before that: what was wanted ended may be gone, or an owner's by now.
        self._since = now()

    async def run(self) -> Never:
        """Raises GuardLostError."""
        await acting.act_for_ever(self.act, account=self._account, what="awaited")

    async def act(self) -> float:
        """End what may be ended by now; the seconds until it makes sense again. Raises GuardLostError, RedisError."""
        pause = acting.LOOK_SECONDS
        for session, wanted in await self._due():
            try:
                await self._end(session, wanted)
            except TooLateError:
                log.info("ending_not_wanted_any_more", account=self._account, hash=session.hash)
            except GuardLostError:
                raise
            except RefusedError as error:
                await self._drop(wanted, error)
            except UnknownHashError:  # it is gone: the looks tell that, once Telegram lists it no more
                pause = acting.RETRY_SECONDS
            except TelegramTrouble as trouble:  # what fails for one fails for the next
                log.info("ending_waits", account=self._account, hash=session.hash, why=type(trouble).__name__)
                return max(acting.RETRY_SECONDS, trouble.seconds if isinstance(trouble, FloodWaitError) else 0)
        return pause

    async def _due(self) -> tuple[tuple[Session, Wanted], ...]:
        known = await acting.looked_since(self._since, self._deeds.records)
        if known is None:
            return ()
        return due(known.roster, known.standings.wanted, now=now())

    async def _end(self, session: Session, wanted: Wanted) -> None:
        """Raises the errors of `trouble`, TooLateError where it is not wanted any more; RedisError."""

        async def left() -> float:  # in its turn: an owner may have called it off, or ended it, while it waited
            return ANSWER_SECONDS if any(each == wanted for _, each in await self._due()) else 0

        await self._deeds.end(session, by=wanted.by, left=left, was_awaited=True)
        log.info("session_ended_as_awaited", account=self._account, hash=session.hash)

    async def _drop(self, wanted: Wanted, error: RefusedError) -> None:
        """Tell that it will not be done. Raises RedisError."""
        async with self._deeds.turn:
            before = await self._deeds.before()
            session = before.roster.find(wanted.hash)
            if session is None or before.standings.awaited(wanted.hash) != wanted:
                return
            log.warning("awaited_ending_refused", account=self._account, hash=wanted.hash, error=error.name)
            event = EndingDropped(
                account=self._account, at=now(), session=session, wanted_by=wanted.by, error=error.name
            )
            await self._deeds.write(before, event, standings=before.standings.called_off(wanted.hash))
