"""`users.*`: the account itself, and Telegram's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.mailbox import service_user, user
from sandbox.world import SERVICE_USER_ID


def _find(ask: Ask, asked: Any) -> Any | None:
    own = ask.authorization.user_id
    user_id = own if isinstance(asked, types.InputUserSelf) else getattr(asked, "user_id", None)
    if user_id == SERVICE_USER_ID:
        return service_user()
    person = ask.world.people.get(user_id) if user_id is not None else None
    return user(person, is_self=person.id == own) if person else None


def _get_users(ask: Ask, request: Any) -> list[Any]:
    """Those who are unknown are left out."""
    return [found for asked in request.id if (found := _find(ask, asked))]


def _get_full_user(ask: Ask, request: Any) -> Any:
    found = _find(ask, request.id)
    if found is None:
        raise RpcError(400, "USER_ID_INVALID")
    full = types.UserFull(found.id, types.PeerSettings(), types.PeerNotifySettings(), common_chats_count=0)
    return types.users.UserFull(full, [], [found])


METHODS: Final[Mapping[str, Method]] = {
    "users.getUsers": Method(_get_users, open_to_frozen=True),
    "users.getFullUser": Method(_get_full_user, open_to_frozen=True),
}
