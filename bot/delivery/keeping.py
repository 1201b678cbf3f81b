"""How long what is to be told is kept while it can't be: for a day by Redis's clock, then it is dropped and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from bot.channels.channel import UndeliveredError
from bot.delivery.alert_book import AlertBook, Reader
from bot.delivery.courier import ChatClosedError
from core.bus import redis_now

log = structlog.get_logger()

KEPT = timedelta(days=1)


class TooOldError(Exception):
    """The chat was closed, or the channel took nothing, for so long that what was to be told there is dropped."""


@asynccontextmanager
async def for_a_day(
    since: datetime, *, account: int, reader: Reader, book: AlertBook, **whom: int | str
) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """What tells the seconds left to try, since the thing to be told happened by Redis's clock. `whom` is logged.

    Raises TooOldError when it could not be told within them, RedisError.
    """

    async def left() -> float:
        return (since + KEPT - await redis_now(book.redis)).total_seconds()

    try:
        yield left
    except (ChatClosedError, UndeliveredError):
        log.error("undelivered_for_a_day", account=account, **whom)  # noqa: TRY400
        await book.miss(account, reader)
        raise TooOldError from None
