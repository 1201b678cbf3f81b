"""A Doorman at work in real processes, with everything around it that can break within reach."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from redis.exceptions import RedisError

from core.contract import keys
from tests.e2e.house import House, Message, until
from tests.faults import halting
from tests.faults.census import overlaps
from tests.faults.proxy import Proxy
from tests.faults.redis_server import RedisServer

LEASE = 3.0
SILENT_AFTER = 15.0
#: To be back after any fault: a lease to wait out, backoffs, a slow machine.
RECOVERY = 60.0


@dataclass(slots=True)
class Scene:
    """`bots_wire` and `workers_wire` lead to Redis; a worker `abroad` calls Telegram from another address."""

    house: House
    redis: RedisServer
    bots_wire: Proxy
    workers_wire: Proxy
    abroad: Proxy
    folder: Path
    _halted: dict[str, Path] = field(default_factory=dict)
    _devices: Iterator[int] = field(default_factory=lambda: count(1))

    def new_device(self) -> str:
        """A name that no other login has."""
        return f"Phone {next(self._devices)}"

    def start_bot(self, name: str = "bot", **settings: str) -> None:
        self.house.start("bot", name=name, REDIS_URL=self.bots_wire.redis_url, **settings)

    def start_worker(self, name: str = "userclient", **settings: str) -> None:
        self.house.start("userclient", name=name, REDIS_URL=self.workers_wire.redis_url, **settings)

    def start_worker_abroad(self, name: str = "abroad") -> None:
        self.start_worker(name, MTPROTO_SERVER=self.abroad.address)

    def start_halting(self, module: str, at: str, when: str, nth: int = 1) -> None:
        """Start a process that will stop dead at this step."""
        marker = self.folder / f"halted-{time.monotonic_ns()}"
        wire = self.bots_wire if module == "bot" else self.workers_wire
        environment = {**os.environ, **self.house.settings, **halting.environment(), "REDIS_URL": wire.redis_url}
        with (self.folder / f"{module}.log").open("ab") as log:
            self.house.processes[module] = subprocess.Popen(
                halting.command(module, at=at, when=when, nth=nth, marker=marker),
                env=environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._halted[module] = marker

    def kill_halted(self, module: str) -> None:
        """Once it stands still at its step, SIGKILL it."""
        marker = self._halted.pop(module)
        until(f"{module} to reach its step", marker.exists, seconds=RECOVERY)
        process = self.house.processes[module]
        until("it to stand still", lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        self.house.stop(module, signal.SIGKILL)

    def asked_to_end(self, device: str) -> Message:
        """The alert of this login, with the second press on End at hand."""
        owner = self.house.owner
        alert = owner.see("New login", device)
        owner.press(alert, "End session")
        return owner.sees_on(alert, "Yes, end")

    def is_watching(self) -> bool:
        with self.redis.client() as client, suppress(RedisError):
            return '"watching"' in (client.get(keys.status(self.house.account)) or "") and bool(
                self.house.keys_in_use()
            )
        return False

    def unsettled_presses(self) -> int:
        with self.redis.client() as client:
            return int(client.hlen(keys.presses(self.house.account)))

    def overlaps(self) -> list[Any]:
        return overlaps(self.house.connections())

    def heal(self) -> None:
        """Let all be well again: whoever should run runs, and nothing is in anybody's way."""
        with suppress(ProcessLookupError):
            self.redis.resume()
        self.redis.start_if_dead()
        self.redis.writable()
        self.redis.relieve()
        for wire in (self.bots_wire, self.workers_wire, self.abroad):
            wire.accept()
            wire.flow()
            wire.slow(0)
            wire.delay_replies(0)
            wire.drop_replies(0)
        self.house.api("DELETE", "/api/faults")
        self.house.api("DELETE", f"/api/chats/{self.house.owner.id}/block")
        self.house.change_account(frozen=False, deactivated=False, linger_seconds=0)
        for name in list(self.house.processes):
            if name not in {"sandbox", "bot", "userclient"} or name in self._halted:
                self.house.stop(name, signal.SIGKILL)
        self._halted.clear()
        for process in self.house.processes.values():
            process.send_signal(signal.SIGCONT)
        for module, start in (("bot", self.start_bot), ("userclient", self.start_worker)):
            process = self.house.processes.get(module)
            if process is None or process.poll() is not None:
                self.house.processes.pop(module, None)
                start()


@contextmanager
def scene(folder: Path, **settings: str) -> Iterator[Scene]:
    """A Doorman that watches, its owner in the chat."""
    with ExitStack() as stack:
        redis = stack.enter_context(RedisServer(persist=True))
        house = House(folder=folder, redis_url=redis.url, settings=settings)
        stack.callback(house.close)
        house.open()
        house.settings |= {"LEASE_SECONDS": str(LEASE), "SILENT_AFTER_SECONDS": str(SILENT_AFTER)}
        house.log_guard_in()
        host, _, port = house.settings["MTPROTO_SERVER"].rpartition(":")
        made = Scene(
            house=house,
            redis=redis,
            bots_wire=stack.enter_context(Proxy(("127.0.0.1", redis.port))),
            workers_wire=stack.enter_context(Proxy(("127.0.0.1", redis.port))),
            abroad=stack.enter_context(Proxy((host, int(port)), source="127.0.0.2")),
            folder=folder,
        )
        made.start_worker()
        made.start_bot()
        house.owner.ask("/start", "stands at the door")
        house.owner.see("Doorman now watches")
        yield made
