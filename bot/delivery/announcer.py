"""Tells every owner and channel what no event tells, Redis or no Redis: to each in order, none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Never

from bot.channels.channel import Channel
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.views.letter import letter
from bot.views.screen import Screen

KEPT_MOST = 20  # for a chat or channel that can't be written to; the oldest goes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A screen, and what is to be done when somebody has seen it."""

    screen: Screen
    then: Callable[[], Awaitable[None]] | None


class Announcer:
    """What is announced is kept in memory until it is sent; it does not outlive the process."""

    def __init__(
        self, courier: Courier, owners: frozenset[int], doorbells: Doorbells, channels: tuple[Channel, ...] = ()
    ) -> None:
        self._courier = courier
        self._doorbells = doorbells
        self._queues: dict[int, asyncio.Queue[Announcement]] = {owner: asyncio.Queue() for owner in owners}
        self._mailboxes: dict[Channel, asyncio.Queue[Announcement]] = {each: asyncio.Queue() for each in channels}

    def announce(self, screen: Screen, *, then: Callable[[], Awaitable[None]] | None = None) -> None:
        """Tell everybody, soon; `then` is called after each owner who was told, for a channel may be read by nobody."""
        for queue in (*self._queues.values(), *self._mailboxes.values()):
            if queue.qsize() >= KEPT_MOST:
                queue.get_nowait()
            queue.put_nowait(Announcement(screen=screen, then=then))

    async def run(self) -> Never:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as loops:
            for owner, queue in self._queues.items():
                loops.create_task(self._deliver(owner, queue))
            for channel, queue in self._mailboxes.items():
                loops.create_task(self._send(channel, queue))
        raise AssertionError  # the loops never end

    async def _deliver(self, owner: int, queue: asyncio.Queue[Announcement]) -> Never:
        while True:
            announcement = await queue.get()
            await self._doorbells.until_open(owner, partial(self._courier.send, owner, announcement.screen))
            if announcement.then:
                await announcement.then()

    async def _send(self, channel: Channel, queue: asyncio.Queue[Announcement]) -> Never:
        while True:
            await channel.insist(letter((await queue.get()).screen))
