"""Settings: read from the environment and from .env; a wrong one ends the process with one human line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import BotSettings
from core.settings import CoreSettings, load
from userclient.settings import UserclientSettings

Refusal = Callable[..., list[str]]

SECRET_KEY = "0123456789abcdef" * 4
WORKER = {"API_ID": "123", "API_HASH": "abc", "SECRET_KEY": SECRET_KEY}


@pytest.fixture
def keyed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is set but what nobody does without."""
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    return bare


def test_without_any_setting_the_defaults_serve(keyed: Path) -> None:
    settings = load(CoreSettings)
    assert settings.redis_url.get_secret_value() == ""
    assert settings.redis_tls_verify
    assert (settings.log_level, settings.log_format) == ("info", "auto")


def test_settings_are_read_from_the_environment(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://localhost:1/0")
    monkeypatch.setenv("REDIS_TLS_VERIFY", "false")
    monkeypatch.setenv("log_level", "debug")
    settings = load(CoreSettings)
    assert settings.redis_url.get_secret_value() == "redis://localhost:1/0"
    assert not settings.redis_tls_verify
    assert settings.log_level == "debug"


def test_settings_are_read_from_env_in_the_working_directory(bare: Path) -> None:
    lines = [f"{name}={value}" for name, value in WORKER.items()]
    (bare / ".env").write_text("\n".join([*lines, "POLL_SECONDS=60 # one minute", "UNKNOWN=1"]))
    settings = load(UserclientSettings)
    assert settings.api_id == 123
    assert settings.secret_key.get_secret_value() == SECRET_KEY
    assert settings.poll_seconds == 60


def test_the_environment_goes_before_env(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (keyed / ".env").write_text("LOG_LEVEL=debug\nLOG_FORMAT=json")
    monkeypatch.setenv("LOG_LEVEL", "error")
    settings = load(CoreSettings)
    assert (settings.log_level, settings.log_format) == ("error", "json")


def test_an_empty_value_counts_as_none(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "")
    (keyed / ".env").write_text("LOG_FORMAT=\n")
    settings = load(CoreSettings)
    assert (settings.log_level, settings.log_format) == ("info", "auto")


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (BotSettings, ["SECRET_KEY", "BOT_TOKEN", "OWNER_IDS"]),
        (UserclientSettings, ["SECRET_KEY", "API_ID", "API_HASH"]),
    ],
)
def test_each_missing_setting_gets_a_line_that_names_it(refusal: Refusal, settings: type, names: list[str]) -> None:
    lines = refusal(settings)
    assert [line.split()[0] for line in lines] == names
    assert all("is not set" in line for line in lines)


def test_each_wrong_setting_gets_a_line_that_names_it(keyed: Path, refusal: Refusal) -> None:
    lines = refusal(CoreSettings, LOG_LEVEL="loud", LOG_FORMAT="pretty", REDIS_TLS_VERIFY="perhaps")
    assert sorted(line.split()[0] for line in lines) == ["LOG_FORMAT", "LOG_LEVEL", "REDIS_TLS_VERIFY"]
    assert all("is wrong" in line for line in lines)


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "http://:hunter2@localhost",
        "redis://:pa/hunter2@localhost:6379/0",
        "redis://:hunter2@localhost:notaport",
        "redis://:hunter2@localhost:99999999",
        "redis://:hunter2@[::1",
    ],
)
def test_a_redis_url_that_is_none_is_told_without_its_password(keyed: Path, refusal: Refusal, url: str) -> None:
    [line] = refusal(CoreSettings, REDIS_URL=url)
    assert line.startswith("REDIS_URL is wrong: ")
    assert "hunter2" not in line
    assert "pa" not in line.replace("password", "").split()


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://:p%2Fw@localhost:6379/0",
        "rediss://user:pw@example.org:6380",
        "unix:///tmp/redis.sock?db=1",
    ],
)
def test_a_redis_url_can_name_a_host_or_a_socket(keyed: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    assert load(CoreSettings).redis_url.get_secret_value() == url


def test_no_secret_shows_in_a_repr(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "REDIS_URL": "redis://:hunter2@localhost",
        "API_HASH": "hunter3",
        "SECRET_KEY": "hunter4" * 8,
        "SESSION_STRING": "hunter5",
        "ACCOUNT": "1001",
        "API_ID": "1",
        "BOT_TOKEN": "1:hunter6",
        "OWNER_IDS": "1",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    for settings in (load(UserclientSettings), load(BotSettings)):
        assert "hunter" not in repr(settings) + str(settings) + str(settings.model_dump())
