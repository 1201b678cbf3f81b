"""What guards an account besides its sessions, and who gets at it without one: websites, business bots, passkeys."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

DEFAULT_ACCOUNT_TTL_DAYS = 548  # eighteen months without a sign of life, then the account is deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A bot that a website signs people in with, or that reads somebody's chats."""

    id: int
    first_name: str
    username: str | None = None


@dataclass(slots=True, kw_only=True)
class Website:
    """A website signed in to by way of Telegram: the fields of Telegram's `webAuthorization`."""

    hash: int
    bot: Bot
    domain: str
    browser: str = ""
    platform: str = ""
    ip: str = ""
    region: str = ""
    date_created: datetime
    date_active: datetime


@dataclass(slots=True, kw_only=True)
class BusinessBot:
    """A bot connected to the account's private chats: what it may do there, and in which of them.

    `unconfirmed`: Telegram has asked the account's sessions whether it was its owner who connected it.
    """

    bot: Bot
    rights: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    device: str = ""
    location: str = ""
    date: datetime
    unconfirmed: bool = True


@dataclass(slots=True, kw_only=True)
class Passkey:
    """A key on somebody's device that signs in to the account: the fields of Telegram's `passkey`."""

    id: str
    name: str
    date: datetime
    last_usage_date: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Security:
    """An account's, but for its sessions and its password.

    `pending_reset_date` is when a requested removal of the password can be completed; after one was declined, the next
    can't be requested before `reset_retry_date`.
    """

    recovery_email: str | None = None
    unconfirmed_email: str | None = None
    login_email: str | None = None
    pending_reset_date: datetime | None = None
    reset_retry_date: datetime | None = None
    account_ttl_days: int = DEFAULT_ACCOUNT_TTL_DAYS
    websites: dict[int, Website] = field(default_factory=dict)
    business_bots: dict[int, BusinessBot] = field(default_factory=dict)
    passkeys: dict[str, Passkey] = field(default_factory=dict)


def pattern(email: str | None) -> str | None:
    """An address as Telegram shows it: as long as it is, most of it starred out [core.telegram.org/api/pattern]."""
    if email is None:
        return None
    name, _, domain = email.rpartition("@")
    host, _, end = domain.rpartition(".")
    return f"{_starred(name)}@{_starred(host)}.{end}"


def _starred(part: str) -> str:
    return part[:1] + "*" * (len(part) - 1)
