"""`doorman logout`: the guard session is given up at Telegram and removed from Redis."""

from __future__ import annotations

import asyncio

import click

from core.pulse import feel
from core.settings import SettingsError, load
from core.vault import WrongKeyError
from doorman.settings import DoormanSettings
from doorman.store import opened_redis, say_waiting
from userclient import guardroom
from userclient.lease import Lease, LeaseLostError, alone
from userclient.settings import UserclientSettings
from userclient.telegram.guard import connected
from userclient.trouble import GuardLostError, TelegramTrouble

IN_USE = "Doorman is running: one session must not be used twice. Stop it first."


def logout() -> None:
    """Log the guard session out at Telegram and remove it from Redis."""
    asyncio.run(_logout(load(UserclientSettings), load(DoormanSettings)))


async def _logout(settings: UserclientSettings, command: DoormanSettings) -> None:
    if settings.session_string.get_secret_value():
        raise click.ClickException(
            "The guard session is in SESSION_STRING. Remove that setting and end “Doorman (session guard)” "
            "in Telegram: Settings → Devices."
        )
    async with opened_redis(command) as redis:
        try:
            found = await guardroom.find(redis, settings)
        except WrongKeyError:
            raise click.ClickException("SECRET_KEY is not the one that the session was kept under.") from None
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        if found is None:
            raise click.ClickException("There is no guard session to log out.")
        pulse = await feel(redis, found.account)
        if pulse and pulse.is_alive:
            raise click.ClickException(IN_USE)
        lease = Lease(redis, found.account, seconds=settings.lease_seconds)
        try:
            await lease.take(waiting=say_waiting, give_up=True)
        except LeaseLostError:
            raise click.ClickException(IN_USE) from None
        async with alone(lease):
            try:
                async with connected(settings, found, lease) as guard:
                    await guard.log_out()
            except GuardLostError:
                click.echo("Telegram had ended the session already.")
            except TelegramTrouble as error:
                raise click.ClickException(f"Telegram could not be asked: {error}. Nothing was changed.") from None
            await guardroom.forget(redis, found)
    click.echo("Logged out. Doorman no longer watches the account.")
