"""Every call that crossed a wire, in order, with its parameters and its answer; kept in memory, bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Literal

Layer = Literal["mtproto", "botapi"]
MOST_CALLS = 20_000


@dataclass(slots=True, kw_only=True)
class Call:
    """One call. `who` is the account's user id or the bot's id; `answer` is JSON-ready, None while under way."""

    number: int
    at: datetime
    layer: Layer
    method: str
    who: int | None
    params: dict[str, Any]
    answer: Any = None


@dataclass(slots=True)
class CallLog:
    """The last 20,000 calls; numbers go on counting."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    #: Told of each call that is answered.
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _count: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, layer: Layer, method: str, params: dict[str, Any], *, who: int | None) -> Call:
        """Write a call down as it comes in; its answer is filled in by `answered`."""
        self._count += 1
        call = Call(number=self._count, at=datetime.now(UTC), layer=layer, method=method, who=who, params=params)
        self.calls.append(call)
        return call

    def answered(self, call: Call, answer: Any) -> None:
        """Fill in the answer and wake whoever waits for news."""
        call.answer = answer
        for listener in tuple(self.listeners):
            listener()
        self._news.set()
        self._news = asyncio.Event()

    def after(self, number: int) -> list[Call]:
        """Those later than that one, oldest first; found from the end, so that asking for news costs what is new."""
        later = list(takewhile(lambda call: call.number > number, reversed(self.calls)))
        return later[::-1]

    async def news(self) -> None:
        """Return when the next call is answered."""
        await self._news.wait()
