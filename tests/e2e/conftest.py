"""Houses to live in: one that a module's tests share, and empty ones for tests that break something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorman.embedded import embedded_redis
from tests.e2e.house import House


@contextmanager
def _open_house(folder: Path, **settings: str) -> Iterator[House]:
    with embedded_redis(folder / "r", persist=False) as url:
        house = House(folder=folder, redis_url=url, settings=settings)
        try:
            house.open()
            yield house
        finally:
            house.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Doorman running, its owner in the chat; each test makes sessions of its own."""
    with _open_house(tmp_path_factory.mktemp("h")) as house:
        house.log_guard_in()
        house.move_in()
        yield house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A sandbox and an empty Redis; the test starts what it needs."""
    with _open_house(tmp_path) as house:
        yield house
