"""One scene for all tests of a module, and the table of what was counted in all of them, at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.e2e.house import until
from tests.faults.census import table
from tests.faults.scene import RECOVERY, Scene, scene

Counts = dict[str, dict[str, int]]
COUNTS = pytest.StashKey[Counts]()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("f")) as made:
        yield made


@pytest.fixture
def at_work(shared: Scene) -> Iterator[Scene]:
    """The shared scene, all well; whatever a test leaves broken is mended after it, and never were there two."""
    shared.heal()
    until("the worker to watch", shared.is_watching, seconds=RECOVERY)
    yield shared
    shared.heal()
    assert not shared.overlaps()


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Any:
    """Enter a story's counts into the table: `count(name, alerts=1, …)`."""
    counts = request.config.stash.setdefault(COUNTS, {})

    def enter(story: str, **numbers: int) -> None:
        counts[story] = numbers

    return enter


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What heals after a fault takes its time: leases, deadlines and backoffs one after the other."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(240))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist's hands its counts to whoever prints them."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["faults"] = session.config.stash.get(COUNTS, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash.setdefault(COUNTS, {}).update(getattr(node, "workeroutput", {}).get("faults", {}))


def pytest_terminal_summary(config: pytest.Config) -> None:
    if counts := config.stash.get(COUNTS, {}):
        Console(width=130).print(table("What came of each story", dict(sorted(counts.items()))))
