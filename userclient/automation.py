"""Ends by itself what the owners' rules say, after each look; each rule that is dry says what it would have ended."""

from __future__ import annotations

import asyncio
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.events import RuleWouldEnd
from core.domain.automation import CAP_PER, Due, Rule, due
from core.domain.tombstones import DOORMAN
from userclient.deeds import Deeds
from userclient.records import now
from userclient.telegram.line import ANSWER_SECONDS
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble, TooLateError, UnknownHashError

log = structlog.get_logger()

LOOK_SECONDS = 5.0
#: After an ending that Telegram did not grant; what stands in the way, such as a young guard, often stands for hours.
RETRY_SECONDS = 60.0


class Automation:
    """One account's."""

    def __init__(self, deeds: Deeds, *, account: int) -> None:
        self._deeds = deeds
        self._account = account
        #: Nobody could answer for a login before that, nor did anybody look whether a session is used.
        self._since = now()
        #: What was said already, of the sessions that are due still: by which rule, and whether it could not.
        self._said: set[tuple[str, Rule, bool]] = set()

    async def run(self) -> Never:
        """Raises GuardLostError."""
        pause = LOOK_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = LOOK_SECONDS
            try:
                pause = await self.act()
            except GuardLostError:
                raise
            except RedisError as error:
                log.warning("rules_unread", account=self._account, error=type(error).__name__)
            except Exception:  # a mistake here must not end the watching
                log.exception("rules_broke", account=self._account)

    async def act(self) -> float:
        """End what is due, or say so; the seconds until it makes sense again. Raises GuardLostError, RedisError."""
        pause, found = LOOK_SECONDS, await self._due()
        of_these = {(each.session.hash, each.rule) for each in found}
        self._said = {said for said in self._said if said[:2] in of_these}
        for each in found:
            if each.is_dry:
                await self._say(each)
            elif trouble := await self._end(each):
                await self._say(each, error=str(trouble) or type(trouble).__name__)
                pause = max(pause, RETRY_SECONDS, trouble.seconds if isinstance(trouble, FloodWaitError) else 0)
        return pause

    async def _due(self) -> tuple[Due, ...]:
        known = await self._deeds.records.snapshot()
        if known is None or known.roster.taken_at < self._since:
            return ()
        at = now()
        ended_lately = sum(t.by == DOORMAN and at - t.at < CAP_PER for t in known.ended)
        return due(
            known.roster,
            known.standings,
            known.preferences,
            ended_lately=ended_lately,
            answerable_since=self._since,
            now=at,
        )

    async def _end(self, each: Due) -> TelegramTrouble | None:
        """What kept it from ending, if anything did. Raises GuardLostError, RedisError."""

        async def left() -> float:  # in its turn: an owner may have answered, or trusted it, while it waited
            is_due = any((d.session.hash, d.rule, d.is_dry) == key for d in await self._due())
            return ANSWER_SECONDS if is_due else 0

        key = each.session.hash, each.rule, False
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

    async def _say(self, each: Due, *, error: str = "") -> None:
        key = each.session.hash, each.rule, bool(error)
        if key not in self._said:
            await self._deeds.records.announce(
                RuleWouldEnd(account=self._account, at=now(), session=each.session, rule=each.rule, error=error)
            )
            self._said.add(key)
