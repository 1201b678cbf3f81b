"""`doorman doctor`: looks at everything that Doorman needs; each line says ok, or what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import click

from bot.settings import BotSettings
from core.settings import problems
from doorman.checks import Finding, check_bot, check_guard, check_redis, ill, well
from doorman.settings import DoormanSettings
from doorman.store import opened_redis, say_waiting
from userclient.settings import UserclientSettings


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
    wrong = {class_: problems(class_) for class_ in (UserclientSettings, BotSettings, DoormanSettings)}
    for line in dict.fromkeys(line for lines in wrong.values() for line in lines):
        yield ill(line)
    if not any(wrong.values()):
        yield well("Settings are complete.")
    account = 0
    if not wrong[DoormanSettings]:
        command = DoormanSettings()
        try:
            async with opened_redis(command) as redis:
                async for finding in check_redis(redis, embedded=not command.redis_url.get_secret_value()):
                    yield finding
                if not wrong[UserclientSettings]:
                    account, finding = await check_guard(redis, UserclientSettings(), waiting=say_waiting)
                    yield finding
        except click.ClickException as error:
            yield ill(error.message)
    if not wrong[BotSettings]:
        async for finding in check_bot(BotSettings(), account):
            yield finding
