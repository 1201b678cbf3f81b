"""Which events one owner or channel is told once their quiet hours are over, in one signed note; the events themselves
stay in the account's stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from bot.delivery.alert_book import AlertBook, Reader
from bot.delivery.held_note import HeldNote
from bot.delivery.holding import FREE, Holding, Memory, entry_of, name_of
from bot.delivery.tally import entry_order
from core.bus import EVENTS_MOST, reports_of
from core.connection import Store
from core.contract import keys
from core.contract.codec import EPOCH, to_ms
from core.contract.events import Event
from core.contract.mishaps import Tampering

log = structlog.get_logger()

HELD_MOST = 50
#: Whoever has begun to tell it and has not done so by then died over it; two bots of a deploy overlap for less.
CLAIM_KEPT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Every method raises RedisError."""

    redis: Store
    account: int
    reader: Reader
    memory: Memory = field(default_factory=Memory)

    async def keep(self, entry: str, event: Event) -> bool:
        """Whether it is held now; not where Redis is full, or too much is held: it is then to be told at once."""
        name = name_of(entry, event)

        def add(held: Holding) -> Holding | None:
            is_full = name in held.names or len(held.names) >= HELD_MOST
            return None if is_full else replace(held, names=(*held.names, name))

        try:
            return name in self.memory.told or name in (await self._note.change(add)).names
        except ResponseError as error:
            if "OOM" not in f"{error!r}" and not isinstance(error, OutOfMemoryError):  # Redis 6 has it in the text
                raise
            log.warning("not_held", account=self.account, reader=self.reader)
            return False

    async def is_any(self) -> bool:
        """Whether anything is held."""
        held = await self._note.read()
        return bool(held.names)

    async def claim(self, now: datetime) -> bool:
        """Whether it is for this process to tell it: no other has begun to. Where Redis takes no writes it is, for what
        was told is remembered here.
        """
        at, memory, mine = to_ms(now), self.memory, self.memory.claim

        def begin(held: Holding) -> Holding | None:
            is_mine = held.claim == mine != FREE
            is_anothers = not is_mine and held.claim != FREE and at - held.claim < to_ms(EPOCH + CLAIM_KEPT)
            is_new = not is_anothers and (not is_mine or bool(memory.told))
            memory.claim = at if is_new else mine  # before it is written: the answer may be lost
            return replace(held, claim=at) if is_new else None

        try:
            return (await self._note.change(begin, is_urgent=True)).claim == memory.claim
        except ResponseError as error:
            log.warning("not_claimed", account=self.account, reader=self.reader, error=type(error).__name__)
            return True

    async def waiting(self, book: AlertBook) -> dict[str, Event]:
        """What is held and was not told yet, by its entry, oldest first. What is in the stream no more is counted as
        missed.
        """
        held = await self._note.read()
        found: dict[str, Event] = {}
        lost = []
        for name in sorted(held.names, key=lambda each: entry_order(entry_of(each))):
            if name in self.memory.told:
                continue
            if event := await self._event(name):
                found[entry_of(name)] = event
            else:
                lost.append(name)
        if lost:
            await self._lose(book, lost)
        return found

    async def drop(self, *told: tuple[str, Event]) -> None:
        """They were told: strike them out, or remember it until Redis takes that."""
        memory = self.memory
        memory.told |= {name_of(entry, event) for entry, event in told}

        def strike(held: Holding) -> Holding | None:
            is_mine = held.claim == memory.claim != FREE
            is_all = memory.told.issuperset(held.names)
            return replace(held, claim=FREE if is_all else held.claim) if memory.told or is_mine else None

        try:
            await self._note.change(strike, is_urgent=True)
        except RedisError as error:
            log.warning("held_not_dropped", account=self.account, reader=self.reader, error=type(error).__name__)

    async def clear(self) -> None:
        """Whoever it was for is told no more."""
        await self._note.erase()

    async def hand_over(self, reader: Reader) -> None:
        """Let another have it, under their name."""
        mine = await self._note.read()
        if mine.names:
            other = Held(redis=self.redis, account=self.account, reader=reader)
            await other._note.change(
                lambda held: replace(held, names=tuple(dict.fromkeys((*held.names, *mine.names)))), is_urgent=True
            )
        await self.clear()

    @property
    def _note(self) -> HeldNote:
        return HeldNote(redis=self.redis, account=self.account, reader=self.reader, memory=self.memory)

    async def _event(self, name: str) -> Event | None:
        """The one of that name in the stream; None if it is not there as the worker has left it."""
        entry = entry_of(name)
        try:
            found: Any = await self.redis.xrange(keys.events(self.account), entry, entry)
            [(_, fields)] = found
            event = reports_of(self.redis, self.account).unpack(fields).event
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            return None
        except ValueError:  # not there, or MalformedError
            return None
        return event if name_of(entry, event) == name else None

    async def _lose(self, book: AlertBook, names: list[str]) -> None:
        log.error("held_missing", account=self.account, reader=self.reader, count=len(names))
        if await self.redis.xlen(keys.events(self.account)) < EVENTS_MOST:  # nobody of ours has trimmed so few away
            self.memory.noticed.add(Tampering.REPORTS_MISSING)
        await book.miss(self.account, self.reader, len(names))
        self.memory.told |= set(names)
