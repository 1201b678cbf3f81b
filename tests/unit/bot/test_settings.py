"""The bot's settings: what is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.credentials import make_bot
from bot.serving import webhook_secret
from bot.settings import BotSettings
from core.settings import load
from tests.domain_values import SECRET_KEY

Refusal = Callable[..., list[str]]

GOOD = {"BOT_TOKEN": "123456789:AAtoken", "OWNER_IDS": "1001", "SECRET_KEY": SECRET_KEY}


@pytest.fixture
def loaded(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BotSettings]:
    def start(**environment: Any) -> BotSettings:
        for name, value in (GOOD | environment).items():
            monkeypatch.setenv(name, str(value))
        return load(BotSettings)

    return start


@pytest.mark.parametrize(
    ("written", "owners"),
    [
        ("1001", {1001}),
        ("1001,2002", {1001, 2002}),
        (" 1001 , 2002 ,", {1001, 2002}),
        ("1001,1001", {1001}),
        (str(2**52), {2**52}),
    ],
)
def test_owners_are_numbers_with_commas(loaded: Callable[..., BotSettings], written: str, owners: set[int]) -> None:
    assert loaded(OWNER_IDS=written).owner_ids == owners


@pytest.mark.parametrize(
    "wrong",
    [
        "@ada",
        "1001;2002",
        "1001 2002",
        "-100123",
        "0",
        ",",
        " , ",
        "1.5",
        "[1001]",
        "\u0661",
        "1e3",
        "0x10",
        "9" * 5000,
    ],
)
def test_anything_else_is_no_owner(refusal: Refusal, wrong: str) -> None:
    [line] = refusal(BotSettings, **GOOD | {"OWNER_IDS": wrong})
    assert line.startswith("OWNER_IDS is wrong: ")


@given(st.text(max_size=12))
def test_whatever_is_written_for_owners_gives_positive_numbers_or_is_refused(written: str) -> None:
    try:
        settings = BotSettings(_env_file=None, secret_key=SECRET_KEY, bot_token="1:a", owner_ids=written)
    except ValidationError:
        return
    assert settings.owner_ids
    assert all(owner > 0 for owner in settings.owner_ids)


@pytest.mark.parametrize(
    "wrong",
    [
        "hunter2",
        ":hunter2",
        "123456789:",
        "bot123:hunter2",
        "123 456:hunter2",
        "1:hunter2 x",
        "1:hunter2\n",
        "1: hunter2",
    ],
)
def test_a_token_that_is_none_is_refused_and_never_shown(refusal: Refusal, wrong: str) -> None:
    [line] = refusal(BotSettings, **GOOD | {"BOT_TOKEN": wrong})
    assert line.startswith("BOT_TOKEN is wrong: ")
    assert "hunter2" not in line
    assert "@BotFather" in line


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_every_token_that_is_taken_makes_a_bot(token: str) -> None:
    try:
        settings = BotSettings(_env_file=None, secret_key=SECRET_KEY, bot_token=token, owner_ids="1")
    except ValidationError:
        return
    assert make_bot(settings).id > 0


@pytest.mark.parametrize("url", ["https://doorman.example", "http://127.0.0.1:8443", "https://doorman.example/"])
def test_a_webhook_is_an_https_address(loaded: Callable[..., BotSettings], url: str) -> None:
    assert loaded(WEBHOOK_URL=url).webhook_url == url.rstrip("/")


@pytest.mark.parametrize("url", ["doorman.example", "http://doorman.example", "ftp://x", "http://127.0.0.1.example:1"])
def test_any_other_webhook_is_refused(refusal: Refusal, url: str) -> None:
    [line] = refusal(BotSettings, **GOOD, WEBHOOK_URL=url)
    assert line.startswith("WEBHOOK_URL is wrong: ")


@pytest.mark.parametrize("seconds", ["0", "-1", "14.9", "3601", "nan", "inf", "soon"])
def test_a_patience_that_would_take_every_beat_for_a_silence_or_none_is_refused(refusal: Refusal, seconds: str) -> None:
    [line] = refusal(BotSettings, **GOOD, SILENT_AFTER_SECONDS=seconds)
    assert line.startswith("SILENT_AFTER_SECONDS is wrong: ")


@pytest.mark.parametrize("port", ["0", "65536", "https"])
def test_a_port_out_of_range_is_refused(refusal: Refusal, port: str) -> None:
    [line] = refusal(BotSettings, **GOOD, PORT=port)
    assert line.startswith("PORT is wrong: ")


def test_the_webhooks_secret_is_the_same_for_every_replica_and_tells_nothing_of_the_token(
    loaded: Callable[..., BotSettings],
) -> None:
    first = webhook_secret(loaded())
    assert first == webhook_secret(loaded())
    assert first != webhook_secret(loaded(BOT_TOKEN="123456789:AAother"))
    assert "AAtoken" not in first
    assert first.isalnum()  # Telegram takes A-Z, a-z, 0-9, _ and - (core.telegram.org/bots/api#setwebhook)
    assert len(first) <= 256
