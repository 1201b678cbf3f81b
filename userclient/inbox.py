"""What is known of the login codes that came lately, from one shift to the next; in memory alone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from core.contract.account_events import CodeCame

#: A code is good for minutes; how many of them Telegram takes in one request is not published.
CODES_MOST = 10
#: A message that is pushed is not told once more when it is read soon after.
TAKEN_MOST = 100


@dataclass(slots=True, kw_only=True)
class Came:
    """That one came, and what was done about it; None while that is not decided. `message` is the id of its message,
    if that is kept in a chat. `sent_at` is of one that came while nobody was connected.
    """

    at: datetime
    message: int = 0
    sent_at: datetime | None = None
    is_locked: bool | None = None
    was_killed: bool = False
    may_be_ours: bool = False

    def event(self, account: int) -> CodeCame:
        """What is told of it."""
        return CodeCame(
            account=account,
            at=self.at,
            was_killed=self.was_killed,
            is_locked=bool(self.is_locked),
            sent_at=self.sent_at,
            may_be_ours=self.may_be_ours,
        )


@dataclass(slots=True)
class Inbox:
    """What one shift leaves to the next: the codes that may be good still, and of which the owners don't know yet.

    `read_to` is the message up to which all are taken, as far as that is known, and `is_whole` whether none may be
    missing since. `taken` are messages that were. `is_recalled` is whether what Redis keeps of that is known.
    """

    kept: deque[str] = field(default_factory=lambda: deque(maxlen=CODES_MOST), repr=False)
    untold: deque[Came] = field(default_factory=deque)
    taken: deque[int] = field(default_factory=lambda: deque(maxlen=TAKEN_MOST))
    read_to: int | None = None
    is_whole: bool = False
    is_recalled: bool = False
