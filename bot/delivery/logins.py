"""Tells one owner of new logins, and on their message what becomes of them: several in a row are on one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.delivery import bursts
from bot.delivery.alert_book import Known
from bot.delivery.burst import Burst
from bot.delivery.bursts import Bursts
from bot.delivery.sending import Sending
from bot.delivery.succession import Login, Succession, hash_of
from bot.views import alerts
from bot.views.loudness import level_of
from bot.views.screen import Screen
from bot.views.several_logins import Told, told_of
from core.contract.session_events import (
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain.risk.assessment import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """Of one event. Logins that come within `together` of one another, while one of them waits for its answer, are on
    one message; each has one of its own where that is nothing.

    Every method raises TooOldError, RedisError.
    """

    sending: Sending
    together: timedelta

    async def alert(self, event: SessionAppeared | LoginAnnounced) -> None:
        """One message: the first time sent, after that edited; sent anew once it is an alarm and was none."""
        screen, told = self._screen(event), told_of(event)
        known = await self._known(event)
        is_alarm = level_of(event) is Level.ALARM
        if known.message_id is not None and (known.is_alarm or not is_alarm):
            if await self._bring_up_to_date(known.message_id, told, screen):
                return
            known = replace(known, message_id=None)  # it was deleted
        await self._tell(event, screen, told, known)

    async def remind(self, event: LoginUnanswered) -> None:
        """A new message, which is the login's from now on."""
        await self._tell(event, self._screen(event), told_of(event), await self._known(event))

    async def settle(self, event: SessionEnded | LoginConfirmed | TrustChanged, outcome: str) -> bool:
        """Say on the owner's alert of that session, if there is one, what came of it; whether it says so now."""
        hash_ = event.session.hash
        sent = await self.sending.book.message(self._account, hash_, self._owner)
        if sent is None:
            return False
        was_ended = isinstance(event, SessionEnded) and event.ended_by is not None
        several = await self._bursts.settle(sent, hash_, outcome, was_ended=was_ended)
        if several:
            screen = self._screen_of(several)
        else:
            appeared = SessionAppeared(account=event.account, at=event.at, session=event.session)
            name = self.sending.name
            screen = alerts.login_alert(appeared, account_name=name, outcome=outcome, was_ended=was_ended)
        return await self._edit(sent, screen)

    async def follow(self, event: SessionAltered) -> None:
        """Say on the owner's alert of that session what is unfinished about it now, while it waits for an answer."""
        before, after = event.before, event.after
        if (before.password_pending, before.unconfirmed) == (after.password_pending, after.unconfirmed):
            return
        sent = await self.sending.book.message(self._account, after.hash, self._owner)
        on_it = await self._bursts.alter(sent, after) if sent is not None else None
        if sent is None or on_it is None or not on_it.is_open:
            return
        screen = self._screen_of(on_it) if len(on_it.logins) > 1 else self._screen(on_it.logins[0].as_told)
        await self._edit(sent, screen)

    async def strike(self, hash_: str) -> None:
        """Forget the message of a session that is gone."""
        sent = await self.sending.book.message(self._account, hash_, self._owner)
        await self.sending.book.strike(self._account, hash_, self._owner)
        if sent is not None and (several := await self._bursts.on(sent)):
            await self._bursts.strike(sent, several)

    async def _known(self, event: Login) -> Known:
        return await self.sending.book.known(self._account, hash_of(event), self._owner, self.sending.entry)

    def _screen(self, event: Login) -> Screen:
        name = self.sending.name
        match event:
            case SessionAppeared():
                return alerts.login_alert(event, account_name=name)
            case LoginAnnounced():
                return alerts.announced_login_alert(event, account_name=name)
            case LoginUnanswered():
                return alerts.unanswered_login_alert(event, account_name=name)

    async def _bring_up_to_date(self, message_id: int, told: Told | None, screen: Screen) -> bool:
        if several := await self._bursts.on(message_id):
            if told is None:
                return True  # what was only announced says no more than is there
            await self._bursts.keep(several := several.joined(told))
            screen = self._screen_of(several)
        return await self._edit(message_id, screen)

    async def _tell(self, event: Login, screen: Screen, told: Told | None, known: Known) -> None:
        """On the message of the logins before it, or on a new one. Nothing is written before it is sent, so that
        nothing holds it up; done again after a crash, it sends no more than it had.
        """
        if known.sent is None and await self.sending.holds(event):
            return
        entry, are_reminders = self.sending.entry, isinstance(event, LoginUnanswered)
        latest, now = bursts.read(known.burst), datetime.now(UTC)
        joins = latest and told and latest.takes(told, entry, are_reminders=are_reminders, within=self.together)
        joined = latest.joined(told) if latest and told and joins else None
        level = level_of(event)
        crowded = not are_reminders and level < Level.ALARM and latest is not None and latest.is_crowded(entry)
        loud = Level.QUIET if crowded else level
        newest, late_at = self.sending.newest, self.sending.late_at
        is_fresh = joined is not None and joined.is_fresh(now, newest=newest, late_at=late_at)
        has_sounded = joined and (entry in joined.lately or (is_fresh and loud <= joined.loud))
        if joined and has_sounded and known.sent is None and await self._write_on(event, joined.heard(entry), known):
            return
        shown = self._screen_of(joined) if joined else screen
        is_first = known.sent is None
        message_id = await self.sending.once(event, shown, quietly=crowded, is_first=is_first)
        if message_id is None:
            return
        if told is None:
            await self._succession.take_over(message_id, event, None, {known.message_id})
            return
        came = Burst(
            message_id=message_id,
            sent_at=now,
            loud=loud,
            logins=joined.logins if joined else (told,),
            lately=latest.lately if latest else (),
            are_reminders=are_reminders,
            late_at=late_at,
        ).heard(entry)
        if joined and not await self._bursts.keep(came):
            return  # nobody could tell later what is on it: each keeps the message that it had
        before = {known.message_id, latest.message_id} if latest and joined else {known.message_id}
        await self._succession.take_over(message_id, event, came, before)
        await self._bursts.set_latest(came)

    async def _write_on(self, event: Login, joined: Burst, known: Known) -> bool:
        """Whether the message that has just made its sound tells of this login, too."""
        if not await self._bursts.keep(joined):
            return False
        await self._bursts.set_latest(joined)
        if not await self._edit(joined.message_id, self._screen_of(joined)):
            return False
        await self._succession.take_over(joined.message_id, event, joined, {known.message_id})
        return True

    def _screen_of(self, several: Burst) -> Screen:
        return several.screen(self._account, account_name=self.sending.name)

    async def _edit(self, message_id: int, screen: Screen) -> bool:
        return await self.sending.chat.edit(message_id, screen, since=self.sending.since)

    @property
    def _succession(self) -> Succession:
        return Succession(sending=self.sending, bursts=self._bursts)

    @property
    def _bursts(self) -> Bursts:
        return Bursts(book=self.sending.book, account=self._account, owner=self._owner)

    @property
    def _account(self) -> int:
        return self.sending.chat.account

    @property
    def _owner(self) -> int:
        return self.sending.chat.owner
