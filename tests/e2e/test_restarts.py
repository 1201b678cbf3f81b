"""Processes that stop, die and come back: no login goes untold, and the owner is told where Doorman is blind."""

from __future__ import annotations

import signal

import pytest

from tests.e2e.house import House, until


def test_a_login_while_the_bot_is_dead_is_alerted_when_it_is_back(home: House) -> None:
    home.stop("bot", signal.SIGKILL)
    home.somebody_logs_in("Came while the bot was dead")
    home.start("bot")
    home.owner.see("New login", "Came while the bot was dead")
    assert len([m for m in home.owner.bots() if "Came while the bot was dead" in m.text]) == 1


def test_a_login_while_the_worker_is_dead_is_alerted_when_it_is_back(home: House) -> None:
    home.stop("userclient", signal.SIGKILL)
    home.somebody_logs_in("Came while the worker was dead")
    home.start("userclient")
    home.owner.see("New login", "Came while the worker was dead")
    assert len([m for m in home.owner.bots() if "now watches" in m.text]) == 1, "no second baseline"


@pytest.mark.parametrize(
    ("how", "why"), [(signal.SIGTERM, "worker was stopped"), (signal.SIGKILL, "did not answer just now")]
)
def test_while_the_worker_is_away_the_last_known_list_is_shown_as_such(
    home: House, how: signal.Signals, why: str
) -> None:
    home.stop("userclient", how)
    shown = home.owner.ask("/sessions", "can't be fetched now")
    assert why in shown.text
    assert "Last known" in shown.text
    assert "Pixel 8" in shown.text
    home.start("userclient")
    until("a fresh list", lambda: "Last known" not in home.owner.ask("/sessions", "Pixel 8").text)


def test_a_press_while_the_worker_is_stopped_is_told_undone_and_never_done_later(home: House) -> None:
    hash_ = home.somebody_logs_in("Pressed in vain")
    alert = home.owner.see("Pressed in vain")
    home.stop("userclient")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.see("did not answer in time", after=alert.id)
    home.start("userclient")
    until("the worker to be back", lambda: "Watching" in home.owner.ask("/status", "Doorman").text)
    home.owner.ask("/sessions", "As of")  # answered after whatever was left in the stream
    assert hash_ in home.sessions()


def test_both_processes_end_with_exit_code_0_on_sigterm(home: House) -> None:
    assert home.stop("bot") == 0
    assert home.stop("userclient") == 0
    home.start("userclient")
    home.start("bot")
    until("the worker to watch again", lambda: "✅ Watching" in home.owner.ask("/status", "Doorman 0.1").text)
