"""`python -m sandbox` as a person runs it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse

import pytest


def get(url: str) -> HTTPResponse:
    response = urllib.request.urlopen(url)  # the sandbox's own http: URL
    assert isinstance(response, HTTPResponse)
    return response


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A sandbox of its own and the URL that it says."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.match(r"Sandbox at (http://127\.0\.0\.1:\d+) ", line)
            assert match, line
            yield process, match[1]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_and_stops_cleanly_while_somebody_listens(number: signal.Signals) -> None:
    with started() as (process, url), get(f"{url}/api/events") as stream:
        assert stream.readline() == b"event: ready\n"
        world = json.load(get(f"{url}/api/world"))
        assert len(world["accounts"][0]["authorizations"]) == 3
        begin = time.monotonic()
        process.send_signal(number)
        _, errors = process.communicate(timeout=5)
        assert (process.returncode, errors) == (0, "")
        assert time.monotonic() - begin < 1.5


def test_can_begin_empty() -> None:
    with started("--empty") as (_, url):
        assert json.load(get(f"{url}/api/world"))["people"] == []


def test_a_taken_port_is_one_line_that_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"Port {port} can't be used .*: choose another with --port\.\n", done.stderr)
