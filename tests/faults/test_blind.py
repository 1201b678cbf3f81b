"""Doorman goes blind: its owner is told once, and once when it sees again; and it stops when it is told to stop."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from core.contract import keys
from core.pulse import HEARTBEATS
from tests.e2e.house import LOOK, Message, until
from tests.faults.census import alerts_sent
from tests.faults.scene import LEASE, RECOVERY, SILENT_AFTER, Scene

#: From the last sign of life to the word of it.
SOONEST, LATEST = SILENT_AFTER, SILENT_AFTER + 10
LOOKS = 4.0  # seconds in which the bot looks twice
STOPS_WITHIN = 10.0
ENDLESS = 100_000
BLIND, SEES_AGAIN = "Doorman is blind", "Doorman watches again"
REDIS_GONE, REDIS_BACK = "its Redis can't be reached", "Redis is back"


def told_since(scene: Scene, message_id: int, words: str) -> int:
    return sum(words in m.text for m in scene.house.owner.bots() if m.id > message_id)


def last_beat(scene: Scene) -> float:
    """When the worker last gave a sign of life, in seconds since 1970."""
    with scene.redis.client() as client:
        _, _, beat = (client.get(keys.heartbeat(scene.house.account)) or "").partition(" ")  # behind its signature
        return HEARTBEATS.load(beat).at.timestamp() if beat else 0.0


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGTERM])
def test_a_worker_that_is_away_is_told_once_in_time_and_once_when_it_is_back(
    at_work: Scene, count: Any, how: signal.Signals
) -> None:
    owner = at_work.house.owner
    before = owner.last_id()
    if how is signal.SIGSTOP:
        at_work.house.processes["userclient"].send_signal(how)
    else:
        at_work.house.stop("userclient", how)
    words = "The worker was stopped" if how is signal.SIGTERM else "The worker is silent since"
    told = owner.see(BLIND, words, after=before, seconds=SILENT_AFTER + RECOVERY)
    silence = time.time() - last_beat(at_work)
    device = at_work.new_device()
    at_work.house.somebody_logs_in(device)
    if how is signal.SIGSTOP:
        at_work.house.processes["userclient"].send_signal(signal.SIGCONT)
    else:
        at_work.start_worker()
    sees_again(at_work, told, device)
    blind, again = told_since(at_work, before, BLIND), told_since(at_work, before, SEES_AGAIN)
    count(f"the worker is away: {how.name}", told=blind, seconds=round(silence))
    assert (blind, again) == (1, 1)
    assert SOONEST <= silence <= LATEST


def test_a_worker_that_was_killed_is_told_once_though_the_bot_restarts_meanwhile(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    before = owner.last_id()
    house.stop("userclient", signal.SIGKILL)
    told = owner.see(BLIND, "The worker is silent since", after=before, seconds=SILENT_AFTER + RECOVERY)
    silence = time.time() - last_beat(at_work)
    with at_work.redis.client() as client:
        until("it to be noted", lambda: client.exists(keys.blindness(house.account)))
    house.stop("bot", signal.SIGKILL)
    at_work.start_bot()
    owner.ask("/status", "Doorman")
    time.sleep(SILENT_AFTER + LOOKS)  # when it would be told, by one that knew nothing of the bot before it
    device = at_work.new_device()
    house.somebody_logs_in(device)
    at_work.start_worker()
    sees_again(at_work, told, device)
    blind, again = told_since(at_work, before, BLIND), told_since(at_work, before, SEES_AGAIN)
    count("the worker is killed, the bot restarts", told=blind, seconds=round(silence))
    assert (blind, again) == (1, 1)
    assert SOONEST <= silence <= LATEST


def sees_again(scene: Scene, told: Message, device: str) -> None:
    """The owner is told so, and of who logged in meanwhile; and nothing more is on its way."""
    scene.house.owner.see(SEES_AGAIN, after=told.id, seconds=RECOVERY)
    scene.house.owner.see("New login", device, after=told.id, seconds=RECOVERY)
    time.sleep(LOOKS)  # that nothing comes is seen only by looking for a while


def test_redis_that_is_gone_is_told_once_and_the_worker_not_blamed(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    before = owner.last_id()
    at_work.redis.kill()
    gone_at = time.monotonic()
    told = owner.see(BLIND, REDIS_GONE, "REDIS_URL", after=before, seconds=SILENT_AFTER + RECOVERY)
    silence = time.monotonic() - gone_at
    device = at_work.new_device()
    house.somebody_logs_in(device)
    at_work.redis.start()
    owner.see(REDIS_BACK, after=told.id, seconds=RECOVERY)
    owner.see("New login", device, after=told.id, seconds=RECOVERY)
    until("the worker to watch", at_work.is_watching, seconds=RECOVERY)
    time.sleep(LOOKS)
    blind, again = told_since(at_work, before, BLIND), told_since(at_work, before, REDIS_BACK)
    count("Redis is gone", told=blind, seconds=round(silence))
    assert (blind, again) == (1, 1)
    assert told_since(at_work, before, SEES_AGAIN) == 0
    assert SOONEST <= silence <= LATEST


@pytest.fixture
def serving(at_work: Scene) -> Scene:
    """The bot is up as well: one that has only begun to start dies of a signal."""
    at_work.house.owner.ask("/status", "Doorman")
    return at_work


def stuck_chat(scene: Scene, error: str) -> None:
    scene.house.fail_next("botapi", "sendMessage", error, times=ENDLESS, chat=scene.house.owner.id)
    sends = len(scene.house.calls("sendMessage"))
    scene.house.somebody_logs_in(scene.new_device())
    until("an alert to be stuck", lambda: len(scene.house.calls("sendMessage")) > sends)


def slow_telegram(scene: Scene, method: str, error: str) -> None:
    """With a request of an owner's under way."""
    scene.house.fail_next("mtproto", method, error, times=ENDLESS)
    until("a call to be under way", lambda: scene.house.api("GET", "/api/faults")[0]["times"] < ENDLESS)
    ask_for_list(scene)


def ask_for_list(scene: Scene) -> None:
    """A request that is on its way to the worker."""
    with scene.redis.client() as client:
        last = client.xinfo_stream(keys.commands(scene.house.account))["last-generated-id"]
        scene.house.owner.send("/sessions")
        stream = keys.commands(scene.house.account)
        until("the request", lambda: client.xinfo_stream(stream)["last-generated-id"] != last)


TROUBLES: dict[str, Callable[[Scene], object]] = {
    "all is well": lambda _: None,
    "Redis is stopped": lambda s: s.redis.pause(),
    "the lease is about to run out": lambda s: (s.redis.pause(), time.sleep(LEASE / 3)),  # type: ignore[func-returns-value]
    "Redis is gone": lambda s: s.redis.kill(),
    "Redis is cut off": lambda s: (s.bots_wire.stall(), s.workers_wire.stall()),  # type: ignore[func-returns-value]
    "Telegram is slow": lambda s: slow_telegram(s, "account.getAuthorizations", "DELAY_30"),
    "Telegram is silent": lambda s: slow_telegram(s, "*", "TIMEOUT"),
    "a chat is refused": lambda s: stuck_chat(s, "Bad Gateway"),
    "a chat is flooded": lambda s: stuck_chat(s, "Too Many Requests: retry after 60"),
    "a chat's calls hang": lambda s: stuck_chat(s, "TIMEOUT"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_both_stop_in_time_and_cleanly_and_nothing_is_lost_though(serving: Scene, count: Any, trouble: str) -> None:
    house, device = serving.house, serving.new_device()
    TROUBLES[trouble](serving)
    house.somebody_logs_in(device)
    asked_at = time.monotonic()
    stopping = {name: house.processes[name] for name in ("bot", "userclient")}
    for process in stopping.values():
        process.send_signal(signal.SIGTERM)
    took: dict[str, float] = {}
    while len(took) < len(stopping) and time.monotonic() - asked_at < STOPS_WITHIN * 2:
        took |= {n: time.monotonic() - asked_at for n, p in stopping.items() if n not in took and p.poll() is not None}
        time.sleep(LOOK)
    for process in stopping.values():
        process.kill()
    codes = {name: process.wait() for name, process in stopping.items()}
    serving.heal()
    house.owner.see("New login", device, seconds=RECOVERY)
    sent = alerts_sent(house.calls("sendMessage"), device, to=house.owner.id)
    count(f"stopped though {trouble}", logins=1, alerts=sent, seconds=round(max(took.values())))
    assert codes == {"bot": 0, "userclient": 0}
    assert max(took.values()) < STOPS_WITHIN
    assert sent == 1


@pytest.mark.parametrize("name", ["bot", "userclient"])
def test_a_second_signal_ends_at_once(serving: Scene, name: str) -> None:
    if name == "bot":
        serving.house.processes["userclient"].send_signal(signal.SIGSTOP)
        ask_for_list(serving)  # which nobody answers
    else:
        serving.redis.pause()  # which is to take its last word
    process = serving.house.processes[name]
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.5)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=1)
