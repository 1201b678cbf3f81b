"""Doorman's own parts are taken away by a click: it says that it is blind, and that it sees again.

In two demos at once, for most of it is waiting until the silence has lasted long enough.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.demo import Screen, running_demo, screen

SILENCE = 40.0  # the demo's 15 s, and a machine under load


@pytest.fixture
def neighbour(browser: Browser) -> Iterator[Screen]:
    with running_demo() as api, screen(browser, api) as shown:
        yield shown


@pytest.mark.timeout(120)
def test_a_killed_worker_and_a_redis_that_is_down_are_noticed_and_started_again(
    home: Screen, neighbour: Screen
) -> None:
    home.play("The worker is killed")
    neighbour.play("Redis goes down")
    home.sees("Doorman is blind", "worker is silent", seconds=SILENCE)
    home.play("A stranger abroad")
    home.play("Start the worker again")
    neighbour.sees("Doorman is blind", "Redis can't be reached", seconds=SILENCE)
    neighbour.play("Start Redis again")
    neighbour.sees("Doorman's Redis is back", seconds=SILENCE)
    neighbour.play("A stranger abroad")
    home.sees("Doorman watches again", seconds=SILENCE)
    home.sees("New login", "Chile", seconds=SILENCE)
    neighbour.sees("New login", "Chile", seconds=SILENCE)
