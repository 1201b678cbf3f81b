"""What one owner is spared, remembered in Redis: several codes are one message, first aid comes once."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.alert_book import AlertBook
from bot.delivery.tally import entry_time

#: Codes that come within this are one message.
CODES_WITHIN = timedelta(minutes=10)
#: First aid is given once for all that is ended within this.
AIDED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The message that tells of codes: of how many, since when, and by which entry of the stream the last."""

    message_id: int
    since: datetime
    count: int
    entry: str
    were_killed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparing:
    """One owner's, of one account. Asked again for the same entry, each answers as it did: a crash changes nothing.

    Raises RedisError.
    """

    book: AlertBook
    account: int
    owner: int

    async def codes(self, entry: str, *, at: datetime, were_killed: bool) -> Codes | None:
        """The message to count this code on, this one counted; None if it makes a new one."""
        kept = await self._read("codes", None)
        if not kept:
            return None
        message_id, since, count, last, killed = kept
        codes = Codes(
            message_id=message_id,
            since=datetime.fromisoformat(since),
            count=count + (entry != last),
            entry=entry,
            were_killed=killed,
        )
        return codes if killed == were_killed and timedelta() <= at - codes.since < CODES_WITHIN else None

    async def count_codes(self, codes: Codes) -> None:
        """Note how many there are on that message."""
        since = codes.since.isoformat()
        await self._write("codes", [codes.message_id, since, codes.count, codes.entry, codes.were_killed])

    async def is_first_of_reset(self, entry: str, at: datetime) -> bool:
        """Whether no other session of those that went at that moment was told of."""
        kept_at, kept_entry = await self._read("reset", ["", ""])
        return bool(kept_at != at.isoformat() or kept_entry == entry)

    async def tell_reset(self, entry: str, at: datetime) -> None:
        """One of them was."""
        await self._write("reset", [at.isoformat(), entry])

    async def needs_aid(self, entry: str) -> bool:
        """Whether first aid was not given a moment ago."""
        last = await self._read("aided", "")
        if last == entry or not last or entry_time(entry) - entry_time(last) >= AIDED_WITHIN:
            await self._write("aided", entry)
            return True
        return False

    async def count(self, kind: str, entry: str) -> None:
        """One more of that kind came without a sound, for the hours were quiet."""
        kept = await self._read("quietly", {"last": "", "counts": {}})
        if kept["last"] != entry:
            counts = kept["counts"] | {kind: kept["counts"].get(kind, 0) + 1}
            await self._write("quietly", {"last": entry, "counts": counts})

    async def counted(self) -> dict[str, int]:
        """What came so."""
        kept = await self._read("quietly", {"counts": {}})
        return dict(kept["counts"])

    async def told_of_counted(self) -> None:
        """The owner knows."""
        await self.book.note(self.account, self.owner, "quietly", "")

    async def _read(self, what: str, otherwise: Any) -> Any:
        with suppress(json.JSONDecodeError):
            return json.loads(await self.book.noted(self.account, self.owner, what) or "x")
        return otherwise

    async def _write(self, what: str, value: Any) -> None:
        await self.book.note(self.account, self.owner, what, json.dumps(value))
