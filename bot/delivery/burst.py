"""Logins that come one after another: which message tells of them together, and what is known of each that is on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.delivery.alert_book import AlertBook
from bot.delivery.tally import entry_time
from bot.views.several_logins import MOVED, Told
from core.contract.codec import Document, MalformedError
from core.domain.risk.assessment import Level

log = structlog.get_logger()

#: As many as one message can list with their buttons.
TOGETHER_MOST = 6
#: A message that came so lately has just made its sound: another login is written on it, and no other message follows.
FRESH = timedelta(seconds=15)
#: Of the logins within this the first ones ring, so many.
CROWD_WITHIN, LOUD = timedelta(minutes=1), 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """The message that told of a login last, and all that is on it.

    `sent_at` is by our own clock; `loud` is how loud it came; `lately` are the entries of the stream that the last
    logins were, on whichever message each is; `are_reminders` is whether they were told before.
    """

    message_id: int
    sent_at: datetime
    loud: Level
    logins: tuple[Told, ...]
    lately: tuple[str, ...] = ()
    are_reminders: bool = False

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

    def is_fresh(self, now: datetime) -> bool:
        """Whether its message has only just come."""
        return timedelta() <= now - self.sent_at < FRESH

    def joined(self, login: Told) -> Burst:
        """With that login, as it is now."""
        known = [login if each.hash == login.hash else each for each in self.logins]
        return replace(self, logins=(*known, *([] if self.has(login.hash) else [login])))

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


BURSTS: Document[Burst] = Document(Burst)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """One owner's, of one account: the latest, and each message that tells of several logins for as long as one of
    those is there. What somebody else wrote counts as not being there.
    """

    book: AlertBook
    account: int
    owner: int

    async def latest(self) -> Burst | None:
        """The last one."""
        return read(await self.book.noted(self.account, self.owner, "burst"))

    async def set_latest(self, burst: Burst) -> None:
        """Note the last one."""
        await self.book.note(self.account, self.owner, "burst", BURSTS.dump(burst).decode())

    async def on(self, message_id: int) -> Burst | None:
        """The logins that this message tells of together; None where it tells of one."""
        return read(await self.book.several(self.account, self.owner, message_id))

    async def keep(self, burst: Burst) -> bool:
        """Note what is on a message that tells of several; whether Redis has taken that."""
        return await self.book.keep_several(self.account, self.owner, burst.message_id, BURSTS.dump(burst).decode())

    async def settle(self, message_id: int, hash_: str, outcome: str, *, was_ended: bool) -> Burst | None:
        """Note what became of one; what is on its message now, None where that tells of no other."""
        latest = await self.latest()
        if latest and latest.message_id == message_id:
            await self.set_latest(latest.settled(hash_, outcome, was_ended=was_ended))
        several = await self.on(message_id)
        if several is None:
            return None
        await self.keep(after := several.settled(hash_, outcome, was_ended=was_ended))
        return after

    async def strike(self, message_id: int, burst: Burst) -> None:
        """Forget a message once all of its logins are gone, or told elsewhere."""
        told = [await self.book.message(self.account, login.hash, self.owner) for login in burst.logins]
        if message_id not in told:
            await self.book.strike_several(self.account, self.owner, message_id)


def read(noted: str) -> Burst | None:
    """What was noted."""
    try:
        return BURSTS.load(noted) if noted else None
    except MalformedError as error:
        log.warning("burst_unreadable", reason=str(error))
        return None
