"""Naming a session: a button, a question, and the answer to that very message."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import ForceReply

from bot.press import Press
from bot.views.buttons.sessions import AskName, Origin
from bot.views.naming import QUESTION, REFUSED
from core.contract.commands import Command, LabelSession
from core.domain.labels import Label, Labels
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, Feed
from tests.updates import press, words

ASK = AskName(account=ACCOUNT, hash="7", origin=Origin.CARD).pack()
ASKED = 1  # the message that asks: the first that is sent


@pytest.fixture
async def asked(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    """The owner has pressed "Name"."""
    gateway.last = roster(session("7"))
    await feed(press(ASK))
    [question] = telegram.of(SendMessage)
    assert question.text.startswith(QUESTION)
    assert isinstance(question.reply_markup, ForceReply)


def commands(desk: FakeDesk) -> list[Command]:
    return [each.command for each in desk.carried]


async def test_the_answer_is_the_name(asked: None, feed: Feed, desk: FakeDesk) -> None:
    await feed(words("  my \n phone ", answers=ASKED, question=QUESTION))
    assert desk.carried == [
        Press.of(
            LabelSession(hash="7", label="my phone"),
            account=ACCOUNT,
            owner=OWNER,
            message_id=0,
            origin=Origin.CARD,
            sessions=(session("7"),),
        )
    ]


async def test_the_question_shows_the_session_and_its_name(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.last = roster(session("7", device_model="Nokia"))
    gateway.labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    await feed(press(ASK))
    [text] = telegram.texts()
    assert "Nokia" in text
    assert "Its name now: 🏷 \u2068my phone\u2069" in text


@pytest.mark.parametrize("typed", ["-", "none", "None", " - "])
async def test_a_dash_takes_the_name_away(asked: None, feed: Feed, desk: FakeDesk, typed: str) -> None:
    await feed(words(typed, answers=ASKED, question=QUESTION))
    assert commands(desk) == [LabelSession(hash="7", label="")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("x" * 41, "longer than 40"),
        ("x" * 4000, "longer than 40"),
        ("✅🛡", "Nothing of it"),
        ("\u200b", "Nothing of it"),
    ],
)
async def test_what_can_be_no_name_is_said_to_be_none_and_either_question_can_be_answered_still(
    asked: None, feed: Feed, telegram: FakeTelegram, desk: FakeDesk, typed: str, why: str
) -> None:
    await feed(words(typed, answers=ASKED, question=QUESTION))
    _, refused = telegram.of(SendMessage)
    assert refused.text.startswith(REFUSED)
    assert why in refused.text
    assert desk.carried == []
    await feed(words("first", answers=ASKED, question=QUESTION))
    await feed(words("second", answers=ASKED + 1, question=REFUSED))
    assert commands(desk) == [LabelSession(hash="7", label=name) for name in ("first", "second")]


async def test_the_longest_name_is_taken_whole(asked: None, feed: Feed, desk: FakeDesk) -> None:
    await feed(words("ж" * 40, answers=ASKED, question=QUESTION))
    assert commands(desk) == [LabelSession(hash="7", label="ж" * 40)]


@pytest.mark.parametrize("question", [QUESTION, REFUSED])
async def test_a_question_of_a_former_process_is_to_be_called_for_again(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, question: str
) -> None:
    await feed(words("my phone", answers=77, question=question))
    [text] = telegram.texts()
    assert "Press “Name” on the card again" in text
    assert desk.carried == []


async def test_what_answers_another_message_is_no_name(asked: None, feed: Feed, desk: FakeDesk) -> None:
    await feed(words("my phone"))
    await feed(words("my phone", answers=ASKED + 7, question="🔐 End this session?"))
    assert desk.carried == []


async def test_a_command_is_one_whatever_it_answers(
    asked: None, feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(words("/help", answers=ASKED, question=QUESTION))
    assert "What Doorman does" in telegram.texts()[-1]
    assert desk.carried == []


async def test_six_digits_are_a_code_whatever_they_answer(
    asked: None, feed: Feed, telegram: FakeTelegram, desk: FakeDesk, codes: FakeCodes
) -> None:
    await feed(words("123456", answers=ASKED, question=QUESTION))
    assert codes.burnt == ["123456"]
    assert "answers no question" in telegram.texts()[-1]
    assert desk.carried == []


@pytest.mark.parametrize("listed", [(), (session("8"),)])
async def test_a_session_that_is_gone_is_not_asked_about(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, listed: tuple[Session, ...]
) -> None:
    gateway.last = roster(*listed) if listed else None
    await feed(press(ASK))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert answer.show_alert
    assert telegram.texts() == []
