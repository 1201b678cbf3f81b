"""A page of the one account that an owner chose says that others are not shown, however it was come to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import Update

from bot.views.accounts import only
from bot.views.buttons.checkup import AskBot, AskWebsites, CallOff, ShowBots, ShowCheckup, ShowPasskeys, ShowWebsites
from bot.views.buttons.history import SendTimeline, ShowHistory
from bot.views.buttons.lifetime import ShowLifetime
from bot.views.buttons.sessions import SendList, ShowPage
from bot.views.timeline import LINES_MOST, Shown, caption
from core.contract.replies import CheckupFetched, RosterFetched
from core.domain.account_state import AccountState
from tests.domain_values import ACCOUNT, NOW, roster, session
from tests.fake_telegram import FakeTelegram
from tests.screens import plain, utf16_units
from tests.unit.bot.handlers.conftest import FakeGateway, Feed
from tests.updates import press, words

OTHER = ACCOUNT + 1
CAPTION_MOST = 1024
SEEN = RosterFetched(roster=roster(session()))
CHECKED = CheckupFetched(roster=roster(session()), account=AccountState(taken_at=NOW, websites=(), bots=()))
PAGES = [
    ("/sessions", SEEN, ShowPage(account=ACCOUNT, page=0)),
    ("/sessions", SEEN, SendList(account=ACCOUNT)),
    ("/checkup", CHECKED, ShowCheckup(account=ACCOUNT)),
    ("/checkup", CHECKED, CallOff(account=ACCOUNT)),
    ("/websites", CHECKED, ShowWebsites(account=ACCOUNT)),
    ("/websites", CHECKED, AskWebsites(account=ACCOUNT)),
    ("/bots", CHECKED, ShowBots(account=ACCOUNT)),
    ("/bots", CHECKED, AskBot(account=ACCOUNT, bot=9)),
    ("/passkeys", CHECKED, ShowPasskeys(account=ACCOUNT)),
    ("/history", None, ShowHistory(account=ACCOUNT)),
    ("/timeline", None, SendTimeline(account=ACCOUNT, days=30)),
    ("/ttl", SEEN, ShowLifetime(account=ACCOUNT)),
]
EVERY_PAGE = pytest.mark.parametrize(
    ("command", "fetched", "button"), PAGES, ids=[f"{command} {type(button).__name__}" for command, _, button in PAGES]
)


async def said(feed: Feed, telegram: FakeTelegram, update: Update) -> list[bool]:
    """Of each message or edit that came of it, whether it says that others are not shown."""
    before = len(telegram.calls)
    await feed(update)
    texts = [getattr(call, "caption", None) or getattr(call, "text", "") for call in telegram.calls[before:]]
    return ["is shown: /accounts" in text for text in texts if text and "\n" in text]


@EVERY_PAGE
async def test_it_says_so_and_keeps_saying_so_when_it_is_refreshed(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, command: str, fetched: Any, button: CallbackData
) -> None:
    gateway.watched, gateway.chosen, gateway.answers = [ACCOUNT, OTHER], ACCOUNT, [fetched] * 2
    gateway.last = SEEN.roster
    assert await said(feed, telegram, words(command)) == [True]
    assert await said(feed, telegram, press(button.pack())) == [True]


@EVERY_PAGE
@pytest.mark.parametrize(
    ("watched", "chosen"),
    [([ACCOUNT], ACCOUNT), ([ACCOUNT, OTHER], None), ([ACCOUNT, OTHER], OTHER)],
    ids=["the only one", "none chosen", "another chosen"],
)
async def test_a_page_says_nothing_of_the_kind_where_it_is_not_so(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    command: str,
    fetched: Any,
    button: CallbackData,
    watched: list[int],
    chosen: int | None,
) -> None:
    gateway.watched, gateway.chosen, gateway.answers = watched, chosen, [fetched]
    gateway.last = SEEN.roster
    assert await said(feed, telegram, press(button.pack())) == [False]


async def test_a_digest_says_so_too(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.watched, gateway.chosen, gateway.last = [ACCOUNT, OTHER], ACCOUNT, SEEN.roster
    assert await said(feed, telegram, words("/digest")) == [True]


def test_the_fullest_caption_has_room_for_it() -> None:
    wide = "\U0001d400" * 500
    shown = [Shown(session=session(device_model=wide), label="", ended_at=NOW - timedelta(days=1))] * (LINES_MOST * 9)
    full = caption(shown, account=ACCOUNT, account_name=wide, days=90)
    assert utf16_units(plain(only(full, account_name=wide))) <= CAPTION_MOST
