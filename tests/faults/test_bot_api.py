"""The Bot API floods, fails, hangs and loses answers, chats are closed: each owner is told every login, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from sandbox.seed import OWNER_ID
from tests.e2e.house import Message, Person, until
from tests.faults.census import alerts_by_login, alerts_sent, executions
from tests.faults.scene import RECOVERY, SILENT_AFTER, Scene, scene

OTHER_ID = 700_000_099
FLOOD = 2  # seconds
ENDLESS = 100_000
#: aiogram gives a call up after so many seconds.
HANGS = 15.0
CONFLICT = "TelegramConflictError"
RIVAL = "Another program uses this bot's token"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two owners: what befalls the chat of one is seen by the other's."""
    with scene(tmp_path_factory.mktemp("f"), OWNER_IDS=f"{OWNER_ID}, {OTHER_ID}") as made:
        other = Person(made.house.api, OTHER_ID)
        other.ask("/start", "stands at the door")
        other.see("Doorman now watches")
        yield made


@pytest.fixture
def other(at_work: Scene) -> Person:
    return Person(at_work.house.api, OTHER_ID)


def calls_about(scene: Scene, device: str, chat: int) -> list[dict[str, Any]]:
    """The tries to send the alert of this login, whatever came of them."""
    sends = scene.house.calls("sendMessage")
    return [c for c in sends if c["params"]["chat_id"] == chat and device in c["params"]["text"]]


def log_in(scene: Scene, witness: Person, number: int = 3) -> list[str]:
    """One after the other, each told to the witness before the next comes."""
    devices = []
    for _ in range(number):
        devices.append(scene.new_device())
        scene.house.somebody_logs_in(devices[-1])
        witness.see("New login", devices[-1])
    return devices


def alerts_in_order(person: Person, devices: list[str], *, seconds: float = RECOVERY) -> list[str]:
    """Once all are there: whose alerts they are, as they stand in the chat."""
    for device in devices:
        person.see("New login", device, seconds=seconds)
    messages = [m.raw for m in person.messages()]
    return [device for m in messages for device, times in alerts_by_login([m], devices).items() if times]


@pytest.mark.parametrize("times", [1, 2])
def test_a_flood_is_waited_out_for_as_long_as_telegram_says(at_work: Scene, count: Any, times: int) -> None:
    owner, device = at_work.house.owner, at_work.new_device()
    at_work.house.fail_next(
        "botapi", "sendMessage", f"Too Many Requests: retry after {FLOOD}", times=times, chat=owner.id
    )
    at_work.house.somebody_logs_in(device)
    owner.see("New login", device)
    tries = [datetime.fromisoformat(call["at"]) for call in calls_about(at_work, device, owner.id)]
    waited = [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]
    count(f"Bot API floods {times} times", logins=1, alerts=len(tries) - times)
    assert len(waited) == times
    assert min(waited) >= FLOOD
    assert max(waited) < FLOOD * 2


@pytest.mark.parametrize("error", ["Internal Server Error", "Bad Gateway", "DROP"])
def test_a_login_is_told_once_though_sending_fails_with(at_work: Scene, count: Any, error: str) -> None:
    owner, device = at_work.house.owner, at_work.new_device()
    at_work.house.fail_next("botapi", "sendMessage", error, times=2, chat=owner.id)
    at_work.house.somebody_logs_in(device)
    owner.see("New login", device)
    at_work.house.owner.ask("/status", "Doorman")
    sent = alerts_sent(at_work.house.calls("sendMessage"), device, to=owner.id)
    count(f"Bot API: {error}", logins=1, alerts=sent)
    assert sent == 1
    assert len(calls_about(at_work, device, owner.id)) == 3


def test_a_login_whose_alert_was_sent_but_not_answered_is_told_at_most_twice(at_work: Scene, count: Any) -> None:
    owner, device = at_work.house.owner, at_work.new_device()
    at_work.house.fail_next("botapi", "sendMessage", "DROP_AFTER", chat=owner.id)
    at_work.house.somebody_logs_in(device)
    until("a second try", lambda: len(calls_about(at_work, device, owner.id)) == 2)
    [after] = log_in(at_work, owner, 1)
    times = alerts_by_login([m.raw for m in owner.messages()], [device, after])
    count("Bot API: DROP_AFTER", logins=1, alerts=times[device])
    assert times == {device: 2, after: 1}
    assert len(calls_about(at_work, device, owner.id)) == 2


def test_alerts_keep_their_order_in_a_chat_through_faults(at_work: Scene, other: Person) -> None:
    owner = at_work.house.owner
    for error in ("Too Many Requests: retry after 1", "Internal Server Error", "DROP", "Bad Gateway"):
        at_work.house.fail_next("botapi", "sendMessage", error, chat=owner.id)
    devices = log_in(at_work, other)
    assert alerts_in_order(owner, devices) == devices


def test_a_stuck_chat_holds_up_no_other_owners_alerts(at_work: Scene, other: Person, count: Any) -> None:
    owner = at_work.house.owner
    at_work.house.fail_next("botapi", "*", "Bad Gateway", times=ENDLESS, chat=owner.id)
    devices = log_in(at_work, other)
    assert not alerts_by_login([m.raw for m in owner.messages()], devices[:1])[devices[0]]
    at_work.house.api("DELETE", "/api/faults")
    assert alerts_in_order(owner, devices) == devices
    sends = at_work.house.calls("sendMessage")
    for chat in (owner.id, other.id):
        sent = [alerts_sent(sends, device, to=chat) for device in devices]
        count(
            f"a chat is stuck, told to {'its owner' if chat == owner.id else 'the other'}", logins=3, alerts=sum(sent)
        )
        assert sent == [1, 1, 1]


def test_a_call_that_hangs_holds_up_its_own_chat_alone_and_not_for_ever(
    at_work: Scene, other: Person, count: Any
) -> None:
    owner = at_work.house.owner
    at_work.house.fail_next("botapi", "sendMessage", "TIMEOUT", chat=owner.id)
    devices = log_in(at_work, other, 2)
    assert alerts_in_order(owner, devices, seconds=HANGS + RECOVERY) == devices
    sent = sum(alerts_sent(at_work.house.calls("sendMessage"), device, to=owner.id) for device in devices)
    count("Bot API: TIMEOUT", logins=2, alerts=sent)
    assert sent == 2


REOPENINGS: dict[str, Callable[[Scene], object]] = {
    "unblocks": lambda s: s.house.api("DELETE", f"/api/chats/{s.house.owner.id}/block"),
    "presses Start": lambda s: s.house.owner.send("/start"),
}


@pytest.mark.parametrize("how", REOPENINGS)
def test_who_blocked_the_bot_is_told_all_in_order_when_they(
    at_work: Scene, other: Person, count: Any, how: str
) -> None:
    owner = at_work.house.owner
    at_work.house.api("PUT", f"/api/chats/{owner.id}/block")
    devices = log_in(at_work, other)
    refused = until("the block to be noticed", lambda: calls_about(at_work, devices[0], owner.id))
    assert "blocked" in refused[0]["answer"]["description"]
    REOPENINGS[how](at_work)
    assert alerts_in_order(owner, devices) == devices
    sent = sum(alerts_sent(at_work.house.calls("sendMessage"), device, to=owner.id) for device in devices)
    count(f"a blocked chat, the owner {how}", logins=3, alerts=sent)
    assert sent == 3


def test_a_message_that_is_as_it_should_be_is_no_error(at_work: Scene) -> None:
    owner = at_work.house.owner
    listed = owner.ask("/sessions", "As of")
    unchanged = len(refused_as_unmodified(at_work, listed))
    refresh(owner, listed)
    refresh(owner, listed)
    if len(refused_as_unmodified(at_work, listed)) == unchanged:  # the minute turned: the list says another time
        refresh(owner, listed)
    assert len(refused_as_unmodified(at_work, listed)) > unchanged
    assert owner.ask("/status", "Watching")
    assert [m.text for m in owner.bots() if m.id > listed.id and "Watching" not in m.text] == []
    assert "handler_failed" not in at_work.house.log("bot")


def refresh(owner: Person, listed: Message) -> None:
    press = owner.press(listed, "Refresh")
    until("the press to be answered", lambda: owner.was_answered(press))


def refused_as_unmodified(scene: Scene, message: Message) -> list[dict[str, Any]]:
    edits = [c for c in scene.house.calls("editMessageText") if c["params"].get("message_id") == message.id]
    return [c for c in edits if c["answer"] and "not modified" in c["answer"].get("description", "")]


def test_two_bots_on_one_token_are_told_once_and_presses_are_handled_still(at_work: Scene, count: Any) -> None:
    house, owner = at_work.house, at_work.house.owner
    before = owner.last_id()

    def met() -> int:
        return min(house.log(name).count(CONFLICT) for name in ("bot", "second"))

    at_work.start_bot("second")
    owner.see(RIVAL, "/revoke", after=before, seconds=SILENT_AFTER + RECOVERY)
    met_then = met()
    device = at_work.new_device()
    hash_ = house.somebody_logs_in(device)
    asked = at_work.asked_to_end(device)
    owner.press_at_once(asked, "Yes, end")
    owner.sees_on(asked, "Ended by you", seconds=RECOVERY)
    # Each notices the other, and tells of it when they meet, if at all.
    until("the second to meet the first", lambda: met() > met_then, seconds=RECOVERY)
    log_in(at_work, owner, 1)
    told = sum(RIVAL in m.text for m in owner.bots() if m.id > before)
    done = executions(house.calls("account.resetAuthorization"), hash_)
    sent = alerts_sent(house.calls("sendMessage"), device, to=owner.id)
    count("two bots on one token", logins=1, alerts=sent, presses=1, executions=done)
    assert done == 1
    assert told == 1
