"""getUpdates: one long poll at a time, woken by the first update; and never beside a webhook."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.botapi.errors import ApiError
from sandbox.updates import UpdateQueue

MOST_UPDATES = 100
LONGEST_POLL = 50
TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Polling:
    """The one long poll that may be under way."""

    def __init__(self, queue: UpdateQueue) -> None:
        self._queue = queue
        self._poll: asyncio.Future[None] | None = None
        queue.listeners.append(self._wake)

    @property
    def under_way(self) -> bool:
        """Whether a poll waits at this moment."""
        return self._poll is not None

    async def get(self, *, offset: int, limit: int, wait: int) -> list[dict[str, Any]]:
        """Updates from `offset` on, at once if there are any; raises ApiError 409 when another poll comes."""
        self.terminate(TERMINATED)
        if offset:
            self._queue.confirm(offset)
        if not self._queue.pending and wait > 0:
            await self._wait(min(wait, LONGEST_POLL))
        count = min(max(limit, 1), MOST_UPDATES)
        return [update.as_json() for update in list(self._queue.pending)[:count]]

    def terminate(self, reason: str) -> None:
        """End the poll under way with a conflict."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(ApiError(409, reason))

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
