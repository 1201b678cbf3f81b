"""The demo's levers: one that fails says so in the page, and the demo goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import click
import pytest

from doorman import demo_guard
from doorman.demo_guard import TWO_STEP, DemoGuard, NotLoggedInError
from doorman.demo_levers import Levers
from tests.waiting import running, within_patience
from userclient.telegram.sign_in import PasswordNeededError


class Page:
    """The sandbox's page, as a person has it: what it offers, and what they pull."""

    def __init__(self) -> None:
        self.offered: list[dict[str, Any]] = []
        self.pulls: asyncio.Queue[str] = asyncio.Queue()
        self.changed = asyncio.Event()

    async def offer_levers(self, levers: list[dict[str, Any]]) -> None:
        self.offered = levers
        self.changed.set()

    async def pulled_lever(self, *, wait: float) -> str | None:
        assert wait
        return await self.pulls.get()

    async def pull(self, name: str) -> None:
        """Pull it, and wait for what the page then shows otherwise."""
        if not self.offered:
            await within_patience(self.changed.wait())
        self.changed.clear()
        self.pulls.put_nowait(name)
        await within_patience(self.changed.wait())

    def about(self, name: str) -> str:
        return next(lever["about"] for lever in self.offered if lever["name"] == name)


class Thing:
    """A worker, Redis or guard; `fails` with that when it is to do something."""

    def __init__(self, *, fails: Exception | None = None) -> None:
        self.is_up = True
        self.fails = fails

    async def kill(self) -> None:
        if self.fails:
            raise self.fails
        self.is_up = False

    log_in = kill

    def stop(self) -> None:
        self.is_up = False

    def start(self) -> None:
        if self.fails:
            raise self.fails
        self.is_up = True

    async def is_dead(self) -> bool:
        return self.is_up


def levers(page: Page, *, worker: Thing | None = None, redis: Thing | None = None, guard: Thing | None = None) -> Any:
    things: dict[str, Any] = {
        "world": page,
        "worker": worker or Thing(),
        "redis": redis or Thing(),
        "guard": guard or Thing(),
    }
    return Levers(**things, silence=15)


@pytest.mark.parametrize(
    ("fails", "why"),
    [
        (NotLoggedInError(TWO_STEP), TWO_STEP),
        (click.ClickException("There is no such thing."), "There is no such thing"),
        (IndexError(), "IndexError"),
        (ValueError("x" * 999), "xxx"),
    ],
)
async def test_a_lever_that_fails_says_why_in_the_page_and_the_others_work_on(fails: Exception, why: str) -> None:
    page, worker = Page(), Thing()
    async with running(levers(page, worker=worker, guard=Thing(fails=fails)).run()):
        await page.pull("login")
        assert page.about("login").startswith(f"It did not work: {why}")
        assert len(page.about("login")) <= 200
        await page.pull("worker")
        assert not worker.is_up


async def test_what_failed_is_forgotten_once_it_works() -> None:
    page, redis = Page(), Thing(fails=click.ClickException("No room."))
    redis.is_up = False
    async with running(levers(page, redis=redis).run()):
        await page.pull("redis")
        assert page.about("redis") == "It did not work: No room."
        redis.fails = None
        await page.pull("redis")
        assert redis.is_up
        assert "did not work" not in page.about("redis")


async def test_a_guard_whose_account_has_a_password_by_now_is_not_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    class Attempt:
        async def request_code(self, _: str) -> None:
            pass

        async def enter_code(self, _: str) -> None:
            raise PasswordNeededError("a hint")

    @asynccontextmanager
    async def signing_in(_: object) -> AsyncIterator[Attempt]:
        yield Attempt()

    async def nothing() -> str:
        return "12345"

    monkeypatch.setattr(demo_guard, "signing_in", signing_in)
    monkeypatch.setattr(demo_guard, "connect", lambda *_, **__: SimpleNamespace(aclose=nothing))
    world: Any = SimpleNamespace(phone="49", login_code=nothing)
    settings: Any = None
    with pytest.raises(NotLoggedInError, match="2FA password"):
        await DemoGuard(world=world, settings=settings).log_in()
