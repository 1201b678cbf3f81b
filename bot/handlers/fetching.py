"""Having an account's worker fetch something for an owner; where it can't, the owner reads why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.views.answers import NO_REPLY_TO_LOOK, not_carried
from bot.views.status import why_unwatched
from core.bus import NoReplyError
from core.contract.replies import CheckupFetched, NotCarried, Reply, RosterFetched

Fetched = TypeVar("Fetched", RosterFetched, CheckupFetched)


async def fetched(
    gateway: Gateway,
    account: int,
    ask: Callable[[], Awaitable[Reply]],
    expected: type[Fetched],
    *,
    briefly: bool = False,
) -> Fetched | str:
    """The reply; or in words why there is none, briefly enough for a passing notice."""
    if why := why_unwatched(await gateway.pulse(account), briefly=briefly):
        return why
    try:
        reply = await ask()
    except NoReplyError:
        return NO_REPLY_TO_LOOK
    if isinstance(reply, NotCarried):
        return not_carried(reply, at=datetime.now(UTC), briefly=briefly)
    if not isinstance(reply, expected):
        raise TypeError(f"where {expected.__name__} was due came {type(reply).__name__}")
    return reply


async def or_told(callback: CallbackQuery, courier: Courier, came: Fetched | str) -> Fetched | None:
    """What was fetched for a press; None where it could not be, and the owner was told why beside the message."""
    if isinstance(came, str):
        await courier.acknowledge(callback, came, as_alert=True)
        return None
    return came
