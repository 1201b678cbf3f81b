"""The process that draws: one at a time, in good time, seeing no secret, and its failures are told in words."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.pictures.painter import PNG, Painter, PictureError
from bot.pictures.timeline import Lane, State
from tests.unit.bot.pictures.stories import span, timeline

MONTH = timeline(Lane(label="\ud800 我 $x$", spans=(span(State.ACTIVE, 20, 5),)))
READ = "import os, sys, time, pathlib; sys.stdin.buffer.read(); "
DRAWN = "sys.stdout.buffer.write(bytes.fromhex('89504e470d0a1a0a'))"
PARENT = """
import asyncio, resource, sys
from pathlib import Path
from bot.pictures.painter import Painter
from tests.unit.bot.pictures.stories import timeline

print(asyncio.run(Painter(Path(sys.argv[1])).timeline(timeline()))[1:4])
print([name for name in ("matplotlib", "numpy", "PIL") if name in sys.modules])
"""


def painter(folder: Path, script: str, *, seconds: float = 20) -> Painter:
    return Painter(folder, seconds=seconds, command=(sys.executable, "-c", READ + script))


def fonts_kept(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("fontlist*")}


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_picture_is_drawn_and_the_list_of_fonts_kept_for_the_next(tmp_path: Path) -> None:
    drawing = Painter(tmp_path)
    first = await drawing.timeline(MONTH)
    kept = fonts_kept(tmp_path)
    assert first.startswith(PNG)
    assert kept
    assert await drawing.timeline(MONTH) == first
    assert fonts_kept(tmp_path) == kept


def test_the_bot_itself_never_loads_the_plotting_library(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(tmp_path)], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.stdout.splitlines(), done.stderr) == (["b'PNG'", "[]"], "")


async def test_one_is_drawn_after_another(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    note = f"note = lambda word: pathlib.Path({str(diary)!r}).open('a').write(word); "
    drawing = painter(tmp_path, f"{note} note('begun '); time.sleep(0.1); note('done '); {DRAWN}")
    await asyncio.gather(*(drawing.timeline(MONTH) for _ in range(3)))
    assert diary.read_text() == "begun done " * 3


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    drawing = painter(tmp_path, f"pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(50)", seconds=1)
    with pytest.raises(PictureError, match="not drawn within 1 seconds"):
        await drawing.timeline(MONTH)
    assert not is_running(int(text_of(pid)))


async def test_one_that_nobody_waits_for_any_more_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    drawing = painter(tmp_path, f"pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(50)")
    waiting = asyncio.ensure_future(drawing.timeline(MONTH))
    while not text_of(pid):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not is_running(int(text_of(pid)))


async def test_after_a_failure_the_next_is_drawn(tmp_path: Path) -> None:
    once = f"first = pathlib.Path({str(tmp_path / 'first')!r}); {DRAWN} if first.exists() else first.touch()"
    drawing = painter(tmp_path, once)
    with pytest.raises(PictureError):
        await drawing.timeline(MONTH)
    assert (await drawing.timeline(MONTH)).startswith(PNG)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("raise SystemExit('no such font')", "The picture can't be drawn; the bot's log says why."),
        ("print('no picture')", "The picture can't be drawn; the bot's log says why."),
        ("os.kill(os.getpid(), 9)", "The process that draws the picture was killed; most likely memory ran out."),
    ],
)
async def test_a_failure_is_told_in_words(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(PictureError) as told:
        await painter(tmp_path, script).timeline(MONTH)
    assert str(told.value) == words


async def test_a_failure_is_told_where_no_process_can_be_started(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="starts no process"):
        await Painter(tmp_path, command=(str(tmp_path / "nothing"),)).timeline(MONTH)


async def test_the_process_that_draws_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "obviously secret")
    seen = tmp_path / "seen"
    await painter(tmp_path, f"pathlib.Path({str(seen)!r}).write_text(repr(dict(os.environ))); {DRAWN}").timeline(MONTH)
    assert "PATH" in seen.read_text()
    assert "secret" not in seen.read_text().lower()
