"""One account's news on one channel: told in order, each once, and kept for a day while the channel takes nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.channels.channel import Channel, UndeliveredError
from bot.delivery.alert_book import AlertBook
from bot.delivery.held import Held
from bot.delivery.holding import Memory
from bot.delivery.hours import Hours
from bot.delivery.keeping import TooOldError, for_a_day
from bot.delivery.tally import entry_time
from bot.views.afar import from_afar
from bot.views.alerts import missed
from bot.views.letter import Letter, letter
from bot.views.loudness import level_of
from bot.views.screen import Screen
from core.contract.events import Event
from core.domain.risk.assessment import Level

log = structlog.get_logger()

TOLD = 1  # in place of a message's id: there is none to edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """What `Chat` and `Telling` are for an owner."""

    account: int
    channel: Channel
    book: AlertBook
    hours: Hours
    memory: Memory = field(default_factory=Memory)

    @property
    def reader(self) -> str:
        """By which its notes are kept."""
        return self.channel.reader

    async def tell(self, entry: str, event: Event, *, name: str) -> None:
        """Tell of the event in this entry of the account's stream, unless that was done; in quiet hours what is no
        alarm is held back. Raises RedisError.
        """
        content = from_afar(event, account_name=name)
        if content is None or await self.book.sent(self.account, self.reader, entry) is not None:
            return
        is_quiet = level_of(event) < Level.ALARM and await self.hours.are_quiet(self.account)
        if not (is_quiet and await self.held.keep(entry, event)):
            await self._tell(entry, event, content, since=entry_time(entry))

    async def tell_late(self, entry: str, event: Event, *, name: str, now: datetime) -> None:
        """Tell what was held back. Raises RedisError."""
        if content := from_afar(event, account_name=name):
            await self._tell(entry, event, content, since=now)

    async def _tell(self, entry: str, event: Event, content: Letter, *, since: datetime) -> None:
        try:
            await self._insist(content, since=since)
        except TooOldError:
            return
        await self.book.mark_sent(self.account, self.reader, entry, TOLD)
        log.info("event_told", account=self.account, type=type(event).__name__, channel=self.channel.name)
        await self.tell_missed()

    @property
    def held(self) -> Held:
        """What waits for the end of the quiet hours."""
        return Held(redis=self.book.redis, account=self.account, reader=self.reader, memory=self.memory)

    async def send(self, screen: Screen, *, since: datetime) -> None:
        """Raises TooOldError, RedisError."""
        await self._insist(letter(screen), since=since)

    async def _insist(self, content: Letter, *, since: datetime) -> None:
        keeping = for_a_day(since, account=self.account, reader=self.reader, book=self.book, channel=self.channel.name)
        async with keeping as left:
            await self.channel.insist(content, left=left)

    async def tell_missed(self) -> None:
        """How much could not be told here, if anything; once. Raises RedisError."""
        if count := await self.book.missed(self.account, self.reader):
            with suppress(UndeliveredError):  # it is told with the next one
                await self.channel.deliver(letter(missed(count, self.account)))
                await self.book.told_of_missed(self.account, self.reader)
