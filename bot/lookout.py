"""Notices when Doorman goes blind, and when it sees again: each is told once."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Never

import structlog
from redis.exceptions import RedisError

from bot.delivery.announcer import Announcer
from bot.gateway import Gateway
from bot.views import blindness
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.codec import from_ms, to_ms
from core.contract.state import Condition, Pulse

log = structlog.get_logger()

LOOK_SECONDS = 2.0
NOTE_KEPT = timedelta(days=1)
#: Of these the owner is not told here: all is well, or an event has told it, with what to do.
TOLD_OTHERWISE = frozenset({Condition.WATCHING, Condition.GUARD_LOST})


@dataclass(slots=True)
class Sighting:
    """How an account's worker was seen by this process; times are this machine's own, which no clock can move."""

    changed_at: float
    beat_at: datetime | None = None
    troubled_since: float | None = None
    #: Whether a heartbeat was seen since the owners were told that there are none.
    has_beaten: bool = False

    def troubled_for(self, pulse: Pulse | None, *, now: float) -> float:
        """The seconds for which it has not watched, as far as was seen."""
        # An old heartbeat that somebody puts back again and again is no sign of life.
        if pulse and pulse.beat_at != self.beat_at and not pulse.is_silent:
            self.has_beaten = self.beat_at is not None
            self.beat_at, self.changed_at = pulse.beat_at, now
        if pulse and pulse.status.condition in TOLD_OTHERWISE:
            self.troubled_since = None
            return 0 if pulse.has_ended else now - self.changed_at
        if self.troubled_since is None:
            self.troubled_since = now
        return now - self.troubled_since


@dataclass(slots=True, kw_only=True)
class Lookout:
    """`patience` is how long a silence may last, in seconds."""

    redis: Store
    gateway: Gateway
    announcer: Announcer
    patience: float
    _sightings: dict[int, Sighting] = field(default_factory=dict)
    #: Of which accounts the owners were told that nobody watches them, by this process or the one before.
    _told: dict[int, bool] = field(default_factory=dict)
    #: Which silence that process told of, by its last heartbeat.
    _noted: dict[int, int] = field(default_factory=dict)
    _redis_gone_since: float | None = None
    _told_of_redis: bool = False

    async def run(self) -> Never:
        """Look every two seconds."""
        while True:
            try:
                pulses = await self.gateway.pulses()
                self._redis_answers()
                for account, pulse in pulses:
                    await self._judge(account, pulse)
                # An account that is listed no more: it was logged out, or Redis was emptied and nobody put it back.
                for account in self._sightings.keys() - dict(pulses).keys():
                    await self._judge(account, None)
            except RedisError:
                self._redis_is_silent()
            await asyncio.sleep(LOOK_SECONDS)

    async def _judge(self, account: int, pulse: Pulse | None) -> None:
        now = time.monotonic()
        if account not in self._told:
            self._told[account] = await self._was_told(account)
        seen = self._sightings.setdefault(account, Sighting(now))
        troubled_for = seen.troubled_for(pulse, now=now)
        if self._is_of_another_silence(account, pulse, seen):
            self._told[account] = False
        if not self._told[account] and troubled_for >= self.patience:
            log.warning("blind", account=account, condition=pulse.status.condition if pulse else None)
            name, room = await self.gateway.account_name(account), await self.gateway.room()
            self._told[account], seen.has_beaten = True, False
            screen = blindness.blind(pulse, account_name=name, redis_is_full=room.is_full)
            self.announcer.announce(screen, then=partial(self._note, account))
        elif self._told[account] and seen.has_beaten and pulse and pulse.status.condition is Condition.WATCHING:
            log.info("sees_again", account=account)
            name = await self.gateway.account_name(account)
            self._told[account] = False
            screen = blindness.sees_again(account, account_name=name)
            self.announcer.announce(screen, then=partial(self._note, account))

    async def _was_told(self, account: int) -> bool:
        """By the process before this one, within a day."""
        try:
            noted = await self.redis.get_signed(keys.blindness(account)) or b""
            told_at, self._noted[account] = (int(part) for part in noted.split())
            return await redis_now(self.redis) - from_ms(told_at) < NOTE_KEPT
        except (ValueError, OverflowError):  # none, forged, or of another version
            return False

    def _is_of_another_silence(self, account: int, pulse: Pulse | None, seen: Sighting) -> bool:
        """Whether the note that was found is not of this silence: somebody may have put an older one back."""
        if seen.has_beaten:
            self._noted.pop(account, None)
        is_silent = pulse is None or pulse.is_silent
        return is_silent and self._noted.pop(account, _last_beat(pulse)) != _last_beat(pulse)

    async def _note(self, account: int) -> None:
        """For the next process, once the owners know: this one may end before all is well."""
        try:
            if self._told[account]:
                told_at, beat = to_ms(await redis_now(self.redis)), _last_beat(await self.gateway.pulse(account))
                await self.redis.set_signed(keys.blindness(account), b"%d %d" % (told_at, beat))
            else:
                await self.redis.delete(keys.blindness(account))
        except RedisError as error:
            log.warning("blindness_not_noted", account=account, error=type(error).__name__)

    def _redis_is_silent(self) -> None:
        now = time.monotonic()
        self._redis_gone_since = self._redis_gone_since or now
        if not self._told_of_redis and now - self._redis_gone_since >= self.patience:
            log.error("redis_gone", seconds=round(now - self._redis_gone_since))
            self._told_of_redis = True
            self.announcer.announce(blindness.redis_gone())

    def _redis_answers(self) -> None:
        if self._redis_gone_since is not None:
            self._redis_gone_since = None
            self._sightings.clear()  # the worker could not report either: it has as long again
        if self._told_of_redis:
            log.info("redis_back")
            self._told_of_redis = False
            self.announcer.announce(blindness.redis_back())


def _last_beat(pulse: Pulse | None) -> int:
    """Which silence it is: by its last heartbeat, 0 where there was none."""
    return to_ms(pulse.beat_at) if pulse else 0
