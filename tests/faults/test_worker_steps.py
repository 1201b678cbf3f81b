"""The worker is killed (SIGKILL) at each named step: no login is lost, no press done twice, its owner learns of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.house import until
from tests.faults.census import alerts_sent, executions
from tests.faults.scene import RECOVERY, Scene

FINDS_A_LOGIN = [
    ("the lease is taken", "userclient.lease:Lease.take", "after"),
    ("the roster was fetched", "userclient.telegram.guard:Guard.roster", "after"),
    ("the events are about to be written", "userclient.records:Records.write", "before"),
    ("the events are written", "userclient.records:Records.write", "after"),
]
ENDS_A_SESSION = [
    ("the command is about to be acked", "core.consumer:Consumer._ack", "before", False),
    ("the command is acked", "core.consumer:Consumer._ack", "after", False),
    ("the ending is about to begin", "userclient.deeds:Deeds.end", "before", False),
    ("the ending is written down", "userclient.deeds:Deeds._begin_ending", "after", False),
    ("Telegram is about to be asked", "userclient.telegram.guard:Guard.end", "before", False),
    ("Telegram has done it", "userclient.telegram.guard:Guard.end", "after", True),
    ("the ending is told", "userclient.deeds:Deeds.end", "after", True),
    ("the reply is about to be written", "core.bus:answer", "before", True),
    ("the reply is written", "core.bus:answer", "after", True),
]


@pytest.mark.parametrize(("step", "at", "when"), FINDS_A_LOGIN)
def test_a_login_is_told_once_though_the_worker_dies_when(
    at_work: Scene, count: Any, step: str, at: str, when: str
) -> None:
    device = at_work.new_device()
    at_work.house.stop("userclient")
    at_work.house.somebody_logs_in(device, push=False)
    at_work.start_halting("userclient", at, when)
    at_work.kill_halted("userclient")
    at_work.start_worker()
    at_work.house.owner.see("New login", device)
    until("the worker", at_work.is_watching, seconds=RECOVERY)
    sent = alerts_sent(at_work.house.calls("sendMessage"), device, to=at_work.house.owner.id)
    count(f"worker killed when {step}", logins=1, alerts=sent)
    assert sent == 1


@pytest.mark.parametrize(("step", "at", "when", "is_done"), ENDS_A_SESSION)
def test_a_press_is_done_at_most_once_and_its_owner_learns_which_though_the_worker_dies_when(
    at_work: Scene, count: Any, step: str, at: str, when: str, is_done: bool
) -> None:
    device = at_work.new_device()
    house = at_work.house
    house.stop("userclient")
    at_work.start_halting("userclient", at, when)
    hash_ = house.somebody_logs_in(device)
    asked = at_work.asked_to_end(device)
    house.owner.press_at_once(asked, "Yes, end")
    at_work.kill_halted("userclient")
    at_work.start_worker()
    if is_done or step == "the command is about to be acked":
        # Not begun yet, and there is time left: the next worker begins it.
        house.owner.sees_on(asked, "Ended by you")
    else:
        house.owner.see("Not ended", after=asked.id, seconds=RECOVERY)
    until("the press to be settled", lambda: not at_work.unsettled_presses(), seconds=RECOVERY)
    done = executions(house.calls("account.resetAuthorization"), hash_)
    count(f"worker killed when {step}", presses=1, executions=done)
    assert done == (hash_ not in house.sessions())
    assert done <= 1
