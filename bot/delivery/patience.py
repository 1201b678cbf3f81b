"""Asking the Bot API until it answers: through floods, outages and a token that was revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.utils.backoff import Backoff, BackoffConfig
from pydantic import ValidationError

R = TypeVar("R")
log = structlog.get_logger()

PATIENCE = BackoffConfig(min_delay=0.5, max_delay=60.0, factor=2.0, jitter=0.1)
PASSING = (TelegramNetworkError, TelegramServerError, RestartingTelegram, TelegramConflictError)
#: Telegram knows no bot of that token (any more): what is to be told waits for a good one.
TOKEN_REFUSED = (TelegramUnauthorizedError, TelegramNotFound)


async def insist(call: Callable[[], Awaitable[R]]) -> R:
    """The answer, however long it takes. Raises what Telegram refuses for good, and ClientDecodeError for an answer
    that aiogram can't read: the call was carried out.
    """
    backoff = Backoff(PATIENCE)
    while True:
        try:
            return await call()
        except TelegramRetryAfter as error:
            log.warning("bot_api_flood", seconds=error.retry_after)
            await asyncio.sleep(error.retry_after)
        except TOKEN_REFUSED:
            log.error("bot_token_refused", hint="set BOT_TOKEN anew and restart")  # noqa: TRY400
            await backoff.asleep()
        except PASSING as error:
            log.warning("bot_api_unavailable", error=type(error).__name__)
            await backoff.asleep()
        except ClientDecodeError as error:
            if isinstance(error.original, ValidationError):
                raise
            log.warning("bot_api_unavailable", error="no JSON")  # a proxy's page, say
            await backoff.asleep()
