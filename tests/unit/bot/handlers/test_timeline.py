"""How much time the picture of who was inside covers, when that is typed; and whose it is, of several accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram.methods import SendPhoto

from bot.views.buttons.history import SendTimeline
from bot.views.timeline import BAD_LENGTH
from tests.domain_values import ACCOUNT
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeGateway, FakePainter, Feed
from tests.updates import press, words


@pytest.mark.parametrize(("typed", "days"), [("/timeline", 30), ("/timeline 30", 30), ("/timeline 90", 90)])
async def test_its_length_can_be_typed(feed: Feed, painter: FakePainter, typed: str, days: int) -> None:
    await feed(words(typed))
    assert [drawn.end - drawn.start for drawn in painter.drawn] == [timedelta(days=days)]


@pytest.mark.parametrize("typed", ["7", "365", "a year", "-30", "90 days"])
async def test_of_any_other_length_it_is_told_which_there_are(
    feed: Feed, telegram: FakeTelegram, painter: FakePainter, typed: str
) -> None:
    await feed(words(f"/timeline {typed}"))
    assert telegram.texts() == [BAD_LENGTH]
    assert painter.drawn == []


@pytest.mark.parametrize("asked", [words("/timeline"), press(SendTimeline(account=ACCOUNT, days=90).pack())])
async def test_of_one_of_several_accounts_it_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, asked: object
) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, ACCOUNT + 1], ACCOUNT
    await feed(asked)
    [photo] = telegram.of(SendPhoto)
    assert photo.caption.endswith("Only \u2068Ada\u2069 is shown: /accounts")
