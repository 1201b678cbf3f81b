"""Settings in tests: none of them comes from where the tests happen to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from core.settings import load
from doorman.settings import DoormanSettings
from userclient.settings import UserclientSettings

Refusal = Callable[..., list[str]]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without any setting, and a working directory without an .env."""
    for settings in (BotSettings, UserclientSettings, DoormanSettings):
        for name in settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refusal(bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """The lines with which a process ends that is started with these settings."""

    def start(settings: type[BaseSettings], **environment: Any) -> list[str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        with pytest.raises(SystemExit) as end:
            load(settings)
        assert end.value.code == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err.splitlines()

    return start
