"""Looks whether the quiet hours are over, and has told then what came in them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Never

import structlog
from redis.exceptions import RedisError

from bot.delivery.alert_book import Reader
from bot.delivery.chat import Chat
from bot.delivery.hours import Hours
from bot.delivery.mailbox import Mailbox
from bot.delivery.names import Names
from bot.delivery.reading import reader_of
from bot.delivery.release import Release, is_anything_held
from bot.delivery.suspicions import Suspicions
from core.bus import redis_now
from core.connection import Store

log = structlog.get_logger()

LOOK_SECONDS = 10.0
#: After so many mistakes each is told by itself, so that one that can't be told holds up no other.
TRIES_MOST = 3

#: What is told in one place, each in its turn.
Turns = defaultdict[tuple[int, Reader], asyncio.Lock]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dawn:
    """Of every account, for each owner and channel by itself."""

    redis: Store
    hours: Hours
    names: Names
    together: timedelta
    turns: Turns
    suspicions: Suspicions

    async def wait(self, place: Chat | Mailbox) -> Never:
        """Look again and again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(place)
            except RedisError as error:
                log.warning("quiet_hours_unread", account=place.account, error=type(error).__name__)

    async def look(self, place: Chat | Mailbox) -> None:
        """Tell it, if it is due; a mistake of ours ends nothing. Raises RedisError."""
        try:
            await self.tell(place)
            place.memory.failures = 0
        except RedisError:
            raise
        except Exception:
            place.memory.failures += 1
            log.exception("held_untold", account=place.account, times=place.memory.failures)

    async def tell(self, place: Chat | Mailbox) -> None:
        """What was held back, if anything was and the quiet hours are over. Raises RedisError."""
        account = place.account
        is_due = await is_anything_held(place) and not await self.hours.are_quiet(account)
        if is_due:
            await self._release(place)
        while place.memory.noticed:
            what = place.memory.noticed.pop()
            self.suspicions.notice(account, what, account_name=self.names.at_hand(account))

    async def _release(self, place: Chat | Mailbox) -> None:
        account, reader = place.account, reader_of(place)
        async with self.turns[account, reader]:
            release = Release(
                account=account,
                name=await self.names.of(account),
                hours=self.hours,
                together=self.together,
                now=await redis_now(self.redis),
            )
            if not await place.held.claim(release.now):
                return  # another bot tells it, while a deploy lasts
            if place.memory.failures >= TRIES_MOST:
                await release.singly(place)
            else:
                await (release.to_chat(place) if isinstance(place, Chat) else release.to_channel(place))
            if not place.memory.told:  # Redis takes our notes: this is told once, too
                await place.tell_missed()
