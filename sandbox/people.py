"""The people of the sandbox's world and their authorizations, as Telegram keeps them; no protocol here."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sandbox.security import Security

DAY = 86400
DEFAULT_TTL_DAYS = 183


def now() -> datetime:
    """Telegram's clock: aware UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def new_hash() -> int:
    """A signed 64-bit authorization hash; never 0, which lists the asker's own session."""
    while True:
        value = int.from_bytes(secrets.token_bytes(8), "little", signed=True)
        if value:
            return value


@dataclass(slots=True, kw_only=True)
class Authorization:
    """One session of an account: the fields of Telegram's `authorization`, and the auth key that holds it.

    `auth_key_id` is None for a session that exists in the world without a connected client, as the
    control API makes them. `current` is no field: it depends on who asks.
    """

    user_id: int
    hash: int = field(default_factory=new_hash)
    device_model: str = "Unknown device"
    platform: str = ""
    system_version: str = ""
    api_id: int = 0
    app_name: str = ""
    app_version: str = ""
    ip: str = ""
    country: str = ""
    region: str = ""
    official_app: bool = False
    password_pending: bool = False
    unconfirmed: bool = False
    encrypted_requests_disabled: bool = False
    call_requests_disabled: bool = False
    date_created: datetime = field(default_factory=now)
    date_active: datetime = field(default_factory=now)
    auth_key_id: int | None = None

    @property
    def location(self) -> str:
        """The place as `updateNewAuthorization` words it: region and country, whichever is there."""
        return ", ".join(part for part in (self.region, self.country) if part)


#: What a caller may set: everything but the identity and the key.
EDITABLE = frozenset(f.name for f in fields(Authorization)) - {"user_id", "hash", "auth_key_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lingering:
    """An ended authorization that Telegram goes on listing until then, by the monotonic clock."""

    authorization: Authorization
    until: float


@dataclass(slots=True, kw_only=True)
class Person:
    """A Telegram user. One with a phone number is an account that can be logged in to over MTProto."""

    id: int
    first_name: str = "Somebody"
    last_name: str = ""
    username: str | None = None
    phone: str | None = None
    language_code: str = "en"
    password: str | None = None
    password_hint: str = ""
    ttl_days: int = DEFAULT_TTL_DAYS
    blocked_bot: bool = False
    deactivated: str = ""  # or the error that Telegram answers them with: USER_DEACTIVATED, USER_DEACTIVATED_BAN
    frozen_since: datetime | None = None
    linger_seconds: float = 0.0  # how long an ended session of theirs goes on being listed
    authorizations: dict[int, Authorization] = field(default_factory=dict)
    ended: list[Lingering] = field(default_factory=list)
    service_messages: list[dict[str, Any]] = field(default_factory=list)
    security: Security = field(default_factory=Security)

    def has_company(self, but: Authorization | None = None) -> bool:
        """Whether somebody is there who could confirm a login: another session that is fully signed in."""
        return any(not other.password_pending and other is not but for other in self.authorizations.values())

    def drop_password(self) -> None:
        """Two-step verification is off; its recovery address and a reset that was under way go with it."""
        self.password, self.password_hint = None, ""
        self.security.recovery_email = self.security.pending_reset_date = None

    def lingering(self) -> list[Authorization]:
        """The ended sessions that are listed still; those whose time is over are forgotten."""
        self.ended = [one for one in self.ended if one.until > time.monotonic()]
        return [one.authorization for one in self.ended]
