"""`doorman login`: the guard session is made here, in a terminal, never in a chat."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click
import segno

from bot.settings import BotSettings
from core.connection import Store
from core.pulse import feel
from core.settings import load, problems
from doorman.naming import listed
from doorman.settings import DoormanSettings
from doorman.store import opened_redis
from userclient import guardroom
from userclient.settings import UserclientSettings
from userclient.telegram.sign_in import Mistake, PasswordNeededError, SignedIn, SignIn, SignInError, signing_in
from userclient.trouble import FloodWaitError, TelegramTrouble

T = TypeVar("T")

TRIES = 3
ADVICE = {
    Mistake.PHONE_INVALID: "Telegram takes that for no phone number. Write it with + and the country code.",
    Mistake.PHONE_UNKNOWN: "No Telegram account has that phone number.",
    Mistake.PHONE_BANNED: "Telegram has banned that phone number.",
    Mistake.CODE_WRONG: "That code is wrong.",
    Mistake.CODE_EXPIRED: "That code is no longer valid. Run `doorman login` again for a new one.",
    Mistake.PASSWORD_WRONG: "That password is wrong.",
    Mistake.API_ID_WRONG: "API_ID and API_HASH don't belong together. Copy both from my.telegram.org.",
    Mistake.TOO_MANY_TRIES: "Telegram allows no more tries with that number for now. Try again tomorrow.",
}
FINAL = frozenset(
    {Mistake.TOO_MANY_TRIES, Mistake.PHONE_BANNED, Mistake.PHONE_UNKNOWN, Mistake.CODE_EXPIRED, Mistake.API_ID_WRONG}
)


def login(*, phone: str | None, qr: bool) -> None:
    """Sign a guard session in and keep it, encrypted, in Redis."""
    asyncio.run(_login(load(UserclientSettings), load(DoormanSettings), phone=phone, qr=qr))


async def _login(settings: UserclientSettings, command: DoormanSettings, *, phone: str | None, qr: bool) -> None:
    if settings.session_string.get_secret_value():
        raise click.ClickException(
            "SESSION_STRING is set, and the worker would use that session, not a new one. Remove it first."
        )
    async with opened_redis(command) as redis:
        try:
            async with signing_in(settings) as attempt:
                signed_in = await (_by_qr(attempt) if qr else _by_code(attempt, phone))
        except FloodWaitError as error:
            until = datetime.now(UTC) + timedelta(seconds=error.seconds)
            raise click.ClickException(
                f"Telegram allows no further try for {error.seconds} s. Try again after {until:%-d %b, %H:%M} UTC."
            ) from None
        except TelegramTrouble as error:
            raise click.ClickException(f"Telegram could not be asked: {error}. Try again.") from None
        is_changed_over_to = await _is_watched(redis, signed_in.account)
        await guardroom.keep(redis, signed_in.session, account=signed_in.account, keyring=settings.keyring)
        held = await guardroom.held(redis, settings)
        others = [account for account in held if account != signed_in.account]
        click.echo(f"Logged in as {signed_in.name} ({signed_in.account}). The session is kept in Redis, encrypted.")
        click.echo("Telegram lets it end other sessions in 24 hours; it watches from now on.")
        if settings.account not in {None, signed_in.account}:
            click.echo(
                f"But ACCOUNT is {settings.account}: that one alone is watched. Remove the setting to watch both."
            )
        elif others:
            click.echo(f"Doorman watches it beside {await listed(redis, others)}.")
        is_running = any([await _is_watched(redis, account) for account in others])
    if is_changed_over_to:
        click.echo(
            "Doorman is running and changes over to it by itself. Then end the older “Doorman (session guard)” in "
            "Telegram: Settings → Devices."
        )
    elif is_running:
        click.echo("Doorman is running and takes it up within seconds.")
    else:
        click.echo("Unless Doorman runs already, which takes it up by itself, start it: doorman up")
    click.echo("In Telegram's Devices list it is called “Doorman (session guard)”.")
    if not problems(BotSettings):
        _warn_of_owners(BotSettings().owner_ids, watched={*held, signed_in.account})


async def _is_watched(redis: Store, account: int) -> bool:
    pulse = await feel(redis, account)
    return pulse is not None and pulse.is_alive


def _warn_of_owners(owners: frozenset[int], *, watched: set[int]) -> None:
    if owners <= watched:
        who = "This account is the only owner" if len(owners) == 1 else "All owners are watched accounts"
        click.echo(
            f"{who}: who breaks into it sees the bot's chat too. Add a second account of "
            "yours, or a person you trust, to OWNER_IDS; until then, protected actions need `doorman enroll`."
        )


async def _by_code(attempt: SignIn, phone: str | None) -> SignedIn:
    given = phone

    async def request() -> None:
        nonlocal given
        number, given = given or click.prompt("Phone number of the account, with country code"), None
        await attempt.request_code(number)

    await _tried(request)
    click.echo("Telegram has sent a login code to the account's other devices, or by SMS.")
    try:
        return await _tried(lambda: attempt.enter_code(click.prompt("Code").strip().replace("-", "")))
    except PasswordNeededError as needed:
        return await _with_password(attempt, needed.hint)


async def _by_qr(attempt: SignIn) -> SignedIn:
    click.echo("In Telegram on your phone: Settings → Devices → Link Desktop Device. Scan this:")
    while True:
        url, expires = await attempt.new_qr()
        segno.make(url, error="L").terminal(out=sys.stdout, compact=True)
        click.echo(f"Good until {expires:%H:%M:%S} UTC; a new one follows by itself. Ctrl-C gives up.")
        try:
            if signed_in := await attempt.scanned():
                return signed_in
        except PasswordNeededError as needed:
            return await _with_password(attempt, needed.hint)


async def _with_password(attempt: SignIn, hint: str) -> SignedIn:
    label = f"2FA password (hint: {hint})" if hint else "2FA password"
    return await _tried(lambda: attempt.enter_password(click.prompt(label, hide_input=True)))


async def _tried(step: Callable[[], Awaitable[T]]) -> T:
    """A step that the person may get wrong three times."""
    for left in range(TRIES - 1, -1, -1):
        try:
            return await step()
        except SignInError as error:
            if error.mistake in FINAL or not left:
                raise click.ClickException(ADVICE[error.mistake]) from None
            click.echo(f"{ADVICE[error.mistake]} {left} {'try' if left == 1 else 'tries'} left.", err=True)
    raise AssertionError
