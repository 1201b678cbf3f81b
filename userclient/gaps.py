"""What is asked of Telegram at the start and after each gap, when its pushes may have got lost; never urgent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Never

import structlog
from redis.exceptions import RedisError

from userclient.trouble import FloodWaitError, TelegramTrouble, UnreachableError

log = structlog.get_logger()

#: The roster is asked for first: a login is more urgent than anything here.
SETTLE_SECONDS = 2.0
RETRY_SECONDS = 10.0
#: What Telegram refuses, or Doorman can't read, will hardly be another in seconds.
REFUSED_SECONDS = 300.0


async def after_each_gap(
    gap: asyncio.Event, do: Callable[[], Awaitable[None]], *, what: str, at_least_every: float | None = None
) -> Never:
    """Do it now, after each gap, and once in so many seconds; again soon where nobody could be reached, and later where
    it was refused.

    A lost guard is left to the watcher, who hears of it too, and tells of logins first.
    """
    while True:
        await asyncio.sleep(SETTLE_SECONDS)
        gap.clear()
        pause = at_least_every
        try:
            await do()
        except FloodWaitError as wait:
            await asyncio.sleep(wait.seconds + RETRY_SECONDS)  # whatever gap comes meanwhile
            continue
        except (UnreachableError, RedisError) as trouble:
            log.info("not_done_after_gap", what=what, trouble=type(trouble).__name__)
            pause = RETRY_SECONDS
        except TelegramTrouble as trouble:
            log.warning("refused_after_gap", what=what, trouble=str(trouble))
            pause = REFUSED_SECONDS
        except Exception:  # a mistake here must not end the watching
            log.exception("broke_after_gap", what=what)
            pause = REFUSED_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await gap.wait()
