"""One account's news on one channel: told in order, each once, and kept for a day while the channel takes nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels.channel import Channel, UndeliveredError
from bot.delivery.alert_book import AlertBook
from bot.delivery.keeping import TooOldError, for_a_day
from bot.delivery.tally import entry_time
from bot.views.afar import from_afar
from bot.views.alerts import missed
from bot.views.letter import Letter, letter
from bot.views.screen import Screen
from core.contract.events import Event

log = structlog.get_logger()

TOLD = 1  # in place of a message's id: there is none to edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """What `Chat` and `Telling` are for an owner."""

    account: int
    channel: Channel
    book: AlertBook

    @property
    def reader(self) -> str:
        """By which its notes are kept."""
        return self.channel.reader

    async def tell(self, entry: str, event: Event, *, name: str) -> None:
        """Tell of the event in this entry of the account's stream, unless that was done. Raises RedisError."""
        content = from_afar(event, account_name=name)
        if content is None or await self.book.sent(self.account, self.reader, entry) is not None:
            return
        try:
            await self._insist(content, since=entry_time(entry))
        except TooOldError:
            return
        await self.book.mark_sent(self.account, self.reader, entry, TOLD)
        log.info("event_told", account=self.account, type=type(event).__name__, channel=self.channel.name)
        await self._tell_missed()

    async def send(self, screen: Screen, *, since: datetime) -> None:
        """Raises TooOldError, RedisError."""
        await self._insist(letter(screen), since=since)

    async def _insist(self, content: Letter, *, since: datetime) -> None:
        keeping = for_a_day(since, account=self.account, reader=self.reader, book=self.book, channel=self.channel.name)
        async with keeping as left:
            await self.channel.insist(content, left=left)

    async def _tell_missed(self) -> None:
        if count := await self.book.missed(self.account, self.reader):
            with suppress(UndeliveredError):  # it is told with the next one
                await self.channel.deliver(letter(missed(count, self.account)))
                await self.book.told_of_missed(self.account, self.reader)
