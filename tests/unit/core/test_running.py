"""A process of ours: it ends cleanly at a signal, and with one line at a wrong setting, however deep that was found."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from core.running import run
from core.settings import SettingsError

LINE = "ACCOUNT is wrong: set another."


async def _alone() -> None:
    raise SettingsError(LINE)


async def _in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_alone())


async def _in_a_group_of_groups() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_in_a_group())
        group.create_task(asyncio.Event().wait())


@pytest.mark.parametrize("main", [_alone, _in_a_group, _in_a_group_of_groups])
def test_a_wrong_setting_ends_it_with_its_line_alone(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(main())  # type: ignore[operator]
    assert end.value.code == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", LINE + "\n")


def test_another_error_is_raised_as_it_is() -> None:
    async def main() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        run(main())


def test_a_process_that_is_done_ends() -> None:
    ended: list[str] = []

    async def main() -> None:
        ended.append("well")

    run(main())
    assert ended == ["well"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_with_what_it_had_still_to_do(number: signal.Signals) -> None:
    ended: list[str] = []

    async def main() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    run(main())
    assert ended == ["cleaned up"]


def test_a_second_signal_makes_it_hurry() -> None:
    hurried = asyncio.Event()

    async def main() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await hurried.wait()

    run(main(), hurry=hurried.set)
    assert hurried.is_set()


def test_when_whoever_started_it_is_gone_it_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    monkeypatch.setenv("LIFELINE_FD", str(ours))

    async def main() -> None:
        os.close(theirs)
        await asyncio.Event().wait()

    run(main())
    os.close(ours)


def test_a_cancellation_of_its_own_is_a_bug_and_no_clean_end() -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run(main())
