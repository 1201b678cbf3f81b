"""The settings of the `doorman` command itself."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.settings import CoreSettings


class DoormanSettings(CoreSettings):
    """What `doorman up`, `login`, `logout` and `doctor` read beside the two processes' settings."""

    data_dir: Path = Field(
        Path("data"), description="The folder in which the embedded Redis keeps its data, where REDIS_URL is empty."
    )
