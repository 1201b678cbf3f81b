"""The updates that wait for the bot, in order, until it says that it has them; polls and webhooks draw on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FIRST_UPDATE_ID = 100_000_001
# Left out unless asked for by name [core.telegram.org/bots/api#getupdates].
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update. Those of one `lane` reach a webhook one after another, as Telegram keeps a chat in order."""

    id: int
    kind: str
    payload: dict[str, Any]
    lane: str

    def as_json(self) -> dict[str, Any]:
        """As a Bot API `Update`."""
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(slots=True)
class UpdateQueue:
    """Updates not yet confirmed. `allowed` is what the bot asked for last, None for Telegram's default."""

    pending: deque[Update] = field(default_factory=deque)
    allowed: frozenset[str] | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _next_id: int = FIRST_UPDATE_ID

    def wants(self, kind: str) -> bool:
        """Whether the bot has asked for updates of this kind."""
        return kind not in ON_REQUEST if self.allowed is None else kind in self.allowed

    def add(self, kind: str, payload: dict[str, Any], *, lane: str) -> None:
        """Queue an update and wake whoever waits; one that the bot does not want is dropped."""
        if not self.wants(kind):
            return
        self.pending.append(Update(id=self._next_id, kind=kind, payload=payload, lane=lane))
        self._next_id += 1
        for listener in tuple(self.listeners):
            listener()

    def confirm(self, offset: int) -> None:
        """Forget all before `offset`; a negative one keeps that many from the end, one from the future none."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        elif offset <= self._next_id:
            while self.pending and self.pending[0].id < offset:
                self.pending.popleft()

    def forget(self, update: Update) -> None:
        """A webhook took it."""
        if update in self.pending:
            self.pending.remove(update)
