"""Strangers, by the thousand and with altered apps: no answer, no trace, and the owner is served beside them."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import Request, urlopen

import psutil
import pytest

from bot.views.answers import STALE
from tests.e2e.house import House, Message, Person, free_port

A_SECOND = 1000
SECONDS = 8
SOON = 3.0  # seconds
MEGABYTE = 2**20
OTHER_OWNER, STRANGER = 700_000_077, 666_000_111
GROUP = -1_001_234_567_890
BY = ("polling", "webhook")


@pytest.fixture(scope="module", params=BY)
def home(home: House, request: pytest.FixtureRequest) -> House:
    """A bot with two owners, which polls or is delivered to."""
    home.settings |= {"OWNER_IDS": f"{home.owner.id},{OTHER_OWNER}"}
    if request.param == "webhook":
        port = free_port()
        home.settings |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
    home.stop("bot")
    home.start("bot")
    Person(home.api, OTHER_OWNER).ask("/start", "stands at the door")
    return home


def flood(home: House, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Strangers write, press, block and unblock, a thousand times a second; what the sandbox says of it."""
    body = json.dumps({"per_second": A_SECOND, "seconds": seconds}).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(home.api.url + "/api/floods", data=body, headers=headers), timeout=seconds + 20) as answer:
        return dict(json.load(answer))


def forge(person: Person, message: Message | int, data: str, **where: int) -> dict[str, Any] | None:
    """Press with made-up data; the bot's answer, if one comes within two seconds."""
    id_ = message if isinstance(message, int) else message.id
    body = {"message_id": id_, "data": data, "wait": 2, **where}
    answer: dict[str, Any] | None = person.api("POST", f"/api/chats/{person.id}/presses", body)["answer"]
    return answer


def data_of(message: Message, button: str) -> str:
    [data] = [b["callback_data"] for b in message.raw_buttons() if button in b["text"]]
    return str(data)


def last_call(home: House) -> int:
    return max((call["number"] for call in home.api("GET", "/api/calls")), default=0)


def called_chats(home: House, since: int = 0) -> set[int]:
    """Every chat that a call of the bot's was about."""
    calls = home.api("GET", f"/api/calls?layer=botapi&since={since}")
    return {int(call["params"]["chat_id"]) for call in calls if "chat_id" in call["params"]}


def test_a_flood_of_strangers_leaves_the_owner_served(home: House) -> None:
    flood(home, seconds=0.5)  # so that whatever is made once is made
    process, before = psutil.Process(home.processes["bot"].pid), last_call(home)
    memory, waits = process.memory_info().rss, list[float]()
    busy = sum(process.cpu_times()[:2])
    with ThreadPoolExecutor(1) as beside:
        flooding = beside.submit(flood, home)
        while not flooding.done():
            asked = time.monotonic()
            home.owner.ask("/sessions", "sessions of")
            waits.append(time.monotonic() - asked)
            time.sleep(0.2)
        flooded = flooding.result()
    grown = (process.memory_info().rss - memory) / MEGABYTE
    seconds = sum(process.cpu_times()[:2]) - busy
    assert flooded["sent"] >= 0.9 * A_SECOND * SECONDS
    assert len(waits) > 3
    assert max(waits) < SOON
    assert grown < 16, "megabytes"
    assert seconds < SECONDS / 2, "of a processor: 0.8 were measured when polling, 1.0 behind a webhook"
    calls = home.api("GET", f"/api/calls?layer=botapi&since={before}")
    assert called_chats(home, since=before) <= {home.owner.id, OTHER_OWNER}
    assert not [call for call in calls if call["method"] == "answerCallbackQuery"]


def test_a_flood_is_a_line_a_minute_in_the_log(home: House) -> None:
    began, before = time.monotonic(), len(home.log("bot").splitlines())
    flood(home, seconds=1)
    home.owner.ask("/status", "Watching")
    after = home.log("bot").splitlines()[before:]
    minutes = 1 + (time.monotonic() - began) / 60
    assert len([line for line in after if "strangers_ignored" in line]) <= minutes
    assert not [line for line in after if "strangers_ignored" not in line]


def test_a_stranger_gets_silence_for_words_and_presses(home: House) -> None:
    stranger = Person(home.api, STRANGER)
    alert = home.owner.ask("/sessions", "sessions of")
    for words in ("/start", "/sessions", "hello"):
        message = stranger.send(words)
    assert forge(stranger, message, data_of(alert, "Refresh")) is None
    assert forge(stranger, 1, data_of(alert, "Refresh"), group=GROUP) is None
    home.owner.ask("/status", "Watching")
    assert stranger.bots() == []
    assert called_chats(home) <= {home.owner.id, OTHER_OWNER}


def test_a_forged_press_is_refused_as_an_old_button_and_ends_nothing(home: House) -> None:
    hash_ = home.somebody_logs_in("Forger's prey")
    alert = home.owner.see("New login", "Forger's prey")
    seen = home.owner.now(alert).raw
    ask = data_of(alert, "End session")
    confirm = f"x:{home.account}:{hash_}:a:{int(time.time()) // 60}"
    wait = ask[-10:]
    for made_up in (confirm, confirm + wait, ask[:-1], ask[:-10], ask[:-10] + "A" * 10, "E:" + ask[2:], "", "…" * 21):
        answer = forge(home.owner, alert, made_up)
        assert answer is not None
        assert (answer["text"], answer["show_alert"]) == (STALE, True)
    assert hash_ in home.sessions()
    assert home.owner.now(alert).raw == seen
    assert "button_forged" in home.log("bot")


def test_a_button_of_another_owners_chat_is_refused(home: House) -> None:
    hash_ = home.somebody_logs_in("Seen by two")
    other = Person(home.api, OTHER_OWNER)
    mine, theirs = home.owner.see("New login", "Seen by two"), other.see("New login", "Seen by two")
    answer = forge(home.owner, mine, data_of(theirs, "It was me"))
    assert answer is not None
    assert answer["text"] == STALE
    assert home.sessions()[hash_]["unconfirmed"]
    other.press(theirs, "It was me")
    other.sees_on(theirs, "You said that it was you")


def test_a_press_in_a_group_is_not_answered_even_to_an_owner(home: House) -> None:
    hash_ = home.somebody_logs_in("Group's prey")
    alert = home.owner.see("New login", "Group's prey")
    for button in ("End session", "It was me"):
        assert forge(home.owner, alert, data_of(alert, button), group=GROUP) is None
    assert home.sessions()[hash_]["unconfirmed"]


def test_a_press_that_is_sent_again_asks_anew_and_ends_no_second_time(home: House) -> None:
    hash_ = home.somebody_logs_in("Replayer's prey")
    alert = home.owner.see("New login", "Replayer's prey")
    first = data_of(alert, "End session")
    home.owner.press(alert, "End session")
    second = data_of(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.press(alert, "Yes, end")
    home.owner.sees_on(alert, "Ended by you")
    assert forge(home.owner, alert, second) is not None
    home.owner.sees_on(alert, "Ended by you")
    assert forge(home.owner, alert, first) is not None
    home.owner.sees_on(alert, "Yes, end")
    ends = [c for c in home.calls("account.resetAuthorization") if c["params"]["hash"] == hash_]
    assert len(ends) == 1
