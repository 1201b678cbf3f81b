"""The two processes as children: started together, stopped together, none left behind."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

STOP_SECONDS = 10.0


@asynccontextmanager
async def child(
    module: str, *arguments: str, env: Mapping[str, str], cwd: Path | None = None, stdout: int | None = None
) -> AsyncIterator[Process]:
    """Run `python -m module`; at the end it gets SIGTERM, and SIGKILL if it won't go.

    `stdout` may be asyncio.subprocess.PIPE. In a session of its own: Ctrl-C reaches it through us alone, in our order.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, env=env, cwd=cwd, stdout=stdout, start_new_session=True
    )
    try:
        yield process
    finally:
        await stop(process)


@asynccontextmanager
async def children(*modules: str, env: Mapping[str, str], cwd: Path | None = None) -> AsyncIterator[dict[str, Process]]:
    """Run several, by module; at the end all are told to stop at once."""
    async with AsyncExitStack() as stack:
        processes = {module: await stack.enter_async_context(child(module, env=env, cwd=cwd)) for module in modules}
        try:
            yield processes
        finally:
            await asyncio.gather(*map(stop, processes.values()))


async def stop(process: Process) -> None:
    """End a child and wait for its end."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


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


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings in it."""
    return {**os.environ, **settings}
