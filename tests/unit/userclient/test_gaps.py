"""What is asked of Telegram after gaps: again after a trouble, never within a flood wait, whatever goes wrong in it."""

from __future__ import annotations

import asyncio

import pytest

from tests.waiting import eventually, running
from userclient import gaps
from userclient.gaps import after_each_gap
from userclient.trouble import FloodWaitError, RefusedError, UnreachableError

HOUR = 3600


class Asked:
    """Something that is asked, and goes wrong like this, one after another; then well."""

    def __init__(self, *troubles: Exception) -> None:
        self.gap, self.times = asyncio.Event(), 0
        self._troubles = list(troubles)

    async def do(self) -> None:
        self.times += 1
        if self._troubles:
            raise self._troubles.pop(0)

    async def was_asked(self, times: int) -> None:
        async def enough() -> bool:
            return self.times >= times

        await eventually(enough)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "SETTLE_SECONDS", 0.0)
    monkeypatch.setattr(gaps, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(gaps, "REFUSED_SECONDS", 0.0)


@pytest.mark.parametrize(
    "trouble", [FloodWaitError(0), UnreachableError("down"), RefusedError("X_Y"), ValueError("a mistake")]
)
async def test_whatever_goes_wrong_it_is_tried_again_without_a_gap(trouble: Exception) -> None:
    asked = Asked(trouble, trouble)
    async with running(after_each_gap(asked.gap, asked.do, what="it")):
        await asked.was_asked(3)


@pytest.mark.parametrize("trouble", [RefusedError("X_Y"), ValueError("a mistake")])
async def test_after_what_will_hardly_change_soon_a_gap_alone_is_a_reason_to_ask_before_long(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "REFUSED_SECONDS", HOUR)
    asked = Asked(trouble)
    async with running(after_each_gap(asked.gap, asked.do, what="it")):
        await asked.was_asked(1)
        await turns()
        assert asked.times == 1
        asked.gap.set()
        await asked.was_asked(2)


async def test_a_gap_does_not_end_a_flood_wait() -> None:
    asked = Asked(FloodWaitError(HOUR))
    async with running(after_each_gap(asked.gap, asked.do, what="it")):
        await asked.was_asked(1)
        for _ in range(5):
            asked.gap.set()
            await turns()
    assert asked.times == 1


async def test_after_a_flood_wait_it_is_asked_once_for_all_gaps_in_it() -> None:
    asked = Asked(FloodWaitError(0))
    asked.gap.set()
    async with running(after_each_gap(asked.gap, asked.do, what="it")):
        await asked.was_asked(2)
        await turns()
    assert asked.times == 2


async def turns() -> None:
    """As many as a loop needs that has nothing to wait for."""
    for _ in range(20):
        await asyncio.sleep(0)
