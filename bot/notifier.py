"""Turns the worker's events into messages: whom to tell, how loudly, and which message to bring up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Never

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.alert_book import AlertBook
from bot.courier import Courier
from bot.gateway import Gateway
from bot.views import alerts
from bot.views.screen import Screen
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import Codec
from core.contract.events import (
    BaselineTaken,
    Event,
    GuardLost,
    LoginAnnounced,
    LoginConfirmed,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)

log = structlog.get_logger()

NEW_ACCOUNT_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Tells every owner."""

    redis: Redis
    owners: frozenset[int]
    gateway: Gateway
    courier: Courier
    book: AlertBook
    #: The accounts' names, looked up beforehand: an alert does not wait for that.
    names: dict[int, str] = field(default_factory=dict)

    async def run(self) -> Never:
        """Read every account's events; an account that is added later is found within seconds."""
        reading: set[int] = set()
        async with asyncio.TaskGroup() as loops:
            while True:
                try:
                    for account in await self.gateway.accounts():
                        self.names[account] = await self.gateway.account_name(account)
                        if account not in reading:
                            loops.create_task(self._consumer(account).run(self.handle))
                            reading.add(account)
                except RedisError as error:
                    log.warning("accounts_unreadable", error=type(error).__name__)
                await asyncio.sleep(NEW_ACCOUNT_SECONDS)
        raise AssertionError  # the loop above never ends

    async def handle(self, event: Event) -> None:
        """Tell the owners of one event; handled again after a crash, it repeats no alert that it has noted."""
        name = self.names.get(event.account) or await self.gateway.account_name(event.account)
        match event:
            case SessionAppeared(session=session):
                await self._alert(event.account, session.hash, alerts.login_alert(event, account_name=name))
            case LoginAnnounced(hash=hash_):
                await self._alert(event.account, hash_, alerts.announced_login_alert(event, account_name=name))
            case SessionEnded():
                await self._tell_end(event, name)
            case LoginConfirmed():
                await self._tell_confirmed(event, name)
            case SessionAltered():
                if screen := alerts.session_altered(event, account_name=name):
                    await self._tell(screen)
            case BaselineTaken():
                await self._tell(alerts.baseline(event, account_name=name))
            case TtlChanged():
                await self._tell(alerts.ttl_changed(event, account_name=name))
            case GuardLost():
                await self._tell(alerts.guard_lost(event, account_name=name))
        log.info("event_told", account=event.account, type=type(event).__name__, owners=len(self.owners))

    async def _each(self, deliver: Callable[[int], Coroutine[Any, Any, object]]) -> None:
        """Deliver to every owner, all at once."""
        async with asyncio.TaskGroup() as deliveries:
            for owner in self.owners:
                deliveries.create_task(deliver(owner))

    async def _alert(self, account: int, hash_: str, screen: Screen) -> None:
        """One message a login and owner: the first time sent, after that edited."""
        await self._each(lambda owner: self._alert_one(account, hash_, owner, screen))

    async def _alert_one(self, account: int, hash_: str, owner: int, screen: Screen) -> None:
        sent = await self.book.message(account, hash_, owner)
        if sent is not None and await self.courier.edit(owner, sent, screen):
            return
        message_id = await self.courier.send(owner, screen)
        if message_id is not None:
            try:
                await self.book.enter(account, hash_, owner, message_id)
            except RedisError as error:  # a full Redis takes no entry; the owner is told all the same, and once
                log.warning("alert_not_noted", account=account, error=type(error).__name__)

    async def _tell_end(self, event: SessionEnded, name: str) -> None:
        await self._each(lambda owner: self._tell_end_one(event, owner, name))
        await self.book.strike(event.account, event.session.hash, self.owners)

    async def _tell_end_one(self, event: SessionEnded, owner: int, name: str) -> None:
        await self._settle(event, owner, name, alerts.ended_line(event, viewer=owner))
        if event.ended_by != owner:  # who pressed the button has seen what came of it
            screen = alerts.session_ended(event, account_name=name, viewer=owner)
            await self.courier.send(owner, screen, quietly=True)

    async def _tell_confirmed(self, event: LoginConfirmed, name: str) -> None:
        await self._each(lambda owner: self._settle(event, owner, name, alerts.confirmed_line(event, viewer=owner)))

    async def _settle(self, event: SessionEnded | LoginConfirmed, owner: int, name: str, outcome: str) -> None:
        """Say on the owner's alert of that session, if there was one, what came of it."""
        sent = await self.book.message(event.account, event.session.hash, owner)
        if sent is not None:
            appeared = SessionAppeared(account=event.account, at=event.at, session=event.session)
            await self.courier.edit(owner, sent, alerts.login_alert(appeared, account_name=name, outcome=outcome))

    async def _tell(self, screen: Screen) -> None:
        await self._each(lambda owner: self.courier.send(owner, screen))

    def _consumer(self, account: int) -> Consumer[Event]:
        return Consumer(redis=self.redis, stream=keys.events(account), packing=Codec(Event), group="bot", name="bot")
