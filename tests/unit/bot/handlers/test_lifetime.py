"""Setting when unused sessions end: in one press, or in two where some would end at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText

from bot.press import Press
from bot.views.answers import NO_REPLY_TO_LOOK
from bot.views.buttons.lifetime import AskLifetime, ConfirmLifetime, ShowLifetime
from bot.views.buttons.sessions import Origin
from bot.views.lifetime import BAD_DAYS
from core.bus import NoReplyError
from core.contract.commands import SetTtl
from core.contract.replies import RosterFetched
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press, words


def idle(days: int) -> Session:
    return session("7", device_model="Nokia", active_at=datetime.now(UTC) - timedelta(days=days))


def listing(days: int, account: int = ACCOUNT) -> RosterFetched:
    return RosterFetched(roster=roster(idle(days), account=account))


def ask(days: int) -> str:
    return AskLifetime(account=ACCOUNT, days=days).pack()


def confirm(days: int, *, ago: timedelta = timedelta()) -> str:
    asked = int((datetime.now(UTC) - ago).timestamp()) // 60
    return ConfirmLifetime(account=ACCOUNT, days=days, asked=asked).pack()


def setting(days: int, *, message_id: int = PRESSED) -> Press:
    return Press.of(SetTtl(days=days), account=ACCOUNT, owner=OWNER, message_id=message_id, origin=Origin.LIST)


async def test_ttl_shows_the_limit_and_each_sessions_date(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [listing(0)]
    await feed(words("/ttl"))
    [text] = telegram.texts()
    assert "They end after 180 days" in text
    assert "Nokia" in text


async def test_a_limit_that_ends_nothing_at_once_is_set_in_one_press(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [listing(6)]
    await feed(press(ask(7)))
    assert desk.carried == [setting(7)]


async def test_one_that_would_is_asked_about_first(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [listing(8)]
    await feed(press(ask(7)))
    assert desk.carried == []
    [question] = telegram.of(EditMessageText)
    assert "Nokia" in question.text
    yes, no = buttons(question)
    assert ShowLifetime.unpack(no)
    await feed(press(yes))
    assert desk.carried == [setting(7)]


@pytest.mark.parametrize("ago", [timedelta(minutes=12), timedelta(days=-1)])
async def test_an_old_question_sets_nothing_and_shows_the_page(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, ago: timedelta
) -> None:
    gateway.answers = [listing(8)]
    await feed(press(confirm(7, ago=ago)))
    assert desk.carried == []
    assert "They end after 180 days" in telegram.texts()[0]


@pytest.mark.parametrize("days", [1, 45, 366])
async def test_any_number_of_days_can_be_typed(feed: Feed, gateway: FakeGateway, desk: FakeDesk, days: int) -> None:
    gateway.answers = [listing(0)]
    await feed(words(f"/ttl {days}"))
    assert desk.carried == [setting(days, message_id=0)]


async def test_a_typed_one_that_ends_something_at_once_is_asked_about_first(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [listing(100)]
    await feed(words("/ttl 45"))
    assert desk.carried == []
    assert "End unused sessions after 45 days?" in telegram.texts()[0]


@pytest.mark.parametrize("typed", ["0", "367", "-1", "a month", "4.5", "1e2", "٤٥", "007", "9" * 5])
async def test_what_is_no_number_of_days_changes_nothing(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, typed: str
) -> None:
    await feed(words(f"/ttl {typed}"))
    assert telegram.texts() == [BAD_DAYS]
    assert desk.carried == []


async def test_of_several_accounts_the_owner_says_which(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.watched = [ACCOUNT, ACCOUNT + 1]
    gateway.answers = [listing(0), listing(0, ACCOUNT + 1)]
    await feed(words("/ttl 45"))
    assert len(telegram.texts()) == 2
    assert desk.carried == []


async def test_without_an_account_there_is_nothing_to_set(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = []
    await feed(words("/ttl"))
    assert "doorman login" in telegram.texts()[0]


@pytest.mark.parametrize("days", [0, 367, -5])
@pytest.mark.parametrize("button", [ask, confirm])
async def test_a_button_of_another_version_sets_nothing(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, button: object, days: int
) -> None:
    gateway.answers = [listing(0)]
    await feed(press(button(days)))
    assert desk.carried == []
    assert len(telegram.of(AnswerCallbackQuery)) == 1


@pytest.mark.parametrize("typed", ["/ttl", "/ttl 45"])
async def test_where_the_worker_cannot_look_it_is_said(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, typed: str
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(words(typed))
    assert telegram.texts() == [NO_REPLY_TO_LOOK]
    assert desk.carried == []
