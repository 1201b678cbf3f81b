"""The worker's settings: what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.settings import load
from userclient.settings import UserclientSettings

Refusal = Callable[..., list[str]]

SECRET_KEY = "0123456789abcdef" * 4
PEM = "-----BEGIN RSA PUBLIC KEY-----"
GOOD = {"API_ID": "123", "API_HASH": "abc", "SECRET_KEY": SECRET_KEY}


@pytest.fixture
def loaded(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., UserclientSettings]:
    def start(**environment: Any) -> UserclientSettings:
        for name, value in (GOOD | environment).items():
            monkeypatch.setenv(name, str(value))
        return load(UserclientSettings)

    return start


def test_the_least_that_is_needed_serves(loaded: Callable[..., UserclientSettings]) -> None:
    settings = loaded()
    assert settings.api_id == 123
    assert (settings.poll_seconds, settings.keepalive_seconds) == (30, 12)
    assert settings.mtproto_server == ""
    assert settings.account is None
    assert settings.lease_seconds == 60


def test_a_short_secret_key_is_refused_and_never_shown(refusal: Refusal) -> None:
    [line] = refusal(UserclientSettings, **GOOD | {"SECRET_KEY": "hunter2"})
    assert line.startswith("SECRET_KEY is wrong: ")
    assert "hunter2" not in line
    assert "openssl rand -hex 32" in line


def test_a_session_in_the_environment_is_taken_with_its_account(loaded: Callable[..., UserclientSettings]) -> None:
    settings = loaded(SESSION_STRING="1abc", ACCOUNT="1001")
    assert settings.session_string.get_secret_value() == "1abc"
    assert settings.account == 1001


def test_a_session_in_the_environment_needs_its_account_beside_it(refusal: Refusal) -> None:
    [line] = refusal(UserclientSettings, **GOOD | {"SESSION_STRING": "1hunter2"})
    assert line.startswith("ACCOUNT is wrong: ")
    assert "SESSION_STRING" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_ID", "0"),
        ("API_ID", "-1"),
        ("API_ID", "mine"),
        ("POLL_SECONDS", "0"),
        ("POLL_SECONDS", "3601"),
        ("POLL_SECONDS", "nan"),
        ("KEEPALIVE_SECONDS", "0.5"),
        ("KEEPALIVE_SECONDS", "inf"),
        ("LEASE_SECONDS", "2.9"),
        ("LEASE_SECONDS", "601"),
        ("LEASE_SECONDS", "nan"),
        ("ACCOUNT", "0"),
        ("ACCOUNT", "Ada"),
    ],
)
def test_a_number_out_of_range_is_refused(refusal: Refusal, name: str, value: str) -> None:
    [line] = refusal(UserclientSettings, **GOOD | {name: value})
    assert line.startswith(f"{name} is wrong: ")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "149.154.167.50:443",
        "10.0.0.1:443",
        "0.0.0.0:443",
        "192.168.1.1:443",
        "169.254.0.1:443",
        "localhost:4430",
        "telegram.example:443",
        "127.0.0.1.telegram.example:443",
        "127.0.0.1@telegram.example:443",
        "127.1:443",
        "0177.0.0.1:443",
        "2130706433:443",
        "::ffff:10.0.0.1:443",
        ":::443",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:https",
        "127.0.0.1:-1",
        "127.0.0.1:443 ",
        ":443",
        "[2001:db8::1]:443",
    ],
)
def test_a_server_that_is_not_loopback_by_its_number_is_refused(refusal: Refusal, elsewhere: str) -> None:
    [line] = refusal(UserclientSettings, **GOOD, MTPROTO_SERVER=elsewhere, MTPROTO_PUBLIC_KEY=PEM)
    assert line.startswith("MTPROTO_SERVER is wrong: ")
    assert "127.0.0.1:4430" in line


@pytest.mark.parametrize("here", ["127.0.0.1:4430", "127.8.9.10:1", "::1:4430"])
def test_a_loopback_server_is_taken(loaded: Callable[..., UserclientSettings], here: str) -> None:
    assert loaded(MTPROTO_SERVER=here, MTPROTO_PUBLIC_KEY=PEM).mtproto_server == here


def test_a_server_without_its_key_is_refused(refusal: Refusal) -> None:
    [line] = refusal(UserclientSettings, **GOOD, MTPROTO_SERVER="127.0.0.1:4430")
    assert "MTPROTO_PUBLIC_KEY" in line


def test_a_key_fits_one_line_of_env(loaded: Callable[..., UserclientSettings]) -> None:
    settings = loaded(MTPROTO_SERVER="127.0.0.1:1", MTPROTO_PUBLIC_KEY=r"-----BEGIN RSA PUBLIC KEY-----\nabc")
    assert settings.mtproto_public_key == "-----BEGIN RSA PUBLIC KEY-----\nabc"
