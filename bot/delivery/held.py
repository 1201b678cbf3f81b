"""What is told to one owner or channel once their quiet hours are over: kept in Redis, in order, until it was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import OutOfMemoryError, ResponseError

from bot.delivery.alert_book import Reader
from bot.delivery.tally import entry_order
from core.connection import Store
from core.contract import keys
from core.contract.codec import BODY, TYPE, MalformedError, ReportCodec
from core.contract.events import Event, Report
from core.contract.signing import place_of

log = structlog.get_logger()

HELD_MOST = 50
NO_NUMBER = 1  # what is held was counted already


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Each event in a field of its own, under its entry of the stream: what is dropped once it was told takes nothing
    along that came meanwhile. Every method raises RedisError.
    """

    redis: Store
    account: int
    reader: Reader

    async def keep(self, entry: str, event: Event) -> bool:
        """Whether it is held now; not where Redis is full, or too much is held: it is then to be told at once."""
        fields = await self._fields()
        field = self._field(entry)
        if field in fields:
            return True
        if len(fields) >= HELD_MOST:
            return False
        packed = ReportCodec(self.account).pack(Report(number=NO_NUMBER, event=event))
        try:
            await self.redis.hset_signed(keys.held(self.account), field, packed[TYPE] + b" " + packed[BODY])
        except OutOfMemoryError:
            log.warning("not_held", account=self.account, reader=self.reader)
            return False
        return True

    async def is_any(self) -> bool:
        """Whether anything is held."""
        return bool(await self._fields())

    async def waiting(self) -> dict[str, Event]:
        """What is held, by its entry, oldest first."""
        found = {field.partition(" ")[2]: await self._read(field) for field in await self._fields()}
        return {entry: event for entry in sorted(found, key=entry_order) if (event := found[entry])}

    async def drop(self, *entries: str) -> None:
        """They were told."""
        if entries:
            await self.redis.hdel(keys.held(self.account), *map(self._field, entries))

    async def clear(self) -> None:
        """Whoever it was for is told no more."""
        if fields := await self._fields():
            await self.redis.hdel(keys.held(self.account), *fields)

    async def hand_over(self, reader: Reader) -> None:
        """Let another have it, under their name."""
        other, key = Held(redis=self.redis, account=self.account, reader=reader), keys.held(self.account)
        for entry, event in (await self.waiting()).items():
            await other.keep(entry, event)
        await self.redis.hdel(key, *(await self._fields() or [""]))

    def _field(self, entry: str) -> str:
        return f"{self.reader} {entry}"

    async def _fields(self) -> list[str]:
        key = keys.held(self.account)
        try:
            names: Any = await self.redis.hkeys(key)
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            await self.redis.delete(key)  # or nothing could be held there ever again
            return []
        fields = [name.decode(errors="replace") for name in names]
        return [field for field in fields if field.startswith(f"{self.reader} ") and _is_entry(field)]

    async def _read(self, field: str) -> Event | None:
        key = keys.held(self.account)
        try:
            type_, _, body = (await self.redis.hget_signed(key, field) or b"").partition(b" ")
            return ReportCodec(self.account).unpack({b"number": b"%d" % NO_NUMBER, TYPE: type_, BODY: body}).event
        except MalformedError as error:
            log.error("held_unreadable", where=place_of(key, field), reason=str(error))  # noqa: TRY400
            await self.redis.hdel(key, field)
            return None


def _is_entry(field: str) -> bool:
    milliseconds, _, number = field.partition(" ")[2].partition("-")
    return milliseconds.isdecimal() and number.isdecimal()
