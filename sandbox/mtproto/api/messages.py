"""`messages.*`: reading the one chat there is, the one with Telegram itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.mailbox import message, pts, service_user, state
from sandbox.world import SERVICE_USER_ID

MOST_AT_ONCE = 100


def _refuse_others(peer: Any) -> None:
    if getattr(peer, "user_id", None) != SERVICE_USER_ID:
        raise RpcError(400, "PEER_ID_INVALID")


def _get_history(ask: Ask, request: Any) -> Any:
    _refuse_others(request.peer)
    kept = [one for one in ask.person.service_messages if not request.offset_id or one["id"] < request.offset_id]
    newest_first = kept[::-1][max(0, request.add_offset) :][: min(request.limit or MOST_AT_ONCE, MOST_AT_ONCE)]
    return types.messages.Messages([message(one) for one in newest_first], [], [], [service_user()])


def _get_dialogs(ask: Ask, request: Any) -> Any:
    messages = ask.person.service_messages
    if not messages or request.offset_id:
        return types.messages.Dialogs([], [], [], [])
    dialog = types.Dialog(
        types.PeerUser(SERVICE_USER_ID),
        top_message=messages[-1]["id"],
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=len(messages),
        unread_mentions_count=0,
        unread_reactions_count=0,
        unread_poll_votes_count=0,
        notify_settings=types.PeerNotifySettings(),
    )
    return types.messages.Dialogs([dialog], [message(messages[-1])], [], [service_user()])


def _get_pinned_dialogs(ask: Ask, _request: Any) -> Any:
    return types.messages.PeerDialogs([], [], [], [], state(ask.person))


def _read_history(ask: Ask, request: Any) -> Any:
    _refuse_others(request.peer)
    return types.messages.AffectedMessages(pts(ask.person), 0)


METHODS: Final[Mapping[str, Method]] = {
    "messages.getHistory": Method(_get_history),
    "messages.getDialogs": Method(_get_dialogs),
    "messages.getPinnedDialogs": Method(_get_pinned_dialogs),
    "messages.readHistory": Method(_read_history),
}
