"""Redis dies, stops, forgets, refuses and is cut off: every login is told all the same, and none again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.house import until
from tests.faults.census import alerts_sent, executions
from tests.faults.scene import LEASE, RECOVERY, Scene

Break = Callable[[Scene], None]

OUTAGES: dict[str, tuple[Break, Break]] = {
    "is killed": (lambda s: s.redis.kill(), lambda s: s.redis.start()),
    "is stopped": (lambda s: s.redis.pause(), lambda s: s.redis.resume()),
    "is read-only": (lambda s: s.redis.read_only(), lambda s: s.redis.writable()),
    "is full": (lambda s: s.redis.fill(), lambda s: s.redis.relieve()),
    "is cut off from the worker": (lambda s: s.workers_wire.stall(), lambda s: s.workers_wire.flow()),
    "is cut off from the bot": (lambda s: s.bots_wire.stall(), lambda s: s.bots_wire.flow()),
    "refuses the worker": (
        lambda s: (s.workers_wire.refuse(), s.workers_wire.cut()),  # type: ignore[return-value, func-returns-value]
        lambda s: s.workers_wire.accept(),
    ),
    "refuses the bot": (
        lambda s: (s.bots_wire.refuse(), s.bots_wire.cut()),  # type: ignore[return-value, func-returns-value]
        lambda s: s.bots_wire.accept(),
    ),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_login_is_told_once_though_redis(at_work: Scene, count: Any, outage: str) -> None:
    begin, end = OUTAGES[outage]
    device = at_work.new_device()
    begin(at_work)
    at_work.house.somebody_logs_in(device)
    # Long enough that the worker has to let go of Telegram where it can't renew its lease.
    until_let_go = "worker" in outage or not outage.endswith("bot")
    if until_let_go:
        until("the worker to let go", lambda: not at_work.house.keys_in_use(), seconds=LEASE * 3)
    end(at_work)
    at_work.house.owner.see("New login", device, seconds=RECOVERY)
    until("the worker to watch", at_work.is_watching, seconds=RECOVERY)
    sent = alerts_sent(at_work.house.calls("sendMessage"), device, to=at_work.house.owner.id)
    count(f"Redis {outage}", logins=1, alerts=sent)
    assert sent == 1


@pytest.mark.parametrize(("wire", "lost"), [("workers", b"XADD"), ("workers", b"EVALSHA"), ("bots", b"XACK")])
def test_a_reply_of_redis_that_is_lost_doubles_nothing(at_work: Scene, count: Any, wire: str, lost: bytes) -> None:
    through = at_work.workers_wire if wire == "workers" else at_work.bots_wire
    devices = [at_work.new_device() for _ in range(3)]
    for device in devices:
        through.drop_replies(1, to=lost)
        at_work.house.somebody_logs_in(device)
        at_work.house.owner.see("New login", device, seconds=RECOVERY)
    calls = at_work.house.calls("sendMessage")
    sent = sum(alerts_sent(calls, device, to=at_work.house.owner.id) for device in devices)
    count(f"replies to {lost.decode()} of the {wire} lost", logins=len(devices), alerts=sent)
    assert sent == len(devices)


def test_a_press_whose_request_was_written_but_not_answered_is_done_once_and_told(at_work: Scene, count: Any) -> None:
    device = at_work.new_device()
    hash_ = at_work.house.somebody_logs_in(device)
    asked = at_work.asked_to_end(device)
    at_work.bots_wire.drop_replies(1, to=b"XADD")
    at_work.house.owner.press_at_once(asked, "Yes, end")
    at_work.house.owner.sees_on(asked, "Ended by you", seconds=RECOVERY)
    done = executions(at_work.house.calls("account.resetAuthorization"), hash_)
    count("the reply to a request lost", presses=1, executions=done)
    assert done == 1


def test_a_slow_wire_is_only_slow(at_work: Scene) -> None:
    at_work.bots_wire.slow(0.2)
    at_work.workers_wire.slow(0.2)
    device = at_work.new_device()
    at_work.house.somebody_logs_in(device)
    asked = at_work.asked_to_end(device)
    at_work.house.owner.press_at_once(asked, "Yes, end")
    at_work.house.owner.sees_on(asked, "Ended by you", seconds=RECOVERY)


@pytest.mark.parametrize("how", ["emptied", "killed and its files lost"])
def test_lost_history_is_told_once_for_review_without_a_burst_of_alerts(at_work: Scene, how: str) -> None:
    owner = at_work.house.owner
    before = owner.last_id()
    if how == "emptied":
        at_work.redis.empty()
    else:
        at_work.redis.lose_data()
    told = owner.see("memory was lost", "Look through these sessions", after=before, seconds=RECOVERY)
    device = at_work.new_device()
    at_work.house.somebody_logs_in(device)
    owner.see("New login", device, after=told.id, seconds=RECOVERY)
    new = [m.text for m in owner.bots() if m.id > before]
    assert sum("memory was lost" in text for text in new) == 1
    assert sum("New login" in text for text in new) == 1
    at_work.house.stop("userclient")
    at_work.start_worker()
    until("the guard session to be there still", at_work.is_watching, seconds=RECOVERY)


def test_data_that_is_lost_in_an_outage_longer_than_the_lease_costs_no_guard_session(at_work: Scene) -> None:
    owner = at_work.house.owner
    before = owner.last_id()
    at_work.redis.pause()
    until("the worker to let go", lambda: not at_work.house.keys_in_use())
    at_work.redis.lose_data()
    owner.see("memory was lost", after=before, seconds=RECOVERY)
    at_work.house.stop("userclient")
    at_work.start_worker()
    until("the guard session to be there still", at_work.is_watching, seconds=RECOVERY)


def test_data_that_is_lost_while_no_worker_is_there_is_told_with_what_to_do(at_work: Scene) -> None:
    owner = at_work.house.owner
    owner.ask("/status", "Watching")
    before = owner.last_id()
    at_work.house.stop("userclient")
    at_work.redis.empty()
    at_work.start_worker()
    owner.see("Doorman is blind", "doorman login", after=before, seconds=RECOVERY)
    at_work.house.log_guard_in()
    until("the worker to watch on the new login", at_work.is_watching, seconds=RECOVERY)
    owner.see("watches", after=before, seconds=RECOVERY)
