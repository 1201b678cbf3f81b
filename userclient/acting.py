"""Acting again and again on what the last look has found; what goes wrong in it ends no watching."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.state import Snapshot
from userclient.records import Records
from userclient.trouble import GuardLostError

log = structlog.get_logger()

LOOK_SECONDS = 5.0
#: After what Telegram did not grant, or was not reached for; a young guard stands in the way for hours.
RETRY_SECONDS = 60.0


async def act_for_ever(act: Callable[[], Awaitable[float]], *, account: int, what: str) -> Never:
    """`act` tells the seconds until it makes sense again. Raises GuardLostError."""
    pause = LOOK_SECONDS
    while True:
        await asyncio.sleep(pause)
        pause = LOOK_SECONDS
        try:
            pause = await act()
        except GuardLostError:
            raise
        except RedisError as error:
            log.warning("not_acted", what=what, account=account, error=type(error).__name__)
        except Exception:  # a mistake here must not end the watching
            log.exception("acting_broke", what=what, account=account)


async def looked_since(start: datetime, records: Records) -> Snapshot | None:
    """What is known, once somebody has looked since then: before that, owners could answer for nothing. Raises
    RedisError.
    """
    known = await records.snapshot()
    return known if known and known.roster.taken_at >= start else None
