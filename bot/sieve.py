"""Tells owners' updates from strangers' before aiogram reads them, which takes it twenty times as long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger()

TOLD_SECONDS = 60.0

Row = dict[str, Any]


class Sieve:
    """Of strangers nothing is kept but their updates' number since the log last told it."""

    def __init__(self, owners: frozenset[int], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._owners = owners
        self._clock = clock
        self._dropped = 0
        self._told_at: float | None = None

    def loads(self, text: str | bytes) -> Any:
        """In place of json.loads, for whatever the Bot API answers: of updates only an owner's are left.

        One of a stranger's stays as a bare number where it is the last: by that number, all are confirmed to Telegram.
        """
        answer = json.loads(text)
        match answer:
            case {"ok": True, "result": [*rows]} if rows and all(map(is_update, rows)):
                kept = [row for row in rows if self.passes(row)]
                if not kept or kept[-1] is not rows[-1]:
                    kept.append({"update_id": rows[-1]["update_id"]})
                return {**answer, "result": kept}
        return answer

    def passes(self, update: Row) -> bool:
        """Whether an owner sent it from the private chat with them; one that did not is counted."""
        if any(self._is_owners(payload) for payload in update.values()):
            return True
        self._dropped += 1
        now = self._clock()
        if self._told_at is None or now - self._told_at >= TOLD_SECONDS:
            log.info("strangers_ignored", updates=self._dropped)
            self._dropped, self._told_at = 0, now
        return False

    def _is_owners(self, payload: Any) -> bool:
        match payload:
            case {"from": {"id": int(user)}, "chat": {"id": int(chat), "type": "private"}} | {
                "from": {"id": int(user)},
                "message": {"chat": {"id": int(chat), "type": "private"}},
            }:
                return user == chat and user in self._owners
        return False


def is_update(row: Any) -> bool:
    """Whether it is an update at all; what it is of may be anything."""
    return isinstance(row, dict) and isinstance(row.get("update_id"), int)
