"""What one owner is spared, remembered in Redis: several codes are one message, first aid comes once."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.alert_book import AlertBook
from bot.delivery.tally import entry_time

#: Codes that come within this are counted together,
CODES_WITHIN = timedelta(minutes=10)
#: and one that comes so soon after the last is written on the same message: later, it is to make its sound.
CODES_AT_ONCE = timedelta(minutes=1)
#: First aid is given once for all that is ended within this.
AIDED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The message that tells of codes: of how many, since when, and by which entry of the stream the last, which came
    at `last`. `is_open` is whether one more belongs on it.
    """

    message_id: int
    since: datetime
    last: datetime
    count: int
    entry: str
    were_killed: bool
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparing:
    """One owner's, of one account. Asked again for the same entry, each answers as it did: a crash changes nothing.

    Raises RedisError.
    """

    book: AlertBook
    account: int
    owner: int

    async def codes(self, entry: str, *, at: datetime, were_killed: bool) -> Codes | None:
        """The codes to count this one with, it counted; None if it is the first."""
        kept = await self._kept_codes()
        if kept is None or kept.were_killed != were_killed or not timedelta() <= at - kept.since < CODES_WITHIN:
            return None
        if kept.entry == entry:
            return kept
        is_open = kept.is_open and at - kept.last <= CODES_AT_ONCE
        return replace(kept, last=at, count=kept.count + 1, entry=entry, is_open=is_open)

    async def count_codes(self, codes: Codes) -> None:
        """Note how many there are on that message."""
        since, last = codes.since.isoformat(), codes.last.isoformat()
        noted = [codes.message_id, since, last, codes.count, codes.entry, codes.were_killed, codes.is_open]
        await self._write("codes", noted)

    async def close_codes(self) -> None:
        """This owner has them killed: what came of that stays on the message, and the next code makes a new one."""
        if kept := await self._kept_codes():
            await self.count_codes(replace(kept, is_open=False))

    async def _kept_codes(self) -> Codes | None:
        try:
            message_id, since, last, count, entry, were_killed, is_open = await self._read("codes", ())
        except ValueError:  # none, or an older version's
            return None
        return Codes(
            message_id=message_id,
            since=datetime.fromisoformat(since),
            last=datetime.fromisoformat(last),
            count=count,
            entry=entry,
            were_killed=were_killed,
            is_open=is_open,
        )

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
