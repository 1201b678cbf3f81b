"""What happens in the sandbox's world, as its servers are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.people import Authorization, Person
from sandbox.security import BusinessBot

UNREGISTERED = "AUTH_KEY_UNREGISTERED"  # what most ended sessions are told
REVOKED = "SESSION_REVOKED"  # and those that are ended all at once


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """An authorization came to be, or is complete now. `push`: whether Telegram tells the account's other sessions."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class BotConnected:
    """A business bot waits to be confirmed by an account's sessions, or was confirmed by one."""

    user_id: int
    connected: BusinessBot


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """Something of an account changed of which Telegram pushes nothing."""

    user_id: int


WorldEvent = LoggedIn | Settled | LoggedOut | Announced | ServiceMessage | BotConnected | AccountChanged
