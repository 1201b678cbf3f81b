"""A press that asks the worker for something: what was pressed, where, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views.buttons import Origin
from core.contract.commands import (
    Carried,
    Command,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    NotCarried,
    Reply,
    TrustSession,
)
from core.domain.sessions import Session, check_aware, check_hash
from core.domain.standing import Deed

PATIENCE = timedelta(seconds=10)
PATIENCE_A_SESSION = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """`sessions` are those it is about, as they were last seen, if they were.

    `deadline` is by Redis's clock; it is not set before the request is made.
    """

    account: int
    owner: int
    message_id: int
    origin: Origin
    hashes: tuple[str, ...]
    sessions: tuple[Session, ...] = ()
    deed: Deed = Deed.END
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
        match self.deed:
            case Deed.END:
                return EndSession(hash=self.hashes[0])
            case Deed.END_OTHERS:
                return EndSessions(hashes=self.hashes)
            case Deed.CONFIRM:
                return ConfirmLogin(hash=self.hashes[0])
            case Deed.TRUST:
                return TrustSession(hash=self.hashes[0])
            case Deed.DISTRUST:
                return DistrustSession(hash=self.hashes[0])

    @property
    def patience(self) -> timedelta:
        """How long that may take."""
        return PATIENCE if self.deed is not Deed.END_OTHERS else PATIENCE + PATIENCE_A_SESSION * len(self.hashes)

    def is_answered_by(self, reply: Reply) -> bool:
        """Whether the reply is one to what was asked."""
        return isinstance(reply, NotCarried) or (
            isinstance(reply, Carried) and tuple(result.hash for result in reply.results) == self.hashes
        )

    def session(self, hash_: str) -> Session | None:
        """One of those it is about."""
        return next((session for session in self.sessions if session.hash == hash_), None)
