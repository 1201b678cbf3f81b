"""The demo's Redis, which can be stopped and started again with all that it held; nothing of it outlives the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from doorman.embedded import embedded_redis


@dataclass(slots=True, kw_only=True)
class DemoRedis:
    """The embedded Redis in that folder."""

    folder: Path
    url: str = ""
    is_up: bool = False
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Raises click.ClickException."""
        self.url = self._running.enter_context(embedded_redis(self.folder, persist=True))
        self.is_up = True

    def stop(self) -> None:
        """What was written is kept; one that is stopped already stays so."""
        self.is_up = False
        self._running.close()


@contextmanager
def demo_redis(folder: Path) -> Iterator[DemoRedis]:
    """Run it. Raises click.ClickException."""
    redis = DemoRedis(folder=folder)
    redis.start()
    try:
        yield redis
    finally:
        redis.stop()
