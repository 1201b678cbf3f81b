"""`doorman doctor`: looks at everything that Doorman needs; each line says ok, or what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import click
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from core.settings import explain
from doorman.checks import Finding, check_bot, check_guard, check_redis, ill, well
from doorman.settings import DoormanSettings
from doorman.store import opened_redis
from userclient.settings import UserclientSettings

S = TypeVar("S", bound=BaseSettings)


def doctor() -> None:
    """Print every finding; exit code 1 if one is not well."""
    findings = asyncio.run(_print_all())
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


async def _print_all() -> list[Finding]:
    findings = []
    async for finding in _examine():
        mark = click.style("ok ", fg="green") if finding.well else click.style("!! ", fg="red", bold=True)
        click.echo(f"{mark} {finding.line}")
        findings.append(finding)
    return findings


async def _examine() -> AsyncIterator[Finding]:
    worker, bot, command = _loaded(UserclientSettings), _loaded(BotSettings), _loaded(DoormanSettings)
    problems = {line: None for settings in (worker, bot, command) if isinstance(settings, list) for line in settings}
    for line in problems:
        yield ill(line)
    if not problems:
        yield well("Settings are complete.")
    account = 0
    if isinstance(command, DoormanSettings):
        try:
            async with opened_redis(command) as redis:
                async for finding in check_redis(redis, embedded=not command.redis_url.get_secret_value()):
                    yield finding
                if isinstance(worker, UserclientSettings):
                    account, finding = await check_guard(redis, worker)
                    yield finding
        except click.ClickException as error:
            yield ill(error.message)
    if isinstance(bot, BotSettings):
        async for finding in check_bot(bot, account):
            yield finding


def _loaded(settings: type[S]) -> S | list[str]:
    try:
        return settings()
    except ValidationError as error:
        return explain(error)
