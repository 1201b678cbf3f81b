"""Sends each owner the digest of each account once a week, whoever restarts, and however many bots run meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any, Never
from zoneinfo import ZoneInfo

import structlog
from redis.exceptions import RedisError, ResponseError

from bot.delivery.courier import ChatClosedError, Courier
from bot.delivery.doorbells import Doorbells
from bot.gateway import Gateway
from bot.views.digest import digest_screen
from bot.views.history import names_of
from bot.views.status import why_unwatched
from core.connection import Store
from core.contract import keys
from core.contract.codec import from_ms, to_ms
from core.contract.signing import ForgedError, place_of
from core.contract.state import Snapshot, name_of
from core.domain.digest import digest_of
from core.domain.preferences import Preferences

log = structlog.get_logger()

LOOK_SECONDS = 30.0
WEEK = timedelta(days=7)
SUNDAY, AT = 6, time(10)
#: Another time zone moves the hour, and makes no second digest of a week.
APART = timedelta(days=3)
#: Whoever has taken it upon himself to send it and has not done so by then died over it.
CLAIM_KEPT = timedelta(minutes=10)
BEGUN, DONE = "begun", "done"


def zone_of(preferences: Preferences) -> tzinfo:
    """The owner's clock, as far as it is known."""
    return ZoneInfo(preferences.quiet.zone) if preferences.quiet else UTC


def latest_due(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The last Sunday, 10:00, by that clock, and the one before."""
    local = now.astimezone(zone)
    at = local.date() - timedelta(days=(local.weekday() - SUNDAY) % 7)
    if datetime.combine(at, AT, zone) > local:
        at -= WEEK
    return (
        datetime.combine(at, AT, zone).astimezone(UTC),
        datetime.combine(at - WEEK, AT, zone).astimezone(UTC),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """The marks of what was sent are signed; one that somebody took away counts as a week that is over."""

    redis: Store
    gateway: Gateway
    courier: Courier
    doorbells: Doorbells
    owners: frozenset[int]

    async def run(self) -> Never:
        """To each owner by themselves, so that a closed chat holds up no other."""
        async with asyncio.TaskGroup() as loops:
            for owner in self.owners:
                loops.create_task(self._serve(owner))
        raise AssertionError  # the loops never end

    async def _serve(self, owner: int) -> Never:
        while True:
            try:
                await self.look(owner)
            except RedisError as error:
                log.warning("digest_put_off", owner=owner, error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, owner: int) -> None:
        """Send what is due, of each account. Raises RedisError."""
        for account in await self.gateway.accounts():
            snapshot = await self.gateway.snapshot(account)
            if snapshot is None:
                continue
            now = await self.gateway.now()
            until, since = latest_due(now, zone_of(snapshot.preferences))
            if await self._claim(account, owner, until, now=now, is_wanted=snapshot.preferences.is_weekly):
                await self._send(account, owner, snapshot, since=since, until=until)

    async def _send(self, account: int, owner: int, snapshot: Snapshot, *, since: datetime, until: datetime) -> None:
        entries = await self.gateway.history(account)
        digest = digest_of(entries, snapshot.roster, snapshot.standings, since=since, now=until)
        pulse = await self.gateway.pulse(account)
        name, note = name_of(account, pulse), why_unwatched(pulse)
        labels = names_of(snapshot.labels)
        screen = digest_screen(account, digest, account_name=name, viewer=owner, labels=labels, note=note)

        async def left() -> float:
            return (until + WEEK - await self.gateway.now()).total_seconds()

        try:
            await self.doorbells.until_open(owner, partial(self.courier.send, owner, screen, quietly=True), left=left)
        except ChatClosedError:
            log.info("digest_never_sent", account=account, owner=owner)
        await self._note(account, owner, until, DONE)
        log.info("digest_sent", account=account, owner=owner)

    async def _claim(self, account: int, owner: int, due: datetime, *, now: datetime, is_wanted: bool) -> bool:
        """Whether it is for this process to send it now."""
        marks = await self._marks(account, owner)
        if not marks or not is_wanted:  # new here, or not asked for: this week's is over, and the next is another
            if due not in marks:
                await self._note(account, owner, due, DONE)
            return False
        latest = max(marks)
        if due == latest:
            state, at = marks[latest]
            if state == DONE or now - at < CLAIM_KEPT:
                return False
            if not await self.redis.hdel(keys.digests(account), _field(owner, due)):
                return False  # another was quicker to find that it died
        elif due - latest < APART:
            return False
        value = self.redis.signer.wrap(place_of(keys.digests(account), _field(owner, due)), _value(BEGUN, now))
        return bool(await self.redis.hsetnx(keys.digests(account), _field(owner, due), value))

    async def _note(self, account: int, owner: int, due: datetime, state: str) -> None:
        key = keys.digests(account)
        await self.redis.hset_signed(key, _field(owner, due), _value(state, await self.gateway.now()))
        old = [_field(owner, each) for each in await self._marks(account, owner) if each < due]
        if old:
            await self.redis.hdel(key, *old)

    async def _marks(self, account: int, owner: int) -> dict[datetime, tuple[str, datetime]]:
        """What was noted of this owner's digests, by when each was due."""
        key = keys.digests(account)
        try:
            noted: Any = await self.redis.hgetall(key)
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            await self.redis.delete(key)
            return {}
        marks: dict[datetime, tuple[str, datetime]] = {}
        for name, wrapped in noted.items():
            field = name.decode(errors="replace")
            whose, _, due = field.partition(" ")
            if whose != str(owner):
                continue
            try:
                state, _, at = self.redis.signer.unwrap(place_of(key, field), wrapped).decode().partition(" ")
                marks[from_ms(int(due))] = state, from_ms(int(at))
            except ForgedError:
                log.error("note_forged", where=key, field=field)  # noqa: TRY400
                await self.redis.hdel(key, name)
        return marks


def _field(owner: int, due: datetime) -> str:
    return f"{owner} {to_ms(due)}"


def _value(state: str, at: datetime) -> bytes:
    return f"{state} {to_ms(at)}".encode()
