"""`updates.*`: how far an account's history has come, and what somebody missed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.mailbox import FIRST_PTS, message, pts, service_user, state

MOST_AT_ONCE = 100  # messages, then the client asks on


def _get_state(ask: Ask, _request: Any) -> Any:
    return state(ask.person)


def _get_difference(ask: Ask, request: Any) -> Any:
    """Only what has a pts is kept for those who missed it: `updateNewAuthorization` has none, and is lost."""
    if request.pts <= 0:
        raise RpcError(400, "PERSISTENT_TIMESTAMP_EMPTY" if request.pts == 0 else "PERSISTENT_TIMESTAMP_INVALID")
    missed = ask.person.service_messages[request.pts - FIRST_PTS :]
    if not missed:
        return types.updates.DifferenceEmpty(ask.now, 0)
    now = state(ask.person)
    common: dict[str, Any] = {
        "new_messages": [message(kept) for kept in missed[:MOST_AT_ONCE]],
        "new_encrypted_messages": [],
        "other_updates": [],
        "chats": [],
        "users": [service_user()],
    }
    if len(missed) <= MOST_AT_ONCE:
        return types.updates.Difference(**common, state=now)
    now.pts = pts(ask.person) - len(missed) + MOST_AT_ONCE
    return types.updates.DifferenceSlice(**common, intermediate_state=now)


METHODS: Final[Mapping[str, Method]] = {
    "updates.getState": Method(_get_state),
    "updates.getDifference": Method(_get_difference),
}
