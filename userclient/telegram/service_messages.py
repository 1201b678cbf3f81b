"""What Telegram itself writes to the account (user 777000): whether that is a login code, and which."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import types

from userclient.telegram.allowed import TELEGRAM

#: Judged by sender and digits, for the text is in the account's language: 5 to 7, dashes among them allowed. Part of a
#: longer number, of a version or an address it is no code, nor in brackets, where a new login's app has its build.
#: Letters beside it speak against it only if they are Latin: Chinese and Korean put no space there.
CODE = re.compile(r"(?<![A-Za-z\d_.(+/-])(?<!\d:)\d(?:-?\d){4,6}(?![A-Za-z\d_:)/-]|\.\d)")


def code_in(update: Any) -> str | None:
    """The login code that this update brings, without dashes; None if it brings none, or is not from Telegram."""
    match update:
        case types.UpdateNewMessage(message=message):
            return code_of(message)
        case types.UpdateShortMessage(user_id=user, out=out) if user == TELEGRAM and not out:
            words = update.message
        case types.UpdateServiceNotification():
            words = update.message
        case _:
            return None
    return _code(words)


def number_of(update: Any) -> int:
    """The id of the message that an update brings; 0 where it is kept in no chat."""
    match update:
        case types.UpdateNewMessage(message=types.Message(id=number)) | types.UpdateShortMessage(id=number):
            return number if isinstance(number, int) else 0
    return 0


def code_of(message: Any) -> str | None:
    """As `code_in`, of a message by itself."""
    return _code(message.message) if isinstance(message, types.Message) and _is_telegrams(message) else None


def _code(words: object) -> str | None:
    found = CODE.search(words) if isinstance(words, str) else None
    return found[0].replace("-", "") if found else None


def _is_telegrams(message: Any) -> bool:
    if message.out:
        return False
    peer, sender = message.peer_id, message.from_id
    is_in_chat = isinstance(peer, types.PeerUser) and peer.user_id == TELEGRAM
    return is_in_chat and (sender is None or (isinstance(sender, types.PeerUser) and sender.user_id == TELEGRAM))
