"""Message ids: Unix time in the upper half, and who speaks in the two lowest bits."""

from __future__ import annotations

import time
from typing import Final

# All of it is core.telegram.org/mtproto/description#message-identifier-msg-id and
# core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message.
TOO_OLD: Final = 16
TOO_NEW: Final = 17
NOT_A_CLIENTS: Final = 18
BAD_SALT: Final = 48
BAD_CONTAINER: Final = 64
OLDEST = 300
NEWEST = 30
ANSWER = 1
NOTICE = 3
STEP = 4


def second_of(msg_id: int) -> int:
    """When it was made, by its maker's clock."""
    return msg_id >> 32


def fault_of(msg_id: int, now: float) -> int | None:
    """The code of `bad_msg_notification` that a client's id deserves, None if it is fine."""
    if msg_id % STEP:
        return NOT_A_CLIENTS
    drift = second_of(msg_id) - now
    if drift < -OLDEST:
        return TOO_OLD
    return TOO_NEW if drift > NEWEST else None


class MessageIds:
    """Gives out the server's ids, each greater than the last."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, *, answer: bool) -> int:
        """An id for an answer, or for a notice that nobody asked for."""
        now = time.time_ns()
        fresh = ((now // 10**9) << 32) | ((now % 10**9 << 32) // 10**9)
        self._last = max(fresh // STEP * STEP, self._last // STEP * STEP + STEP) | (ANSWER if answer else NOTICE)
        return self._last
