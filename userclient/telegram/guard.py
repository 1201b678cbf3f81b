"""The guard session at work: the few requests that Doorman makes of Telegram, and the push of a new login."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from telethon import TelegramClient, events
from telethon.tl import functions, types

from core.domain.sessions import Roster
from core.settings import SettingsError
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.settings import UserclientSettings
from userclient.telegram.app_config import AppConfig
from userclient.telegram.client import make_client
from userclient.telegram.line import ANSWER_SECONDS, Line
from userclient.telegram.safety import Safety
from userclient.telegram.service_chat import ServiceChat
from userclient.telegram.service_messages import code_in, number_of
from userclient.telegram.translate import is_hash, moment, text, to_roster

#: In which a login code may come; of all others than Telegram itself they are let go of unread.
CODE_BRINGERS = (types.UpdateNewMessage, types.UpdateShortMessage, types.UpdateServiceNotification)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """`updateNewAuthorization` with `unconfirmed`: Telegram's own word of a new login, before any roster."""

    hash: str
    device: str
    location: str
    logged_in_at: datetime
    received_at: datetime


class Guard:
    """The guard session of one account. Every method raises the errors of `trouble`."""

    def __init__(self, make: Callable[[], TelegramClient], *, account: int, seconds_left: Callable[[], float]) -> None:
        self.line = Line(make, prepare=self._listen, seconds_left=seconds_left)
        self.safety = Safety(self.line)
        self.app_config = AppConfig(self.line)
        self.service_chat = ServiceChat(self.line)
        self._tell: Callable[[Push | None], None] = lambda _: None
        self._tell_code: Callable[[str, int], None] = lambda _, __: None
        self._tell_of_gap: list[Callable[[], None]] = []
        self._tell_of_bot: Callable[[], None] = lambda: None
        self.account = account
        self.account_name = ""
        self._is_identified = False
        self.line.on_loss = self._miss

    def on_login(self, tell: Callable[[Push | None], None]) -> None:
        """Call `tell` at each push: with a new login, or with None when a pending one was settled, or when a push may
        have got lost: with the connection, or because Telegram had more updates than it sends.
        """
        self._tell = tell

    def on_gap(self, tell: Callable[[], None]) -> None:
        """Call `tell` too, beside others, when anything that Telegram pushes may have got lost."""
        self._tell_of_gap.append(tell)

    def on_code(self, tell: Callable[[str, int], None]) -> None:
        """Call `tell` with each login code that Telegram sends to the account, and the id of its message."""
        self._tell_code = tell

    def on_business_bot(self, tell: Callable[[], None]) -> None:
        """Call `tell` when a business bot was connected: a push that may be lost, as that of a login."""
        self._tell_of_bot = tell

    async def _identify(self) -> None:
        # Not by Telethon's get_me, which answers None for every way of being dead.
        [user] = await self.line.ask(functions.users.GetUsersRequest([types.InputUserSelf()]))
        if user.id != self.account:
            raise SettingsError(
                f"The guard session is of the account {user.id}, not of {self.account}. "
                "Set ACCOUNT to the one that SESSION_STRING belongs to."
            )
        self.account_name = " ".join(part for part in (user.first_name, user.last_name) if part)
        self._is_identified = True

    async def roster(self) -> Roster:
        """All sessions now. Raises SettingsError if the session turns out to be another account's."""
        if not self._is_identified:
            await self._identify()
        answer = await self.line.ask(functions.account.GetAuthorizationsRequest())
        period = self.app_config.autoconfirm_seconds
        return to_roster(answer, account=self.account, taken_at=datetime.now(UTC), autoconfirm_seconds=period)

    async def end(self, hash_: str, *, seconds: float = ANSWER_SECONDS) -> None:
        """End one session, within that many seconds or not at all."""
        await self.line.ask(functions.account.ResetAuthorizationRequest(hash=int(hash_)), seconds=seconds)

    async def confirm(self, hash_: str, *, seconds: float = ANSWER_SECONDS) -> None:
        """Tell Telegram that an unconfirmed login was the owner's, within that many seconds or not at all."""
        request = functions.account.ChangeAuthorizationSettingsRequest(hash=int(hash_), confirmed=True)
        await self.line.ask(request, seconds=seconds)

    async def stay_awake(self) -> None:
        """A content request: without one now and then, updates to a quiet connection come late."""
        await self.line.ask(functions.updates.GetStateRequest())

    async def log_out(self) -> None:
        """Give the guard session up for good."""
        await self.line.ask(functions.auth.LogOutRequest())

    def _miss(self) -> None:
        self._tell(None)  # first: a login is the most urgent
        for tell in self._tell_of_gap:
            tell()

    def _listen(self, client: TelegramClient) -> None:
        async def handle(update: types.UpdateNewAuthorization) -> None:
            self._tell(_push(update))

        async def look(_: types.UpdatesTooLong) -> None:
            self._miss()

        async def take_code(update: Any) -> None:
            if code := code_in(update):
                self._tell_code(code, number_of(update))

        async def notice_bot(_: types.UpdateNewBotConnection) -> None:
            self._tell_of_bot()

        # Raw hands on the update itself; the friendlier events know nothing of it.
        client.add_event_handler(handle, events.Raw(types.UpdateNewAuthorization))
        client.add_event_handler(look, events.Raw(types.UpdatesTooLong))
        client.add_event_handler(take_code, events.Raw(CODE_BRINGERS))
        client.add_event_handler(notice_bot, events.Raw(types.UpdateNewBotConnection))


@asynccontextmanager
async def connected(settings: UserclientSettings, session: GuardSession, lease: Lease) -> AsyncIterator[Guard]:
    """A guard that connects when it is first asked something, while the lease lasts; disconnects at the end.

    Raises SettingsError for a session string that is none.
    """
    guard = Guard(
        partial(make_client, settings, session.session),
        account=session.account,
        seconds_left=lambda: lease.seconds_left,
    )
    try:
        yield guard
    finally:
        await guard.line.hang_up()


def _push(update: types.UpdateNewAuthorization) -> Push | None:
    if not update.unconfirmed or not is_hash(update.hash):
        return None
    received_at = datetime.now(UTC)
    return Push(
        hash=str(update.hash),
        device=text(update.device),
        location=text(update.location),
        logged_in_at=moment(update.date) or received_at,
        received_at=received_at,
    )
