"""What the guard asks of Telegram beside sessions: the rest of what the account's safety hangs on, and its changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import structlog
from telethon.tl import functions, types

from core.domain.account_state import AccountState, BusinessBot, Passkey, Website
from userclient.telegram.line import ANSWER_SECONDS, Line
from userclient.telegram.translate import is_hash, moment, text
from userclient.trouble import FloodWaitError, RefusedError, TooLateError

log = structlog.get_logger()

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: What Telegram answers when there is nothing to call off, disconnect or remove: somebody else was quicker.
GONE = frozenset({"RESET_REQUEST_MISSING", "BOT_NOT_CONNECTED_YET", "BOT_BUSINESS_MISSING"})


class Safety:
    """By the guard's line. Every method raises the errors of `trouble`; `seconds` is within which it is done or not."""

    def __init__(self, line: Line) -> None:
        self._line = line
        #: The ends of flood waits, by the event loop's clock.
        self._quiet_until: dict[str, float] = {}

    async def state(self) -> AccountState:
        """All of it now; what Telegram refuses to tell is None."""
        password = await self._or_none(functions.account.GetPasswordRequest())
        ttl = await self._or_none(functions.account.GetAccountTTLRequest())
        websites = await self._or_none(functions.account.GetWebAuthorizationsRequest())
        bots = await self._or_none(functions.account.GetConnectedBotsRequest())
        passkeys = await self._or_none(functions.account.GetPasskeysRequest())
        return AccountState(
            taken_at=datetime.now(UTC),
            has_password=None if password is None else bool(password.has_password),
            has_recovery=None if password is None else bool(password.has_recovery),
            unconfirmed_email=text(password and password.email_unconfirmed_pattern),
            login_email=text(password and password.login_email_pattern),
            reset_at=moment(password and password.pending_reset_date),
            account_ttl_days=ttl and ttl.days,
            websites=None if websites is None else tuple(_websites(websites)),
            bots=None if bots is None else tuple(_bots(bots)),
            passkeys=None if passkeys is None else tuple(_passkeys(passkeys)),
        )

    async def _or_none(self, request: Any) -> Any:
        method, clock = type(request).__name__, asyncio.get_running_loop().time
        if clock() < self._quiet_until.get(method, 0.0):
            return None
        try:
            return await self._line.ask(request)
        except FloodWaitError as wait:  # the other methods can be asked still
            log.info("account_state_waits", method=method, seconds=wait.seconds)
            self._quiet_until[method] = clock() + wait.seconds
        except RefusedError as refusal:
            log.info("account_state_refused", method=method, error=refusal.name)
        return None

    async def accept(self, hash_: str, *, calls: bool, secret_chats: bool, seconds: float = ANSWER_SECONDS) -> None:
        """Have a session accept calls and secret chats, or not."""
        request = functions.account.ChangeAuthorizationSettingsRequest(
            hash=int(hash_), call_requests_disabled=not calls, encrypted_requests_disabled=not secret_chats
        )
        await self._line.ask(request, seconds=seconds)

    async def set_ttl(self, days: int, *, seconds: float = ANSWER_SECONDS) -> None:
        """Have idle sessions end after so many days."""
        await self._line.ask(functions.account.SetAuthorizationTTLRequest(authorization_ttl_days=days), seconds=seconds)

    async def log_out_website(self, hash_: str, *, seconds: float = ANSWER_SECONDS) -> None:
        """Log one website out. Raises UnknownHashError."""
        await self._line.ask(functions.account.ResetWebAuthorizationRequest(hash=int(hash_)), seconds=seconds)

    async def log_out_websites(self, *, seconds: float = ANSWER_SECONDS) -> None:
        """Log all websites out."""
        await self._line.ask(functions.account.ResetWebAuthorizationsRequest(), seconds=seconds)

    async def disconnect_bot(self, bot: int, *, seconds: float = ANSWER_SECONDS) -> bool:
        """Have a business bot read no more; False if it did not any more."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        answer = await self._line.ask(functions.account.GetConnectedBotsRequest(), seconds=seconds)
        user = next((user for user in answer.users if user.id == bot), None)
        if user is None or not any(each.bot_id == bot for each in answer.connected_bots):
            return False
        request = functions.account.UpdateConnectedBotRequest(
            bot=types.InputUser(user_id=user.id, access_hash=user.access_hash or 0),
            recipients=types.InputBusinessBotRecipients(),
            deleted=True,
        )
        if (left := until - clock()) <= 0:
            raise TooLateError
        return await self._unless_gone(request, left)

    async def decline_reset(self, *, seconds: float = ANSWER_SECONDS) -> bool:
        """Call off the reset of the 2FA password; False if there is none."""
        return await self._unless_gone(functions.account.DeclinePasswordResetRequest(), seconds)

    async def kill_codes(self, codes: Iterable[str], *, seconds: float = ANSWER_SECONDS) -> None:
        """Make these login codes worthless (core.telegram.org/method/account.invalidateSignInCodes)."""
        await self._line.ask(functions.account.InvalidateSignInCodesRequest(codes=list(codes)), seconds=seconds)

    async def _unless_gone(self, request: Any, seconds: float) -> bool:
        try:
            await self._line.ask(request, seconds=seconds)
        except RefusedError as refusal:
            if refusal.name in GONE:
                return False
            raise
        return True


def _websites(answer: Any) -> Iterable[Website]:
    names = {user.id: _of(user, "first_name") for user in answer.users}
    for row in answer.authorizations:
        if is_hash(row.hash):
            yield Website(
                hash=str(row.hash),
                domain=text(row.domain),
                bot=names.get(row.bot_id, ""),
                browser=text(row.browser),
                platform=text(row.platform),
                created_at=moment(row.date_created) or NEVER,
                active_at=moment(row.date_active) or NEVER,
                ip=text(row.ip),
                region=text(row.region),
            )


def _bots(answer: Any) -> Iterable[BusinessBot]:
    users = {user.id: user for user in answer.users}
    for row in answer.connected_bots:
        user = users.get(row.bot_id)
        yield BusinessBot(
            id=row.bot_id,
            name=_of(user, "first_name"),
            username=_of(user, "username"),
            can_reply=bool(row.rights and row.rights.reply),
        )


def _of(user: Any, name: str) -> str:
    """What a user says of itself; "" for one that is gone, of whom Telegram gives the id alone."""
    return text(getattr(user, name, None))


def _passkeys(answer: Any) -> Iterable[Passkey]:
    for row in answer.passkeys:
        yield Passkey(
            id=text(row.id),
            name=text(row.name),
            created_at=moment(row.date) or NEVER,
            used_at=moment(row.last_usage_date),
        )
