"""The one state that all of the sandbox's servers share; it changes here, and whoever listens is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.calls import CallLog
from sandbox.chats import Chats
from sandbox.events import (
    REVOKED,
    UNREGISTERED,
    AccountChanged,
    Announced,
    BotConnected,
    LoggedIn,
    LoggedOut,
    ServiceMessage,
    Settled,
    WorldEvent,
)
from sandbox.faults import Faults
from sandbox.people import EDITABLE, Authorization, Lingering, Person, now
from sandbox.security import BusinessBot

SERVICE_USER_ID = 777000  # Telegram's own account: login codes and service notices come from it

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
    #: After so long, Telegram takes silence for a yes [core.telegram.org/api/config, authorization_autoconfirm_period].
    autoconfirm: timedelta = timedelta(days=7)

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

    def complete(self, authorization: Authorization) -> None:
        """The password was right too: the login is complete, and only now the account's other sessions are told."""
        asked = self.person(authorization.user_id).has_company(authorization)
        self.change(authorization, password_pending=False, unconfirmed=asked, date_active=now())
        self._tell(LoggedIn(authorization=authorization, push=True))

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

    def log_out_others(self, person: Person, *, but: Collection[int]) -> list[int]:
        """End all authorizations of an account but these, at once; the hashes of those that ended."""
        ended = [other for other in person.authorizations.values() if other.hash not in but]
        for other in ended:
            self.log_out(other, reason=REVOKED)
        return [other.hash for other in ended]

    def announce(self, user_id: int, hash_: int, details: tuple[datetime, str, str] | None) -> None:
        """Push `updateNewAuthorization`; nothing else changes."""
        self._tell(Announced(user_id=user_id, hash=hash_, details=details))

    def service_message(self, person: Person, text: str) -> dict[str, Any]:
        """777000 writes to an account."""
        message = {"id": len(person.service_messages) + 1, "date": now(), "text": text}
        person.service_messages.append(message)
        self._tell(ServiceMessage(person=person, message=message))
        return message

    def connect_bot(self, person: Person, connected: BusinessBot) -> None:
        """A business bot is connected to an account's chats."""
        person.security.business_bots[connected.bot.id] = connected
        if connected.unconfirmed:
            self._tell(BotConnected(user_id=person.id, connected=connected))
        self.changed(person)

    def confirm_bot(self, person: Person, connected: BusinessBot) -> None:
        """The account's owner says at Telegram: it was me who connected it."""
        if connected.unconfirmed:
            connected.unconfirmed = False
            self._tell(BotConnected(user_id=person.id, connected=connected))

    def changed(self, person: Person) -> None:
        """Something of an account is another than before; its sessions find out when they ask."""
        self._tell(AccountChanged(user_id=person.id))

    def _tell(self, event: WorldEvent) -> None:
        for listener in tuple(self.listeners):
            listener(event)
