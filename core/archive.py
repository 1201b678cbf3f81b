"""An account's history as anybody may read it: all that is kept, oldest first."""

from __future__ import annotations

from typing import Any

import structlog
from redis.exceptions import ResponseError

from core import bus
from core.connection import Store
from core.contract import keys
from core.contract.codec import MalformedError
from core.domain.history import Entry

log = structlog.get_logger()


async def recall(redis: Store, account: int) -> tuple[Entry, ...]:
    """Every entry that is kept; what the worker did not write is left out. Raises RedisError."""
    try:
        found: Any = await redis.xrange(keys.history(account))
    except ResponseError as error:
        if not str(error).startswith("WRONGTYPE"):
            raise
        found = []
    packing = bus.history_of(redis, account)
    entries: list[Entry] = []
    for name, fields in found:
        try:
            entries.append(packing.unpack(fields))
        except MalformedError as error:
            log.warning("history_unreadable", account=account, entry=name.decode(), reason=str(error))
    return tuple(entries)
