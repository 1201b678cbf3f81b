"""Brings the worker's events to the owners and channels: to each in order, and none waits for another."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Never

import structlog
from redis.exceptions import RedisError

from bot.channels.channel import Channel
from bot.delivery import groups
from bot.delivery.alert_book import AlertBook, Reader
from bot.delivery.chat import Chat
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.hours import Hours, Setting
from bot.delivery.keeping import TooOldError
from bot.delivery.mailbox import Mailbox
from bot.delivery.release import Release, is_anything_held
from bot.delivery.suspicions import Suspicions
from bot.delivery.tally import Tally, entry_time
from bot.delivery.telling import Telling
from bot.gateway import Gateway
from bot.views.tampering import begins
from core.bus import EVENTS_MOST, redis_now, reports_of
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.events import PreferencesChanged, Report, Tampering
from core.contract.signing import ForgedError

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
    #: Logins that come within this are one message, while one of them waits for its answer.
    together: timedelta = timedelta()
    _quiet: dict[int, Setting] = field(default_factory=dict)
    #: What is told in one place, each in its turn.
    _turns: defaultdict[tuple[int, Reader], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

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
                        await self.hours.keep_warm(account)
                        if account not in reading:
                            await self._keep_groups(account)
                            await AlertBook(redis=self.redis).sign_anew(account)
                            for place in self._places(account):
                                loops.create_task(self._read(place))
                                loops.create_task(self._sum_up(place))
                            reading.add(account)
                except RedisError as error:
                    log.warning("accounts_unreadable", error=type(error).__name__)
                await asyncio.sleep(NEW_ACCOUNT_SECONDS)
        raise AssertionError  # the loop above never ends

    async def tell(self, place: Chat | Mailbox, entry: str, report: Report) -> None:
        """Tell one owner, or one channel, of one event."""
        name, event = await self._name(place.account), report.event
        if isinstance(event, PreferencesChanged):
            self.hours.forget(place.account)
        async with self._turns[place.account, reader_of(place)]:
            if isinstance(place, Chat):
                telling = Telling(chat=place, entry=entry, name=name, hours=self.hours, together=self.together)
                await telling.tell(event)
            else:
                await place.tell(entry, event, name=name)
        if isinstance(event, PreferencesChanged):  # the quiet hours may be over with that
            await self.tell_meanwhile(place)

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
            yield Mailbox(account=account, channel=channel, book=AlertBook(redis=self.redis), hours=self.hours)

    async def _sum_up(self, place: Chat | Mailbox) -> Never:
        """Once the quiet hours are over, tell what came in them."""
        while True:
            await asyncio.sleep(QUIET_SECONDS)
            try:
                await self.tell_meanwhile(place)
            except RedisError as error:
                log.warning("quiet_hours_unread", account=place.account, error=type(error).__name__)

    async def tell_meanwhile(self, place: Chat | Mailbox) -> None:
        """What was held back, if anything was and the quiet hours are over. Raises RedisError."""
        account, reader = place.account, reader_of(place)
        if not await is_anything_held(place.book, account, reader) or await self.hours.are_quiet(account):
            return
        async with self._turns[account, reader]:
            release = Release(
                account=account,
                name=await self._name(account),
                hours=self.hours,
                together=self.together,
                now=await redis_now(self.redis),
            )
            await (release.to_chat(place) if isinstance(place, Chat) else release.to_channel(place))

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
        reader = reader_of(place)
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


def reader_of(place: Chat | Mailbox) -> Reader:
    """By whom its notes are kept."""
    return place.owner if isinstance(place, Chat) else place.reader
