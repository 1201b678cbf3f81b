"""One owner's or channel's reading of an account's events, in a consumer group of its own: what comes is tallied."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Never

from bot.delivery import groups
from bot.delivery.alert_book import Reader
from bot.delivery.chat import Chat
from bot.delivery.keeping import TooOldError
from bot.delivery.mailbox import Mailbox
from bot.delivery.names import Names
from bot.delivery.suspicions import Suspicions
from bot.delivery.tally import Tally, entry_time
from bot.views.tampering import begins
from core.bus import EVENTS_MOST, reports_of
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.events import Report
from core.contract.mishaps import Tampering
from core.contract.signing import ForgedError

NAME = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Beside those of all the other `readers`; `tell` is given each report, with its entry, once it is its turn."""

    redis: Store
    #: The same, where the accounts' events are read.
    events: Store
    place: Chat | Mailbox
    readers: tuple[Reader, ...]
    names: Names
    suspicions: Suspicions
    tell: Callable[[str, Report], Awaitable[None]]

    async def run(self) -> Never:
        """Entry after entry, through every outage of Redis."""
        account, book = self.place.account, self.place.book
        reader = reader_of(self.place)
        group = groups.group_of(reader)

        async def lose(count: int) -> None:
            if await self.redis.xlen(keys.events(account)) >= EVENTS_MOST:
                tally.excuse(count)
            else:  # nobody of ours has trimmed so few away
                self._notice(Tampering.REPORTS_MISSING)
            await book.miss(account, reader, count)

        async def refuse(error: MalformedError) -> None:
            tally.excuse(0 if isinstance(error, ForgedError) else 1)
            if isinstance(error, ForgedError):
                self._notice(Tampering.REPORT_FORGED)

        tally = Tally(
            account=account,
            reader=reader,
            group=group,
            name=NAME,
            redis=self.redis,
            book=book,
            tell=self.tell,
            begin=self._begin,
            notice=self._notice,
        )
        consumer: Consumer[Report] = Consumer(
            redis=self.events,
            stream=keys.events(account),
            packing=reports_of(self.redis, account),
            group=group,
            groups=tuple(map(groups.group_of, self.readers)),
            name=NAME,
            lost=lose,
            refused=refuse,
            drained=tally.drained,
        )
        await consumer.run_entries(tally.take)

    async def _begin(self, entry: str) -> None:
        account = self.place.account
        screen = begins(account, account_name=await self.names.of(account))
        with suppress(TooOldError):
            await self.place.send(screen, since=entry_time(entry))

    def _notice(self, what: Tampering) -> None:
        account = self.place.account
        self.suspicions.notice(account, what, account_name=self.names.at_hand(account))


def reader_of(place: Chat | Mailbox) -> Reader:
    """By whom its notes are kept."""
    return place.owner if isinstance(place, Chat) else place.reader
