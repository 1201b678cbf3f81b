"""Clocks that are five minutes off: alerts, presses and the lease go by none of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.house import until
from tests.faults import clocks
from tests.faults.census import executions
from tests.faults.scene import RECOVERY, Scene

pytestmark = pytest.mark.skipif(clocks.library() is None, reason="libfaketime's package is for Linux on x86_64 alone")


@pytest.fixture(params=[(300, 0), (-300, 0), (0, 300), (0, -300), (300, -300)], ids=str)
def skewed(at_work: Scene, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Worker and bot with clocks that are off by so many seconds."""
    workers, bots = request.param
    at_work.house.stop("userclient")
    at_work.house.stop("bot")
    at_work.start_worker(**(clocks.environment(workers) if workers else {}))
    at_work.start_bot(**(clocks.environment(bots) if bots else {}))
    until("the worker", at_work.is_watching, seconds=RECOVERY)
    yield at_work
    for name in ("userclient", "bot"):
        process = at_work.house.processes[name]
        at_work.house.stop(name)
        clocks.tidy(process.pid)


def test_all_is_as_ever(skewed: Scene) -> None:
    house, owner = skewed.house, skewed.house.owner
    assert "Watching." in owner.ask("/status", "Demo account").text
    device = skewed.new_device()
    hash_ = house.somebody_logs_in(device)
    asked = skewed.asked_to_end(device)
    owner.press_at_once(asked, "Yes, end")
    owner.sees_on(asked, "Ended by you")
    assert executions(house.calls("account.resetAuthorization"), hash_) == 1
    assert not [m for m in owner.bots() if "is blind" in m.text]
