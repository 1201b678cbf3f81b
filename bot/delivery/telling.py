"""Tells one owner of one event: a message of its own, or an earlier one brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.delivery.chat import Chat
from bot.delivery.keeping import TooOldError
from bot.delivery.tally import entry_time
from bot.views import alerts
from bot.views.buttons import settled_keyboard
from bot.views.news import news
from bot.views.screen import Screen
from core.contract.events import (
    Event,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Of the event in this entry of the account's stream; `name` is the account's."""

    chat: Chat
    entry: str
    name: str

    async def tell(self, event: Event) -> None:
        """Done again after a crash, it edits what it had sent. Raises RedisError."""
        try:
            await self._tell(event)
        except TooOldError:
            return
        log.info("event_told", account=event.account, type=type(event).__name__, owner=self.chat.owner)

    async def _tell(self, event: Event) -> None:
        match event:
            case SessionAppeared(session=session):
                await self._alert(session.hash, alerts.login_alert(event, account_name=self.name))
            case LoginUnanswered(session=session):
                await self._remind(session.hash, alerts.unanswered_login_alert(event, account_name=self.name))
            case TrustChanged():
                await self._trust(event)
            case LoginAnnounced(hash=hash_):
                await self._alert(hash_, alerts.announced_login_alert(event, account_name=self.name))
            case SessionEnded():
                await self._end(event)
            case LoginConfirmed():
                await self._settle(event, alerts.confirmed_line(event, viewer=self.chat.owner))
            case _:
                if screen := news(event, account_name=self.name):
                    await self._send_once(screen)

    async def _alert(self, hash_: str, screen: Screen) -> None:
        """One message a login: the first time sent, after that edited."""
        account, owner = self.chat.account, self.chat.owner
        sent = await self.chat.book.message(account, hash_, owner)
        if sent is not None and await self.chat.edit(sent, screen, since=self._since):
            return
        message_id = await self._send_once(screen)
        if message_id is not None:
            await self.chat.book.enter(account, hash_, owner, message_id)

    async def _remind(self, hash_: str, screen: Screen) -> None:
        """A new message, which is the login's from now on; the one before it gives its buttons up."""
        account, owner = self.chat.account, self.chat.owner
        before = await self.chat.book.message(account, hash_, owner)
        message_id = await self._send_once(screen)
        if message_id is not None and message_id != before:
            if before is not None:  # first: once the book names the new one, nobody knows of this
                await self.chat.courier.swap(owner, before, settled_keyboard(account))
            await self.chat.book.enter(account, hash_, owner, message_id)

    async def _end(self, event: SessionEnded) -> None:
        account, owner = self.chat.account, self.chat.owner
        await self._settle(event, alerts.ended_line(event, viewer=owner))
        if event.ended_by != owner:  # who pressed the button sees on it what came of it
            await self._send_once(alerts.session_ended(event, account_name=self.name, viewer=owner), quietly=True)
        await self.chat.book.strike(account, event.session.hash, owner)

    async def _trust(self, event: TrustChanged) -> None:
        owner = self.chat.owner
        if event.trusted:
            await self._settle(event, alerts.trusted_line(event, viewer=owner))
        if event.by != owner:  # who pressed the button sees on it what came of it
            await self._send_once(alerts.trust_changed(event, account_name=self.name))

    async def _settle(self, event: SessionEnded | LoginConfirmed | TrustChanged, outcome: str) -> None:
        """Say on the owner's alert of that session, if there was one, what came of it."""
        sent = await self.chat.book.message(self.chat.account, event.session.hash, self.chat.owner)
        if sent is not None:
            appeared = SessionAppeared(account=event.account, at=event.at, session=event.session)
            was_ended = isinstance(event, SessionEnded) and event.ended_by is not None
            screen = alerts.login_alert(appeared, account_name=self.name, outcome=outcome, was_ended=was_ended)
            await self.chat.edit(sent, screen, since=self._since)

    async def _send_once(self, screen: Screen, *, quietly: bool = False) -> int | None:
        """Send it, unless an earlier try for this event did and was cut short after that."""
        account, owner = self.chat.account, self.chat.owner
        sent = await self.chat.book.sent(account, owner, self.entry)
        if sent is not None and await self.chat.edit(sent, screen, since=self._since):
            return sent
        message_id = await self.chat.send(screen, since=self._since, quietly=quietly)
        if message_id is None:  # Telegram refuses this very message: that there was one is told
            await self.chat.book.miss(account, owner)
        else:
            await self.chat.book.mark_sent(account, owner, self.entry, message_id)
        await self.chat.tell_missed()
        return message_id

    @property
    def _since(self) -> datetime:
        return entry_time(self.entry)
