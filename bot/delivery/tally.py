"""Sees to it that each owner and channel is told every report, by their numbers, whatever Redis says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError

from bot.delivery.alert_book import AlertBook, Mark, Reader
from core.bus import EVENTS_MOST, redis_now, reports_of
from core.connection import Store
from core.contract import keys
from core.contract.account_events import BaselineTaken
from core.contract.codec import MalformedError, from_ms, to_ms
from core.contract.events import Report
from core.contract.mishaps import Tampering
from core.pulse import feel

log = structlog.get_logger()

FEW = 100  # as many as are looked up at once
TICK = timedelta(milliseconds=1)  # an entry's id tells no more of when it was added


@dataclass(slots=True, kw_only=True)
class Tally:
    """One owner's or channel's, of one account. Two processes may have its reports in hand while a deploy
    lasts, each some.

    `tell` tells a report, `begin` that the telling begins; `notice` is called with what can't be set right.
    `group` and `name` are those that the reports are read under.
    """

    account: int
    reader: Reader
    group: str
    name: str
    redis: Store
    book: AlertBook
    tell: Callable[[str, Report], Awaitable[None]]
    begin: Callable[[str], Awaitable[None]]
    notice: Callable[[Tampering], None]
    #: The last that was told as far as this process knows: somebody could put an older mark back.
    _mark: Mark | None = None
    #: The entries that somebody had in hand when the mark went past them: not told yet, unless they are acked.
    _owed: set[str] = field(default_factory=set)
    #: How many were trimmed away, or failed, since the last one told: the owner hears of those otherwise.
    _excused: int = 0
    #: How many reports there were when Redis had no more to read.
    _promised: int = 0
    #: What was told last when the worker, since then, counted fewer than that.
    _ahead: Mark | None = None

    async def take(self, entry: str, report: Report) -> None:
        """Tell it, and whatever was skipped before it; not if it was told before. Raises RedisError."""
        mark, is_baseline = await self._known(), isinstance(report.event, BaselineTaken)
        if entry in self._owed:
            await self.tell(entry, report)
            self._owed.discard(entry)
            return
        if mark and report.number <= mark.number:
            if report.event.at <= mark.at:
                if entry_order(entry) > entry_order(mark.entry):  # else it is merely delivered again
                    self.notice(Tampering.REPORT_OLD)
                return
            # Younger than what was told, so no copy: Redis, and with it the worker, has lost count.
            mark, self._promised = replace(mark, number=report.number - 1), 0
        if mark is None and not is_baseline:
            await self.begin(entry)
        if mark and report.number > mark.number + 1:
            await self._catch_up(mark, until=report.number - 1, is_explained=is_baseline)
        await self.tell(entry, report)
        latest = max(mark.at, report.event.at) if mark else report.event.at
        await self._reach(Mark(number=report.number, entry=entry, at=latest))
        self._excused = 0
        if is_baseline:  # what was promised before it may be lost with the rest
            self._promised = 0

    async def drained(self) -> None:
        """Nothing is left to read: whatever the worker had made by its last heartbeat must have been told by now."""
        pulse = await feel(self.redis, self.account)
        promised, self._promised = self._promised, pulse.reports if pulse else 0
        mark = await self._known()
        # Those before the mark were told, and may be put in anybody's hands again and again.
        if any(mark is None or entry_order(mark.entry) < entry_order(entry) for entry in await self._in_hand()):
            return  # another process tells them just now, or this one will
        if mark is None and promised:
            now = await redis_now(self.redis)
            await self.begin(f"{to_ms(now)}-0")
            await self._reach(Mark(number=promised, entry="0-0", at=now))
        elif mark and promised > mark.number:
            await self._reach(await self._catch_up(mark, until=promised))
        elif mark and pulse and 0 < pulse.reports < mark.number and pulse.beat_at - entry_time(mark.entry) >= TICK:
            await self._fall_back(mark, pulse.reports)
        elif mark and mark != await self._noted():
            await self._reach(mark)  # a full Redis did not take it, or somebody took it away

    async def _fall_back(self, mark: Mark, counted: int) -> None:
        """The worker counts fewer than were told: it went on from an older state, or from none and its baseline is on
        its way; then the mark moves before this is called again.
        """
        if self._ahead != mark:
            self._ahead = mark
            return
        log.error("reports_uncounted", account=self.account, reader=self.reader, told=mark.number, counted=counted)
        self.notice(Tampering.STATE_OLD)
        await self._reach(replace(mark, number=counted))

    def excuse(self, count: int) -> None:
        """So many reports will not come: they were trimmed away, or could not be handled, and that is told."""
        self._excused += count

    async def _catch_up(self, mark: Mark, *, until: int, is_explained: bool = False) -> Mark:
        """Tell what is in the stream and was never handed over; notice what is not there, unless that is explained
        otherwise. The mark that follows.
        """
        in_hand, found = await self._in_hand(), set[int]()
        self._owed &= in_hand
        reached = replace(mark, number=until)
        async for entry, report in self._after(mark.entry):
            if not mark.number < report.number <= until or report.number in found:
                continue
            if entry in in_hand:
                found.add(report.number)
                self._owed.add(entry)
            elif await self._tells_skipped(entry, report):
                found.add(report.number)
                reached = Mark(number=until, entry=entry, at=max(reached.at, report.event.at))
        if until - mark.number - len(found) > self._excused and not is_explained:
            log.error("reports_missing", account=self.account, reader=self.reader, after=mark.number, until=until)
            self.notice(Tampering.REPORTS_MISSING)
        self._excused = 0
        return reached

    async def _tells_skipped(self, entry: str, report: Report) -> bool:
        log.error("report_skipped", account=self.account, reader=self.reader, number=report.number)
        try:
            await self.tell(entry, report)
        except RedisError:
            raise
        except Exception:  # it must not hold up those behind it
            log.exception("report_untold", account=self.account, number=report.number)
            return False
        return True

    async def _after(self, entry: str) -> AsyncIterator[tuple[str, Report]]:
        """The reports behind that entry of the stream, those that can be read."""
        packing = reports_of(self.redis, self.account)
        while found := await self._some_after(entry):
            for entry_id, fields in found:
                entry = entry_id.decode()
                try:
                    report = packing.unpack(fields)
                except MalformedError:
                    continue
                yield entry, report

    async def _some_after(self, entry: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        found: Any = await self.redis.xrange(keys.events(self.account), min=f"({entry}", count=FEW)
        return list(found)

    async def _in_hand(self) -> set[str]:
        """Those that were handed over and are not acked. What a reader of another name has is in no hand of ours."""
        pending: Any = await self.redis.xpending_range(
            keys.events(self.account), self.group, "-", "+", EVENTS_MOST, self.name
        )
        return {entry["message_id"].decode() for entry in pending}

    async def _known(self) -> Mark | None:
        """The last that was told, by this process or another."""
        noted = await self._noted()
        if noted and (self._mark is None or entry_order(noted.entry) > entry_order(self._mark.entry)):
            self._mark = noted
            before = entry_order(noted.entry)
            self._owed = {entry for entry in await self._in_hand() if entry_order(entry) < before}
        return self._mark

    async def _noted(self) -> Mark | None:
        return await self.book.reached(self.account, self.reader)

    async def _reach(self, mark: Mark) -> None:
        self._mark = mark
        await self.book.reach(self.account, self.reader, mark)


def entry_time(entry: str) -> datetime:
    """When it was added, by Redis's clock."""
    return from_ms(int(entry.partition("-")[0]))


def entry_order(entry: str) -> tuple[int, int]:
    """By which entries of a stream are ordered."""
    milliseconds, _, number = entry.partition("-")
    return int(milliseconds), int(number)
