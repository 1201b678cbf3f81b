"""The demo's worker, which can be killed and started again; the demo ends when it ends in any other way."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from doorman.processes import Children


@dataclass(slots=True, kw_only=True)
class DemoWorker:
    """A place for one worker at a time."""

    children: Children
    env: Mapping[str, str]
    process: Process | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _started: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_up(self) -> bool:
        """Whether there is one."""
        return self.process is not None

    async def start(self) -> None:
        """One more, where there is none."""
        self.process = await self._running.enter_async_context(self.children.one("userclient", env=self.env))
        self._started.set()

    async def kill(self) -> None:
        """As a machine does that runs out of memory: at once, without a word."""
        if self.process is None:
            return
        process, self.process = self.process, None
        self._started.clear()
        process.kill()
        await process.wait()
        await self._running.aclose()

    async def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        while True:
            await self._started.wait()
            process = self.process
            code = await process.wait() if process else 0
            if process and process is self.process:
                return code

    async def end(self) -> None:
        """Stop it as the platform does."""
        await self._running.aclose()


@asynccontextmanager
async def demo_worker(children: Children, *, env: Mapping[str, str]) -> AsyncIterator[DemoWorker]:
    """Run one; whatever was done to it, none is left at the end."""
    worker = DemoWorker(children=children, env=env)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.end()
