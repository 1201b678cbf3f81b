"""`doorman demo`: the sandbox Telegram, an embedded Redis and both processes, wired as for real, on loopback alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from asyncio.subprocess import PIPE
from pathlib import Path

import click

from bot.settings import BotSettings
from core.connection import connect
from core.running import run
from doorman.demo_world import DemoWorld, demo_world
from doorman.embedded import embedded_redis
from doorman.processes import Children, ending, first_to_end
from doorman.settings import DoormanSettings
from userclient import guardroom
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.sign_in import signing_in

WELCOME = """
Doorman's demo is running, with nothing but this machine behind it.

  Look at      {url}
               the owner's chat with the bot, and the account's sessions
  Try          there, let somebody log in; or from another terminal:
               curl -X POST {url}/api/accounts/{account}/authorizations \\
                    -H 'Content-Type: application/json' \\
                    -d '{{"device_model": "Pixel 9", "platform": "Android", "app_name": "Telegram Android",
                         "ip": "203.0.113.9", "country": "Sweden"}}'
  API          {url}/api/world   {url}/api/chats/{owner}/messages
               docs/sandbox.md has all of it

Ctrl-C stops it and leaves nothing behind.
"""


def demo(port: int) -> None:
    """Run it until Ctrl-C."""
    # A folder of its own: no .env of a real Doorman is read there, and nothing stays.
    children = Children()
    with (
        tempfile.TemporaryDirectory(prefix="doorman-demo-") as folder,
        embedded_redis(Path(folder), persist=False) as redis_url,
    ):
        _leave_settings_behind(folder)
        run(_run(children, port, redis_url), hurry=children.kill)
    click.echo("The demo has ended; nothing of it is left.")


async def _run(children: Children, port: int, redis_url: str) -> None:
    async with (
        children.one("sandbox", "--port", str(port), env=os.environ, stdout=PIPE) as sandbox,
        demo_world(sandbox) as world,
    ):
        settings = _settings(world, redis_url)
        await _log_guard_in(world, settings)
        async with children.all("userclient", "bot", env={**os.environ, **settings}) as processes:
            await world.owner_starts_chat()
            click.echo(WELCOME.format(url=world.url, account=world.account, owner=world.owner))
            name, code = await first_to_end({"sandbox": sandbox, **processes})
    raise click.ClickException(f"{name} {ending(code)}, so the demo stops.")


def _settings(world: DemoWorld, redis_url: str) -> dict[str, str]:
    return {
        "REDIS_URL": redis_url,
        "SECRET_KEY": secrets.token_hex(32),
        "API_ID": "1",
        "API_HASH": "the sandbox takes any",
        "MTPROTO_SERVER": world.mtproto_server,
        "MTPROTO_PUBLIC_KEY": world.mtproto_public_key,
        "BOT_TOKEN": world.bot_token,
        "BOT_API_URL": world.bot_api_url,
        "OWNER_IDS": str(world.owner),
        "LOG_LEVEL": "warning",
    }


async def _log_guard_in(world: DemoWorld, settings: dict[str, str]) -> None:
    """Sign the guard in as `doorman login` does, reading the code as the account's owner would."""
    worker = UserclientSettings.model_validate({name.lower(): value for name, value in settings.items()})
    async with signing_in(worker) as attempt:
        await attempt.request_code(world.phone)
        signed_in = await attempt.enter_code(await world.login_code())
    redis = connect(worker, name="doorman-demo")
    try:
        await guardroom.keep(redis, signed_in.session, account=signed_in.account, keyring=worker.keyring)
    finally:
        await redis.aclose()
    await world.settle_session(DEVICE_MODEL)


def _leave_settings_behind(folder: str) -> None:
    environment = environment_without_settings()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def environment_without_settings() -> dict[str, str]:
    """This environment less every setting of a real Doorman: the demo must not meet a real token or session."""
    ours = {
        name.upper() for class_ in (BotSettings, UserclientSettings, DoormanSettings) for name in class_.model_fields
    }
    return {name: value for name, value in os.environ.items() if name.upper() not in ours}
