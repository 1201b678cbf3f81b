"""What an owner asks of the past: pages, stories, files and pictures, and what is said where there are none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendDocument, SendMessage, SendPhoto

from bot.pictures.painter import PictureError
from bot.views.buttons.history import Group, SendEvidence, SendTimeline, ShowHistory, ShowStory, Since
from bot.views.buttons.sessions import ShowCard
from bot.views.timeline import PHOTO_LANES_MOST
from core.contract.replies import RosterFetched
from core.domain.history import Entry, Kind
from core.domain.labels import Label, Labels
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeGateway, FakePainter, Feed
from tests.updates import buttons, press, words

FILES = ["history.csv", "history.json", "sessions.csv", "sessions.json"]
COMMANDS = ["/history", "/export", "/timeline"]


def lately(session_: Session, days: float = 1) -> Session:
    at = datetime.now(UTC) - timedelta(days=days)
    return replace(session_, created_at=at, active_at=at)


def login(session_: Session) -> Entry:
    return Entry(at=session_.created_at, kind=Kind.LOGIN, session=session_)


@pytest.fixture(autouse=True)
def inside(gateway: FakeGateway) -> Session:
    """One session that logged in a day ago."""
    phone = lately(session("7"))
    gateway.last = roster(phone)
    gateway.entries = (login(phone),)
    gateway.labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    return phone


@pytest.mark.parametrize("command", COMMANDS)
async def test_before_there_is_an_account_the_way_to_one_is_told(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, command: str
) -> None:
    gateway.watched = []
    await feed(words(command))
    [text] = telegram.texts()
    assert "watches no account yet" in text


async def test_history_is_told_for_each_account_with_its_labels(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = [ACCOUNT, ACCOUNT + 1]
    await feed(words("/history"))
    assert len(telegram.of(SendMessage)) == 2
    assert all("my phone" in text and "Logged in from" in text for text in telegram.texts())


async def test_a_page_is_turned_and_filtered_in_place(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(ShowHistory(account=ACCOUNT, group=Group.ENDS, since=Since.WEEK).pack()))
    [edit] = telegram.of(EditMessageText)
    assert "Ends · 7 d · 0 entries" in edit.text
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_a_card_leads_to_the_story_and_the_story_back(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, inside: Session
) -> None:
    gateway.answers = [RosterFetched(roster=roster(inside))]
    await feed(press(ShowCard(account=ACCOUNT, hash="7").pack()))
    card = telegram.of(EditMessageText)[-1]
    [way] = [data for data in buttons(card) if data.startswith("y:")]
    await feed(press(way))
    story = telegram.of(EditMessageText)[-1]
    assert "my phone" in story.text
    assert {ShowCard(account=ACCOUNT, hash="7").pack(), SendEvidence(account=ACCOUNT, hash="7").pack()} <= set(
        buttons(story)
    )


async def test_a_story_that_is_kept_no_more_is_said_to_be_so(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(ShowStory(account=ACCOUNT, hash="9").pack()))
    await feed(press(SendEvidence(account=ACCOUNT, hash="9").pack()))
    assert telegram.texts() == ["Nothing is kept of this session."]
    assert telegram.of(AnswerCallbackQuery)[-1].text == "Nothing is kept of this session any more."
    assert telegram.of(SendDocument) == []


async def test_an_export_is_of_what_is_so_now(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, inside: Session
) -> None:
    gateway.fetched = RosterFetched(roster=roster(inside, session("8")))
    await feed(words("/export"))
    names = [re.sub(r"-\d+T\d+Z", "", call.document.filename) for call in telegram.of(SendDocument)]
    assert names == [f"doorman-{ACCOUNT}-{what}" for what in FILES]
    sessions = json.loads(telegram.of(SendDocument)[3].document.data)
    assert [each["hash"] for each in sessions["sessions"]] == ["0", "7", "8"]
    assert gateway.looks == [OWNER]


async def test_an_export_without_an_answering_worker_is_of_what_is_known(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(words("/export"))
    sessions = json.loads(telegram.of(SendDocument)[3].document.data)
    assert [each["label"] for each in sessions["sessions"]] == ["", "my phone"]


async def test_the_evidence_on_a_session_is_one_file(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(SendEvidence(account=ACCOUNT, hash="7").pack()))
    [file] = telegram.of(SendDocument)
    assert json.loads(file.document.data)["content"]["session"]["hash"] == "7"
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_the_timeline_is_a_photo_with_buttons_for_its_lengths(
    feed: Feed, telegram: FakeTelegram, painter: FakePainter
) -> None:
    await feed(words("/timeline"))
    [photo] = telegram.of(SendPhoto)
    assert photo.photo.data == b"a picture"
    assert "2 · 🤖 \u2068my phone\u2069, inside" in photo.caption
    await feed(press(next(data for data in buttons(photo) if data.endswith(":90"))))
    assert [drawn.end - drawn.start for drawn in painter.drawn] == [timedelta(days=30), timedelta(days=90)]
    assert len(telegram.of(SendPhoto)) == 2


@pytest.mark.parametrize(("others", "method"), [(PHOTO_LANES_MOST - 1, SendPhoto), (PHOTO_LANES_MOST, SendDocument)])
async def test_a_high_picture_is_a_document(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, others: int, method: type
) -> None:
    crowd = [lately(session(str(number))) for number in range(10, 10 + others)]
    gateway.last = roster(*crowd)
    gateway.entries = tuple(login(each) for each in (guard_session(), *crowd))
    await feed(words("/timeline"))
    assert len(telegram.calls) == len(telegram.of(method)) == 1


async def test_a_picture_that_cannot_be_drawn_is_told_in_words(
    feed: Feed, telegram: FakeTelegram, painter: FakePainter
) -> None:
    painter.trouble = PictureError("Memory ran out.")
    await feed(press(SendTimeline(account=ACCOUNT, days=30).pack()))
    [text] = telegram.texts()
    assert "Memory ran out." in text
    assert "/history" in text
