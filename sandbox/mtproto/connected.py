"""A connection as tests and the control API see it, while it lasts and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.mtproto.attendant import Attendant


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """One connection. `auth_key_id` is the permanent key's, unsigned; None if none was used.

    `user_id` is whom the key is signed in to now, or was when the connection ended; `until` is None while it lasts.
    `is_main`: a signed-in client asked something on it that entitles it to updates.
    """

    auth_key_id: int | None
    user_id: int | None
    address: tuple[str, int]
    since: datetime
    until: datetime | None
    transport: str
    is_main: bool


def seen(attendant: Attendant) -> Connected:
    """As it is at this moment."""
    key, connection = attendant.key, attendant.connection
    return Connected(
        auth_key_id=key.holder.id if key else None,
        user_id=key.user_id() if key else None,
        address=connection.address,
        since=connection.since,
        until=connection.ended,
        transport=connection.transport,
        is_main=connection.is_main,
    )
