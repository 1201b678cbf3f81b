"""How far the codes in Telegram's own chat are told, as Redis keeps it: ids of messages alone, which are no secret."""

from __future__ import annotations

from collections.abc import Mapping

from core.contract import keys
from userclient.inbox import Came, Inbox

NOT_READ = "-"


def mark(account: int, inbox: Inbox, *, but: Came | None = None) -> Mapping[str, bytes]:
    """What to store once `but`, and all that is not waiting, is told: the message up to which all are, then those above
    it. Nothing until it is known what is stored: it may say more.
    """
    waiting = {came.message for came in inbox.untold if came is not but and came.message}
    read_to = inbox.read_to
    if read_to is not None and waiting:
        read_to = min(read_to, min(waiting) - 1)
    told = sorted(id_ for id_ in inbox.taken if id_ not in waiting and (read_to is None or id_ > read_to))
    if not inbox.is_recalled or (read_to is None and not told):
        return {}
    words = (NOT_READ if read_to is None else str(read_to), *map(str, told))
    return {keys.service_chat(account): " ".join(words).encode()}


def parse(data: bytes) -> tuple[int | None, tuple[int, ...]]:
    """The message up to which all are told, if any chat was read yet, and those above it. Raises ValueError."""
    read_to, *told = data.decode().split()
    return None if read_to == NOT_READ else int(read_to), tuple(int(id_) for id_ in told)
