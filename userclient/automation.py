"""Ends by itself what the owners' rules say, after each look; each rule that is dry says what it would have ended."""

from __future__ import annotations

from datetime import datetime
from typing import Never

import structlog

from core.contract.session_events import RuleWouldEnd
from core.contract.state import Snapshot
from core.domain.automation import CAP_PER, Due, Said, due, room_from, still_said
from core.domain.tombstones import DOORMAN
from userclient import acting
from userclient.clock import now
from userclient.deeds import Deeds
from userclient.telegram.line import ANSWER_SECONDS
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble, TooLateError, UnknownHashError

log = structlog.get_logger()


class Automation:
    """One account's."""

    def __init__(self, deeds: Deeds, *, account: int) -> None:
        self._deeds = deeds
        self._account = account
        #: Nobody could answer for a login before that, nor did anybody look whether a session is used.
        self._since = now()

    async def run(self) -> Never:
        """Raises GuardLostError."""
        await acting.act_for_ever(self.act, account=self._account, what="rules")

    async def act(self) -> float:
        """End what is due, or say so; the seconds until it makes sense again. Raises GuardLostError, RedisError."""
        pause = acting.LOOK_SECONDS
        await self._forget()
        for each in await self._due():
            if each.is_dry:
                await self._say(each)
            elif each.is_held:
                if moment := await self._room_from():
                    await self._say(each, not_before=moment)
            elif trouble := await self._end(each):
                await self._say(each, error=str(trouble) or type(trouble).__name__)
                pause = max(pause, acting.RETRY_SECONDS, trouble.seconds if isinstance(trouble, FloodWaitError) else 0)
        return pause

    async def _looked(self) -> Snapshot | None:
        return await acting.looked_since(self._since, self._deeds.records)

    async def _due(self) -> tuple[Due, ...]:
        known = await self._looked()
        if known is None:
            return ()
        at = now()
        ended_lately = sum(at - moment < CAP_PER for moment in _ended_by_rule(known))
        return due(
            known.roster,
            known.standings,
            known.preferences,
            ended_lately=ended_lately,
            answerable_since=self._since,
            now=at,
        )

    async def _room_from(self) -> datetime | None:
        known = await self._looked()
        return room_from(_ended_by_rule(known), now=now()) if known else None

    async def _end(self, each: Due) -> TelegramTrouble | None:
        """What kept it from ending, if anything did. Raises GuardLostError, RedisError."""

        async def left() -> float:  # in its turn: an owner may have answered, or trusted it, while it waited
            is_due = any((d.session.hash, d.rule, d.is_dry, d.is_held) == key for d in await self._due())
            return ANSWER_SECONDS if is_due else 0

        key = each.session.hash, each.rule, False, False
        try:
            await self._deeds.end(each.session, by=DOORMAN, left=left, rule=each.rule)
            log.info("session_ended_by_rule", account=self._account, hash=each.session.hash, rule=each.rule)
        except (UnknownHashError, TooLateError) as error:
            log.info("session_not_due_any_more", account=self._account, hash=each.session.hash, why=str(error))
        except GuardLostError:
            raise
        except TelegramTrouble as trouble:
            return trouble
        return None

    async def _say(self, each: Due, *, error: str = "", not_before: datetime | None = None) -> None:
        """Once, whoever restarts: it is written down in the same step."""
        said = Said(hash=each.session.hash, rule=each.rule, has_failed=bool(error), is_held=bool(not_before))
        known = await self._looked()
        if known is None or said in known.said:
            return
        event = RuleWouldEnd(
            account=self._account,
            at=now(),
            session=each.session,
            rule=each.rule,
            error=error,
            not_before=not_before,
        )
        async with self._deeds.turn:
            before = await self._deeds.before()
            await self._deeds.write(before, event, said=(*before.said, said))

    async def _forget(self) -> None:
        """What was said of sessions that are due no more: should they be again, it is said again."""
        known = await self._looked()
        if known is None:
            return
        kept = still_said(known.said, known.roster, known.standings, known.preferences, now=now())
        if kept != known.said:
            async with self._deeds.turn:
                await self._deeds.write(await self._deeds.before(), said=kept)


def _ended_by_rule(known: Snapshot) -> list[datetime]:
    return [tombstone.at for tombstone in known.ended if tombstone.by == DOORMAN]
