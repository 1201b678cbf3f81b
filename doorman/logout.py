"""`doorman logout`: a guard session is given up at Telegram and removed from Redis."""

from __future__ import annotations

import asyncio

import click

from core.connection import Store
from core.settings import load
from core.vault import WrongKeyError
from doorman.naming import called, listed
from doorman.settings import DoormanSettings
from doorman.store import opened_redis, say_waiting
from userclient import guardroom
from userclient.guardroom import GuardSession
from userclient.lease import Lease, alone
from userclient.settings import UserclientSettings
from userclient.telegram.guard import connected
from userclient.trouble import GuardLostError, TelegramTrouble

#: Beyond the lease's length: a worker looks every few seconds whether its session was given up.
LET_GO_SECONDS = 15.0


def logout(*, account: int | None, sure: bool) -> None:
    """Log a guard session out at Telegram and remove it from Redis; ask before, unless `sure`."""
    asyncio.run(_logout(load(UserclientSettings), load(DoormanSettings), account=account, sure=sure))


async def _logout(settings: UserclientSettings, command: DoormanSettings, *, account: int | None, sure: bool) -> None:
    if settings.session_string.get_secret_value():
        raise click.ClickException(
            "The guard session is in SESSION_STRING. Remove that setting and end “Doorman (session guard)” "
            "in Telegram: Settings → Devices."
        )
    async with opened_redis(command) as redis:
        found = await _chosen(redis, settings, account)
        name = await called(redis, found.account)
        if not sure:
            click.confirm(f"Log Doorman's session out of {name}? It then no longer watches the account.", abort=True)
        await _give_up(redis, settings, found)
        left = await guardroom.held(redis, settings)
        click.echo(f"Logged out of {name}. Doorman no longer watches the account.")
        if left:
            click.echo(f"It goes on watching {await listed(redis, left)}.")


async def _chosen(redis: Store, settings: UserclientSettings, account: int | None) -> GuardSession:
    held = await guardroom.held(redis, settings)
    if not held:
        raise click.ClickException("There is no guard session to log out.")
    if account is None:
        if len(held) > 1:
            names = await listed(redis, held)
            raise click.ClickException(f"Doorman watches several: {names}. Say which with --account ID.")
        [account] = held
    try:
        found = await guardroom.find(redis, settings, account) if account in held else None
    except WrongKeyError:
        raise click.ClickException("SECRET_KEY is not the one that the session was kept under.") from None
    if found is None:
        names = await listed(redis, held)
        raise click.ClickException(f"There is no guard session of {account}. There is of: {names}.")
    return found


async def _give_up(redis: Store, settings: UserclientSettings, found: GuardSession) -> None:
    async with guardroom.given_up(redis, found):
        lease = await _taken(redis, settings, found)
        async with alone(lease):
            try:
                async with connected(settings, found, lease) as guard:
                    await guard.log_out()
            except GuardLostError:
                click.echo("Telegram had ended the session already.")
            except TelegramTrouble as error:
                raise click.ClickException(f"Telegram could not be asked: {error}. Nothing was changed.") from None
            await guardroom.forget(redis, found)


async def _taken(redis: Store, settings: UserclientSettings, found: GuardSession) -> Lease:
    """The lease, which a worker that is running gives back: one session must not be used twice."""
    lease = Lease(redis, found.account, seconds=settings.lease_seconds)
    try:
        async with asyncio.timeout(settings.lease_seconds + LET_GO_SECONDS):
            await lease.take(waiting=say_waiting)
    except TimeoutError:
        raise click.ClickException(
            "A worker does not let go of the session. Stop Doorman, then try again. Nothing was changed."
        ) from None
    return lease
