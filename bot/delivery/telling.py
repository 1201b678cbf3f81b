"""Tells one owner of one event: a message of its own, or an earlier one brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.delivery.chat import Chat
from bot.delivery.hours import Hours
from bot.delivery.keeping import TooOldError
from bot.delivery.sparing import Codes, Sparing
from bot.delivery.tally import entry_time
from bot.views import alerts
from bot.views.buttons.keyboards import settled_keyboard
from bot.views.codes_came import code_came
from bot.views.first_aid import first_aid
from bot.views.loudness import kind_of, level_of
from bot.views.news import news
from bot.views.screen import Screen
from bot.views.whys import ended_by_our_key, ended_line, is_by_our_key, session_ended
from core.contract.events import (
    CodeCame,
    Event,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    PreferencesChanged,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain.risk.assessment import Level
from core.domain.standing import NEW_FOR

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Of the event in this entry of the account's stream; `name` is the account's."""

    chat: Chat
    entry: str
    name: str
    hours: Hours

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
                await self._alert(event, session.hash, alerts.login_alert(event, account_name=self.name))
            case LoginUnanswered(session=session):
                await self._remind(event, session.hash, alerts.unanswered_login_alert(event, account_name=self.name))
            case TrustChanged():
                await self._trust(event)
            case LoginAnnounced(hash=hash_):
                await self._alert(event, hash_, alerts.announced_login_alert(event, account_name=self.name))
            case SessionEnded():
                await self._end(event)
            case LoginConfirmed():
                await self._settle(event, alerts.confirmed_line(event, viewer=self.chat.owner))
            case CodeCame():
                await self._code(event)
            case PreferencesChanged(by=self.chat.owner):
                pass  # who pressed the button sees on it what came of it
            case _:
                if screen := news(event, account_name=self.name):
                    await self._send_once(event, screen)

    async def _alert(self, event: SessionAppeared | LoginAnnounced, hash_: str, screen: Screen) -> None:
        """One message a login: the first time sent, after that edited; sent anew once it is an alarm and was none."""
        account, owner = self.chat.account, self.chat.owner
        sent, is_alarm = await self.chat.book.message(account, hash_, owner), level_of(event) is Level.ALARM
        if sent is not None and is_alarm and not await self.chat.book.is_alarm(account, hash_, owner):
            await self._remind(event, hash_, screen)  # an edit makes no sound
            return
        if sent is not None and await self.chat.edit(sent, screen, since=self._since):
            return
        quietly = not is_alarm and await self._sparing.is_one_of_many_logins(self.entry)
        message_id = await self._send_once(event, screen, quietly=quietly)
        if message_id is not None:
            await self.chat.book.enter(account, hash_, owner, message_id, is_alarm=is_alarm)

    async def _remind(
        self, event: SessionAppeared | LoginAnnounced | LoginUnanswered, hash_: str, screen: Screen
    ) -> None:
        """A new message, which is the login's from now on; the one before it gives its buttons up."""
        account, owner = self.chat.account, self.chat.owner
        before = await self.chat.book.message(account, hash_, owner)
        message_id = await self._send_once(event, screen)
        if message_id is not None and message_id != before:
            if before is not None:  # first: once the book names the new one, nobody knows of this
                await self.chat.courier.swap(owner, before, settled_keyboard(account))
            is_alarm = level_of(event) is Level.ALARM
            await self.chat.book.enter(account, hash_, owner, message_id, is_alarm=is_alarm)

    async def _end(self, event: SessionEnded) -> None:
        account, owner = self.chat.account, self.chat.owner
        await self._settle(event, ended_line(event, viewer=owner))
        if is_by_our_key(event) and await self._sparing.is_first_of_reset(self.entry, event.at):
            await self._send_once(event, ended_by_our_key(event, account_name=self.name))
            await self._sparing.tell_reset(self.entry, event.at)
        elif event.ended_by != owner:  # who pressed the button sees on it what came of it
            screen = session_ended(event, account_name=self.name, viewer=owner)
            await self._send_once(event, screen, quietly=True)
        elif event.at - event.session.created_at < NEW_FOR and await self._sparing.needs_aid(self.entry):
            state = await self.hours.account_state(account)
            await self._send_once(event, first_aid(event, account_name=self.name, state=state), quietly=True)
        await self.chat.book.strike(account, event.session.hash, owner)

    async def _trust(self, event: TrustChanged) -> None:
        owner = self.chat.owner
        if event.trusted:
            await self._settle(event, alerts.trusted_line(event, viewer=owner))
        if event.by != owner:  # who pressed the button sees on it what came of it
            await self._send_once(event, alerts.trust_changed(event, account_name=self.name))

    async def _code(self, event: CodeCame) -> None:
        """Codes that come one after another are counted on one message."""
        codes = await self._sparing.codes(self.entry, at=event.at, were_killed=event.was_killed)
        count, since = (codes.count, codes.since) if codes else (1, event.at)
        screen = code_came(event, account_name=self.name, count=count, since=since)
        if codes and await self.chat.edit(codes.message_id, screen, since=self._since):
            await self._sparing.count_codes(codes)
            return
        message_id = await self._send_once(event, screen)
        if message_id is not None:
            new = Codes(message_id=message_id, since=since, count=count, entry=self.entry, were_killed=event.was_killed)
            await self._sparing.count_codes(new)

    async def _settle(self, event: SessionEnded | LoginConfirmed | TrustChanged, outcome: str) -> None:
        """Say on the owner's alert of that session, if there was one, what came of it."""
        sent = await self.chat.book.message(self.chat.account, event.session.hash, self.chat.owner)
        if sent is not None:
            appeared = SessionAppeared(account=event.account, at=event.at, session=event.session)
            was_ended = isinstance(event, SessionEnded) and event.ended_by is not None
            screen = alerts.login_alert(appeared, account_name=self.name, outcome=outcome, was_ended=was_ended)
            await self.chat.edit(sent, screen, since=self._since)

    async def _send_once(self, event: Event, screen: Screen, *, quietly: bool = False) -> int | None:
        """Send it, unless an earlier try for this event did and was cut short after that; with a sound unless it is
        told `quietly`, is quiet by itself, or came in quiet hours and is no alarm.
        """
        account, owner = self.chat.account, self.chat.owner
        sent = await self.chat.book.sent(account, owner, self.entry)
        if sent is not None and await self.chat.edit(sent, screen, since=self._since):
            return sent
        level = Level.QUIET if quietly else level_of(event)
        is_held = level < Level.ALARM and await self.hours.are_quiet(account)
        if is_held:
            await self._sparing.count(kind_of(event), self.entry)
        is_silent = is_held or level is Level.QUIET
        message_id = await self.chat.send(screen, since=self._since, quietly=is_silent)
        if message_id is None:  # Telegram refuses this very message: that there was one is told
            await self.chat.book.miss(account, owner)
        else:
            await self.chat.book.mark_sent(account, owner, self.entry, message_id)
        await self.chat.tell_missed()
        return message_id

    @property
    def _sparing(self) -> Sparing:
        return Sparing(book=self.chat.book, account=self.chat.account, owner=self.chat.owner)

    @property
    def _since(self) -> datetime:
        return entry_time(self.entry)
