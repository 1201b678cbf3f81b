"""Alerts beside the chat: whoever blocks the bot, or deletes what it wrote, hides nothing."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.connection import connect
from tests.e2e.house import House, until
from userclient.settings import UserclientSettings

PASSWORD = "hunter2-is-no-password"


@dataclass(slots=True)
class Elsewhere:
    """A server that takes JSON, unless it fails with a status, or hangs."""

    status: int = 200
    hangs: bool = False
    taken: list[tuple[float, str]] = field(default_factory=list)
    tries: int = 0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, **query: Any) -> str:
        extra = "".join(f"&{name}={value}" for name, value in query.items())
        return f"json://ada:{PASSWORD}@127.0.0.1:{self.port}/{PASSWORD}?method=POST{extra}"

    def sees(self, *words: str, seconds: float = 15.0) -> tuple[float, str]:
        """When the first message with all these words came, and what it said."""
        return until(
            f"{words} in {[text for _, text in self.taken]}",
            lambda: next((each for each in self.taken if all(word in each[1] for word in words)), None),
            seconds=seconds,
        )


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    there = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            there.tries += 1
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if there.hangs:
                there.over.wait()
                return
            if there.status == 200:
                there.taken.append((time.monotonic(), f"{said['title']}\n{said['message']}"))
            with suppress(OSError):
                self.send_response(there.status)
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    there.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield there
    there.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watched(house: House, elsewhere: Elsewhere) -> Callable[..., House]:
    """A house whose owner is told elsewhere as well."""

    def move_in(*urls: str) -> House:
        house.settings["ALERT_URLS"] = " ".join(urls)
        house.log_guard_in()
        house.move_in()
        return house

    return move_in


async def keys_and_values(house: House) -> bytes:
    """All that is in Redis."""
    worker = UserclientSettings.model_validate({name.lower(): value for name, value in house.settings.items()})
    redis = connect(worker, name="test")
    found = b"".join([key + await redis.dump(key) async for key in redis.scan_iter()])
    await redis.aclose()
    return found


def test_a_login_is_told_elsewhere_within_two_seconds_though_the_chat_is_blocked(
    watched: Callable[..., House], elsewhere: Elsewhere
) -> None:
    house = watched(elsewhere.url())
    elsewhere.sees("Doorman now watches", "Telegram → Settings")
    house.api("PUT", f"/api/chats/{house.owner.id}/block")
    began = time.monotonic()
    hash_ = house.somebody_logs_in("Came while the chat was blocked")
    at, text = elsewhere.sees("New login", "“Came while the chat was blocked”")
    assert at - began < 2
    assert text.splitlines()[-1].startswith("To end it or say that it was you: the bot's chat")
    assert hash_ not in text
    house.end_elsewhere(hash_)
    elsewhere.sees("A session ended", "“Came while the chat was blocked”")
    for process in ("bot", "userclient"):
        assert PASSWORD not in house.log(process)
    assert PASSWORD.encode() not in asyncio.run(keys_and_values(house))
    assert all(PASSWORD not in text for _, text in elsewhere.taken)


def test_a_channel_that_was_away_is_told_in_order_when_it_is_back_and_by_the_next_process_too(
    watched: Callable[..., House], elsewhere: Elsewhere
) -> None:
    house = watched(elsewhere.url())
    elsewhere.sees("Doorman now watches")
    elsewhere.status = 500
    for number in (1, 2):
        house.somebody_logs_in(f"Number {number}")
        house.owner.see(f"Number {number}")
    until("a try", lambda: "channel_failed" in house.log("bot"))
    assert house.stop("bot") == 0
    elsewhere.status = 200
    house.start("bot")
    elsewhere.sees("Number 2")
    told = [text for _, text in elsewhere.taken if "Number" in text]
    assert ["Number 1" in told[0], "Number 2" in told[1], len(told)] == [True, True, 2]
    assert PASSWORD not in house.log("bot")


def test_a_channel_that_hangs_holds_up_neither_the_chat_nor_the_end(
    watched: Callable[..., House], elsewhere: Elsewhere
) -> None:
    elsewhere.hangs = True
    house = watched(elsewhere.url(rto=600))
    house.somebody_logs_in("Came while the channel hung")
    house.owner.see("New login", "Came while the channel hung")
    until("a try", lambda: elsewhere.tries)
    began = time.monotonic()
    assert house.stop("bot") == 0
    assert time.monotonic() - began < 10


def test_a_wrong_address_ends_the_start_in_one_line_without_what_is_secret(house: House) -> None:
    house.settings["ALERT_URLS"] = f"json://127.0.0.1:1/ nope://{PASSWORD}"
    house.start("bot")
    assert house.processes.pop("bot").wait(timeout=15) == 2
    [line] = house.log("bot").splitlines()
    assert line.startswith("ALERT_URLS is wrong: address 2 ")
    assert PASSWORD not in line
