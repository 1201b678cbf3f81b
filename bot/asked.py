"""For how long a question stands: one with buttons by its minute, one that waits for words in this process alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Generic, TypeVar

from bot.gateway import QUESTION_KEPT
from bot.views.buttons.basics import minutes_of

T = TypeVar("T")
#: Of all chats together; the oldest give way.
KEPT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[T]):
    """What they are about, by the messages that ask."""

    clock: Callable[[], float] = monotonic
    _asked: dict[tuple[int, int], tuple[float, T]] = field(default_factory=dict)

    def ask(self, chat: int, message_id: int, about: T) -> None:
        """This message asks for it from now on."""
        self._asked[chat, message_id] = (self.clock(), about)
        for oldest in list(self._asked)[:-KEPT_MOST]:
            del self._asked[oldest]

    def about(self, chat: int, message_id: int) -> T | None:
        """What that message asks; None if it asks nothing, or no longer."""
        at, about = self._asked.get((chat, message_id), (0.0, None))
        return about if about is not None and self.clock() - at <= QUESTION_KEPT.total_seconds() else None

    def over(self, chat: int, message_id: int) -> None:
        """It is answered."""
        self._asked.pop((chat, message_id), None)


def is_stale(asked: int, *, now: datetime) -> bool:
    """Whether a question of that minute was left open for too long: a stray touch is no decision."""
    return not 0 <= minutes_of(now) - asked <= QUESTION_KEPT // timedelta(minutes=1)
