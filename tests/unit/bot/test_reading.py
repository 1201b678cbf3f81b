"""Whatever lies in Redis in place of what the bot had put there, reading it never ends anything."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, Self, cast

from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.gateway import LISTS, PRESSES, Gateway
from core.contract import keys
from core.contract.codec import MalformedError
from core.pulse import STATUSES
from tests.domain_values import ACCOUNT, sessions

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NOON = (1_773_500_966, 0)
NAMES = ["account", "owner", "message_id", "origin", "hashes", "sessions", "confirms", "deadline", "condition", "hash"]
rubbish = st.one_of(
    st.binary(max_size=60),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(NAMES), json_values).map(lambda value: json.dumps(value).encode()),
)


class Pipe:
    """What a worker's pulse is read by."""

    def __init__(self, data: tuple[bytes, ...]) -> None:
        self._answers: list[Any] = [*data, NOON]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    def get(self, _: str) -> None:
        """Answered by `execute`."""

    def time(self) -> None:
        """Answered by `execute`."""

    async def execute(self) -> list[Any]:
        return self._answers


class Holding:
    """A Redis that holds but this, wherever one looks; what is dropped is noted."""

    def __init__(self, *data: bytes) -> None:
        self.data = data
        self.dropped: list[str] = []

    def as_redis(self) -> Redis:
        return cast("Redis", self)

    def pipeline(self, **_: Any) -> Pipe:
        return Pipe(self.data)

    async def time(self) -> tuple[int, int]:
        return NOON

    async def get(self, _: str) -> bytes:
        return self.data[0]

    async def hgetall(self, key: str) -> dict[bytes, bytes]:
        assert key == keys.presses(ACCOUNT)
        return {b"request": self.data[0]}

    async def hdel(self, key: str, name: str) -> None:
        assert key == keys.presses(ACCOUNT)
        self.dropped.append(name)

    async def xrange(self, key: str, first: str, last: str) -> list[Any]:
        assert (key, first) == (keys.lists(ACCOUNT), last)
        return [(b"1773500966000-0", {b"sessions": self.data[0]})]


@given(rubbish)
def test_any_document_is_read_or_called_malformed(data: bytes) -> None:
    for document in (PRESSES, LISTS, STATUSES):
        with suppress(MalformedError):
            document.load(data)


@given(rubbish)
def test_any_note_of_a_press_is_read_or_dropped(data: bytes) -> None:
    holding = Holding(data)
    presses = asyncio.run(Gateway(redis=holding.as_redis()).unsettled(ACCOUNT))
    assert bool(presses) is not bool(holding.dropped)


@given(rubbish, st.one_of(st.binary(max_size=40), st.integers().map(lambda number: str(number).encode())))
def test_any_pulse_is_felt_or_is_none(status: bytes, beat: bytes) -> None:
    pulse = asyncio.run(Gateway(redis=Holding(status, beat).as_redis()).pulse(ACCOUNT))
    assert pulse is None or pulse.felt_at.year == 2026


@given(rubbish)
def test_any_snapshot_is_read_or_is_none(data: bytes) -> None:
    asyncio.run(Gateway(redis=Holding(data).as_redis()).snapshot(ACCOUNT))


@given(rubbish)
def test_any_list_is_read_or_is_none(data: bytes) -> None:
    found = asyncio.run(Gateway(redis=Holding(data).as_redis()).kept_list(ACCOUNT, "1773500966000-0"))
    assert found is None or isinstance(found, tuple)


@given(st.one_of(st.text(max_size=45), st.integers().map(str), st.from_regex(r"\d{1,25}-\d{1,25}", fullmatch=True)))
def test_any_name_of_a_list_is_a_lists_or_none(name: str) -> None:
    asyncio.run(Gateway(redis=Holding(b"[]").as_redis()).kept_list(ACCOUNT, name))


@given(st.lists(sessions(), max_size=5).map(tuple))
def test_a_list_is_read_as_it_was_written(listed: tuple[Any, ...]) -> None:
    assert LISTS.load(LISTS.dump(listed)) == listed
