"""Logins that come one after another: which message tells of them together, and what is known of each that is on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.delivery.tally import entry_time
from bot.views.screen import Screen
from bot.views.several_logins import MOVED, Told, several_logins
from core.domain.risk.assessment import Level
from core.domain.sessions import Session

#: As many as one message can list with their buttons.
TOGETHER_MOST = 5
#: A message that came so lately has just made its sound: another login is written on it, and no other message follows.
FRESH = timedelta(seconds=15)
#: Of the logins within this the first ones ring, so many.
CROWD_WITHIN, LOUD = timedelta(minutes=1), 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """The message that told of a login last, and all that is on it.

    `sent_at` is by our own clock; `loud` is how loud it came; `lately` are the entries of the stream that the last
    logins were, on whichever message each is; `are_reminders` is whether they were told before; `late_at` is when what
    was held back was told, where this was.
    """

    message_id: int
    sent_at: datetime
    loud: Level
    logins: tuple[Told, ...]
    lately: tuple[str, ...] = ()
    are_reminders: bool = False
    late_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether one of them waits for an answer."""
        return any(not login.outcome for login in self.logins)

    def has(self, hash_: str) -> bool:
        """Whether this login is on it."""
        return any(login.hash == hash_ for login in self.logins)

    def takes(self, login: Told, entry: str, *, are_reminders: bool, within: timedelta) -> bool:
        """Whether that login is to be told together with these."""
        if are_reminders is not self.are_reminders or not within:
            return False
        if self.has(login.hash):
            return len(self.logins) > 1
        lately = self.lately[-1:]
        is_near = all(abs(entry_time(entry) - entry_time(each)) < within for each in lately)
        return self.is_open and is_near and len(self.logins) < TOGETHER_MOST

    def screen(self, account: int, *, account_name: str) -> Screen:
        """All that is on it."""
        return several_logins(account, self.logins, account_name=account_name, are_reminders=self.are_reminders)

    def is_fresh(self, now: datetime, *, newest: int | None, late_at: datetime | None) -> bool:
        """Whether its message has only just come, and is the `newest` in the chat: what is written on it is seen. What
        is told at `late_at` is written on none that came before.
        """
        is_of_now = late_at is None or late_at == self.late_at
        return is_of_now and newest == self.message_id and timedelta() <= now - self.sent_at < FRESH

    def joined(self, login: Told) -> Burst:
        """With that login, as it is now."""
        known = [login if each.hash == login.hash else each for each in self.logins]
        return replace(self, logins=(*known, *([] if self.has(login.hash) else [login])))

    def altered(self, after: Session) -> Burst:
        """With what is unfinished about one by now."""
        known = (each.altered(after) if each.hash == after.hash else each for each in self.logins)
        return replace(self, logins=tuple(known))

    def settled(self, hash_: str, outcome: str, *, was_ended: bool = False) -> Burst:
        """With what became of one."""
        after = (
            replace(each, outcome=outcome, was_ended=was_ended) if each.hash == hash_ else each for each in self.logins
        )
        return replace(self, logins=tuple(after))

    def left_by(self, other: Burst) -> Burst:
        """With those settled that another message tells of now."""
        after = (
            replace(each, outcome=MOVED) if other.has(each.hash) and not each.outcome else each for each in self.logins
        )
        return replace(self, logins=tuple(after))

    def heard(self, entry: str) -> Burst:
        """With one more login that came, on whichever message."""
        return self if entry in self.lately else replace(self, lately=(*self.lately[-LOUD:], entry))

    def is_crowded(self, entry: str) -> bool:
        """Whether so many came within a minute before that one that it needs no sound."""
        at = entry_time(entry)
        before = self.lately[: self.lately.index(entry)] if entry in self.lately else self.lately
        return sum(timedelta() <= at - entry_time(each) < CROWD_WITHIN for each in before) >= LOUD
