"""The worker's parts around a fake guard and a real Redis."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from redis.asyncio import Redis

from core.contract import keys
from core.contract.codec import Codec
from core.contract.events import Event
from tests.domain_values import ACCOUNT
from tests.fake_guard import FakeGuard

EVENTS: Codec[Event] = Codec(Event)


@pytest.fixture
def guard() -> Iterator[FakeGuard]:
    guard = FakeGuard()
    yield guard
    guard.foresaw_everything()


@pytest.fixture
def published(redis: Redis) -> Callable[[], Awaitable[list[Event]]]:
    """All events so far, oldest first."""

    async def look() -> list[Event]:
        return [EVENTS.unpack(fields) for _, fields in await redis.xrange(keys.events(ACCOUNT))]

    return look
