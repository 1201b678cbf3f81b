"""`doorman up`: the bot and the worker in one command, with an embedded Redis where REDIS_URL is empty."""

from __future__ import annotations

from contextlib import ExitStack

import click

from bot.settings import BotSettings
from core.running import run
from core.settings import check
from doorman.embedded import owned_redis
from doorman.processes import children, environment, first_to_end
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
        run(_both(url))


async def _both(redis_url: str) -> None:
    env = environment({"REDIS_URL": redis_url})
    async with children("userclient", "bot", env=env) as processes:
        name, code = await first_to_end(processes)
    click.echo(f"{name} ended with exit code {code}, so Doorman stops.", err=True)
    raise SystemExit(code or 1)
