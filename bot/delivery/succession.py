"""Once a message tells of a login, those that told of it before give their buttons up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.delivery.burst import Burst
from bot.delivery.bursts import Bursts
from bot.delivery.sending import Sending
from bot.views.buttons.keyboards import settled_keyboard
from bot.views.loudness import level_of
from bot.views.screen import Screen
from bot.views.several_logins import folded
from core.contract.session_events import LoginAnnounced, LoginUnanswered, SessionAppeared
from core.domain.risk.assessment import Level

Login = SessionAppeared | LoginAnnounced | LoginUnanswered


def hash_of(event: Login) -> str:
    """Of the session that has logged in."""
    return event.hash if isinstance(event, LoginAnnounced) else event.session.hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """For one owner, of one account. Raises TooOldError, RedisError."""

    sending: Sending
    bursts: Bursts

    async def take_over(self, message_id: int, event: Login, came: Burst | None, before: set[int | None]) -> None:
        """The messages that told of these logins `before` give their buttons up; first, for once the book names the
        new one, nobody knows of those.
        """
        former = [each for each in before if each is not None and each != message_id]
        for each in former:
            await self._give_up(each, came)
        book, account, owner = self.sending.book, self.bursts.account, self.bursts.owner
        for login in came.logins if came and former else ():
            if login.hash != hash_of(event) and await book.message(account, login.hash, owner) in former:
                is_alarm = level_of(login.event) is Level.ALARM
                await book.enter(account, login.hash, owner, message_id, is_alarm=is_alarm)
        # Last: by this one it is known that all of it was done.
        await book.enter(account, hash_of(event), owner, message_id, is_alarm=level_of(event) is Level.ALARM)
        for each in former:
            if several := await self.bursts.on(each):
                await self.bursts.strike(each, several)

    async def _give_up(self, message_id: int, came: Burst | None) -> None:
        account = self.bursts.account
        several = await self.bursts.on(message_id)
        if several and came:
            after = several.left_by(came)
            await self.bursts.keep(after)
            is_told_whole = all(came.has(login.hash) for login in several.logins)
            screen = folded(account) if is_told_whole else after.screen(account, account_name=self.sending.name)
            await self._edit(message_id, screen)
        elif several is None and came and len(came.logins) > 1:
            await self._edit(message_id, folded(account))
        elif several is None:
            await self.sending.chat.courier.swap(self.bursts.owner, message_id, settled_keyboard(account))

    async def _edit(self, message_id: int, screen: Screen) -> bool:
        return await self.sending.chat.edit(message_id, screen, since=self.sending.since)
