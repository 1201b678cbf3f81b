"""The account's chat with Telegram itself, as far back as a guard that was away needs it; no other is ever read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telethon.tl import functions, types

from userclient.telegram.allowed import MESSAGES_MOST, TELEGRAM
from userclient.telegram.line import Line
from userclient.telegram.service_messages import code_of
from userclient.telegram.translate import moment
from userclient.trouble import RefusedError

#: What Telegram answers where the access hash that names a user does not do.
UNNAMED = frozenset({"PEER_ID_INVALID", "USER_ID_INVALID"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMessage:
    """One of Telegram's own messages; of what it says, the login code alone, if it brings one."""

    id: int
    sent_at: datetime
    code: str | None = field(repr=False)


class ServiceChat:
    """By the guard's line. To read it marks nothing as read."""

    def __init__(self, line: Line) -> None:
        self._line = line
        #: 0 does for those that an account has a chat with, as clients that start anew count on.
        self._access_hash = 0

    async def newest(self, *, after: int) -> tuple[ServiceMessage, ...]:
        """The last ones with a higher id, oldest first. Raises the errors of `trouble`."""
        try:
            answer = await self._history(after)
        except RefusedError as refusal:
            if refusal.name not in UNNAMED or not await self._look_up():
                raise
            answer = await self._history(after)
        found = (
            ServiceMessage(id=message.id, sent_at=sent_at, code=code_of(message))
            for message in getattr(answer, "messages", ())
            if message.id > after and (sent_at := moment(getattr(message, "date", None)))
        )
        return tuple(sorted(found, key=lambda message: message.id))

    async def _history(self, after: int) -> Any:
        return await self._line.ask(
            functions.messages.GetHistoryRequest(
                peer=types.InputPeerUser(TELEGRAM, self._access_hash),
                offset_id=0,
                offset_date=None,
                add_offset=0,
                limit=MESSAGES_MOST,
                max_id=0,
                min_id=after,
                hash=0,
            )
        )

    async def _look_up(self) -> bool:
        """Ask who Telegram's own user is; whether that brought another access hash."""
        users = await self._line.ask(functions.users.GetUsersRequest([types.InputUser(TELEGRAM, 0)]))
        found = next((user.access_hash for user in users if isinstance(user, types.User)), None)
        before, self._access_hash = self._access_hash, found or self._access_hash
        return self._access_hash != before
