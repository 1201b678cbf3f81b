"""Counts an account's reports, so that one that was taken away is missed; where they are kept, others know."""

from __future__ import annotations

from typing import cast

import structlog

from core.connection import Store
from core.contract import keys
from userclient.lease import Lease

log = structlog.get_logger()


class Numbering:
    """How many were made; only Redis knows after a new lease, or where an answer was lost.

    `most` is the most that this process knows of: Redis may have come back with less.
    """

    def __init__(self, redis: Store, lease: Lease, *, most: int) -> None:
        self._redis = redis
        self._lease = lease
        self._count: int | None = None
        #: The lease's number when they were counted.
        self.under = lease.fence
        self.most = most

    async def so_far(self) -> int:
        """Raises RedisError."""
        if self._count is None or self.under != self._lease.fence:
            self._count, self.under = None, self._lease.fence
            [count] = cast("list[bytes | None]", await self._redis.mget([keys.reports(self._lease.account)]))
            self._count = max(self.read(count), self.most)
        return self._count

    def read(self, count: bytes | None) -> int:
        """What Redis holds says so many."""
        account = self._lease.account
        try:
            return int(self._redis.signer.unwrap(keys.reports(account), count)) if count else 0
        except ValueError as error:  # forged: the bot believes the lower numbers, for what they tell is new
            log.error("reports_uncounted", account=account, reason=str(error))  # noqa: TRY400
            return 0

    def doubt(self) -> None:
        """More are on their way: if the answer is lost, only Redis knows."""
        self._count = None

    def reached(self, count: int, *, under: int) -> None:
        """They have arrived, by the lease of that number."""
        self._count, self.under, self.most = count, under, count
