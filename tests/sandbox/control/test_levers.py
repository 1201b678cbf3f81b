"""Levers: what whoever runs the sandbox offers on its page, and how they hear of a pull."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

LEVER = {"name": "worker", "text": "The worker is killed"}
SHOWN = {**LEVER, "about": "", "danger": False}


async def offer(api: Any, *levers: dict[str, Any]) -> tuple[int, Any]:
    answered: tuple[int, Any] = await api("PUT", "/api/levers", {"levers": list(levers)})
    return answered


async def test_what_is_offered_is_shown_until_other_levers_are(api: Any) -> None:
    assert await api("GET", "/api/levers") == (200, [])
    assert await offer(api, LEVER) == (200, [SHOWN])
    assert await api("GET", "/api/levers") == (200, [SHOWN])
    await offer(api, {"name": "redis", "text": "Redis goes down", "danger": True, "about": "For a while."})
    assert [lever["name"] for lever in (await api("GET", "/api/levers"))[1]] == ["redis"]


async def test_a_pull_goes_to_whoever_waits_for_it_once(api: Any) -> None:
    await offer(api, LEVER)
    waiting = asyncio.ensure_future(api("POST", "/api/pulls/take", {"wait": 10}))
    assert await api("POST", "/api/levers/worker/pulls", {}) == (201, {"name": "worker"})
    assert await waiting == (200, {"name": "worker"})
    assert await api("POST", "/api/pulls/take", {}) == (200, {"name": None})


async def test_pulls_that_nobody_takes_come_to_an_end(api: Any) -> None:
    await offer(api, LEVER)
    statuses = [(await api("POST", "/api/levers/worker/pulls", {}))[0] for _ in range(21)]
    assert statuses == [201] * 20 + [409]


async def test_a_lever_that_is_not_on_offer_can_not_be_pulled(api: Any) -> None:
    assert (await api("POST", "/api/levers/worker/pulls", {}))[0] == 404
    assert await api("POST", "/api/pulls/take", {}) == (200, {"name": None})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"levers": {}},
        {"levers": ["worker"]},
        {"levers": [{"name": "worker"}]},
        {"levers": [{**LEVER, "name": ""}]},
        {"levers": [{**LEVER, "url": "http://127.0.0.1"}]},
        {"levers": [LEVER] * 21},
    ],
)
async def test_a_wrong_offer_is_refused(api: Any, body: Any) -> None:
    assert (await api("PUT", "/api/levers", body))[0] == 400
    assert await api("GET", "/api/levers") == (200, [])
