"""`doorman up`: the bot and the worker in one command, with an embedded Redis where REDIS_URL is empty."""

from __future__ import annotations

import os
from contextlib import ExitStack

import click

from bot.settings import BotSettings
from core.running import run
from core.settings import check
from doorman.embedded import owned_redis
from doorman.processes import Children, ending, first_to_end
from doorman.settings import DoormanSettings
from userclient.settings import UserclientSettings


def up() -> None:
    """Run both processes until one ends or a signal comes."""
    check(DoormanSettings, UserclientSettings, BotSettings)
    settings = DoormanSettings()
    with ExitStack() as stack:
        url = settings.redis_url.get_secret_value()
        if not url:
            url = stack.enter_context(owned_redis(settings.data_dir))
        children = Children()
        run(_both(children, url), hurry=children.kill)


async def _both(children: Children, redis_url: str) -> None:
    async with children.all("userclient", "bot", env={**os.environ, "REDIS_URL": redis_url}) as processes:
        name, code = await first_to_end(processes)
    click.echo(f"{name} {ending(code)}, so Doorman stops.", err=True)
    raise SystemExit(code if code > 0 else 1)
