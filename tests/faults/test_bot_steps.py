"""The bot is killed (SIGKILL) at each named step: no login is lost, no press done twice, its owner learns of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.e2e.house import until
from tests.faults.census import alerts_sent, executions
from tests.faults.scene import RECOVERY, Scene

TELLS_OF_A_LOGIN = [
    ("the event was read", "bot.delivery.telling:Telling.tell", "before"),
    ("the alert is about to be sent", "bot.delivery.courier:Courier.send", "before"),
    ("the alert is sent", "bot.delivery.courier:Courier.send", "after"),
    ("the alert is noted", "bot.delivery.alert_book:AlertBook.mark_sent", "after"),
    ("the alert is in the book", "bot.delivery.alert_book:AlertBook.enter", "after"),
    ("the event is about to be acked", "core.consumer:Consumer._ack", "before"),
    ("the event is acked", "core.consumer:Consumer._ack", "after"),
]
SENT_BUT_NOT_NOTED = "the alert is sent"
CARRIES_A_PRESS = [
    ("the press was read", "bot.desk:Desk.carry", "before"),
    ("the request is made", "core.bus:new_request", "after"),
    ("the reply has come", "core.bus:request", "after"),
    ("the owner is about to be told", "bot.answering:Answering.tell", "before"),
    ("the owner is told", "bot.answering:Answering.tell", "after"),
    ("the press is about to be settled", "core.bus:settle", "before"),
]


@pytest.mark.parametrize(("step", "at", "when"), TELLS_OF_A_LOGIN)
def test_a_login_is_told_though_the_bot_dies_when(at_work: Scene, count: Any, step: str, at: str, when: str) -> None:
    device = at_work.new_device()
    house = at_work.house
    house.stop("bot")
    at_work.start_halting("bot", at, when)
    house.somebody_logs_in(device)
    at_work.kill_halted("bot")
    at_work.start_bot()
    house.owner.see("New login", device)
    house.owner.ask("/status", "Watching")
    after = at_work.new_device()
    house.somebody_logs_in(after)
    house.owner.see("New login", after)  # told in order: whatever was redelivered is done
    sent = alerts_sent(house.calls("sendMessage"), device, to=house.owner.id)
    count(f"bot killed when {step}", logins=1, alerts=sent)
    assert sent == (2 if step == SENT_BUT_NOT_NOTED else 1)


@pytest.mark.parametrize(("step", "at", "when"), CARRIES_A_PRESS)
def test_a_press_is_done_at_most_once_and_its_owner_learns_it_though_the_bot_dies_when(
    at_work: Scene, count: Any, step: str, at: str, when: str
) -> None:
    device = at_work.new_device()
    house = at_work.house
    house.stop("bot")
    at_work.start_halting("bot", at, when, nth=2 if at.endswith(("new_request", "bus:request")) else 1)
    hash_ = house.somebody_logs_in(device)
    asked = at_work.asked_to_end(device)
    if at.endswith(("new_request", "bus:request")):
        house.owner.ask("/sessions", "As of")  # the first request of two
    house.owner.press_at_once(asked, "Yes, end")
    at_work.kill_halted("bot")
    at_work.start_bot()
    house.owner.ask("/status", "Doorman")
    if step in {"the press was read", "the request is made"}:
        # The press may have died with the bot, and is not done then; or Telegram delivers it once more.
        with suppress(HTTPError):
            house.owner.press_at_once(asked, "Yes, end")
    house.owner.sees_on(asked, "Ended by you")
    until("the press to be settled", lambda: not at_work.unsettled_presses(), seconds=RECOVERY)
    done = executions(house.calls("account.resetAuthorization"), hash_)
    count(f"bot killed when {step}", presses=1, executions=done)
    assert done == 1
