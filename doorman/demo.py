"""`doorman demo`: the sandbox Telegram, an embedded Redis and both processes, wired as for real, on loopback alone."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable
from pathlib import Path

import click

from bot.settings import BotSettings
from core.running import run
from doorman.demo_guard import DemoGuard
from doorman.demo_levers import Levers
from doorman.demo_redis import DemoRedis, demo_redis
from doorman.demo_worker import DemoWorker, demo_worker
from doorman.demo_world import DemoWorld, demo_world
from doorman.processes import Children, ending, first_to_end
from doorman.settings import DoormanSettings
from userclient.settings import UserclientSettings

SILENCE_SECONDS = 15  # the least that the bot takes

WELCOME = """
Doorman's demo is running, with nothing but this machine behind it.

  Open         {url}
               the owner's chat, and beside it the world: let somebody log in
  Or           from another terminal:
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
        demo_redis(Path(folder)) as redis,
    ):
        _leave_settings_behind(folder)
        run(_run(children, port, redis), hurry=children.kill)
    click.echo("The demo has ended; nothing of it is left.")


async def _run(children: Children, port: int, redis: DemoRedis) -> None:
    async with (
        children.one("sandbox", "--port", str(port), env=os.environ, stdout=PIPE) as sandbox,
        demo_world(sandbox) as world,
    ):
        settings = _settings(world, redis.url)
        guard = DemoGuard(world=world, settings=_of_worker(settings))
        await guard.log_in()
        env = {**os.environ, **settings}
        async with children.one("bot", env=env) as bot, demo_worker(children, env=env) as worker:
            await world.owner_starts_chat()
            click.echo(WELCOME.format(url=world.url, account=world.account, owner=world.owner))
            levers = Levers(world=world, worker=worker, redis=redis, guard=guard, silence=SILENCE_SECONDS)
            name, code = await _first_to_end({"sandbox": sandbox, "bot": bot}, worker, levers)
    raise click.ClickException(f"{name} {ending(code)}, so the demo stops.")


async def _first_to_end(processes: dict[str, Process], worker: DemoWorker, levers: Levers) -> tuple[str, int]:
    """Which process ended though no lever ended it, and its exit code. Raises click.ClickException."""
    waits = [
        asyncio.ensure_future(first_to_end(processes)),
        asyncio.ensure_future(_named("userclient", worker.ended())),
        asyncio.ensure_future(levers.run()),
    ]
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return next(iter(done)).result()


async def _named(name: str, code: Awaitable[int]) -> tuple[str, int]:
    return name, await code


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
        # Nobody watches a demo for minutes: what Doorman would wait for, it waits for a tenth as long.
        "POLL_SECONDS": "3",
        "CHECKUP_SECONDS": "5",
        "LEASE_SECONDS": "6",
        "SILENT_AFTER_SECONDS": str(SILENCE_SECONDS),
    }


def _of_worker(settings: dict[str, str]) -> UserclientSettings:
    return UserclientSettings.model_validate({name.lower(): value for name, value in settings.items()})


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
