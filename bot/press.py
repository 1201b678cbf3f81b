"""A press that asks the worker for something: what was pressed, where, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views.buttons import Origin
from core.contract.commands import Carried, Command, ConfirmLogin, EndSession, EndSessions, NotCarried, Reply
from core.domain.sessions import Session, check_aware, check_hash

PATIENCE = timedelta(seconds=10)
PATIENCE_A_SESSION = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """`sessions` are those it is about, as they were last seen, if they were; `confirms` tells "It was me" from "End".

    `deadline` is by Redis's clock; it is not set before the request is made.
    """

    account: int
    owner: int
    message_id: int
    origin: Origin
    hashes: tuple[str, ...]
    sessions: tuple[Session, ...] = ()
    confirms: bool = False
    deadline: datetime | None = None

    def __post_init__(self) -> None:
        if not self.hashes:
            raise ValueError("a press about no session")
        for hash_ in self.hashes:
            check_hash(hash_)
        if self.deadline:
            check_aware(self.deadline)

    @property
    def command(self) -> Command:
        """What the worker is asked."""
        if self.origin is Origin.LIST:
            return EndSessions(hashes=self.hashes)
        return (ConfirmLogin if self.confirms else EndSession)(hash=self.hashes[0])

    @property
    def patience(self) -> timedelta:
        """How long that may take."""
        return PATIENCE if self.origin is not Origin.LIST else PATIENCE + PATIENCE_A_SESSION * len(self.hashes)

    def is_answered_by(self, reply: Reply) -> bool:
        """Whether the reply is one to what was asked."""
        return isinstance(reply, NotCarried) or (
            isinstance(reply, Carried) and tuple(result.hash for result in reply.results) == self.hashes
        )

    def session(self, hash_: str) -> Session | None:
        """One of those it is about."""
        return next((session for session in self.sessions if session.hash == hash_), None)
