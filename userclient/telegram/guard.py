"""The guard session at work: the few requests that Doorman makes of Telegram, and the push of a new login."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telethon import TelegramClient, events
from telethon.tl import functions, types

from core.domain.sessions import Roster
from userclient.settings import UserclientSettings
from userclient.telegram.client import make_client
from userclient.telegram.translate import telegrams_errors, to_roster

ANSWER_SECONDS = 8.0  # a request unanswered for so long counts as unreachable; below a command's deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """`updateNewAuthorization` with `unconfirmed`: Telegram's own word of a new login, before any roster."""

    hash: str
    device: str
    location: str
    logged_in_at: datetime
    received_at: datetime


class Guard:
    """The guard session of one account, connected. Every method raises the errors of `trouble`."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self.account = 0
        self.account_name = ""

    def on_login(self, tell: Callable[[Push | None], None]) -> None:
        """Call `tell` at each push: with a new login, or with None when a pending one was settled."""

        async def handle(update: types.UpdateNewAuthorization) -> None:
            tell(_push(update))

        # Raw hands on the update itself; the friendlier events know nothing of it.
        self._client.add_event_handler(handle, events.Raw(types.UpdateNewAuthorization))

    async def identify(self) -> None:
        """Learn whose session this is. Not by Telethon's get_me, which answers None for every way of being dead."""
        [user] = await self._ask(functions.users.GetUsersRequest([types.InputUserSelf()]))
        self.account = user.id
        self.account_name = " ".join(part for part in (user.first_name, user.last_name) if part)

    async def roster(self) -> Roster:
        """All sessions now."""
        answer = await self._ask(functions.account.GetAuthorizationsRequest())
        return to_roster(answer, account=self.account, taken_at=datetime.now(UTC))

    async def end(self, hash_: str) -> None:
        """End one session."""
        await self._ask(functions.account.ResetAuthorizationRequest(hash=int(hash_)))

    async def confirm(self, hash_: str) -> None:
        """Tell Telegram that an unconfirmed login was the owner's."""
        await self._ask(functions.account.ChangeAuthorizationSettingsRequest(hash=int(hash_), confirmed=True))

    async def stay_awake(self) -> None:
        """A content request: without one now and then, updates to a quiet connection come late."""
        await self._ask(functions.updates.GetStateRequest())

    async def log_out(self) -> None:
        """Give the guard session up for good."""
        await self._ask(functions.auth.LogOutRequest())

    async def _ask(self, request: Any) -> Any:
        with telegrams_errors():
            async with asyncio.timeout(ANSWER_SECONDS):
                if not self._client.is_connected():  # Telethon gives up after some tries; we don't
                    await self._client.connect()
                return await self._client(request)


@asynccontextmanager
async def connected(settings: UserclientSettings, session: str) -> AsyncIterator[Guard]:
    """Connect a guard session and learn whose it is; disconnect at the end.

    Raises the errors of `trouble`, ValueError for a session string that is none.
    """
    client = make_client(settings, session)
    guard = Guard(client)
    try:
        await guard.identify()
        yield guard
    finally:
        await client.disconnect()


def _push(update: types.UpdateNewAuthorization) -> Push | None:
    if not update.unconfirmed:
        return None
    received_at = datetime.now(UTC)
    return Push(
        hash=str(update.hash),
        device=update.device or "",
        location=update.location or "",
        logged_in_at=update.date or received_at,
        received_at=received_at,
    )
