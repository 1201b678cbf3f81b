"""`doorman doctor`: looks at everything that Doorman needs; each line says ok, or what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from core.settings import problems
from doorman.checks import (
    Finding,
    check_bot,
    check_codes,
    check_env_file,
    check_guards,
    check_redis,
    ill,
    send_tests,
    well,
)
from doorman.settings import DoormanSettings
from doorman.store import opened_redis, say_waiting
from userclient.settings import UserclientSettings


def doctor(*, send_test: bool) -> None:
    """Print every finding; exit code 1 if one is not well. `send_test` sends a message everywhere."""
    findings = asyncio.run(_print_all(send_test=send_test))
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


async def _print_all(*, send_test: bool) -> list[Finding]:
    findings = []
    async for finding in _Round(send_test=send_test).examine():
        mark = click.style("ok ", fg="green") if finding.well else click.style("!! ", fg="red", bold=True)
        click.echo(f"{mark} {finding.line}")
        findings.append(finding)
    return findings


@dataclass(slots=True)
class _Round:
    """One look at everything; `watched` are the accounts, once they are known."""

    send_test: bool
    watched: set[int] = field(default_factory=set)
    wrong: dict[type[BaseSettings], list[str]] = field(
        default_factory=lambda: {
            class_: problems(class_) for class_ in (UserclientSettings, BotSettings, DoormanSettings)
        }
    )

    async def examine(self) -> AsyncIterator[Finding]:
        for finding in self._settings():
            yield finding
        if not self.wrong[DoormanSettings]:
            try:
                async for finding in self._with_redis(DoormanSettings()):
                    yield finding
            except click.ClickException as error:
                yield ill(error.message)
        if not self.wrong[BotSettings]:
            async for finding in check_bot(BotSettings(), self.watched):
                yield finding
        if self.send_test and not self.wrong[BotSettings]:
            async for finding in send_tests(BotSettings()):
                yield finding

    def _settings(self) -> Iterator[Finding]:
        lines = dict.fromkeys(line for lines in self.wrong.values() for line in lines)
        yield from map(ill, lines)
        if not lines:
            yield well("Settings are complete.")
        yield from check_env_file(Path(".env"))

    async def _with_redis(self, command: DoormanSettings) -> AsyncIterator[Finding]:
        async with opened_redis(command) as redis:
            async for finding in check_redis(redis, embedded=not command.redis_url.get_secret_value()):
                yield finding
            if not self.wrong[UserclientSettings]:
                async for account, finding in check_guards(redis, UserclientSettings(), waiting=say_waiting):
                    self.watched |= {account} if account else set()
                    yield finding
            if not self.wrong[BotSettings]:
                async for finding in check_codes(redis, BotSettings(), self.watched):
                    yield finding
