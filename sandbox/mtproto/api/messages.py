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
USUAL = 20  # without a limit


def _refuse_others(peer: Any) -> None:
    if getattr(peer, "user_id", None) != SERVICE_USER_ID:
        raise RpcError(400, "PEER_ID_INVALID")


def _get_history(ask: Ask, request: Any) -> Any:
    """Newest first. Where it is cut, a count tells how many there are in all."""
    _refuse_others(request.peer)
    kept = ask.person.service_messages
    found = [message(one) for one in _part(kept[::-1], request)]
    if len(found) == len(kept):
        return types.messages.Messages(found, [], [], [service_user()])
    return types.messages.MessagesSlice(len(kept), found, [], [], [service_user()])


def _part(newest_first: list[dict[str, Any]], request: Any) -> list[dict[str, Any]]:
    """The part that is asked for: cut by offset and limit first, and of what remains those between two ids, neither of
    them included [core.telegram.org/api/offsets].
    """
    if request.offset_id:
        skipped = sum(one["id"] >= request.offset_id for one in newest_first)
    elif request.offset_date and request.offset_date.timestamp():
        skipped = sum(one["date"] >= request.offset_date for one in newest_first)
    else:
        skipped = 0
    first = skipped + request.add_offset
    after = first + min(request.limit or USUAL, MOST_AT_ONCE)
    between = newest_first[max(0, first) : max(0, after)]
    return [
        one for one in between if one["id"] > request.min_id and (request.max_id == 0 or one["id"] < request.max_id)
    ]


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
