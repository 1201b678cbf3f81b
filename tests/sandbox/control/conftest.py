"""The whole sandbox over the demo's world, and a plain HTTP client for its control API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from sandbox.running import Sandbox, running
from sandbox.seed import seed
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
