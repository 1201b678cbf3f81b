"""Has pictures drawn, one after another, each by a process of its own; it knows no plotting library."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.pictures.timeline import Timeline, dumped

log = structlog.get_logger()

#: Drawing takes under a second, listing the machine's fonts, the first time, a few more where there are thousands.
SECONDS = 30.0
DRAWING = (sys.executable, "-m", "bot.pictures")
PNG = b"\x89PNG\r\n\x1a\n"
#: What the process that draws may see of our environment: how Python runs here, and none of our secrets.
HANDED_ON = ("PATH", "PYTHON", "LD_", "LANG", "LC_", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_")
SAID_MOST = 2000


class PictureError(Exception):
    """There is no picture; the text says why, to a person."""


class Painter:
    """Draws for everybody in the bot.

    `folder` is a private one, where the library keeps its list of the machine's fonts from picture to picture; its
    own choice would be the home, which may be read-only or somebody else's.
    """

    def __init__(self, folder: Path, *, seconds: float = SECONDS, command: Sequence[str] = DRAWING) -> None:
        self._folder = folder
        self._seconds = seconds
        self._command = tuple(command)
        self._one_at_a_time = asyncio.Lock()

    async def timeline(self, timeline: Timeline) -> bytes:
        """A PNG of the timeline. Raises PictureError."""
        data = dumped(timeline)
        async with self._one_at_a_time:
            return await self._drawn(data)

    async def _drawn(self, data: bytes) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(self._folder)
            )
        except OSError as error:
            log.warning("picture_not_started", error=str(error))
            raise PictureError("The picture can't be drawn: this machine starts no process for it just now.") from error
        try:
            async with asyncio.timeout(self._seconds):
                picture, said = await process.communicate(data)
        except TimeoutError as error:
            log.warning("picture_too_slow", seconds=self._seconds)
            raise PictureError(f"The picture was not drawn within {self._seconds:g} seconds.") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 0 and picture.startswith(PNG):
            return picture
        log.warning("picture_failed", code=process.returncode, said=said[-SAID_MOST:].decode(errors="replace"))
        if (process.returncode or 0) < 0:
            raise PictureError("The process that draws the picture was killed; most likely memory ran out.")
        raise PictureError("The picture can't be drawn; the bot's log says why.")


def _environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    return {**ours, "MPLCONFIGDIR": str(folder)}
