"""Logs: one event a line, for people or as JSON, and no secret in either."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from core import logs
from core.settings import CoreSettings
from tests.domain_values import SECRET_KEY

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Logging is the process's own: what a test sets up is taken down again."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = {name: logging.getLogger(name).level for name in ("aiogram", "aiohttp", "asyncio", "telethon")}
    yield
    root.handlers[:], root.level = handlers, level
    for name, former in libraries.items():
        logging.getLogger(name).setLevel(former)
    structlog.contextvars.clear_contextvars()


def configure(log_format: str, log_level: str = "info") -> None:
    settings = CoreSettings.model_validate({"secret_key": SECRET_KEY, "log_format": log_format, "log_level": log_level})
    logs.configure(settings, process="bot")


def fail_with_a_secret_at_hand() -> None:
    secret_key = SECRET
    raise ValueError("something else: " + secret_key[:0])


def test_an_event_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    structlog.get_logger().info("session_ended", account=1001, hash="-7")
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["account"], entry["hash"], entry["process"]) == ("session_ended", 1001, "-7", "bot")
    assert entry["level"] == "info"
    assert entry["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_error_is_told_without_what_was_at_hand(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure(log_format)
    try:
        fail_with_a_secret_at_hand()
    except ValueError:
        structlog.get_logger().exception("handler_failed")
        logging.getLogger("somebody").exception("somebody else's")
    said = capsys.readouterr().err
    assert "handler_failed" in said
    assert "fail_with_a_secret_at_hand" in said
    assert SECRET not in said


def test_what_is_less_serious_than_asked_for_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "warning")
    structlog.get_logger().info("chatter")
    structlog.get_logger().warning("news")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "news"


def test_libraries_chatter_is_left_out_and_their_warnings_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    logging.getLogger("telethon").info("Connecting to 127.0.0.1")
    logging.getLogger("telethon").warning("Server closed the connection")
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["logger"]) == ("Server closed the connection", "telethon")
