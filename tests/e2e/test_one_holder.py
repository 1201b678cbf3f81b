"""One guard session, one worker: through deploys, crashes, frozen machines, and a Redis that forgets."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from redis import Redis

from core.contract import keys
from tests.e2e.house import House, until

LEASE = 3.0


@pytest.fixture(autouse=True)
def _never_two_at_once(home: House) -> Iterator[None]:
    """After each test: no two connections of one auth key have ever overlapped."""
    yield
    for name in list(home.processes):
        if name not in {"sandbox", "bot", "userclient"}:
            home.stop(name, signal.SIGKILL)
    spans = sorted((c["auth_key_id"], c["since"], c["until"] or time.time()) for c in home.connections())
    for (key, _, until_), (other, since, _) in pairwise(spans):
        assert key != other or until_ <= since


@pytest.fixture
def redis(home: House) -> Iterator[Redis]:
    with Redis.from_url(home.redis_url) as client:
        yield client


def connected(home: House) -> bool:
    return bool(home.keys_in_use())


def is_waiting(home: House, name: str) -> bool:
    return "waiting_for_lease" in home.log(name)


def test_a_deploy_hands_over_as_soon_as_the_old_worker_has_disconnected(home: House) -> None:
    home.start("userclient", name="new")
    until("the new one to wait", lambda: is_waiting(home, "new"))
    assert home.stop("userclient") == 0
    gone = time.monotonic()
    until("the new one", lambda: connected(home))
    assert time.monotonic() - gone < LEASE, "it did not wait the lease out"
    home.somebody_logs_in("After the deploy")
    home.owner.see("New login", "After the deploy")
    home.processes["userclient"] = home.processes.pop("new")


def test_after_a_crash_the_next_worker_waits_the_lease_out(home: House) -> None:
    home.stop("userclient", signal.SIGKILL)
    killed = time.time()
    home.somebody_logs_in("While it waited")
    home.start("userclient")
    home.owner.see("New login", "While it waited")
    began = max(c["since"] for c in home.connections())
    assert began - killed > LEASE * 2 / 3, "the last renewal was at most a third of the lease ago"


def test_of_three_that_start_together_one_connects_and_the_others_take_over_in_turn(home: House) -> None:
    home.stop("userclient")
    names = ["first", "second", "third"]
    for name in names:
        home.start("userclient", name=name)
    for left in (2, 1, 0):
        until("one to connect", lambda: connected(home))
        until("the others to wait", lambda n=left: sum(is_waiting(home, name) for name in names) >= n)
        [holder] = [name for name in names if home.log(name).count('"lease_taken"')]
        names.remove(holder)
        home.stop(holder, signal.SIGKILL)
    home.start("userclient")
    until("the worker", lambda: connected(home))


def test_a_deleted_lease_is_no_free_one(home: House, redis: Redis) -> None:
    home.start("userclient", name="other")
    until("the other to wait", lambda: is_waiting(home, "other"))
    for _ in range(5):
        redis.delete(keys.lease(home.account))
        time.sleep(LEASE / 4)  # no wait for a thing: the record is made again and again under them
    home.somebody_logs_in("Watched all along")
    home.owner.see("Watched all along")
    assert '"lease_taken"' not in home.log("other")


def test_an_emptied_redis_is_told_once_and_the_list_is_shown_for_review(home: House, redis: Redis) -> None:
    home.owner.ask("/sessions", "As of")
    before = home.owner.last_id()
    redis.flushall()
    told = home.owner.see("memory was lost", after=before)
    assert "Pixel 8" in told.text, "the list is in the message"
    home.somebody_logs_in("After the loss")
    home.owner.see("New login", "After the loss", after=told.id)
    assert [m.text for m in home.owner.bots() if m.id > before and "memory was lost" in m.text] == [told.text]
    assert not [m for m in home.owner.bots() if before < m.id < told.id], "no burst of alerts"
    assert home.stop("userclient") == 0
    home.start("userclient")
    until("the guard session to be found again", lambda: connected(home))


def test_a_frozen_worker_is_let_go_by_telegram_before_another_connects(home: House) -> None:
    frozen = home.processes.pop("userclient")
    os.kill(frozen.pid, signal.SIGSTOP)
    try:
        home.start("userclient", name="second")
        until("Telegram to let the frozen one go", lambda: not connected(home))
        until("the second one", lambda: connected(home))
        home.somebody_logs_in("While one was frozen")
        home.owner.see("While one was frozen")
    finally:
        os.kill(frozen.pid, signal.SIGCONT)
    home.processes["userclient"] = frozen
    until("the first to notice", lambda: "guard_let_go" in home.log("userclient"))
    assert home.stop("second") == 0
    until("the first to be back", lambda: connected(home))


def test_without_redis_for_long_the_worker_lets_go_of_telegram_and_comes_back(home: House, redis: Redis) -> None:
    pid = redis.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        until("it to let go", lambda: not connected(home))
    finally:
        os.kill(pid, signal.SIGCONT)
    until("it to be back", lambda: connected(home))
    home.somebody_logs_in("After the outage")
    home.owner.see("After the outage")
