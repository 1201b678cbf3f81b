"""The embedded Redis between a short command and `doorman up`: whoever comes second is not left without it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from doorman.embedded import answers, embedded_redis, owned_redis

A_LOGIN = """
import sys
from pathlib import Path
from doorman.embedded import embedded_redis
with embedded_redis(Path(sys.argv[1]), persist=True):
    print("up", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorman-") as name:  # short: a socket's path has its limits
        yield Path(name)


def test_up_keeps_the_server_that_a_login_had_started(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", A_LOGIN, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as login:
        assert login.stdout
        assert login.stdout.readline() == "up\n"
        with owned_redis(folder) as url:
            login.communicate("done\n", timeout=10)
            assert login.returncode == 0
            assert answers(url)
        assert not answers(url)


def test_a_login_leaves_the_server_of_up_alone(folder: Path) -> None:
    with owned_redis(folder) as url:
        with embedded_redis(folder, persist=True) as same:
            assert same == url
        assert answers(url)


def test_a_second_up_is_refused(folder: Path) -> None:
    with owned_redis(folder), pytest.raises(click.ClickException, match="runs already"), owned_redis(folder):
        pass


def test_what_is_kept_is_there_again_the_next_time(folder: Path) -> None:
    from redis import Redis  # noqa: PLC0415

    with owned_redis(folder) as url, Redis.from_url(url) as client:
        client.set("key", "value")
    with owned_redis(folder) as url, Redis.from_url(url) as client:
        assert client.get("key") == b"value"


def test_a_folder_that_cannot_be_made_is_said_in_a_line() -> None:
    with pytest.raises(click.ClickException, match="can't be made"), owned_redis(Path("/proc/no-such-place")):
        pass
