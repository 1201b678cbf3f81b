"""The whole sandbox over the demo's world, HTTP clients for its control API and its Bot API, and signed-in guards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from sandbox.running import Sandbox, running
from sandbox.seed import ACCOUNT_ID, PHONE, seed
from sandbox.world import World

Api = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running(seed(World())) as sandbox:
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(sandbox: Sandbox, http: aiohttp.ClientSession) -> Api:
    """Ask the control API; gives the status and the answer."""

    async def api(method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        if body is not None:
            options["json"] = body
        async with http.request(method, sandbox.control.url + path, **options) as response:
            assert response.content_type == "application/json"
            return response.status, await response.json()

    return api


@pytest.fixture
def method(sandbox: Sandbox, http: aiohttp.ClientSession) -> Any:
    async def method(name: Any, **params: Any) -> Any:
        async with http.post(f"{sandbox.botapi.url}/bot{sandbox.botapi.token}/{name}", json=params) as response:
            return await response.json()

    return method


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]:
    """Ask until the answer is truthy, and give it back."""

    async def eventually(ask: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(5):
            while not (found := await ask()):  # noqa: ASYNC110 (what is waited for can't tell by itself)
                await asyncio.sleep(0.005)
            return found

    return eventually


NewGuard = Callable[..., Awaitable[TelegramClient]]


@pytest.fixture
async def new_guard(sandbox: Sandbox, api: Api) -> AsyncIterator[NewGuard]:
    """A stock Telethon client, signed in to the demo's account by its login code unless told otherwise."""
    rsa.add_key(sandbox.mtproto.public_key, old=False)
    clients: list[TelegramClient] = []

    async def new_guard(session: StringSession | None = None, *, sign_in: bool = True) -> TelegramClient:
        session = session or StringSession()
        session.set_dc(2, sandbox.mtproto.host, sandbox.mtproto.port)
        client = TelegramClient(
            session,
            1,
            "not-real",
            device_model="Guard",
            connection_retries=2,
            retry_delay=0.05,
            flood_sleep_threshold=0,
        )
        clients.append(client)
        if sign_in:
            await client.connect()
            await client.send_code_request(PHONE)
            _, answer = await api("GET", f"/api/accounts/{ACCOUNT_ID}/login-code")
            await client.sign_in(PHONE, answer["code"])
        return client

    yield new_guard
    for client in clients:
        with contextlib.suppress(ConnectionError):
            await client.disconnect()


@pytest.fixture
async def guard(new_guard: NewGuard) -> TelegramClient:
    """One of them."""
    return await new_guard()


@pytest.fixture
async def own(api: Api, guard: TelegramClient) -> dict[str, Any]:
    """The guard's authorization, old enough to end others."""
    _, world = await api("GET", "/api/world")
    (own,) = [auth for auth in world["accounts"][0]["authorizations"] if auth["device_model"] == "Guard"]
    path = f"/api/accounts/{ACCOUNT_ID}/authorizations/{own['hash']}"
    _, changed = await api("PATCH", path, {"date_created": own["date_created"] - 86400})
    return dict(changed)
