"""Sends one owner the message that an event makes: once, as loud as it is to be, and in quiet hours after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.delivery.alert_book import AlertBook
from bot.delivery.chat import Chat
from bot.delivery.hours import Hours
from bot.delivery.sparing import Sparing
from bot.delivery.tally import entry_time
from bot.views.loudness import kind_of, level_of
from bot.views.screen import Screen
from core.contract.events import Event
from core.domain.risk.assessment import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Of the event in this entry of the account's stream; `name` is the account's. `late_at` is when what was held
    back is told, by Redis's clock.
    """

    chat: Chat
    entry: str
    name: str
    hours: Hours
    late_at: datetime | None = None

    async def once(
        self, event: Event, screen: Screen, *, quietly: bool = False, is_answer: bool = False, is_first: bool = False
    ) -> int | None:
        """Send it, unless an earlier try for this event did and was cut short after that; with a sound unless it is
        told `quietly`, is quiet by itself, or came in quiet hours and could not be held back. None where it was held
        back, or Telegram refuses it. What `is_answer` to this owner's own press is not held back; `is_first` is whether
        it is known that there was no earlier try.
        """
        account, owner = self.chat.account, self.chat.owner
        sent = None if is_first else await self.book.sent(account, owner, self.entry)
        if sent is not None and await self.chat.edit(sent, screen, since=self.since):
            return sent
        level = Level.QUIET if quietly else level_of(event)
        is_quiet = await self._is_quiet(level)
        if is_quiet and not is_answer:
            if await self.chat.held.keep(self.entry, event):
                return None
            await self.sparing.count(kind_of(event), self.entry)
        return await self._send(screen, quietly=is_quiet or level is Level.QUIET)

    async def holds(self, event: Event) -> bool:
        """Whether it is held back now."""
        return await self._is_quiet(level_of(event)) and await self.chat.held.keep(self.entry, event)

    async def _is_quiet(self, level: Level) -> bool:
        return level < Level.ALARM and self.late_at is None and await self.hours.are_quiet(self.chat.account)

    async def _send(self, screen: Screen, *, quietly: bool) -> int | None:
        account, owner = self.chat.account, self.chat.owner
        message_id = await self.chat.send(screen, since=self.since, quietly=quietly)
        if message_id is None:  # Telegram refuses this very message: that there was one is told
            await self.book.miss(account, owner)
        else:
            await self.book.mark_sent(account, owner, self.entry, message_id)
        await self.chat.tell_missed()
        return message_id

    @property
    def newest(self) -> int | None:
        """The last message in the chat, as far as this process knows."""
        return self.chat.courier.newest(self.chat.owner)

    @property
    def book(self) -> AlertBook:
        """What was sent before."""
        return self.chat.book

    @property
    def sparing(self) -> Sparing:
        """What this owner is spared."""
        return Sparing(book=self.book, account=self.chat.account, owner=self.chat.owner)

    @property
    def since(self) -> datetime:
        """Since when it is to be told, by Redis's clock."""
        return self.late_at or entry_time(self.entry)
