"""The one state that all of the sandbox's servers share; it changes here, and whoever listens is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.calls import CallLog
from sandbox.chats import Chats
from sandbox.faults import Faults
from sandbox.people import EDITABLE, Authorization, Lingering, Person, now

SERVICE_USER_ID = 777000  # Telegram's own account: login codes and service notices come from it
UNREGISTERED = "AUTH_KEY_UNREGISTERED"  # what most ended sessions are told


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """An authorization came to be. `push`: whether Telegram tells the account's other sessions."""

    authorization: Authorization
    push: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A pending (unconfirmed) authorization was answered: confirmed, or ended."""

    authorization: Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut:
    """An authorization ended; its auth key is worth nothing any more, and `reason` is what it is told from now on."""

    authorization: Authorization
    reason: str = UNREGISTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Telegram tells an account's sessions of a login once more, or late, be it listed or not.

    `details` are its date, device and place; None says that it is settled.
    """

    user_id: int
    hash: int
    details: tuple[datetime, str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMessage:
    """777000 wrote to an account."""

    person: Person
    message: dict[str, Any]


WorldEvent = LoggedIn | Settled | LoggedOut | Announced | ServiceMessage
Listener = Callable[[WorldEvent], None]


class UnknownPersonError(LookupError):
    """No such user id in the world."""


class UnknownAuthorizationError(LookupError):
    """No such authorization hash in that account."""


@dataclass(slots=True)
class World:
    """People, their authorizations, the bot's chats, the call log and the ordered faults."""

    people: dict[int, Person] = field(default_factory=dict)
    owners: list[int] = field(default_factory=list)
    chats: Chats = field(default_factory=Chats)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    listeners: list[Listener] = field(default_factory=list)

    def add_person(self, person: Person, *, owner: bool = False) -> Person:
        """Put a person into the world; `owner` marks one whom the demo's bot obeys."""
        self.people[person.id] = person
        if owner:
            self.owners.append(person.id)
        return person

    def person(self, user_id: int) -> Person:
        """Raises UnknownPersonError."""
        try:
            return self.people[user_id]
        except KeyError:
            raise UnknownPersonError(user_id) from None

    def accounts(self) -> Iterator[Person]:
        """Everyone with a phone number."""
        return (person for person in self.people.values() if person.phone)

    def authorization(self, user_id: int, hash_: int) -> Authorization:
        """Raises UnknownPersonError or UnknownAuthorizationError."""
        try:
            return self.person(user_id).authorizations[hash_]
        except KeyError:
            raise UnknownAuthorizationError(hash_) from None

    def log_in(self, authorization: Authorization, *, push: bool = True) -> Authorization:
        """Add an authorization to its account."""
        self.person(authorization.user_id).authorizations[authorization.hash] = authorization
        self._tell(LoggedIn(authorization=authorization, push=push))
        return authorization

    def change(self, authorization: Authorization, **changes: Any) -> None:
        """Change fields in place, as time or the device itself would; nobody is pushed anything.

        Raises KeyError naming a field that no caller may set.
        """
        for name in changes:
            if name not in EDITABLE:
                raise KeyError(name)
        for name, value in changes.items():
            setattr(authorization, name, value)

    def confirm(self, authorization: Authorization) -> None:
        """The account's owner says at Telegram: it was me."""
        if authorization.unconfirmed:
            authorization.unconfirmed = False
            self._tell(Settled(authorization=authorization))

    def log_out(self, authorization: Authorization, *, reason: str = UNREGISTERED) -> None:
        """End an authorization, whoever asked for it. It is dead at once, even where its account lets it linger."""
        person = self.person(authorization.user_id)
        del person.authorizations[authorization.hash]
        if person.linger_seconds:
            until = time.monotonic() + person.linger_seconds
            person.ended.append(Lingering(authorization=authorization, until=until))
        if authorization.unconfirmed:
            self._tell(Settled(authorization=authorization))
        self._tell(LoggedOut(authorization=authorization, reason=reason))

    def announce(self, user_id: int, hash_: int, details: tuple[datetime, str, str] | None) -> None:
        """Push `updateNewAuthorization`; nothing else changes."""
        self._tell(Announced(user_id=user_id, hash=hash_, details=details))

    def service_message(self, person: Person, text: str) -> dict[str, Any]:
        """777000 writes to an account."""
        message = {"id": len(person.service_messages) + 1, "date": now(), "text": text}
        person.service_messages.append(message)
        self._tell(ServiceMessage(person=person, message=message))
        return message

    def _tell(self, event: WorldEvent) -> None:
        for listener in tuple(self.listeners):
            listener(event)
