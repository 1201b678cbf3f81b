"""One owner's chat: what is to be told there is kept for a day while it can't be written to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from redis.exceptions import RedisError

from bot.delivery.alert_book import AlertBook
from bot.delivery.courier import ChatClosedError, Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.held import Held
from bot.delivery.holding import Memory
from bot.delivery.keeping import for_a_day
from bot.views.alerts import missed
from bot.views.screen import Screen

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where one owner is told of one account. `since` is when the thing to be told happened, by Redis's clock."""

    account: int
    owner: int
    courier: Courier
    book: AlertBook
    doorbells: Doorbells
    memory: Memory = field(default_factory=Memory)

    @property
    def held(self) -> Held:
        """What waits for the end of the quiet hours."""
        return Held(redis=self.book.redis, account=self.account, reader=self.owner, memory=self.memory)

    async def send(self, screen: Screen, *, since: datetime, quietly: bool = False) -> int | None:
        """The new message's id; None if Telegram refuses it. Raises TooOldError, RedisError."""
        return await self._insist(lambda: self.courier.send(self.owner, screen, quietly=quietly), since)

    async def tell_missed(self) -> None:
        """How much could not be told here, if anything; once. Raises RedisError."""
        if count := await self.book.missed(self.account, self.owner):
            with suppress(ChatClosedError, RedisError):  # it is told with the next one
                await self.courier.send(self.owner, missed(count, self.account))
                await self.book.told_of_missed(self.account, self.owner)

    async def edit(self, message_id: int, screen: Screen, *, since: datetime) -> bool:
        """Whether the message now shows this. Raises TooOldError, RedisError."""
        return await self._insist(lambda: self.courier.edit(self.owner, message_id, screen), since)

    async def _insist(self, deliver: Callable[[], Awaitable[R]], since: datetime) -> R:
        keeping = for_a_day(since, account=self.account, reader=self.owner, book=self.book, owner=self.owner)
        async with keeping as left:
            return await self.doorbells.until_open(self.owner, deliver, left=left)
