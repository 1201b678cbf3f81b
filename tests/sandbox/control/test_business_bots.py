"""Business bots come, change and go by the control API, and a signed-in guard sees them and is asked about them."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import events
from telethon.tl import functions, types

from sandbox.seed import ACCOUNT_ID

BOTS = f"/api/accounts/{ACCOUNT_ID}/business-bots"
LIST = functions.account.GetConnectedBotsRequest
READER = {
    "bot": {"id": 5000000002, "first_name": "Assistant", "username": "assistant_bot"},
    "rights": ["read_messages", "reply"],
    "recipients": ["contacts", "existing_chats"],
    "device": "Chrome, Windows",
    "location": "Lisbon, Portugal",
    "date": 1790000000,
}


async def kept(api: Any) -> Any:
    return (await api("GET", "/api/world"))[1]["accounts"][0]["business_bots"]


@pytest.fixture
def pushed(guard: Any) -> list[tuple[int, bool, str | None]]:
    seen: list[tuple[int, bool, str | None]] = []

    async def note(update: Any) -> None:
        seen.append((update.bot_id, update.confirmed, update.device))

    guard.add_event_handler(note, events.Raw(types.UpdateNewBotConnection))
    return seen


async def test_a_bot_is_connected_and_disconnected_elsewhere(api: Any, guard: Any) -> None:
    assert await api("POST", BOTS, READER) == (201, {**READER, "unconfirmed": True})
    assert await kept(api) == [{**READER, "unconfirmed": True}]
    (row,) = (await guard(LIST())).connected_bots
    assert (row.bot_id, row.device, row.rights.reply, row.recipients.contacts) == (
        5000000002,
        "Chrome, Windows",
        True,
        True,
    )
    assert (await api("POST", BOTS, READER))[0] == 409
    assert await api("DELETE", f"{BOTS}/5000000002") == (200, {})
    assert (await api("DELETE", f"{BOTS}/5000000002"))[0] == 404
    assert (await guard(LIST())).connected_bots == []


async def test_the_guard_is_asked_about_a_bot_until_somebody_confirms_it(
    api: Any, pushed: Any, eventually: Any
) -> None:
    await api("POST", BOTS, READER)
    status, changed = await api("PATCH", f"{BOTS}/5000000002", {"unconfirmed": False})
    assert (status, changed["unconfirmed"]) == (200, False)

    async def both() -> bool:
        return len(pushed) == 2

    await eventually(both)
    assert pushed == [(5000000002, False, "Chrome, Windows"), (5000000002, True, None)]
    assert (await api("PATCH", f"{BOTS}/5000000002", {"unconfirmed": True}))[0] == 409


async def test_nobody_is_asked_about_a_bot_that_is_confirmed_from_the_start(api: Any, guard: Any, pushed: Any) -> None:
    status, made = await api("POST", BOTS, {"unconfirmed": False})
    assert (status, made["bot"]["first_name"], made["rights"], made["recipients"]) == (201, "Business bot", [], [])
    assert (await guard(LIST())).connected_bots
    assert pushed == []


async def test_what_a_bot_may_do_changes_and_nobody_is_told(api: Any, guard: Any, pushed: Any) -> None:
    await api("POST", BOTS, {**READER, "unconfirmed": False})
    status, changed = await api("PATCH", f"{BOTS}/5000000002", {"rights": ["edit_name"], "recipients": ["new_chats"]})
    assert (status, changed["rights"], changed["recipients"]) == (200, ["edit_name"], ["new_chats"])
    (row,) = (await guard(LIST())).connected_bots
    assert (row.rights.edit_name, row.rights.reply, row.recipients.new_chats) == (True, False, True)
    assert pushed == []


async def test_what_the_guard_disconnects_is_gone_from_the_world(api: Any, guard: Any) -> None:
    await api("POST", BOTS, READER)
    await guard(LIST())
    await guard(
        functions.account.UpdateConnectedBotRequest(5000000002, types.InputBusinessBotRecipients(), deleted=True)
    )
    assert await kept(api) == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"rights": ["read"]}, "a list of some of: reply, read_messages"),
        ({"rights": "reply"}, "a list of some of: reply"),
        ({"recipients": [5]}, "a list of some of: existing_chats"),
        ({"bot": {"id": ACCOUNT_ID}}, "a person's"),
        ({"unconfirmed": 1}, "true or false"),
    ],
)
async def test_a_wrong_bot_is_refused_with_what_to_do(api: Any, body: Any, error: str) -> None:
    status, answer = await api("POST", BOTS, body)
    assert status in (400, 409)
    assert error in answer["error"]
    assert await kept(api) == []


async def test_what_is_not_there_says_so(api: Any) -> None:
    assert (await api("PATCH", f"{BOTS}/5", {}))[0] == 404
    assert (await api("DELETE", f"{BOTS}/x"))[0] == 400
