"""Tells what was held back once the quiet hours are over: one message of all, then the logins that wait for a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from redis.exceptions import RedisError

from bot.delivery.chat import Chat
from bot.delivery.hours import Hours
from bot.delivery.keeping import TooOldError
from bot.delivery.mailbox import Mailbox
from bot.delivery.reading import reader_of
from bot.delivery.sparing import Sparing
from bot.delivery.telling import Telling
from bot.views.afar import NOBODY
from bot.views.loudness import level_of
from bot.views.meanwhile import meanwhile
from core.contract.events import Event
from core.contract.session_events import LoginUnanswered, SessionAppeared
from core.contract.state import Snapshot
from core.domain.risk.assessment import Level

log = structlog.get_logger()

#: However far apart they came in the night, they are told in one go now.
NIGHT = timedelta(days=1)

Logins = Mapping[str, SessionAppeared | LoginUnanswered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Of one account. What was held is dropped after it was told, each in its turn: who dies in between tells it again,
    the logins apart, whose messages are in the book. Every method raises RedisError.
    """

    account: int
    name: str
    hours: Hours
    together: timedelta
    #: By Redis's clock.
    now: datetime

    async def to_chat(self, chat: Chat) -> None:
        """A message of all that needs no answer, then an alert for what does."""
        held, sparing = chat.held, Sparing(book=chat.book, account=self.account, owner=chat.owner)
        events, counts = await held.waiting(chat.book), await sparing.counted()
        if counts == chat.memory.counted:  # they were told, and Redis has not taken that yet
            counts = {}
        snapshot = await self.hours.snapshot(self.account)
        told = {entry for entry, event in events.items() if await self._is_told(chat, event)}
        logins = _unanswered({entry: event for entry, event in events.items() if entry not in told}, snapshot)
        rest = {
            entry: event
            for entry, event in events.items()
            if entry not in told and entry not in logins and not isinstance(event, LoginUnanswered)
        }
        if len(rest) == 1 and not counts and not any(isinstance(each, SessionAppeared) for each in rest.values()):
            [(entry, event)] = rest.items()
            await self._telling(chat, entry).tell(event)
        elif rest or counts:
            answered, gone = _settled(rest, snapshot)
            screen = meanwhile(
                self.account,
                tuple(rest.values()),
                account_name=self.name,
                viewer=chat.owner,
                answered=answered,
                gone=gone,
                waiting=len(logins),
                counts=counts,
            )
            try:
                sent = await chat.send(screen, since=self.now, quietly=not _rings(rest) or _rings(logins))
                missed = len(rest) if sent is None else 0  # Telegram refuses this very message
            except TooOldError:
                missed = len(rest) - 1  # one is counted already
            if missed > 0:
                await chat.book.miss(self.account, chat.owner, missed)
        chat.memory.counted |= counts
        await held.drop(*((entry, event) for entry, event in events.items() if entry not in logins))
        for entry, login in logins.items():
            await self._telling(chat, entry).tell(login)
            await held.drop((entry, events[entry]))
        if chat.memory.counted:
            await sparing.told_of_counted()
            chat.memory.counted = {}

    async def to_channel(self, mailbox: Mailbox) -> None:
        """One letter of all."""
        events = await mailbox.held.waiting(mailbox.book)
        if len(events) == 1:
            [(entry, event)] = events.items()
            await mailbox.tell_late(entry, event, name=self.name, now=self.now)
        elif events:
            answered, gone = _settled(events, await self.hours.snapshot(self.account))
            screen = meanwhile(
                self.account,
                tuple(events.values()),
                account_name=self.name,
                viewer=NOBODY,
                answered=answered,
                gone=gone,
            )
            try:
                await mailbox.send(screen, since=self.now)
            except TooOldError:  # it has counted one
                await mailbox.book.miss(self.account, mailbox.reader, len(events) - 1)
        await mailbox.held.drop(*events.items())

    async def singly(self, place: Chat | Mailbox) -> None:
        """Each in a message of its own; what can't be told for a mistake of ours is counted as missed."""
        for entry, event in (await place.held.waiting(place.book)).items():
            try:
                if isinstance(place, Chat):
                    await self._telling(place, entry).tell(event)
                else:
                    await place.tell_late(entry, event, name=self.name, now=self.now)
            except RedisError:
                raise
            except Exception:
                log.exception("held_untellable", account=self.account, entry=entry)
                await place.book.miss(self.account, reader_of(place))
            await place.held.drop((entry, event))

    def _telling(self, chat: Chat, entry: str) -> Telling:
        together = self.together and NIGHT
        return Telling(chat=chat, entry=entry, name=self.name, hours=self.hours, together=together, late_at=self.now)

    async def _is_told(self, chat: Chat, event: Event) -> bool:
        """Whether it is a login whose alarm came in the night, or which was told as this was cut short."""
        return (
            isinstance(event, SessionAppeared)
            and await chat.book.message(self.account, event.session.hash, chat.owner) is not None
        )


async def is_anything_held(place: Chat | Mailbox) -> bool:
    """Whether something came in quiet hours that was not told since. Raises RedisError."""
    if await place.held.is_any():
        return True
    if isinstance(place, Mailbox):
        return False
    return bool(await Sparing(book=place.book, account=place.account, owner=place.owner).counted())


def _unanswered(events: Mapping[str, Event], snapshot: Snapshot | None) -> Logins:
    """The logins that somebody is to answer for, each once: a reminder of what comes anyway is none."""
    found: dict[str, tuple[str, SessionAppeared | LoginUnanswered]] = {}
    for entry, event in events.items():
        if isinstance(event, SessionAppeared | LoginUnanswered) and _waits(event.session.hash, snapshot):
            _, first = found.get(event.session.hash, ("", event))
            if not isinstance(first, SessionAppeared) or isinstance(event, SessionAppeared):
                found[event.session.hash] = entry, event
    return dict(found.values())


def _rings(events: Mapping[str, Event]) -> bool:
    """Whether one of them is worth a sound."""
    return any(level_of(event) > Level.QUIET for event in events.values())


def _waits(hash_: str, snapshot: Snapshot | None) -> bool:
    """Whether that login is there, and nobody has answered for it, as far as is known."""
    if snapshot is None:
        return True
    return snapshot.roster.find(hash_) is not None and snapshot.standings.is_unanswered(hash_)


def _settled(events: Mapping[str, Event], snapshot: Snapshot | None) -> tuple[frozenset[str], frozenset[str]]:
    """The logins that were answered for, and those that are gone."""
    hashes = {event.session.hash for event in events.values() if isinstance(event, SessionAppeared)}
    settled = {hash_ for hash_ in hashes if not _waits(hash_, snapshot)}
    answered = frozenset(hash_ for hash_ in settled if snapshot and snapshot.roster.find(hash_))
    return answered, frozenset(settled - answered)
