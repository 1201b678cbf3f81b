"""Brings the worker's events to the owners and channels: to each in order, and none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Never

import structlog
from redis.exceptions import RedisError

from bot.channels.channel import Channel
from bot.channels.mailbox import Mailbox
from bot.delivery import groups
from bot.delivery.alert_book import AlertBook, Reader
from bot.delivery.chat import Chat
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.hours import Hours
from bot.delivery.keeping import TooOldError
from bot.delivery.sparing import Sparing
from bot.delivery.suspicions import Suspicions
from bot.delivery.tally import Tally, entry_time
from bot.delivery.telling import Telling
from bot.gateway import Gateway
from bot.views.meanwhile import meanwhile
from bot.views.tampering import begins
from core.bus import EVENTS_MOST, redis_now, reports_of
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.events import Report, Tampering
from core.contract.signing import ForgedError
from core.domain.preferences import QuietHours

log = structlog.get_logger()

NEW_ACCOUNT_SECONDS = 2.0
QUIET_SECONDS = 10.0
NAME = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Reads each account's events once for every owner and channel, in a consumer group of their own."""

    redis: Store
    #: The same, where the accounts' events are read.
    events: Store
    owners: frozenset[int]
    gateway: Gateway
    courier: Courier
    doorbells: Doorbells
    suspicions: Suspicions
    channels: tuple[Channel, ...] = ()
    #: The accounts' names, looked up beforehand: an alert does not wait for that.
    names: dict[int, str] = field(default_factory=dict)
    _quiet: dict[int, tuple[float, QuietHours | None]] = field(default_factory=dict)

    @property
    def hours(self) -> Hours:
        """Whether it is quiet."""
        return Hours(gateway=self.gateway, known=self._quiet)

    async def run(self) -> Never:
        """Tell what happens to every account; one that is added later is found within seconds."""
        reading: set[int] = set()
        async with asyncio.TaskGroup() as loops:
            while True:
                try:
                    for account in await self.gateway.accounts():
                        await self._learn_name(account)
                        if account not in reading:
                            await self._keep_groups(account)
                            await AlertBook(redis=self.redis).sign_anew(account)
                            for place in self._places(account):
                                loops.create_task(self._read(place))
                            for owner in self.owners:
                                loops.create_task(self._sum_up(self.chat(account, owner)))
                            reading.add(account)
                except RedisError as error:
                    log.warning("accounts_unreadable", error=type(error).__name__)
                await asyncio.sleep(NEW_ACCOUNT_SECONDS)
        raise AssertionError  # the loop above never ends

    async def tell(self, place: Chat | Mailbox, entry: str, report: Report) -> None:
        """Tell one owner, or one channel, of one event."""
        name = await self._name(place.account)
        if isinstance(place, Chat):
            await Telling(chat=place, entry=entry, name=name, hours=self.hours).tell(report.event)
        else:
            await place.tell(entry, report.event, name=name)

    async def _learn_name(self, account: int) -> None:
        name = await self.gateway.account_name(account)
        if name != str(account):  # a number stands in for a name that no worker has told yet
            self.names[account] = name

    async def _name(self, account: int) -> str:
        return self.names.get(account) or await self.gateway.account_name(account)

    def chat(self, account: int, owner: int) -> Chat:
        """Where this owner is told of this account."""
        book = AlertBook(redis=self.redis)
        return Chat(
            account=account,
            owner=owner,
            courier=self.courier,
            book=book,
            doorbells=self.doorbells,
        )

    def _places(self, account: int) -> Iterator[Chat | Mailbox]:
        for owner in self.owners:
            yield self.chat(account, owner)
        for channel in self.channels:
            yield Mailbox(account=account, channel=channel, book=AlertBook(redis=self.redis))

    async def _sum_up(self, chat: Chat) -> Never:
        """Once the quiet hours are over, tell what came in them."""
        while True:
            await asyncio.sleep(QUIET_SECONDS)
            try:
                await self.tell_meanwhile(chat)
            except RedisError as error:
                log.warning("quiet_hours_unread", account=chat.account, error=type(error).__name__)

    async def tell_meanwhile(self, chat: Chat) -> None:
        """What came without a sound, if anything did and the quiet hours are over. Raises RedisError."""
        sparing = Sparing(book=chat.book, account=chat.account, owner=chat.owner)
        counts = await sparing.counted()
        if not counts or await self.hours.are_quiet(chat.account):
            return
        screen = meanwhile(chat.account, counts, account_name=await self._name(chat.account))
        with suppress(TooOldError):
            await chat.send(screen, since=await redis_now(self.redis))
        await sparing.told_of_counted()

    async def _keep_groups(self, account: int) -> None:
        """Raises RedisError."""
        for channel in self.channels:
            for former in channel.former_readers:
                await groups.rename(self.redis, account, former, channel.reader)
        await groups.dismiss_former(self.redis, account, self._readers())

    def _readers(self) -> list[Reader]:
        return [*sorted(self.owners), *(channel.reader for channel in self.channels)]

    async def _read(self, place: Chat | Mailbox) -> Never:
        account, book = place.account, place.book
        reader = place.owner if isinstance(place, Chat) else place.reader
        group = groups.group_of(reader)

        async def begin(entry: str) -> None:
            screen = begins(account, account_name=await self._name(account))
            with suppress(TooOldError):
                await place.send(screen, since=entry_time(entry))

        async def lose(count: int) -> None:
            if await self.redis.xlen(keys.events(account)) >= EVENTS_MOST:
                tally.excuse(count)
            else:  # nobody of ours has trimmed so few away
                notice(Tampering.REPORTS_MISSING)
            await book.miss(account, reader, count)

        async def refuse(error: MalformedError) -> None:
            tally.excuse(0 if isinstance(error, ForgedError) else 1)
            if isinstance(error, ForgedError):
                notice(Tampering.REPORT_FORGED)

        def notice(what: Tampering) -> None:
            self.suspicions.notice(account, what, account_name=self.names.get(account, str(account)))

        tally = Tally(
            account=account,
            reader=reader,
            group=group,
            name=NAME,
            redis=self.redis,
            book=book,
            tell=partial(self.tell, place),
            begin=begin,
            notice=notice,
        )
        consumer: Consumer[Report] = Consumer(
            redis=self.events,
            stream=keys.events(account),
            packing=reports_of(self.redis, account),
            group=group,
            groups=tuple(map(groups.group_of, self._readers())),
            name=NAME,
            lost=lose,
            refused=refuse,
            drained=tally.drained,
        )
        await consumer.run_entries(tally.take)
