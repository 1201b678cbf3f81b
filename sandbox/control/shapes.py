"""The world's things as the control API shows them; of an auth key never more than its id."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sandbox.calls import Call
from sandbox.control.security_shapes import security
from sandbox.faults import Fault
from sandbox.mtproto.connected import Connected
from sandbox.people import Authorization, Person

TEXTS = (
    "device_model", "platform", "system_version", "app_name", "app_version", "ip", "country", "region",
)  # fmt: skip
FLAGS = ("official_app", "password_pending", "unconfirmed", "encrypted_requests_disabled", "call_requests_disabled")
DEACTIVATED: Final = {"banned": "USER_DEACTIVATED_BAN", "deleted": "USER_DEACTIVATED"}  # and how the wire says it


def authorization(auth: Authorization, connected: Collection[int]) -> dict[str, Any]:
    """Telegram's `authorization`; `connected` holds the ids of the auth keys in use, taken as unsigned."""
    key = auth.auth_key_id
    return {
        "hash": str(auth.hash),
        **{name: getattr(auth, name) for name in TEXTS},
        "api_id": auth.api_id,
        **{name: getattr(auth, name) for name in FLAGS},
        "date_created": int(auth.date_created.timestamp()),
        "date_active": int(auth.date_active.timestamp()),
        "connected": key is not None and key % 2**64 in connected,
    }


def person(human: Person) -> dict[str, Any]:
    """A person; of a password only whether there is one."""
    return {
        "id": human.id,
        "first_name": human.first_name,
        "last_name": human.last_name,
        "username": human.username,
        "phone": human.phone,
        "language_code": human.language_code,
        "has_password": human.password is not None,
        "blocked_bot": human.blocked_bot,
    }


def account(human: Person, connected: Collection[int]) -> dict[str, Any]:
    """A person with a phone number, and their sessions; one that has ended is not among those, listed still or not."""
    deactivated = [name for name, error in DEACTIVATED.items() if error == human.deactivated]
    return {
        **person(human),
        "ttl_days": human.ttl_days,
        "deactivated": deactivated[0] if deactivated else False,
        "frozen": human.frozen_since is not None,
        "linger_seconds": human.linger_seconds,
        **security(human.security),
        "authorizations": [authorization(auth, connected) for auth in human.authorizations.values()],
        "lingering": [authorization(auth, ()) for auth in human.lingering()],
    }


def connection(seen: Connected) -> dict[str, Any]:
    """A connection; its times are to the microsecond, its end null while it lasts."""
    ip, port = seen.address
    return {
        "auth_key_id": None if seen.auth_key_id is None else str(seen.auth_key_id),
        "user_id": seen.user_id,
        "ip": ip,
        "port": port,
        "since": seen.since.timestamp(),
        "until": seen.until.timestamp() if seen.until else None,
        "transport": seen.transport,
        "is_main": seen.is_main,
    }


def call(entry: Call) -> dict[str, Any]:
    """A call; its answer null while it is under way."""
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "layer": entry.layer,
        "method": entry.method,
        "who": entry.who,
        "params": entry.params,
        "answer": entry.answer,
    }


def fault(entry: Fault) -> dict[str, Any]:
    """A fault still to come."""
    return {
        "layer": entry.layer,
        "method": entry.method,
        "code": entry.code,
        "message": entry.message,
        "times": entry.times,
        "chat": entry.chat,
        "parameters": entry.parameters,
    }
