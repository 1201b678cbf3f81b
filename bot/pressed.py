"""The message that a button was on: nothing is written over it once it tells of other logins, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from bot.delivery.alert_book import AlertBook
from bot.delivery.burst import Burst
from bot.delivery.bursts import Bursts
from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.press import NO_MESSAGE
from bot.views.buttons.sessions import ALERTS, Origin
from bot.views.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A login may be written on the alert of another at any moment: after its button was pressed, while its question
    stands there, and while a press waits for a one-time code.

    Every method raises RedisError.
    """

    gateway: Gateway
    courier: Courier
    account: int
    owner: int
    message_id: int
    origin: Origin
    #: Of the session that was pressed about; "" where it was none.
    hash: str

    async def show(self, screen: Screen) -> bool:
        """Whether it shows this now; False where it tells of others, too, was deleted, or is too old. Raises
        ChatClosedError.
        """
        return await self._change(lambda: self.courier.edit(self.owner, self.message_id, screen))

    async def swap(self, keyboard: InlineKeyboardMarkup) -> bool:
        """Put another keyboard below it; as `show` in all else, and False where a newer message tells of that login."""
        if await self._is_told_anew():
            return False
        return await self._change(lambda: self.courier.swap(self.owner, self.message_id, keyboard))

    async def several(self) -> Burst | None:
        """The logins that it tells of together, those that are over by now included; None where it tells of one."""
        if self.origin not in ALERTS or self.message_id == NO_MESSAGE:
            return None
        bursts = Bursts(book=self._book, account=self.account, owner=self.owner)
        if several := await bursts.on(self.message_id):
            return several
        latest = await bursts.latest()  # which is kept though all on it are gone
        return latest if latest and latest.message_id == self.message_id and len(latest.logins) > 1 else None

    async def _is_told_anew(self) -> bool:
        # A question that was asked beside the alert is newer than that: it has its own buttons.
        if self.origin not in {Origin.ALERT, Origin.RETURNED}:
            return False
        told = await self._book.message(self.account, self.hash, self.owner)
        return told is not None and told > self.message_id

    async def _change(self, change: Callable[[], Awaitable[bool]]) -> bool:
        if self.message_id == NO_MESSAGE or await self.several() or not await change():
            return False
        shown = None
        # What is written on it is noted first: either it is seen here, or it comes after our change and undoes that.
        while (several := await self.several()) and several != shown:
            name = await self.gateway.account_name(self.account)
            await self.courier.edit(self.owner, self.message_id, several.screen(self.account, account_name=name))
            shown = several
        return shown is None

    @property
    def _book(self) -> AlertBook:
        return AlertBook(redis=self.gateway.redis)
