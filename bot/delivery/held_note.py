"""The signed note of what is held back for one owner or channel: read beside what this process remembers of it, and
changed in one step, whoever else changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast

import structlog
from redis.exceptions import RedisError, ResponseError, WatchError

from bot.delivery.alert_book import Reader
from bot.delivery.holding import Holding, Memory
from core import scripts
from core.connection import Store
from core.contract import keys
from core.contract.mishaps import Tampering
from core.contract.signing import ForgedError, place_of

log = structlog.get_logger()

TRIES_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldNote:
    """Every method raises RedisError."""

    redis: Store
    account: int
    reader: Reader
    memory: Memory

    async def read(self) -> Holding:
        """What it says."""
        _, held = await self._read()
        return held

    async def change(self, change: Callable[[Holding], Holding | None], *, is_urgent: bool = False) -> Holding:
        """What is noted after it; None from `change` leaves it as it is. What was told is struck out with any. What
        `is_urgent` a full Redis takes, too.
        """
        for _ in range(TRIES_MOST):
            raw, held = await self._read()
            told = set(self.memory.told)
            if (after := change(held)) is None:
                return held
            names = tuple(name for name in after.names if name not in told)
            after = replace(after, number=held.number + 1, names=names)
            if await self._put(raw, after, is_urgent=is_urgent):
                self.memory.told -= told
                return after
        raise WatchError("what is held changes all the time")

    async def erase(self) -> None:
        """There is none any more."""
        await self.redis.hdel(keys.held(self.account), self._field)

    @property
    def _field(self) -> str:
        return f"{self.reader}"

    async def _put(self, raw: bytes, held: Holding, *, is_urgent: bool) -> bytes:
        """What is there now; b"" where it was not put, for something else was."""
        key = keys.held(self.account)
        signed = self.redis.signer.wrap(place_of(key, self._field), held.pack())
        put = scripts.load(self.redis, __name__, "held")
        if not await put(keys=[key], args=[self._field, raw, signed, "1" if is_urgent else ""]):
            return b""
        self.memory.latest = held
        return signed

    async def _read(self) -> tuple[bytes, Holding]:
        """What is there, and what it says; the note that we know of, where that is a later one."""
        key, latest = keys.held(self.account), self.memory.latest  # it may be changed while we wait for the answer
        try:
            raw = cast("bytes", await self.redis.hget(key, self._field) or b"")
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            await self.redis.delete(key)  # or nothing could be held there ever again
            raw = b""
        found, what, is_ours = Holding(), Tampering.REPORTS_MISSING, True
        try:
            if raw:
                found = Holding.unpack(self.redis.signer.unwrap(place_of(key, self._field), raw))
                what = Tampering.REPORT_OLD
        except ForgedError:
            is_ours = False
        if is_ours and found.number >= latest.number:
            self.memory.latest = max(self.memory.latest, found, key=lambda each: each.number)
            return raw, found
        if not is_ours or found.names != latest.names:
            log.error("held_tampered_with", account=self.account, reader=self.reader, is_ours=is_ours)
            self.memory.noticed.add(what)
            with suppress(RedisError):  # the next change does it then
                raw = await self._put(raw, latest, is_urgent=True) or raw
        return raw, latest
