"""Brings the worker's events to the owners and channels: to each in order, and none waits for another."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
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
from bot.delivery.dawn import Dawn, Turns
from bot.delivery.doorbells import Doorbells
from bot.delivery.holding import Memory
from bot.delivery.hours import Hours, Setting
from bot.delivery.mailbox import Mailbox
from bot.delivery.names import Names
from bot.delivery.notes import Notes
from bot.delivery.reading import Reading, reader_of
from bot.delivery.suspicions import Suspicions
from bot.delivery.telling import Telling
from bot.gateway import Gateway
from core.connection import Store
from core.contract.account_events import PreferencesChanged
from core.contract.events import Report
from core.contract.mishaps import Tampering

log = structlog.get_logger()

NEW_ACCOUNT_SECONDS = 2.0


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
    #: Logins that come within this are one message, while one of them waits for its answer.
    together: timedelta = timedelta()
    _names: dict[int, str] = field(default_factory=dict)
    _quiet: dict[int, Setting] = field(default_factory=dict)
    _turns: Turns = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _memories: dict[tuple[int, Reader], Memory] = field(default_factory=lambda: defaultdict(Memory))

    @property
    def names(self) -> Names:
        """As they are known by now."""
        return Names(gateway=self.gateway, known=self._names)

    @property
    def hours(self) -> Hours:
        """Whether it is quiet."""
        return Hours(gateway=self.gateway, known=self._quiet)

    @property
    def dawn(self) -> Dawn:
        """Who tells what came in the quiet hours."""
        return Dawn(
            redis=self.redis,
            hours=self.hours,
            names=self.names,
            together=self.together,
            turns=self._turns,
            suspicions=self.suspicions,
        )

    async def run(self) -> Never:
        """Tell what happens to every account; one that is added later is found within seconds."""
        reading: set[int] = set()
        async with asyncio.TaskGroup() as loops:
            while True:
                try:
                    for account in await self.gateway.accounts():
                        if await self._is_ready(account, is_new=account not in reading) and account not in reading:
                            for place in self._places(account):
                                loops.create_task(self._reading(place).run())
                                loops.create_task(self.dawn.wait(place))
                            reading.add(account)
                except RedisError as error:
                    log.warning("accounts_unreadable", error=type(error).__name__)
                await asyncio.sleep(NEW_ACCOUNT_SECONDS)
        raise AssertionError  # the loop above never ends

    async def _is_ready(self, account: int, *, is_new: bool) -> bool:
        """Whether all is at hand to tell what happens to it. One account's trouble holds up no other."""
        try:
            await self.names.learn(account)
            await self.hours.keep_warm(account)
            if is_new:
                await self._keep_groups(account)
                if not await Notes(redis=self.redis).sign_anew(account):
                    self.suspicions.notice(account, Tampering.REPORTS_MISSING, account_name=self.names.at_hand(account))
        except RedisError as error:
            log.warning("account_unreadable", account=account, error=type(error).__name__)
            return False
        return True

    async def tell(self, place: Chat | Mailbox, entry: str, report: Report) -> None:
        """Tell one owner, or one channel, of one event."""
        name, event = await self.names.of(place.account), report.event
        if isinstance(event, PreferencesChanged):
            self.hours.forget(place.account)
        async with self._turns[place.account, reader_of(place)]:
            if isinstance(place, Chat):
                telling = Telling(chat=place, entry=entry, name=name, hours=self.hours, together=self.together)
                await telling.tell(event)
            else:
                await place.tell(entry, event, name=name)
        if isinstance(event, PreferencesChanged):  # the quiet hours may be over with that
            await self.dawn.look(place)

    def chat(self, account: int, owner: int) -> Chat:
        """Where this owner is told of this account."""
        book = AlertBook(redis=self.redis)
        return Chat(
            account=account,
            owner=owner,
            courier=self.courier,
            book=book,
            doorbells=self.doorbells,
            memory=self._memories[account, owner],
        )

    def mailbox(self, account: int, channel: Channel) -> Mailbox:
        """Where this channel is told of this account."""
        return Mailbox(
            account=account,
            channel=channel,
            book=AlertBook(redis=self.redis),
            hours=self.hours,
            memory=self._memories[account, channel.reader],
        )

    def _places(self, account: int) -> Iterator[Chat | Mailbox]:
        for owner in self.owners:
            yield self.chat(account, owner)
        for channel in self.channels:
            yield self.mailbox(account, channel)

    async def _keep_groups(self, account: int) -> None:
        """Raises RedisError."""
        for channel in self.channels:
            for former in channel.former_readers:
                await groups.rename(self.redis, account, former, channel.reader)
        await groups.dismiss_former(self.redis, account, self._readers())

    def _readers(self) -> tuple[Reader, ...]:
        return (*sorted(self.owners), *(channel.reader for channel in self.channels))

    def _reading(self, place: Chat | Mailbox) -> Reading:
        return Reading(
            redis=self.redis,
            events=self.events,
            place=place,
            readers=self._readers(),
            names=self.names,
            suspicions=self.suspicions,
            tell=partial(self.tell, place),
        )
