"""One demo and one browser for each module; the page anew for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import launched
from tests.browser.demo import Screen, running_demo, screen
from tests.e2e.house import Api


@pytest.fixture(scope="module")
def demo() -> Iterator[Api]:
    with running_demo() as api:
        yield api


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def home(browser: Browser, demo: Api) -> Iterator[Screen]:
    """The page on a desktop."""
    with screen(browser, demo) as shown:
        yield shown
