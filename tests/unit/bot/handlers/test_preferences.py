"""Settings by press and by word: what is asked of the worker, and what the owner is shown instead."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage

from bot.views.answers import STALE
from bot.views.buttons.settings import AskSwitchOn, Choose, ShowSettings, Topic
from core.contract.commands import Prefer
from core.contract.replies import RosterFetched
from core.domain.automation import Rule
from core.domain.history import Entry, Kind
from core.domain.preferences import Mode, Preferences, QuietHours
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, press, words

SET = Preferences(quiet=QuietHours(start=time(22), end=time(7), zone="Europe/Stockholm"), countries=("Sweden",))
IDLE = session("7", device_model="Dusty", active_at=NOW - timedelta(days=900))


@pytest.fixture(autouse=True)
def _known(gateway: FakeGateway) -> None:
    gateway.last, gateway.preferences = roster(IDLE), SET


def asked(desk: FakeDesk) -> Prefer:
    [carried] = desk.carried
    assert isinstance(carried.command, Prefer)
    return carried.command


async def test_settings_shows_what_is_set(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(words("/settings"))
    [text] = telegram.texts()
    assert "22:00 to 07:00, Europe/Stockholm" in text


async def test_settings_of_a_worker_that_never_reported(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.last = None
    await feed(words("/settings"))
    await feed(press(Choose(account=ACCOUNT, topic=Topic.IDLE, value="on").pack()))
    assert all("not reported yet" in text for text in telegram.texts())


async def test_settings_of_a_silent_worker_say_so(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.beat = timedelta(minutes=9)
    await feed(words("/settings"))
    assert "silent since" in telegram.texts()[0]


async def test_without_an_account_there_is_nothing_to_set(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = []
    await feed(words("/quiet 22-7"))
    assert "doorman login" in telegram.texts()[0]


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [
        ("/quiet 23-8", "quiet", QuietHours(start=time(23), end=time(8), zone="Europe/Stockholm")),
        ("/QUIET off", "quiet", None),
        ("/unanswered 45", "unanswered_minutes", 45),
        ("/idle 45", "idle_days", 45),
        ("/countries sweden", "countries", ("Sweden",)),
        ("/travel off", "travel_until", None),
        ("/adding off", "adding_until", None),
    ],
)
async def test_what_is_typed_is_asked_of_the_worker(
    feed: Feed, desk: FakeDesk, typed: str, field: str, value: object
) -> None:
    await feed(words(typed))
    assert asked(desk).fields == (field,)
    assert getattr(asked(desk).preferences, field) == value


async def test_a_window_begins_now(feed: Feed, desk: FakeDesk) -> None:
    await feed(words("/travel 10"))
    until = asked(desk).preferences.travel_until
    assert until is not None
    assert abs(until - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=1)


@pytest.mark.parametrize("typed", ["/adding", "/travel", "/quiet", "/idle", "/unanswered", "/countries"])
async def test_a_command_alone_shows_its_page(feed: Feed, telegram: FakeTelegram, desk: FakeDesk, typed: str) -> None:
    await feed(words(typed))
    assert not desk.carried
    [sent] = telegram.of(SendMessage)
    assert sent.reply_markup


async def test_a_mistake_changes_nothing_and_gets_an_example(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(words("/quiet 22-7 Europe/Atlantis"))
    assert not desk.carried
    assert "/quiet 22:30-07:15 Europe/Berlin" in telegram.texts()[0]


async def test_a_country_from_the_history_is_known(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, gateway: FakeGateway
) -> None:
    gateway.entries = (Entry(at=NOW, kind=Kind.LOGIN, session=session("9", country="Oslo, Norway", region="")),)
    await feed(words("/countries norway, Atlantis"))
    assert asked(desk).preferences.countries == ("Norway", "Atlantis")
    [remark] = telegram.texts()
    assert "Atlantis" in remark
    assert "Norway" not in remark


async def test_whoever_is_watched_needs_a_code_to_set_anything(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, gateway: FakeGateway, codes: FakeCodes
) -> None:
    async def nobody_is(_owner: int) -> bool:
        return False

    codes.is_enrolled = nobody_is
    gateway.watched = [ACCOUNT, OWNER]
    gateway.chosen = ACCOUNT
    await feed(words("/countries Atlantis"))
    await feed(press(Choose(account=ACCOUNT, topic=Topic.IDLE, value="on").pack()))
    assert not desk.carried
    assert not [text for text in telegram.texts() if "seen no session" in text]
    assert all("doorman enroll" in text for text in telegram.texts())


async def test_a_choice_is_pressed_where_it_stands(feed: Feed, desk: FakeDesk) -> None:
    await feed(press(Choose(account=ACCOUNT, topic=Topic.UNANSWERED, value="dry").pack()))
    [carried] = desk.carried
    assert carried.message_id == PRESSED
    assert asked(desk).fields == ("end_unanswered",)
    assert asked(desk).preferences.end_unanswered is Mode.DRY


async def test_on_asks_first_and_says_what_would_end(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, gateway: FakeGateway
) -> None:
    gateway.fetched = RosterFetched(roster=roster(IDLE))
    await feed(press(AskSwitchOn(account=ACCOUNT, rule=Rule.IDLE).pack()))
    [question] = telegram.texts()
    assert "It would end 1 session now" in question
    assert "Dusty" in question
    assert "Never a trusted session" in question
    assert not desk.carried


async def test_on_is_asked_too_where_the_sessions_cannot_be_fetched(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(AskSwitchOn(account=ACCOUNT, rule=Rule.IDLE).pack()))
    assert "not known" in telegram.texts()[0]


async def test_a_page_is_turned_in_place(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(ShowSettings(account=ACCOUNT, topic=Topic.IDLE).pack()))
    [text] = telegram.texts()
    assert "Dusty" in text


async def test_a_button_of_another_version_changes_nothing(feed: Feed, telegram: FakeTelegram, desk: FakeDesk) -> None:
    await feed(press(Choose(account=ACCOUNT, topic=Topic.IDLE, value="maybe").pack()))
    assert not desk.carried
    assert telegram.of(AnswerCallbackQuery)[0].text == STALE


async def test_the_digest_is_sent_when_it_is_asked_for(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    ended = Entry(at=datetime.now(UTC) - timedelta(days=1), kind=Kind.ENDED, session=session("9"))
    gateway.entries = (ended,)
    await feed(words("/digest"))
    assert "Ended (1)" in telegram.texts()[0]


async def test_status_shows_what_is_expected(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.preferences = Preferences(travel_until=datetime.now(UTC) + timedelta(days=1))
    await feed(words("/status"))
    assert "Travel is expected until" in telegram.texts()[0]
