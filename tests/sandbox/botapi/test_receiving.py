"""getUpdates: long polls, offsets, what is allowed, and who may poll."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError

from sandbox.botapi.server import BotApiServer
from sandbox.people import Person
from sandbox.world import World


async def test_a_message_arrives_as_an_update_with_its_entities(bot: Bot, owner: Person, world: World) -> None:
    world.chats.wrote(owner, "/sessions@sandbox_doorman_bot now 😀 /help")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.id == update.message.chat.id == owner.id
    assert update.message.chat.type == "private"
    assert update.message.entities is not None
    assert [e.extract_from(update.message.text or "") for e in update.message.entities] == [
        "/sessions@sandbox_doorman_bot",
        "/help",
    ]
    assert {e.type for e in update.message.entities} == {"bot_command"}


async def test_a_long_poll_wakes_at_once(
    bot: Bot, server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(timeout=30))
        await eventually(lambda: server.polling.under_way)
        begin = time.perf_counter()
        world.chats.wrote(owner, "hi")
        await poll
    assert time.perf_counter() - begin < 0.1
    assert len(poll.result()) == 1


async def test_a_long_poll_ends_empty_after_its_timeout(bot: Bot) -> None:
    begin = time.perf_counter()
    assert await bot.get_updates(timeout=1) == []
    assert 0.9 < time.perf_counter() - begin < 3


async def test_updates_stay_until_an_offset_confirms_them(bot: Bot, owner: Person, world: World) -> None:
    for text in "abc":
        world.chats.wrote(owner, text)
    first = await bot.get_updates()
    assert await bot.get_updates() == first
    assert [u.update_id - first[0].update_id for u in first] == [0, 1, 2]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert rest == first[1:]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == []


async def test_a_negative_offset_keeps_the_last_ones(bot: Bot, owner: Person, world: World) -> None:
    for text in "abc":
        world.chats.wrote(owner, text)
    updates = await bot.get_updates(offset=-1)
    assert [u.message.text for u in updates if u.message] == ["c"]
    assert await bot.get_updates() == updates


async def test_limit_holds(bot: Bot, owner: Person, world: World) -> None:
    for text in "abc":
        world.chats.wrote(owner, text)
    assert len(await bot.get_updates(limit=2)) == 2


async def test_an_offset_from_the_future_forgets_nothing(bot: Bot, owner: Person, world: World) -> None:
    world.chats.wrote(owner, "a")
    assert len(await bot.get_updates(offset=2_000_000_000)) == 1


async def test_only_allowed_updates_come(bot: Bot, call: Any, owner: Person, world: World) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    world.chats.wrote(owner, "unwanted")
    assert await bot.get_updates() == []
    await bot.get_updates()
    world.chats.wrote(owner, "still unwanted")
    await call("getUpdates", allowed_updates=[])
    world.chats.wrote(owner, "wanted")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["wanted"]


async def test_a_second_poll_ends_the_first_with_a_conflict(
    bot: Bot, server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(_conflict(bot))
        await eventually(lambda: server.polling.under_way)
        second = group.create_task(bot.get_updates(timeout=30))
        text = await first
        world.chats.wrote(owner, "hi")
    assert "terminated by other getUpdates request; make sure that only one bot instance is running" in text
    assert len(second.result()) == 1


async def _conflict(bot: Bot) -> str:
    with pytest.raises(TelegramConflictError) as caught:
        await bot.get_updates(timeout=30)
    return str(caught.value)


async def test_a_client_that_went_away_leaves_no_poll_behind(
    bot: Bot, server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await bot.get_updates(timeout=30, request_timeout=40)
    await eventually(lambda: not server.polling.under_way)
    world.chats.wrote(owner, "hi")
    assert len(await bot.get_updates(timeout=5)) == 1


async def test_blocking_and_unblocking_arrive_as_my_chat_member(bot: Bot, owner: Person, world: World) -> None:
    world.chats.block(owner, blocked=True)
    world.chats.block(owner, blocked=True)
    world.chats.wrote(owner, "/start")
    blocked, unblocked, start = await bot.get_updates()
    assert blocked.my_chat_member is not None
    assert unblocked.my_chat_member is not None
    assert (blocked.my_chat_member.old_chat_member.status, blocked.my_chat_member.new_chat_member.status) == (
        "member",
        "kicked",
    )
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    assert start.message is not None


async def test_the_server_stops_at_once_under_a_long_poll(
    world: World, http: aiohttp.ClientSession, eventually: Any
) -> None:
    server = BotApiServer(world)
    async with asyncio.TaskGroup() as group:
        async with server.listening():
            poll = group.create_task(_until_cut(http, f"{server.url}/bot{server.token}/getUpdates?timeout=30"))
            await eventually(lambda: server.polling.under_way)
            begin = time.perf_counter()
        await poll
    assert time.perf_counter() - begin < 1


async def _until_cut(http: aiohttp.ClientSession, url: str) -> None:
    with pytest.raises(aiohttp.ClientError):
        await http.get(url)
