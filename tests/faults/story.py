"""A random story: people log in and press while processes, Redis and the wires break; reproducible by its seed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from urllib.error import HTTPError

from tests.e2e.house import Message, until
from tests.faults.census import alerts_sent, executions
from tests.faults.scene import RECOVERY, Scene

STEPS = (4, 9)
LONGEST_PAUSE = 1.2
LOST = "memory was lost"


@dataclass(slots=True, kw_only=True)
class Story:
    """`told` is what happened, for whoever has to understand a failure."""

    scene: Scene
    seed: int
    told: list[str] = field(default_factory=list)
    logins: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Message] = field(default_factory=dict)
    pressed: dict[str, int] = field(default_factory=dict)
    _random: Random = field(init=False)
    _began: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - no secret

    def play(self) -> dict[str, int]:
        """Break things at random, mend them all, wait until it is quiet, and count. Raises AssertionError."""
        scene, owner = self.scene, self.scene.house.owner
        self._began = owner.last_id()
        for _ in range(2):
            device = self._log_in()
            self.asked[device] = scene.asked_to_end(device)
        for _ in range(self._random.randint(*STEPS)):
            self._step()
            time.sleep(self._random.uniform(0, LONGEST_PAUSE))  # the moments are what is random
        scene.heal()
        until("the worker to watch", scene.is_watching, seconds=RECOVERY)
        until("every login to be told", self._all_told, seconds=RECOVERY)
        until("every press to be settled", lambda: not scene.unsettled_presses(), seconds=RECOVERY)
        owner.ask("/status", "Doorman")
        return self._count()

    def _step(self) -> None:
        actions: list[tuple[Callable[[], object], int]] = [
            (self._log_in, 4),
            (self._press, 3),
            (self._break_process, 3),
            (self._start_what_is_dead, 3),
            (self._break_redis, 3),
            (self._mend_redis, 2),
            (self._break_wire, 3),
            (self._order_faults, 3),
            (self._start_rival_worker, 1),
        ]
        [action] = self._random.choices([a for a, _ in actions], weights=[w for _, w in actions])
        action()

    def _note(self, what: str) -> None:
        self.told.append(what)

    def _log_in(self) -> str:
        device, push = self.scene.new_device(), self._random.random() < 0.8
        self.logins[device] = self.scene.house.somebody_logs_in(device, push=push)
        self._note(f"{device} logs in{'' if push else ', its push lost'}")
        return device

    def _press(self) -> None:
        waiting = [device for device in self.asked if self.pressed.get(device, 0) < 2]
        if not waiting:
            return
        device = self._random.choice(waiting)
        with suppress(HTTPError):  # the button went, for an earlier press was done
            self.scene.house.owner.press_at_once(self.asked[device], "Yes, end")
            self.pressed[device] = self.pressed.get(device, 0) + 1
            self._note(f"End {device} is pressed")

    def _break_process(self) -> None:
        name = self._random.choice(["bot", "userclient"])
        how = self._random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        if name in self.scene.house.processes:
            self.scene.house.stop(name, how)
            self._note(f"{name} gets {how.name}")

    def _start_what_is_dead(self) -> None:
        for name, start in (("bot", self.scene.start_bot), ("userclient", self.scene.start_worker)):
            if name not in self.scene.house.processes:
                start()
                self._note(f"{name} starts")

    def _break_redis(self) -> None:
        redis = self.scene.redis
        how = self._random.choice(["kill", "pause", "fill", "read_only", "empty", "delete the lease"])
        with suppress(Exception):  # it is broken already
            match how:
                case "delete the lease":
                    redis.delete(f"doorman:{{{self.scene.house.account}}}:lease")
                case "empty" if not self.scene.is_watching():
                    return  # nobody has the guard session then but Redis: its owner has to log in anew
                case _:
                    getattr(redis, how)()
            self._note(f"Redis: {how}")

    def _mend_redis(self) -> None:
        redis = self.scene.redis
        with suppress(Exception):  # it is well already
            redis.resume()
        redis.start_if_dead()
        redis.relieve()
        redis.writable()
        self._note("Redis is mended")

    def _break_wire(self) -> None:
        wire = self._random.choice([self.scene.bots_wire, self.scene.workers_wire])
        name = "bot" if wire is self.scene.bots_wire else "worker"
        how = self._random.choice(["cut", "stall", "slow", "drop", "delay", "flow"])
        match how:
            case "cut":
                wire.cut()
            case "stall":
                wire.stall()
            case "slow":
                wire.slow(self._random.uniform(0, 0.2))
            case "drop":
                wire.drop_replies(self._random.randint(1, 3))
            case "delay":
                wire.delay_replies(self._random.uniform(0, 0.5))
            case _:
                wire.flow()
        self._note(f"the {name}'s wire to Redis: {how}")

    def _order_faults(self) -> None:
        layer, method, error = self._random.choice(
            [
                ("botapi", "sendMessage", "Too Many Requests: retry after 1"),
                ("botapi", "sendMessage", "Internal Server Error"),
                ("botapi", "sendMessage", "DROP"),
                ("botapi", "editMessageText", "Bad Gateway"),
                ("botapi", "getUpdates", "Bad Gateway"),
                ("botapi", "getUpdates", "Conflict: terminated by other getUpdates request"),
                ("mtproto", "account.getAuthorizations", "FLOOD_WAIT_1"),
                ("mtproto", "account.getAuthorizations", "DROP"),
                ("mtproto", "account.getAuthorizations", "TORN"),
                ("mtproto", "account.getAuthorizations", "DELAY_1"),
                ("mtproto", "account.resetAuthorization", "DROP"),
                ("mtproto", "account.resetAuthorization", "DROP_ANSWER"),
                ("mtproto", "account.resetAuthorization", "INTERNAL"),
            ]
        )
        times = self._random.randint(1, 3)
        self.scene.house.fail_next(layer, method, error, times)
        self._note(f"{method} fails {times} times: {error}")

    def _start_rival_worker(self) -> None:
        if "abroad" not in self.scene.house.processes:
            self.scene.start_worker_abroad()
            self._note("a second worker starts at another address")

    def _all_told(self) -> bool:
        """An alert, or the list that was shown for review after a loss: whoever is on it is told."""
        new = [m.text for m in self.scene.house.owner.bots() if m.id > self._began]
        lost = any(LOST in text for text in new)
        return all(any(_names(text, device) for text in new) for device in self.logins) or (
            lost and self.scene.is_watching()
        )

    def _count(self) -> dict[str, int]:
        house = self.scene.house
        sends, resets = house.calls("sendMessage"), house.calls("account.resetAuthorization")
        alerts = {device: alerts_sent(sends, device, to=house.owner.id) for device in self.logins}
        done = {device: executions(resets, self.logins[device]) for device in self.pressed}
        lost = sum(LOST in m.text for m in house.owner.bots() if m.id > self._began)
        return {
            "logins": len(alerts),
            "never": 0 if lost else sum(not times for times in alerts.values()),
            "in a review": sum(not times for times in alerts.values()) if lost else 0,
            "twice": sum(times > 1 for times in alerts.values()),
            "presses": len(self.pressed),
            "done": sum(done.values()),
            "done twice": sum(times > 1 for times in done.values()),
            "overlaps": len(self.scene.overlaps()),
        }


def _names(text: str, device: str) -> bool:
    return f"\u2068{device}\u2069" in text
