"""The dispatcher with all its routers, between a fake Telegram and a worker whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from aiogram import Dispatcher
from aiogram.types import Update

from bot.delivery.doorbells import Doorbells
from bot.desk import Desk
from bot.dispatcher import dispatcher_of
from bot.gate import Gate
from bot.gateway import Gateway
from bot.one_time_codes import OneTimeCodes
from bot.pictures.painter import Painter, PictureError
from bot.pictures.timeline import Timeline
from bot.press import Press
from bot.scope import Scope
from core.contract.replies import Reply, RosterFetched
from core.contract.state import Condition, Pulse, Room, Snapshot, WorkerStatus
from core.domain.account_state import AccountState
from core.domain.history import Entry
from core.domain.labels import Labels
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeTelegram
from tests.telling import Heard

Feed = Callable[[Update], Awaitable[None]]


class FakeNotes:
    """What the bot has noted in Redis, under each key and field."""

    def __init__(self) -> None:
        self.noted: dict[tuple[str, str], bytes] = {}
        self.trouble: Exception | None = None

    async def hget_signed(self, key: str, field: str) -> bytes | None:
        if self.trouble:
            raise self.trouble
        return self.noted.get((key, field))


class FakeGateway:
    """What the worker lists, told beforehand; a look that nobody foresaw fails the test."""

    def __init__(self) -> None:
        self.redis = FakeNotes()
        self.watched = [ACCOUNT]
        self.chosen: int | None = None
        self.answers: list[Reply | Exception] = []
        self.looks: list[int] = []
        self.last: Roster | None = None
        self.labels = Labels()
        self.standings = Standings()
        self.condition = Condition.WATCHING
        self.detail = ""
        self.beat = timedelta()
        self.policy = "noeviction"
        self.full = False
        self.lists: dict[str, tuple[Session, ...]] = {}
        self.entries: tuple[Entry, ...] = ()
        self.account_state: AccountState | None = None
        self.preferences = Preferences()
        self.fetched: RosterFetched | None = None

    async def accounts(self) -> list[int]:
        return self.watched

    async def scope(self, owner: int) -> Scope:
        return Scope(known=tuple(self.watched), chosen=await self.choice(owner))

    async def choice(self, owner: int) -> int | None:
        assert owner == OWNER
        return self.chosen

    async def choose(self, owner: int, account: int | None) -> None:
        assert owner == OWNER
        self.chosen = account

    async def account_name(self, _account: int) -> str:
        return "Ada"

    async def last_roster(self, account: int) -> Roster | None:
        assert account in self.watched
        return self.last

    async def snapshot(self, account: int) -> Snapshot | None:
        last = await self.last_roster(account)
        if last is None:
            return None
        return Snapshot(
            roster=last,
            labels=self.labels,
            standings=self.standings,
            preferences=self.preferences,
            account_state=self.account_state,
        )

    async def history(self, account: int) -> tuple[Entry, ...]:
        assert account in self.watched
        return self.entries

    async def seen(self, account: int, *, owner: int) -> RosterFetched | None:
        assert account in self.watched
        self.looks.append(owner)
        return self.fetched

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

    async def checkup(self, account: int, *, owner: int) -> Reply:
        return await self.roster(account, owner=owner)

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


class FakePainter:
    """Draws nothing, and keeps what was to be drawn."""

    def __init__(self) -> None:
        self.drawn: list[Timeline] = []
        self.trouble: PictureError | None = None

    async def timeline(self, timeline: Timeline) -> bytes:
        if self.trouble:
            raise self.trouble
        self.drawn.append(timeline)
        return b"a picture"


class FakeDesk:
    """Takes presses and does nothing with them."""

    def __init__(self) -> None:
        self.carried: list[Press] = []
        self.turned_away: list[Press] = []
        self.trouble: Exception | None = None

    async def turns_away(self, press: Press) -> bool:
        return press in self.turned_away

    async def carry(self, press: Press) -> None:
        self.carried.append(press)
        if self.trouble:
            raise self.trouble


class FakeCodes:
    """Nobody is enrolled; keeps what was to be used up."""

    def __init__(self) -> None:
        self.burnt: list[str] = []

    async def is_enrolled(self, owner: int) -> bool:
        assert owner == OWNER
        return False

    async def burn(self, owner: int, typed: str, *, now: datetime) -> bool:  # noqa: ARG002 - as the codes'
        assert owner == OWNER
        self.burnt.append(typed)
        return False


def wired(
    telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, codes: FakeCodes, painter: FakePainter
) -> Dispatcher:
    """As the bot wires it."""
    courier = telegram.courier()
    gate = Gate(
        codes=cast("OneTimeCodes", codes),
        gateway=cast("Gateway", gateway),
        courier=courier,
        desk=cast("Desk", desk),
        announcer=Heard(),
        asks_everyone=False,
    )
    return dispatcher_of(
        frozenset({OWNER}),
        Doorbells(),
        gateway=cast("Gateway", gateway),
        courier=courier,
        gate=gate,
        channels=(),
        painter=cast("Painter", painter),
    )


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
def painter() -> FakePainter:
    return FakePainter()


@pytest.fixture
def codes() -> FakeCodes:
    return FakeCodes()


@pytest.fixture
def feed(telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, codes: FakeCodes, painter: FakePainter) -> Feed:
    bot, dispatcher = telegram.bot(), wired(telegram, gateway, desk, codes, painter)

    async def feed(update: Update) -> None:
        await dispatcher.feed_update(bot, update)

    return feed
