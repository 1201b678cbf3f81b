"""Tells one owner of one event: a message of its own, or an earlier one brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.delivery.chat import Chat
from bot.delivery.hours import Hours
from bot.delivery.keeping import TooOldError
from bot.delivery.logins import Logins
from bot.delivery.sending import Sending
from bot.delivery.sparing import Codes, Sparing
from bot.views import alerts
from bot.views.codes_came import code_came
from bot.views.first_aid import first_aid
from bot.views.news import news
from bot.views.screen import Screen
from bot.views.whys import ended_by_our_key, ended_line, is_by_our_key, session_ended
from core.contract.account_events import AccountAltered, CodeCame, PreferencesChanged, TtlChanged
from core.contract.events import Event
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain.standing import NEW_FOR

log = structlog.get_logger()

#: What a rule ends so soon after the login needs no message beside the alert.
AT_ONCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Of the event in this entry of the account's stream; `name` is the account's. Logins within `together` are one
    message; `late_at` is when what was held back is told.
    """

    chat: Chat
    entry: str
    name: str
    hours: Hours
    together: timedelta = timedelta()
    late_at: datetime | None = None

    async def tell(self, event: Event) -> None:
        """Done again after a crash, it edits what it had sent. Raises RedisError."""
        try:
            await self._tell(event)
        except TooOldError:
            return
        log.info("event_told", account=event.account, type=type(event).__name__, owner=self.chat.owner)

    async def _tell(self, event: Event) -> None:
        match event:
            case SessionAppeared() | LoginAnnounced():
                await self._logins.alert(event)
            case LoginUnanswered():
                await self._logins.remind(event)
            case TrustChanged():
                await self._trust(event)
            case SessionEnded():
                await self._end(event)
            case LoginConfirmed():
                await self._logins.settle(event, alerts.confirmed_line(event, viewer=self.chat.owner))
            case CodeCame():
                await self._code(event)
            case (
                PreferencesChanged(by=self.chat.owner)
                | SessionAdjusted(by=self.chat.owner)
                | EndingAwaited(by=self.chat.owner, was_moved=False)
                | EndingDropped(by=self.chat.owner)
                | TtlChanged(by=self.chat.owner)
                | AccountAltered(by=self.chat.owner)
            ):
                pass  # who pressed the button sees on it what came of it
            case _:
                if screen := news(event, account_name=self.name):
                    await self._send_once(event, screen)
                if isinstance(event, SessionAltered):
                    await self._logins.follow(event)

    async def _end(self, event: SessionEnded) -> None:
        account, owner = self.chat.account, self.chat.owner
        is_said = await self._logins.settle(event, ended_line(event, viewer=owner))
        age = event.at - event.session.created_at
        if is_by_our_key(event) and await self._sparing.is_first_of_reset(self.entry, event.at):
            await self._send_once(event, ended_by_our_key(event, account_name=self.name))
            await self._sparing.tell_reset(self.entry, event.at)
        elif is_said and event.rule and age < AT_ONCE:
            pass  # a login and its end are one story, on the alert that has made its sound
        elif event.was_awaited or event.ended_by != owner:  # who pressed the button sees on it what came of it
            screen = session_ended(event, account_name=self.name, viewer=owner)
            await self._send_once(event, screen, quietly=True)
        elif age < NEW_FOR and await self._sparing.needs_aid(self.entry):
            state = await self.hours.account_state(account)
            screen = first_aid(event, account_name=self.name, state=state)
            await self._sending.once(event, screen, quietly=True, is_answer=True)
        await self._logins.strike(event.session.hash)

    async def _trust(self, event: TrustChanged) -> None:
        owner = self.chat.owner
        if event.trusted:
            await self._logins.settle(event, alerts.trusted_line(event, viewer=owner))
        if event.by != owner:  # who pressed the button sees on it what came of it
            await self._send_once(event, alerts.trust_changed(event, account_name=self.name))

    async def _code(self, event: CodeCame) -> None:
        """Codes that come at once are counted on one message; a later one makes its sound, and says how many came."""
        codes = await self._sparing.codes(self.entry, at=event.at, were_killed=event.was_killed)
        count, since = (codes.count, codes.since) if codes else (1, event.at)
        state = await self.hours.account_state(self.chat.account)
        knows = state.has_password if state else None
        screen = code_came(event, account_name=self.name, count=count, since=since, has_password=knows)
        if codes and codes.is_open and await self.chat.edit(codes.message_id, screen, since=self._sending.since):
            await self._sparing.count_codes(codes)
            return
        message_id = await self._send_once(event, screen)
        if message_id is not None:
            new = Codes(
                message_id=message_id,
                since=since,
                last=event.at,
                count=count,
                entry=self.entry,
                were_killed=event.was_killed,
            )
            await self._sparing.count_codes(new)

    async def _send_once(self, event: Event, screen: Screen, *, quietly: bool = False) -> int | None:
        return await self._sending.once(event, screen, quietly=quietly)

    @property
    def _logins(self) -> Logins:
        return Logins(sending=self._sending, together=self.together)

    @property
    def _sending(self) -> Sending:
        return Sending(chat=self.chat, entry=self.entry, name=self.name, hours=self.hours, late_at=self.late_at)

    @property
    def _sparing(self) -> Sparing:
        return self._sending.sparing
