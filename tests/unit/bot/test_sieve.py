"""Of what Telegram hands on, only owners' updates are left to be read; the log hears of the others now and then."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.sieve import TOLD_SECONDS, Sieve

OWNER, OTHER_OWNER, STRANGER = 2002, 3003, 6666
OWNERS = frozenset({OWNER, OTHER_OWNER})


def user(person: Any) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Somebody"}


def private(person: Any) -> dict[str, Any]:
    return {"id": person, "type": "private"}


def message(person: int, number: int = 1, **fields: Any) -> dict[str, Any]:
    """A message of theirs, in the private chat with them if nothing else is said."""
    return {"update_id": number, "message": {"from": user(person), "chat": private(person), "text": "hi", **fields}}


def press(person: int, chat: dict[str, Any], number: int = 1) -> dict[str, Any]:
    return {"update_id": number, "callback_query": {"id": "1", "from": user(person), "message": {"chat": chat}}}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sifted(sieve: Sieve, *rows: Any) -> Any:
    return sieve.loads(json.dumps({"ok": True, "result": rows}))["result"]


@pytest.mark.parametrize("owner", [OWNER, OTHER_OWNER])
def test_an_owners_updates_pass(owner: int) -> None:
    rows = [
        message(owner),
        press(owner, private(owner), 2),
        {"update_id": 3, "my_chat_member": {"from": user(owner), "chat": private(owner), "date": 1}},
        {"update_id": 4, "newer_than_aiogram": {"from": user(owner), "chat": private(owner)}},
        message(owner, 5, text=["unreadable"]),
    ]
    assert sifted(Sieve(OWNERS), *rows) == rows


GROUP = {"id": -100123, "type": "supergroup"}
OF_STRANGERS = [
    message(STRANGER),
    message(STRANGER, chat=private(OWNER)),
    message(OWNER, chat=private(STRANGER)),
    message(OWNER, chat=private(OTHER_OWNER)),
    message(OWNER, chat=GROUP),
    message(OWNER, chat={"id": OWNER, "type": "group"}),
    message(OWNER, chat=None),
    press(STRANGER, private(STRANGER)),
    press(STRANGER, private(OWNER)),
    press(OWNER, GROUP),
    press(OWNER, private(OTHER_OWNER)),
    {"update_id": 1, "callback_query": {"id": "1", "from": user(OWNER), "inline_message_id": "1"}},
    {"update_id": 1, "inline_query": {"id": "1", "from": user(OWNER), "query": ""}},
    {"update_id": 1, "channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "hi"}},
    {"update_id": 1, "message": {"chat": private(OWNER)}},
    {"update_id": 1, "message": {"from": user([OWNER]), "chat": private([OWNER])}},
    {"update_id": 1, "message": "rubbish"},
    {"update_id": OWNER},
]


@pytest.mark.parametrize("row", OF_STRANGERS)
def test_anybody_elses_is_dropped(row: dict[str, Any]) -> None:
    assert not Sieve(OWNERS).passes(row)


@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_owners_updates_keep_their_order_and_the_last_number_confirms_all(is_owners: list[bool]) -> None:
    rows = [message(OWNER if mine else STRANGER, number) for number, mine in enumerate(is_owners)]
    left = sifted(Sieve(OWNERS), *rows)
    assert [row for row in left if "message" in row] == [r for r, mine in zip(rows, is_owners, strict=True) if mine]
    assert left[-1]["update_id"] == rows[-1]["update_id"]
    assert len(left) <= sum(is_owners) + 1


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": True, "result": []},
        {"ok": True, "result": True},
        {"ok": True, "result": {"message_id": 5, "chat": private(STRANGER)}},
        {"ok": True, "result": [{"command": "start", "description": "Begin"}]},
        {"ok": True, "result": [message(STRANGER), "rubbish"]},
        {"ok": True, "result": [{"update_id": None}]},
        {"ok": False, "error_code": 409, "description": "Conflict"},
        [],
        None,
    ],
)
def test_any_other_answer_is_read_as_it_is(answer: Any) -> None:
    assert Sieve(OWNERS).loads(json.dumps(answer)) == answer


def test_what_is_no_json_is_said_not_to_be() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        Sieve(OWNERS).loads("<html>")


def test_strangers_are_a_line_a_minute_with_their_number() -> None:
    clock = Clock()
    sieve = Sieve(OWNERS, clock=clock)
    with capture_logs() as logs:
        for number in range(125_000):
            clock.now += 0.001
            sieve.passes(message(number + 10_000))
    told = [(entry["event"], entry["updates"]) for entry in logs]
    assert told[0] == ("strangers_ignored", 1)
    assert len(told) == 3
    assert all(updates == pytest.approx(60_000, abs=2) for _, updates in told[1:])


def test_a_stranger_after_a_quiet_time_is_told_at_once() -> None:
    clock = Clock()
    sieve = Sieve(OWNERS, clock=clock)
    with capture_logs() as logs:
        for pause in (0.0, 1.0, TOLD_SECONDS):
            clock.now += pause
            sieve.passes(message(STRANGER))
    assert [entry["updates"] for entry in logs] == [1, 2]


def test_nothing_of_a_stranger_is_logged_or_kept() -> None:
    sieve = Sieve(OWNERS)
    before = {name: value for name, value in vars(sieve).items() if name not in ("_dropped", "_told_at")}
    with capture_logs() as logs:
        for number in range(1000):
            sieve.passes(message(number + 10_000, text="remember me"))
    assert "10000" not in str(logs)
    assert "remember me" not in str(logs)
    after = {name: value for name, value in vars(sieve).items() if name not in ("_dropped", "_told_at")}
    assert after == before
