"""The bot behind a webhook: Telegram's deliveries are served, anybody else's refused."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from tests.e2e.house import House, free_port, until


@pytest.fixture(scope="module")
def home(home: House) -> House:
    """The bot moved behind a webhook."""
    port = free_port()
    home.settings |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
    home.stop("bot")
    home.start("bot")
    until("the webhook", lambda: home.calls("setWebhook"))
    return home


def test_the_owner_is_answered_and_alerted(home: House) -> None:
    home.owner.ask("/help", "What Doorman does")
    hash_ = home.somebody_logs_in("By webhook")
    alert = home.owner.see("New login", "By webhook")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.sees_on(alert, "Ended by you")
    assert hash_ not in home.sessions()


def of_the_owners(home: House) -> bytes:
    """A delivery as Telegram's are, but for the secret token."""
    person = {"id": home.owner.id, "is_bot": False, "first_name": "Owner"}
    message = {"message_id": 1, "date": 1, "from": person, "chat": {**person, "type": "private"}, "text": "/help"}
    return json.dumps({"update_id": 1, "message": message}).encode()


def traces(home: House) -> list[str]:
    """What the bot has logged beside its daily work."""
    return [line for line in home.log("bot").splitlines() if "event_told" not in line]


def deliver(home: House, body: bytes, headers: dict[str, str]) -> int:
    """The answer's status; 0 for a connection that was cut off while the body was sent."""
    request = Request(home.settings["WEBHOOK_URL"] + "/telegram", data=body, headers=headers)
    try:
        with urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as refused:
        refused.close()
        return refused.code
    except OSError:
        return 0


@pytest.mark.parametrize("secret", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}])
def test_a_delivery_without_the_secret_token_is_refused(home: House, secret: dict[str, str]) -> None:
    before, log = home.owner.last_id(), traces(home)
    for body in (of_the_owners(home), b"no JSON", b""):
        assert deliver(home, body, secret) == 401
    assert deliver(home, b"x" * 20_000_000, secret) in (401, 0)
    home.owner.ask("/help", "What Doorman does")
    assert len([m for m in home.owner.bots() if m.id > before and "What Doorman does" in m.text]) == 1
    assert traces(home) == log


def test_a_flood_of_them_leaves_the_owner_served_and_no_trace(home: House) -> None:
    process = psutil.Process(home.processes["bot"].pid)
    deliver(home, b"", {})
    memory, log, body = process.memory_info().rss, traces(home), of_the_owners(home)
    with ThreadPoolExecutor(4) as strangers:
        refused = [strangers.submit(deliver, home, body, {}) for _ in range(2000)]
        asked = time.monotonic()
        home.owner.ask("/sessions", "sessions of")
        waited = time.monotonic() - asked
    assert {each.result() for each in refused} == {401}
    assert waited < 3
    assert process.memory_info().rss - memory < 16 * 2**20
    assert traces(home) == log


def test_what_is_no_http_leaves_no_trace_either(home: House) -> None:
    log = traces(home)
    for rubbish in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /telegram HTTP/1.1\r\nA" * 9000):
        with socket.create_connection(("127.0.0.1", int(home.settings["PORT"])), timeout=5) as line:
            line.sendall(rubbish)
            with suppress(ConnectionError):
                line.recv(100)
    home.owner.ask("/help", "What Doorman does")
    assert traces(home) == log


def test_it_stops_cleanly(home: House) -> None:
    assert home.stop("bot") == 0
