"""A Bot API server over a small world, and three ways to call it: aiogram, python-telegram-bot, bare HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
import telegram
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from sandbox.botapi.server import BotApiServer
from sandbox.people import Person
from sandbox.world import World

OWNER_ID = 700000002

Call = Callable[..., Awaitable[dict[str, Any]]]


Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Wait until something holds, at most five seconds."""

    async def eventually(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110  # what is waited for has no event of its own
                await asyncio.sleep(0.001)

    return eventually


@pytest.fixture
def world() -> World:
    world = World()
    world.add_person(Person(id=OWNER_ID, first_name="Owner", username="owner"), owner=True)
    world.add_person(Person(id=700000003, first_name="Silent"))
    return world


@pytest.fixture
def owner(world: World) -> Person:
    """Somebody who has begun the chat; the update is gone."""
    person = world.person(OWNER_ID)
    world.chats.wrote(person, "/start")
    world.chats.updates.pending.clear()
    return person


@pytest.fixture
async def server(world: World) -> AsyncIterator[BotApiServer]:
    server = BotApiServer(world)
    async with server.listening():
        yield server


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    bot = Bot(server.token, session=session)
    yield bot
    if session._session is not None:  # session.close() would sleep a quarter of a second for TLS's sake
        await session._session.close()


@pytest.fixture
async def ptb(server: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # or it warns of its next major version
    async with telegram.Bot(server.token, base_url=f"{server.url}/bot", base_file_url=f"{server.url}/file/bot") as bot:
        yield bot


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(server: BotApiServer, http: aiohttp.ClientSession) -> Call:
    """Call a method with a JSON body and get the whole answer."""

    async def call(method: str, **params: Any) -> dict[str, Any]:
        async with http.post(f"{server.url}/bot{server.token}/{method}", json=params) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == body.get("error_code", 200)
            return body

    return call
