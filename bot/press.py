"""A press that asks the worker for something: what was pressed, where, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views.buttons.sessions import Origin
from core.contract.codec import BODY, TYPE, Codec
from core.contract.commands import Command, EndSessions, GetCheckup, GetRoster
from core.contract.replies import Carried, NotCarried, Reply
from core.domain.sessions import Session, check_aware

COMMANDS: Codec[Command] = Codec(Command)
#: No message has this number: what comes of a press on it is sent.
NO_MESSAGE = 0
PATIENCE = timedelta(seconds=10)
PATIENCE_A_SESSION = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """`asked` and `body` are the command, its type's name and its JSON: two commands of one shape stay apart in a note.

    `sessions` are those it is about, as they were last seen, if they were; `name` is what goes by a name of its own
    instead, a website or a bot, and is as little ours as a device's is; of what is typed for the whole account, the
    account's. `beside` are the texts and the data of the other buttons on the message that decide something, where they
    are to outlast this one. `deadline` is by Redis's clock; it is not set before the request is made.
    """

    account: int
    owner: int
    message_id: int
    origin: Origin
    asked: str
    body: str
    sessions: tuple[Session, ...] = ()
    name: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    deadline: datetime | None = None

    def __post_init__(self) -> None:
        if isinstance(self.command, GetRoster | GetCheckup):
            raise ValueError("a press that only looks")  # noqa: TRY004 - what a note holds
        if self.command == EndSessions(hashes=()):
            raise ValueError("a press about no session")
        if self.deadline:
            check_aware(self.deadline)

    @classmethod
    def of(
        cls,
        command: Command,
        *,
        account: int,
        owner: int,
        message_id: int,
        origin: Origin,
        sessions: tuple[Session, ...] = (),
        name: str = "",
        beside: tuple[tuple[str, str], ...] = (),
    ) -> Press:
        """A press that asks for this. Raises ValueError for a command that asks for nothing to be done."""
        packed = COMMANDS.pack(command)
        return cls(
            account=account,
            owner=owner,
            message_id=message_id,
            origin=origin,
            asked=packed[TYPE].decode(),
            body=packed[BODY].decode(),
            sessions=sessions,
            name=name,
            beside=beside,
        )

    @property
    def command(self) -> Command:
        """What the worker is asked."""
        return COMMANDS.unpack({TYPE: self.asked.encode(), BODY: self.body.encode()})

    @property
    def hashes(self) -> tuple[str, ...]:
        """Of the sessions that it names, in their order; none where it is about the whole account."""
        command = self.command
        if isinstance(command, EndSessions):
            return command.hashes
        hash_: str | None = getattr(command, "hash", None)
        return () if hash_ is None else (hash_,)

    @property
    def patience(self) -> timedelta:
        """How long that may take."""
        command = self.command
        return PATIENCE + PATIENCE_A_SESSION * (len(command.hashes) if isinstance(command, EndSessions) else 0)

    def is_answered_by(self, reply: Reply) -> bool:
        """Whether the reply is one to what was asked."""
        return isinstance(reply, NotCarried) or (
            isinstance(reply, Carried) and tuple(result.hash for result in reply.results) == (self.hashes or ("",))
        )

    def session(self, hash_: str) -> Session | None:
        """One of those it is about."""
        return next((session for session in self.sessions if session.hash == hash_), None)
