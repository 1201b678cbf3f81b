"""Whatever lies in Redis in place of what the bot had put there, reading it never ends anything."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any, Self

from hypothesis import given
from hypothesis import strategies as st

from bot.gateway import LISTS, PRESSES, Gateway
from core.connection import Store
from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.signing import place_of
from core.pulse import HEARTBEATS, STATUSES
from tests.domain_values import ACCOUNT, sessions
from tests.wire import SIGNER

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NOON = (1_773_500_966, 0)
LIST = "1773500966000-ab12"
NAMES = [
    "at",
    "reports",
    "account",
    "owner",
    "message_id",
    "origin",
    "hashes",
    "sessions",
    "confirms",
    "deadline",
    "condition",
    "hash",
]
rubbish = st.one_of(
    st.binary(max_size=60),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(NAMES), json_values).map(lambda value: json.dumps(value).encode()),
)


class Pipe:
    """What a worker's pulse is read by."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding
        self._answers: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    def get(self, key: str) -> None:
        """Answered by `execute`."""
        self._answers.append(self._holding.lying_in(key, self._holding.data[len(self._answers)]))

    def time(self) -> None:
        """Answered by `execute`."""
        self._answers.append(NOON)

    async def execute(self) -> list[Any]:
        return self._answers


class Holding(Store):
    """A Redis that holds but this, wherever one looks, and signed unless it is forged; what is dropped is noted."""

    def __init__(self, *data: bytes, is_forged: bool = False) -> None:
        self.data = data
        self.dropped: list[str] = []
        self.signer = SIGNER
        self._is_forged = is_forged

    def __del__(self) -> None:
        """There is no connection."""

    def lying_in(self, place: str, data: bytes) -> bytes:
        """What is read there."""
        return data if self._is_forged else SIGNER.wrap(place, data)

    def pipeline(self, *_: Any, **__: Any) -> Any:
        return Pipe(self)

    async def time(self, **_: Any) -> Any:
        return NOON

    async def get(self, name: Any) -> Any:
        return self.lying_in(name, self.data[0])

    async def hget(self, name: str, key: str) -> Any:
        assert name == keys.questions(ACCOUNT)
        return self.lying_in(place_of(name, key), self.data[0])

    async def hgetall(self, name: str) -> Any:
        assert name == keys.presses(ACCOUNT)
        return {b"request": self.lying_in(place_of(name, "request"), self.data[0])}

    async def hdel(self, name: str, *fields: Any) -> Any:
        assert name == keys.presses(ACCOUNT)
        self.dropped.extend(fields)


@given(rubbish)
def test_any_document_is_read_or_called_malformed(data: bytes) -> None:
    for document in (PRESSES, LISTS, STATUSES, HEARTBEATS):
        with suppress(MalformedError):
            document.load(data)


@given(rubbish, st.booleans())
def test_any_note_of_a_press_is_read_or_dropped(data: bytes, is_forged: bool) -> None:
    holding = Holding(data, is_forged=is_forged)
    presses = asyncio.run(Gateway(redis=holding).unsettled(ACCOUNT))
    assert bool(presses) is not bool(holding.dropped)
    assert not (is_forged and presses)


@given(rubbish, rubbish, st.booleans())
def test_any_pulse_is_felt_or_is_none(status: bytes, beat: bytes, is_forged: bool) -> None:
    pulse = asyncio.run(Gateway(redis=Holding(status, beat, is_forged=is_forged)).pulse(ACCOUNT))
    assert pulse is None or (pulse.felt_at.year == 2026 and not is_forged)


@given(rubbish, st.booleans())
def test_any_snapshot_is_read_or_is_none(data: bytes, is_forged: bool) -> None:
    asyncio.run(Gateway(redis=Holding(data, is_forged=is_forged)).snapshot(ACCOUNT))


@given(rubbish, st.booleans())
def test_any_list_is_read_or_is_none(data: bytes, is_forged: bool) -> None:
    found = asyncio.run(Gateway(redis=Holding(data, is_forged=is_forged)).kept_list(ACCOUNT, LIST))
    assert found is None or (isinstance(found, tuple) and not is_forged)


@given(st.one_of(st.text(max_size=45), st.integers().map(str), st.from_regex(r"\d{1,25}-\d{1,25}", fullmatch=True)))
def test_any_name_of_a_list_is_a_lists_or_none(name: str) -> None:
    asyncio.run(Gateway(redis=Holding(b"[]")).kept_list(ACCOUNT, name))


def test_a_list_that_is_there_is_read() -> None:
    assert asyncio.run(Gateway(redis=Holding(b"[]")).kept_list(ACCOUNT, LIST)) == ()


@given(st.lists(sessions(), max_size=5).map(tuple))
def test_a_list_is_read_as_it_was_written(listed: tuple[Any, ...]) -> None:
    assert LISTS.load(LISTS.dump(listed)) == listed
