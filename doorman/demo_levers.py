"""What the demo's page can have done to the demo itself: worker killed, Redis stopped, guard logged in again.

The sandbox hands over which lever was pulled, and knows no more of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Never

import click
from aiohttp import ClientError

from doorman.demo_guard import DemoGuard
from doorman.demo_redis import DemoRedis
from doorman.demo_worker import DemoWorker
from doorman.demo_world import DemoWorld

LOOK_SECONDS = 1.0
ABOUT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """What the page shows of it, and what it does."""

    name: str
    text: str
    about: str
    does: Callable[[], Awaitable[None]]
    danger: bool = False

    def offered(self) -> dict[str, Any]:
        """As the sandbox takes it."""
        return {"name": self.name, "text": self.text, "about": self.about, "danger": self.danger}


@dataclass(slots=True, kw_only=True)
class Levers:
    """`silence` is after how many seconds the owner is told that Doorman is blind."""

    world: DemoWorld
    worker: DemoWorker
    redis: DemoRedis
    guard: DemoGuard
    silence: int
    _failed: dict[str, str] = field(default_factory=dict)
    _offered: list[dict[str, Any]] = field(default_factory=list)

    async def run(self) -> Never:
        """Offer what can be done at the moment, and do what is pulled."""
        try:
            while True:
                levers = [self._of_worker(), self._of_redis(), *await self._of_guard()]
                await self._offer([self._as_it_went(lever).offered() for lever in levers])
                pulled = await self.world.pulled_lever(wait=LOOK_SECONDS)
                for lever in levers:
                    if lever.name == pulled:
                        await self._pull(lever)
        except (ClientError, TimeoutError):
            # The sandbox is going or gone, which is told where its process is waited for.
            await asyncio.Event().wait()
            raise AssertionError from None

    async def _pull(self, lever: Lever) -> None:
        self._failed.pop(lever.name, None)
        try:
            await lever.does()
        except Exception as error:  # noqa: BLE001 - whatever a lever meets, the demo goes on
            why = error.message if isinstance(error, click.ClickException) else str(error)
            self._failed[lever.name] = why.rstrip(".") or type(error).__name__

    def _as_it_went(self, lever: Lever) -> Lever:
        why = self._failed.get(lever.name)
        return replace(lever, about=f"It did not work: {why}."[:ABOUT_MOST]) if why else lever

    async def _offer(self, levers: list[dict[str, Any]]) -> None:
        if levers != self._offered:
            await self.world.offer_levers(levers)
            self._offered = levers

    def _of_worker(self) -> Lever:
        if self.worker.is_up:
            about = f"By SIGKILL. Told after {self.silence} s."
            return Lever(name="worker", text="The worker is killed", about=about, does=self.worker.kill, danger=True)
        return Lever(
            name="worker",
            text="Start the worker again",
            about="What happened meanwhile is told.",
            does=self.worker.start,
        )

    def _of_redis(self) -> Lever:
        if self.redis.is_up:
            about = f"Nothing passes. Told after {self.silence} s."
            return Lever(name="redis", text="Redis goes down", about=about, does=self._stop_redis, danger=True)
        return Lever(name="redis", text="Start Redis again", about="With all that it held.", does=self._start_redis)

    async def _of_guard(self) -> list[Lever]:
        if not (self.redis.is_up and await self.guard.is_dead()):
            self._failed.pop("login", None)
            return []
        about = "As `doorman login` does."
        return [Lever(name="login", text="Log Doorman in again", about=about, does=self.guard.log_in)]

    async def _stop_redis(self) -> None:
        await asyncio.to_thread(self.redis.stop)

    async def _start_redis(self) -> None:
        await asyncio.to_thread(self.redis.start)
