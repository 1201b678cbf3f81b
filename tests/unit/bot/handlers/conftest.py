"""The dispatcher with all its routers, between a fake Telegram and a worker whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from aiogram import Dispatcher
from aiogram.types import Update

from bot import handlers
from bot.delivery.doorbells import Doorbells
from bot.desk import Desk
from bot.gate import Gate
from bot.gateway import Gateway
from bot.one_time_codes import OneTimeCodes
from bot.owners import OwnersOnly, SealedOnly
from bot.press import Press
from core.contract.commands import Reply
from core.contract.state import Condition, Pulse, Room, WorkerStatus
from core.domain.sessions import Roster, Session
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeTelegram
from tests.telling import Heard

Feed = Callable[[Update], Awaitable[None]]


class FakeGateway:
    """What the worker lists, told beforehand; a look that nobody foresaw fails the test."""

    def __init__(self) -> None:
        self.watched = [ACCOUNT]
        self.answers: list[Reply | Exception] = []
        self.looks: list[int] = []
        self.last: Roster | None = None
        self.condition = Condition.WATCHING
        self.detail = ""
        self.beat = timedelta()
        self.policy = "noeviction"
        self.full = False
        self.lists: dict[str, tuple[Session, ...]] = {}

    async def accounts(self) -> list[int]:
        return self.watched

    async def account_name(self, _account: int) -> str:
        return "Ada"

    async def last_roster(self, account: int) -> Roster | None:
        assert account in self.watched
        return self.last

    async def pulse(self, account: int) -> Pulse | None:
        now = datetime.now(UTC)
        status = WorkerStatus(
            account=account,
            account_name=await self.account_name(account),
            condition=self.condition,
            watching_since=NOW,
            detail=self.detail,
        )
        return Pulse(status=status, beat_at=now - self.beat, felt_at=now)

    async def pulses(self) -> list[tuple[int, Pulse | None]]:
        return [(account, await self.pulse(account)) for account in self.watched]

    async def room(self) -> Room:
        return Room(policy=self.policy, is_full=self.full)

    async def roster(self, account: int, *, owner: int) -> Reply:
        assert account in self.watched
        self.looks.append(owner)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def keep_list(self, account: int, sessions: Sequence[Session]) -> str:
        assert account in self.watched
        name = f"{len(self.lists) + 1}-0"
        self.lists[name] = tuple(sessions)
        return name

    async def kept_list(self, account: int, name: str) -> tuple[Session, ...] | None:
        assert account in self.watched
        return self.lists.get(name)


class FakeDesk:
    """Takes presses and does nothing with them."""

    def __init__(self) -> None:
        self.carried: list[Press] = []
        self.trouble: Exception | None = None

    async def carry(self, press: Press) -> None:
        self.carried.append(press)
        if self.trouble:
            raise self.trouble


class FakeCodes:
    """Nobody is enrolled; keeps what was to be used up."""

    def __init__(self) -> None:
        self.burnt: list[str] = []

    async def burn(self, owner: int, typed: str, *, now: datetime) -> bool:  # noqa: ARG002 - as the codes'
        assert owner == OWNER
        self.burnt.append(typed)
        return False


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def codes() -> FakeCodes:
    return FakeCodes()


@pytest.fixture
def feed(telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, codes: FakeCodes) -> Feed:
    bot, courier, owners = telegram.bot(), telegram.courier(), frozenset({OWNER})
    gate = Gate(
        codes=cast("OneTimeCodes", codes),
        gateway=cast("Gateway", gateway),
        courier=courier,
        desk=cast("Desk", desk),
        announcer=Heard(),
        asks_everyone=False,
    )
    dispatcher = Dispatcher(gateway=gateway, courier=courier, gate=gate, channels=())
    dispatcher.update.outer_middleware(OwnersOnly(owners, Doorbells()))
    dispatcher.callback_query.outer_middleware(SealedOnly(courier))
    dispatcher.include_routers(*handlers.routers(owners))

    async def feed(update: Update) -> None:
        await dispatcher.feed_update(bot, update)

    return feed
