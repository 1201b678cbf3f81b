"""Websites come and go by the control API, and a signed-in guard sees them."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions

from sandbox.events import AccountChanged
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID

ACCOUNT = f"/api/accounts/{ACCOUNT_ID}"
WEBSITES = f"{ACCOUNT}/websites"
LIST = functions.account.GetWebAuthorizationsRequest


async def test_a_website_is_signed_in_to_and_out_of(api: Any, guard: Any) -> None:
    body = {
        "hash": "-7",
        "domain": "tickets.example",
        "bot": {"id": 5000000001, "first_name": "Tickets", "username": "tickets_bot"},
        "browser": "Firefox",
        "platform": "Linux",
        "ip": "203.0.113.7",
        "region": "Lisbon",
        "date_created": 1790000000,
        "date_active": 1790000500,
    }
    assert await api("POST", WEBSITES, body) == (201, body)
    answer = await guard(LIST())
    (row,) = answer.authorizations
    assert (row.hash, row.domain, row.bot_id, row.date_active.timestamp()) == (
        -7,
        "tickets.example",
        5000000001,
        1790000500,
    )
    assert [user.username for user in answer.users] == ["tickets_bot"]
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["websites"] == [body]
    assert await api("DELETE", f"{WEBSITES}/-7") == (200, {})
    assert (await api("DELETE", f"{WEBSITES}/-7"))[0] == 404
    assert (await guard(LIST())).authorizations == []


async def test_only_its_domain_must_be_given(api: Any) -> None:
    status, made = await api("POST", WEBSITES, {"domain": "tickets.example", "date_created": 1790000000})
    assert (status, made["bot"]["first_name"], made["bot"]["username"]) == (201, "tickets.example", None)
    assert made["date_active"] == 1790000000
    assert int(made["hash"])


async def test_what_the_guard_disconnects_is_gone_from_the_world(api: Any, guard: Any, sandbox: Sandbox) -> None:
    _, made = await api("POST", WEBSITES, {"domain": "tickets.example"})
    seen: list[Any] = []
    sandbox.world.listeners.append(seen.append)
    await guard(functions.account.ResetWebAuthorizationRequest(int(made["hash"])))
    assert AccountChanged(user_id=ACCOUNT_ID) in seen, "and the page is told"
    assert (await api("GET", "/api/world"))[1]["accounts"][0]["websites"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "'domain' is missing"),
        ({"domain": " "}, "a string that is not empty"),
        ({"domain": "x", "url": "y"}, "unknown field 'url'"),
        ({"domain": "x", "bot": 5}, "'bot' is 5; send an object with some of: id, first_name, username"),
        ({"domain": "x", "bot": {"name": "y"}}, "unknown field 'name'"),
        ({"domain": "x", "bot": {"id": 0}}, "'id' is 0"),
        ({"domain": "x", "date_active": "now"}, "'date_active' is \"now\""),
    ],
)
async def test_a_wrong_website_is_refused_with_what_to_do(api: Any, body: Any, error: str) -> None:
    status, answer = await api("POST", WEBSITES, body)
    assert status == 400
    assert error in answer["error"]


async def test_what_is_taken_is_refused(api: Any) -> None:
    await api("POST", WEBSITES, {"domain": "x", "hash": 7})
    assert (await api("POST", WEBSITES, {"domain": "y", "hash": "7"}))[0] == 409
    for person in (ACCOUNT_ID, 777000):
        assert (await api("POST", WEBSITES, {"domain": "y", "bot": {"id": person}}))[0] == 409
    assert (await api("POST", f"/api/accounts/{OWNER_ID}/websites", {"domain": "x"}))[0] == 404
