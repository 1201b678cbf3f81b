"""Telegram loses, doubles and delays, tears its lists, floods and freezes: nobody is told twice, or told what isn't."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.house import Message, until
from tests.faults.census import alerts_sent, executions
from tests.faults.scene import RECOVERY, SILENT_AFTER, Scene

ROSTER, END = "account.getAuthorizations", "account.resetAuthorization"
FLOOD = 5  # seconds
LOOKS = 4.0  # seconds in which the bot looks twice
ENDLESS = 100_000
BLIND, SEES_AGAIN, ENDED = "Doorman is blind", "Doorman watches again", "A session ended"


def sent(scene: Scene, *devices: str) -> int:
    """How many alerts of these logins were sent in all."""
    calls, owner = scene.house.calls("sendMessage"), scene.house.owner
    return sum(alerts_sent(calls, device, to=owner.id) for device in devices)


def log_in(scene: Scene, **fields: Any) -> tuple[str, str]:
    """Somebody logs in: their device and hash, once the owner was told. Events are told in order: those before were."""
    device = scene.new_device()
    hash_ = scene.house.somebody_logs_in(device, **fields)
    scene.house.owner.see("New login", device, seconds=RECOVERY)
    return device, hash_


def told_since(scene: Scene, message_id: int, words: str) -> int:
    return sum(words in m.text for m in scene.house.owner.bots() if m.id > message_id)


def status_says(scene: Scene, *words: str) -> Message:
    """Ask until it does."""
    ask = scene.house.owner.ask

    def look() -> Message | None:
        answer = ask("/status", "Doorman")
        return answer if all(word in answer.text for word in words) else None

    found: Message = until(f"{words} in /status", look)
    return found


def asked_for_lists(scene: Scene, since: int = 0) -> list[dict[str, Any]]:
    return list(scene.house.api("GET", f"/api/calls?method={ROSTER}&since={since}"))


def at(call: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(call["at"])


PUSHES: dict[str, Callable[[Scene, str], None]] = {
    "lost": lambda s, device: _pushes(s, s.house.somebody_logs_in(device, push=False), 0),
    "doubled": lambda s, device: _pushes(s, s.house.somebody_logs_in(device), 1),
    "late": lambda s, device: _pushes(s, _once_told(s, device, push=False), 1),
    "late and doubled": lambda s, device: _pushes(s, _once_told(s, device), 2),
}


def _pushes(scene: Scene, hash_: str, times: int) -> None:
    for _ in range(times):
        scene.house.push(hash_)


def _once_told(scene: Scene, device: str, **fields: Any) -> str:
    hash_ = scene.house.somebody_logs_in(device, **fields)
    scene.house.owner.see("New login", device)
    return hash_


@pytest.mark.parametrize("fate", PUSHES)
def test_a_login_is_told_once_though_its_push_is(at_work: Scene, count: Any, fate: str) -> None:
    device = at_work.new_device()
    PUSHES[fate](at_work, device)
    at_work.house.owner.see("New login", device)
    log_in(at_work)
    count(f"a push {fate}", logins=1, alerts=sent(at_work, device))
    assert sent(at_work, device) == 1


@pytest.mark.parametrize("by", ["an owner", "another device"])
def test_a_push_for_a_session_that_was_ended_is_no_second_alert(at_work: Scene, count: Any, by: str) -> None:
    house, owner = at_work.house, at_work.house.owner
    device, hash_ = log_in(at_work)
    if by == "an owner":
        asked = at_work.asked_to_end(device)
        owner.press_at_once(asked, "Yes, end")
        owner.sees_on(asked, "Ended by you")
    else:
        house.end_elsewhere(hash_)
        owner.see(ENDED, device)
    for _ in range(2):
        house.push(hash_, date=int(time.time()), device=device, location="Sweden")
    log_in(at_work)
    log_in(at_work)
    count(f"a push after its session was ended by {by}", logins=1, alerts=sent(at_work, device))
    assert sent(at_work, device) == 1


def test_torn_lists_are_said_to_be_so_and_nobody_is_told_as_ended(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    before, since = owner.last_id(), len(asked_for_lists(at_work))
    house.fail_next("mtproto", ROSTER, "TORN", times=ENDLESS)
    until("several torn lists", lambda: len(asked_for_lists(at_work)) > since + 3)
    status_says(at_work, "incomplete")
    device, _ = log_in(at_work)  # by its push alone
    alert = owner.see("New login", device)
    assert "End session" in "".join(alert.buttons)
    house.api("DELETE", "/api/faults")
    status_says(at_work, "Watching")
    owner.sees_on(alert, "Telegram Android")
    log_in(at_work)
    count("torn lists", logins=1, alerts=sent(at_work, device))
    assert sent(at_work, device) == 1
    assert told_since(at_work, before, ENDED) == 0


def test_an_ended_session_that_lingers_is_neither_told_nor_listed_again(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    house.change_account(linger_seconds=60)
    device, hash_ = log_in(at_work)
    listed = owner.ask("/sessions", device)
    owner.press(listed, device)
    owner.sees_on(listed, device, "End session")
    owner.press(listed, "End session")
    on_card = owner.sees_on(listed, "Yes, end")
    asked = at_work.asked_to_end(device)
    owner.press_at_once(asked, "Yes, end")
    owner.sees_on(asked, "Ended by you")
    since = len(asked_for_lists(at_work))
    until("several more lists", lambda: len(asked_for_lists(at_work)) > since + 3)
    rows = asked_for_lists(at_work)[-1]["answer"]["authorizations"]
    assert hash_ in {str(row["hash"]) for row in rows}  # Telegram does list it still
    assert device not in owner.ask("/sessions", "As of").text
    owner.press_at_once(on_card, "Yes, end")
    owner.see("Ended by you", after=on_card.id)
    log_in(at_work)
    done = executions(house.calls(END), hash_)
    count("an ended session lingers", logins=1, alerts=sent(at_work, device), presses=2, executions=done)
    assert sent(at_work, device) == 1
    assert done == 1


def test_it_reconnects_and_looks_what_it_missed(at_work: Scene, count: Any) -> None:
    house, before = at_work.house, at_work.house.owner.last_id()
    dialled, devices = len(house.connections()), []
    for push in (True, False, True):
        until("a connection", house.keys_in_use)
        house.api("DELETE", "/api/connections")
        devices.append(at_work.new_device())
        house.somebody_logs_in(devices[-1], push=push)
    for device in devices:
        house.owner.see("New login", device)
    status_says(at_work, "Watching")
    log_in(at_work)
    dials = len(house.connections()) - dialled
    count("connections cut", logins=3, alerts=sent(at_work, *devices))
    assert sent(at_work, *devices) == 3
    assert dials <= 3 + 1
    assert told_since(at_work, before, ENDED) == 0


def flooded(scene: Scene) -> dict[str, Any]:
    """Telegram asks for a pause: the call that it refused."""
    since = scene.house.api("GET", "/api/calls")[-1]["number"]
    scene.house.fail_next("mtproto", ROSTER, f"FLOOD_WAIT_{FLOOD}")

    def refused() -> dict[str, Any] | None:
        calls = (call for call in asked_for_lists(scene, since) if "error" in (call["answer"] or {}))
        return next(calls, None)

    call: dict[str, Any] = until("the flood wait", refused)
    return call


def test_a_flood_wait_is_kept_and_said_with_its_end(at_work: Scene) -> None:
    refusal = flooded(at_work)
    status_says(at_work, "asked for a pause", f"FLOOD_WAIT_{FLOOD}", "Until")
    later = until("it to be over", lambda: asked_for_lists(at_work, refusal["number"]))
    assert (at(later[0]) - at(refusal)).total_seconds() >= FLOOD
    status_says(at_work, "Watching")


def test_a_flood_wait_is_kept_whoever_logs_in_or_asks(at_work: Scene, count: Any) -> None:
    owner = at_work.house.owner
    refusal = flooded(at_work)
    device, _ = log_in(at_work)
    owner.press(owner.ask("/sessions", "can't be fetched now"), "Refresh")
    asked = at_work.asked_to_end(device)
    owner.press_at_once(asked, "Yes, end")
    owner.see("asks Doorman to wait", after=asked.id)
    later = until("it to be over", lambda: asked_for_lists(at_work, refusal["number"]))
    early = [call for call in later if (at(call) - at(refusal)).total_seconds() < FLOOD]
    status_says(at_work, "Watching")
    log_in(at_work)
    count("a flood wait, and somebody logs in and asks", logins=1, alerts=sent(at_work, device))
    assert sent(at_work, device) == 1
    assert early == []


def test_a_frozen_account_is_said_in_words_and_told_once_and_so_is_that_it_is_over(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    before = owner.last_id()
    time.sleep(LOOKS)  # whatever was not well before is forgotten
    frozen_at = time.monotonic()
    house.change_account(frozen=True)
    status_says(at_work, "frozen this account", "appeal")
    told = owner.see(BLIND, "frozen this account", "appeal", after=before, seconds=SILENT_AFTER + RECOVERY)
    seconds = time.monotonic() - frozen_at
    assert "FROZEN_METHOD_INVALID" in told.text
    house.change_account(frozen=False)
    owner.see(SEES_AGAIN, after=told.id, seconds=RECOVERY)
    status_says(at_work, "Watching")
    log_in(at_work)
    blind, again = told_since(at_work, before, BLIND), told_since(at_work, before, SEES_AGAIN)
    count("a frozen account", told=blind, seconds=round(seconds))
    assert (blind, again) == (1, 1)
    assert SILENT_AFTER <= seconds <= SILENT_AFTER + 10


def test_a_login_is_told_once_though_telegram_is_slow(at_work: Scene, count: Any) -> None:
    before = at_work.house.owner.last_id()
    at_work.house.fail_next("mtproto", ROSTER, "DELAY_3", times=2)
    until("it to be taken", lambda: any(fault["times"] == 1 for fault in at_work.house.api("GET", "/api/faults")))
    device, _ = log_in(at_work)
    log_in(at_work)
    count("slow lists", logins=1, alerts=sent(at_work, device))
    assert sent(at_work, device) == 1
    assert told_since(at_work, before, ENDED) == 0


def test_an_ending_whose_answer_is_lost_is_done_once_and_its_owner_learns_it(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    device, hash_ = log_in(at_work)
    asked = at_work.asked_to_end(device)
    house.fail_next("mtproto", END, "DROP_ANSWER")
    owner.press_at_once(asked, "Yes, end")
    owner.sees_on(asked, "Ended by you", seconds=RECOVERY)
    until("the press to be settled", lambda: not at_work.unsettled_presses(), seconds=RECOVERY)
    log_in(at_work)
    done = executions(house.calls(END), hash_)
    count("the answer to an ending lost", presses=1, executions=done)
    assert done == 1
    assert len([c for c in house.calls(END) if c["params"]["hash"] == hash_]) == 1


@pytest.fixture
def alone(at_work: Scene) -> Scene:
    """Nobody but Doorman is logged in: a question lists but so many."""
    house, guard = at_work.house, at_work.house.guard_hash()
    for hash_ in house.sessions():
        if hash_ != guard:
            house.end_elsewhere(hash_)
    log_in(at_work)
    return at_work


def test_end_all_others_ends_those_that_were_listed_one_by_one_and_no_other(alone: Scene, count: Any) -> None:
    at_work, house, owner = alone, alone.house, alone.house.owner
    for _ in range(2):
        log_in(at_work)
    asked, listed = asked_about_all(at_work)
    guard = house.guard_hash()
    since = house.api("GET", "/api/calls")[-1]["number"]
    device, late = log_in(at_work)
    owner.press(asked, "Yes, end")
    report = owner.sees_on(asked, "sessions ended", seconds=RECOVERY)
    assert all(f"{device}\u2069: ended" in report.text for device in listed.values())
    log_in(at_work)
    ended = [call["params"]["hash"] for call in house.api("GET", f"/api/calls?since={since}&method={END}")]
    count("end all others", presses=len(listed), executions=sum(executions(house.calls(END), h) for h in listed))
    assert sorted(ended) == sorted(listed)
    assert {guard, late} <= set(house.sessions())
    assert not set(listed) & set(house.sessions())
    assert sent(at_work, device) == 1
    assert house.calls("auth.resetAuthorizations") == []


def asked_about_all(scene: Scene) -> tuple[Message, dict[str, str]]:
    """The question, and the devices that it lists by their sessions' hashes: all but Doorman's own."""
    owner, guard = scene.house.owner, scene.house.guard_hash()
    listed = owner.ask("/sessions", "As of")
    owner.press(listed, "End all others")
    asked = owner.sees_on(listed, "Yes, end")
    devices = {hash_: row["device_model"] for hash_, row in scene.house.sessions().items() if hash_ != guard}
    assert all(f"{device}\u2069" in asked.text for device in devices.values())
    return asked, devices


def test_the_report_names_each_though_the_worker_dies_in_the_middle_of_the_list(alone: Scene, count: Any) -> None:
    at_work, house, owner = alone, alone.house, alone.house.owner
    house.stop("userclient")
    at_work.start_halting("userclient", "userclient.telegram.guard:Guard.end", "before", nth=2)
    until("the worker to watch", at_work.is_watching, seconds=RECOVERY)
    for _ in range(2):
        log_in(at_work)
    asked, listed = asked_about_all(at_work)
    owner.press(asked, "Yes, end")
    at_work.kill_halted("userclient")
    at_work.start_worker()
    report = owner.sees_on(asked, f"1 of {len(listed)} sessions ended", seconds=RECOVERY)
    until("the press to be settled", lambda: not at_work.unsettled_presses(), seconds=RECOVERY)
    done = {hash_: executions(house.calls(END), hash_) for hash_ in listed}
    count("worker killed within a list", presses=len(listed), executions=sum(done.values()))
    assert sum(done.values()) == 1
    for hash_, device in listed.items():
        assert (f"{device}\u2069: ended" in report.text) == (done[hash_] == 1)
        assert (f"{device}\u2069: ⚠️ not ended" in report.text) == (done[hash_] == 0)
        assert (hash_ in house.sessions()) == (done[hash_] == 0)
