"""Signing in a new guard session, step by step: by phone and code or by QR code, and the 2FA password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from telethon import TelegramClient, errors
from telethon.tl import functions, types
from telethon.tl.custom import QRLogin

from userclient.settings import UserclientSettings
from userclient.telegram.allowed import SIGNING_IN
from userclient.telegram.client import make_client
from userclient.telegram.line import close
from userclient.telegram.translate import telegrams_errors, telethons_cancellations

STEP_SECONDS = 20.0
QR_SECONDS = 90.0  # Telegram's tokens last 30


class Mistake(StrEnum):
    """What was wrong with what the person gave."""

    PHONE_INVALID = "phone invalid"
    PHONE_UNKNOWN = "phone unknown"
    PHONE_BANNED = "phone banned"
    CODE_WRONG = "code wrong"
    CODE_EXPIRED = "code expired"
    PASSWORD_WRONG = "password wrong"  # noqa: S105 - no password
    API_ID_WRONG = "api id wrong"
    TOO_MANY_TRIES = "too many tries"


MISTAKES = {
    errors.PhoneNumberInvalidError: Mistake.PHONE_INVALID,
    errors.PhoneNumberUnoccupiedError: Mistake.PHONE_UNKNOWN,
    errors.PhoneNumberBannedError: Mistake.PHONE_BANNED,
    errors.PhoneCodeInvalidError: Mistake.CODE_WRONG,
    errors.PhoneCodeEmptyError: Mistake.CODE_WRONG,
    errors.PhoneCodeExpiredError: Mistake.CODE_EXPIRED,
    errors.PasswordHashInvalidError: Mistake.PASSWORD_WRONG,
    errors.ApiIdInvalidError: Mistake.API_ID_WRONG,
    errors.PhonePasswordFloodError: Mistake.TOO_MANY_TRIES,
}


class SignInError(Exception):
    """The person made a mistake that they can mend."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.value)
        self.mistake = mistake


class PasswordNeededError(Exception):
    """The account has a 2FA password, which is needed next; `hint` is its owner's own."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The new guard session. `session` is a secret."""

    account: int
    name: str
    session: str


class SignIn:
    """One attempt. Every method raises the errors of `trouble`, and SignInError."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self._phone = ""
        self._qr: QRLogin | None = None

    async def request_code(self, phone: str) -> None:
        """Have Telegram send a login code to the account's other sessions, or as an SMS."""
        async with self._step():
            await self._client.send_code_request(phone)
        self._phone = phone

    async def enter_code(self, code: str) -> SignedIn:
        """Raises PasswordNeededError too."""
        async with self._step():
            try:
                return self._signed_in(await self._client.sign_in(self._phone, code))
            except errors.SessionPasswordNeededError:
                raise PasswordNeededError(await self._hint()) from None

    async def enter_password(self, password: str) -> SignedIn:
        """The 2FA password; only a proof of it leaves this machine (SRP)."""
        async with self._step():
            return self._signed_in(await self._client.sign_in(password=password))

    async def new_qr(self) -> tuple[str, datetime]:
        """A link for a QR code, and until when it can be scanned."""
        async with self._step():
            if self._qr is None:
                self._qr = await self._client.qr_login()
            else:
                await self._qr.recreate()
        return self._qr.url, self._qr.expires

    async def scanned(self) -> SignedIn | None:
        """Wait until the QR code is scanned; None if it ran out first. Raises PasswordNeededError too."""
        if self._qr is None:
            raise ValueError("new_qr comes first")
        async with self._step(seconds=QR_SECONDS):
            try:
                return self._signed_in(await self._qr.wait())
            except TimeoutError:
                return None
            except errors.SessionPasswordNeededError:
                raise PasswordNeededError(await self._hint()) from None

    @asynccontextmanager
    async def _step(self, *, seconds: float = STEP_SECONDS) -> AsyncIterator[None]:
        """One exchange with Telegram, connected anew if the person took so long that the connection is gone."""
        with telegrams_errors(), _mistakes():
            async with asyncio.timeout(seconds):
                with telethons_cancellations():
                    if not self._client.is_connected():
                        await self._client.connect()
                    yield

    async def _hint(self) -> str:
        password = await self._client(functions.account.GetPasswordRequest())
        return password.hint or ""

    def _signed_in(self, user: types.User) -> SignedIn:
        name = " ".join(part for part in (user.first_name, user.last_name) if part)
        return SignedIn(account=user.id, name=name, session=self._client.session.save())


@asynccontextmanager
async def signing_in(settings: UserclientSettings) -> AsyncIterator[SignIn]:
    """Connect a fresh auth key; disconnect at the end. Raises the errors of `trouble`."""
    client = make_client(settings, "", means=SIGNING_IN)
    try:
        with telegrams_errors():
            async with asyncio.timeout(STEP_SECONDS):
                with telethons_cancellations():
                    await client.connect()
        yield SignIn(client)
    finally:
        await close(client)


@contextmanager
def _mistakes() -> Iterator[None]:
    try:
        yield
    except tuple(MISTAKES) as error:
        raise SignInError(MISTAKES[type(error)]) from None
