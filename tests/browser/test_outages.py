"""Doorman's own parts are taken away by a click: it says that it is blind, and that it sees again."""

from __future__ import annotations

import pytest

from tests.browser.demo import Screen

SILENCE = 40.0  # the demo's 15 s, and a machine under load


@pytest.mark.timeout(120)
def test_a_killed_worker_is_noticed_and_started_again(home: Screen) -> None:
    home.play("The worker is killed")
    home.sees("Doorman is blind", "worker is silent", seconds=SILENCE)
    home.play("A stranger abroad")
    home.play("Start the worker again")
    home.sees("Doorman watches again", seconds=SILENCE)
    home.sees("New login", "Chile", seconds=SILENCE)


@pytest.mark.timeout(120)
def test_a_redis_that_goes_down_is_noticed_and_comes_back_with_what_it_held(home: Screen) -> None:
    home.play("Redis goes down")
    home.sees("Doorman is blind", "Redis can't be reached", seconds=SILENCE)
    home.play("Start Redis again")
    home.sees("Doorman's Redis is back", seconds=SILENCE)
    home.play("Half a login")
    home.sees("iPhone 15", seconds=SILENCE)
