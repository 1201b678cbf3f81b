"""Strangers flood the bot: with what it has asked for, each a different one, and nothing of them stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update

from sandbox.running import Sandbox
from sandbox.strangers import KINDS, payload

FLOOD = {"per_second": 1000, "seconds": 0.2}


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.botapi.url))
    yield Bot(sandbox.botapi.token, session=session)
    if session._session is not None:
        await session._session.close()


async def waiting(bot: Bot) -> list[Update]:
    """Every update that waits."""
    updates: list[Update] = []
    while more := await bot.get_updates(offset=updates[-1].update_id + 1 if updates else None):
        updates += more
    return updates


def sender(update: Update) -> int:
    return int(update.event.from_user.id)


async def test_strangers_send_as_many_as_were_asked_for_and_are_each_another(
    api: Any, bot: Bot, sandbox: Sandbox
) -> None:
    status, flood = await api("POST", "/api/floods", FLOOD)
    assert status == 201
    assert 100 <= flood["sent"] <= 200
    assert flood["waiting"] == flood["sent"]
    updates = await waiting(bot)
    assert len({sender(update) for update in updates}) == len(updates) == flood["sent"]
    assert {update.event_type for update in updates} == set(flood["kinds"]) == set(KINDS)
    assert not {sender(update) for update in updates} & sandbox.world.people.keys()
    assert sandbox.world.chats.messages == {}


async def test_the_bot_gets_none_of_a_kind_that_it_has_not_asked_for(api: Any, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message", "callback_query"])
    _, flood = await api("POST", "/api/floods", FLOOD)
    assert flood["kinds"] == ["message", "callback_query"]
    assert {update.event_type for update in await waiting(bot)} == {"message", "callback_query"}
    status, answer = await api("POST", "/api/floods", FLOOD | {"kinds": ["inline_query"]})
    assert status == 409
    assert "asked for" in answer["error"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(8))
def test_every_update_is_one_that_a_stock_library_reads(kind: str, number: int, sandbox: Sandbox) -> None:
    update = Update.model_validate({"update_id": 1, kind: payload(kind, number, sandbox.world.chats.bot)})
    assert update.event_type == kind


@pytest.mark.parametrize(
    "change",
    [
        {"per_second": 0},
        {"per_second": 1.5},
        {"per_second": 100_000},
        {"seconds": 0},
        {"seconds": "1"},
        {"kinds": []},
        {"kinds": "message"},
        {"kinds": ["poll"]},
        {"kinds": [["message"]]},
        {"chat": 5},
    ],
)
async def test_a_wrong_flood_is_refused(api: Any, bot: Bot, change: dict[str, Any]) -> None:
    assert (await api("POST", "/api/floods", FLOOD | change))[0] == 400
    assert await bot.get_updates() == []
