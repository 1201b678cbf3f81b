"""Brings the worker's events to the owners: to each in order, and none waits for another."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Never

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.delivery.alert_book import AlertBook
from bot.delivery.chat import Chat
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.telling import Telling
from bot.gateway import Gateway
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import EventCodec
from core.contract.events import Event

log = structlog.get_logger()

NEW_ACCOUNT_SECONDS = 2.0
GROUP = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Reads each account's events once for every owner, in a consumer group of the owner's own."""

    redis: Redis
    owners: frozenset[int]
    gateway: Gateway
    courier: Courier
    doorbells: Doorbells
    #: The accounts' names, looked up beforehand: an alert does not wait for that.
    names: dict[int, str] = field(default_factory=dict)

    async def run(self) -> Never:
        """Tell what happens to every account; one that is added later is found within seconds."""
        reading: set[int] = set()
        async with asyncio.TaskGroup() as loops:
            while True:
                try:
                    for account in await self.gateway.accounts():
                        self.names[account] = await self.gateway.account_name(account)
                        if account not in reading:
                            await self._dismiss_former_owners(account)
                            for owner in self.owners:
                                loops.create_task(self._read(account, owner))
                            reading.add(account)
                except RedisError as error:
                    log.warning("accounts_unreadable", error=type(error).__name__)
                await asyncio.sleep(NEW_ACCOUNT_SECONDS)
        raise AssertionError  # the loop above never ends

    async def tell(self, chat: Chat, entry: str, event: Event) -> None:
        """Tell one owner of one event."""
        name = self.names.get(event.account) or await self.gateway.account_name(event.account)
        await Telling(chat=chat, entry=entry, name=name).tell(event)

    def chat(self, account: int, owner: int) -> Chat:
        """Where this owner is told of this account."""
        book = AlertBook(redis=self.redis)
        return Chat(
            account=account,
            owner=owner,
            redis=self.redis,
            courier=self.courier,
            book=book,
            doorbells=self.doorbells,
        )

    async def _dismiss_former_owners(self, account: int) -> None:
        """Drop the groups of those who are owners no more; raises RedisError."""
        stream = keys.events(account)
        with suppress(ResponseError):  # there is no such stream yet
            for group in await self.redis.xinfo_groups(stream):
                kind, _, owner = group["name"].decode().partition(":")
                if kind == GROUP and owner not in map(str, self.owners):
                    await self.redis.xgroup_destroy(stream, group["name"])

    async def _read(self, account: int, owner: int) -> Never:
        groups = {each: f"{GROUP}:{each}" for each in sorted(self.owners)}
        consumer: Consumer[Event] = Consumer(
            redis=self.redis,
            stream=keys.events(account),
            packing=EventCodec(account),
            group=groups[owner],
            groups=tuple(groups.values()),
            name="bot",
            lost=partial(AlertBook(redis=self.redis).miss, account, owner),
        )
        await consumer.run_entries(partial(self.tell, self.chat(account, owner)))
