"""An account's only chat, the one with Telegram itself (777000), as TL objects and with its pts."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from sandbox.people import Person, now
from sandbox.world import SERVICE_USER_ID

FIRST_PTS = 1  # of an account where nothing has happened yet
SERVICE_PHONE = "42777"  # Telegram's own account shows it


def access_hash(user_id: int) -> int:
    """Anything will do, as long as it stays the same."""
    return user_id * 0x9E3779B1 & 0x7FFFFFFFFFFFFFFF


def user(person: Person, *, is_self: bool) -> Any:
    """A person as `user`."""
    return types.User(
        person.id,
        is_self=is_self or None,
        access_hash=access_hash(person.id),
        first_name=person.first_name,
        last_name=person.last_name or None,
        username=person.username,
        phone=person.phone.removeprefix("+") if is_self and person.phone else None,
        status=types.UserStatusRecently(),
    )


def service_user() -> Any:
    """777000 as `user`."""
    return types.User(
        SERVICE_USER_ID,
        verified=True,
        support=True,
        access_hash=access_hash(SERVICE_USER_ID),
        first_name="Telegram",
        phone=SERVICE_PHONE,
    )


def pts(person: Person) -> int:
    """How far the account's history has come: each message is one step."""
    return FIRST_PTS + len(person.service_messages)


def state(person: Person) -> Any:
    """As `updates.state`. `seq` stays 0: nothing here is numbered so."""
    return types.updates.State(pts=pts(person), qts=0, date=now(), seq=0, unread_count=len(person.service_messages))


def message(kept: dict[str, Any]) -> Any:
    """A message of 777000's as `message`; in a private chat with somebody their messages bear no `from_id`."""
    return types.Message(
        kept["id"], peer_id=types.PeerUser(SERVICE_USER_ID), date=kept["date"], message=kept["text"], out=None
    )


def new_message(kept: dict[str, Any]) -> Any:
    """As `updates`, for a push."""
    update = types.UpdateNewMessage(message(kept), pts=FIRST_PTS + kept["id"], pts_count=1)
    return types.Updates(updates=[update], users=[service_user()], chats=[], date=now(), seq=0)
