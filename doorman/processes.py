"""The processes that a command starts: stopped together, none left behind, whatever becomes of the command."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from core.running import LIFELINE

STOP_SECONDS = 10.0


class Children:
    """All processes of one command."""

    def __init__(self) -> None:
        self._running: set[Process] = set()

    @asynccontextmanager
    async def one(
        self, module: str, *arguments: str, env: Mapping[str, str], cwd: Path | None = None, stdout: int | None = None
    ) -> AsyncIterator[Process]:
        """Run `python -m module`; at the end it gets SIGTERM, and SIGKILL if it won't go.

        `stdout` may be asyncio.subprocess.PIPE. In a session of its own, so that Ctrl-C reaches it through us alone,
        in our order; and on a lifeline, a pipe that closes when we are gone, killed even.
        """
        theirs, ours = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, *arguments),
                env={**env, LIFELINE: str(theirs)},
                cwd=cwd,
                stdout=stdout,
                pass_fds=[theirs],
                start_new_session=True,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._running.add(process)
        try:
            yield process
        finally:
            await _stop(process)
            self._running.discard(process)
            os.close(ours)

    @asynccontextmanager
    async def all(
        self, *modules: str, env: Mapping[str, str], cwd: Path | None = None
    ) -> AsyncIterator[dict[str, Process]]:
        """Run several, by module; at the end all are told to stop at once."""
        async with AsyncExitStack() as stack:
            processes = {
                module: await stack.enter_async_context(self.one(module, env=env, cwd=cwd)) for module in modules
            }
            try:
                yield processes
            finally:
                await asyncio.gather(*map(_stop, processes.values()))

    def kill(self) -> None:
        """End all of them now."""
        for process in self._running:
            with suppress(ProcessLookupError):
                process.kill()


async def first_to_end(processes: Mapping[str, Process]) -> tuple[str, int]:
    """Wait for one of them to end; its name and exit code."""
    waits = {asyncio.ensure_future(process.wait()): name for name, process in processes.items()}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    ended = next(iter(done))
    return waits[ended], ended.result()


def ending(code: int) -> str:
    """How a process ended, in words; a negative exit code is the signal that killed it."""
    return f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
