"""Events on their way to the owners, as a worker would have left them in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiogram.utils.backoff import BackoffConfig
from redis.asyncio import Redis

from bot.delivery.alert_book import AlertBook, Mark
from bot.delivery.announcer import Announcer
from bot.views.screen import Screen
from core.connection import Store
from core.contract import keys
from core.contract.events import Event, Report
from core.contract.session_events import SessionAppeared
from tests.domain_values import ACCOUNT, NOW, session
from tests.fake_telegram import FakeChats
from tests.screens import plain
from tests.waiting import eventually
from tests.wire import reported, reports_made

HASTE = BackoffConfig(min_delay=0.005, max_delay=0.02, factor=1.5, jitter=0.1)


def login(number: int, account: int = ACCOUNT) -> SessionAppeared:
    """A new login from a device of that number."""
    return SessionAppeared(
        account=account,
        at=NOW + timedelta(milliseconds=number),
        session=session(str(number), device_model=f"Device {number}."),
    )


async def left(redis: Store, *events: Event, entry: str = "*") -> list[str]:
    """The entries that these events are, each numbered behind the last."""
    entries = []
    for event in events:
        number = await reports_made(redis, event.account) + 1
        await redis.set_signed(keys.reports(event.account), b"%d" % number)
        entries.append(await reported(redis, Report(number=number, event=event), entry=entry))
    return entries


async def told_before(redis: Store, *owners: int, account: int = ACCOUNT) -> None:
    """These owners know already that they are told of this account."""
    for owner in owners:
        mark = Mark(number=await reports_made(redis, account), entry="0-0", at=NOW - timedelta(days=1))
        await AlertBook(redis=redis).reach(account, owner, mark)


async def told(telegram: FakeChats, owner: int, number: int) -> list[str]:
    """What the owner was told, once it is as many messages."""

    async def look() -> bool:
        return len(telegram.in_chat(owner)) >= number

    await eventually(look)
    return telegram.in_chat(owner)


async def tried(telegram: FakeChats, owner: int, times: int = 1, *, since: int | None = None) -> None:
    """Wait until a call to this owner's chat was tried as often, from now on or since there were so many tries."""
    before = telegram.tries.get(owner, 0) if since is None else since

    async def look() -> bool:
        return telegram.tries.get(owner, 0) >= before + times

    await eventually(look)


async def acked(redis: Redis, *owners: int, account: int = ACCOUNT) -> None:
    """Wait until all that was left has been told to these owners."""

    async def look() -> bool:
        groups = await groups_of(redis, account)
        mine = [groups.get(f"bot:{owner}") for owner in owners]
        return all(group and group["pending"] == 0 and group["lag"] == 0 for group in mine)

    await eventually(look)


async def groups_of(redis: Redis, account: int = ACCOUNT) -> dict[str, dict[str, Any]]:
    """The consumer groups of the account's events."""
    if not await redis.exists(keys.events(account)):
        return {}
    groups: Any = await redis.xinfo_groups(keys.events(account))
    return {group["name"].decode(): group for group in groups}


class Heard(Announcer):
    """What was announced; its owners see it when a test asks for it, unless they can't."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.owners_see = True
        self._then: list[Callable[[], Awaitable[None]]] = []

    def announce(self, screen: Screen, *, then: Callable[[], Awaitable[None]] | None = None) -> None:
        self.texts.append(plain(screen))
        if then:
            self._then.append(then)

    async def since(self) -> list[str]:
        """What was announced since the last time."""
        new, self.texts = self.texts, []
        due, self._then = self._then, []
        for then in due if self.owners_see else []:
            await then()
        return new


class Halt:
    """Stops one process for good at one place: the first to come there never goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> None:
        self.reached = asyncio.Event()
        really = getattr(owner, method)

        async def halt(*arguments: Any, **options: Any) -> Any:
            if not self.reached.is_set():
                self.reached.set()
                await asyncio.Event().wait()
            return await really(*arguments, **options)

        monkeypatch.setattr(owner, method, halt)
