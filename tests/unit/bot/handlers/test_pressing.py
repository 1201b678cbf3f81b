"""Whoever presses gets an answer: every owner for every button, and no stranger for any."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import Chat, InaccessibleMessage
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from bot.views.answers import FAILED, REDIS_AWAY, STALE
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import AskEnd, AskEndOthers, ConfirmEndOthers, KeepSession
from bot.views.buttons.sessions import JudgeTrust, Origin, SendList, ShowCard, ShowPage
from core.contract.replies import RosterFetched
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.unit.bot.handlers.test_ending import confirm
from tests.updates import STRANGER, TOO_OLD, press, sealed, words

PAGE = ShowPage(account=ACCOUNT, page=0).pack()
CARD = ShowCard(account=ACCOUNT, hash="7").pack()
CONFIRM = confirm()
END_ALL = ConfirmEndOthers(account=ACCOUNT, list="1-0").pack()
EVERY_BUTTON = pytest.mark.parametrize(
    "data",
    [
        AskEnd(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack(),
        CONFIRM,
        KeepSession(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack(),
        WasMe(account=ACCOUNT, hash="7").pack(),
        PAGE,
        SendList(account=ACCOUNT).pack(),
        CARD,
        AskEndOthers(account=ACCOUNT).pack(),
        END_ALL,
        JudgeTrust(account=ACCOUNT, hash="7", trusted=True).pack(),
        JudgeTrust(account=ACCOUNT, hash="8", trusted=False).pack(),
        "rubbish",
    ],
    ids=lambda data: data.partition(":")[0],
)


@pytest.mark.parametrize("text", ["/start", "/sessions", "/status", "/help", "hello"])
async def test_a_stranger_gets_silence_for_words(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, text: str
) -> None:
    await feed(words(text, STRANGER))
    assert telegram.calls == []
    assert gateway.looks == []


@EVERY_BUTTON
async def test_a_stranger_gets_silence_for_a_press(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    gateway.lists["1-0"] = (session(),)
    await feed(press(data, STRANGER))
    assert telegram.calls == []
    assert gateway.looks == []
    assert desk.carried == []


@EVERY_BUTTON
@pytest.mark.parametrize("made_up", ["{}", "{}AAAAAAAAAA", "{another chat's}"])
async def test_a_forged_press_is_answered_as_an_old_button_and_goes_no_further(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str, made_up: str
) -> None:
    gateway.lists["1-0"] = (session(),)
    forged = sealed(data, OWNER + 1) if "another" in made_up else made_up.format(data)
    with capture_logs() as logs:
        await feed(press(forged, forged=True))
    [answer] = telegram.calls
    assert isinstance(answer, AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (STALE, True)
    assert [(entry["event"], entry["owner"]) for entry in logs] == [("button_forged", OWNER)]
    assert gateway.looks == []
    assert desk.carried == []


async def test_a_press_without_data_is_answered_as_an_old_button(feed: Feed, telegram: FakeTelegram) -> None:
    update = press("")
    assert update.callback_query is not None
    game = update.callback_query.model_copy(update={"data": None})
    await feed(update.model_copy(update={"callback_query": game}))
    assert [call.text for call in telegram.calls] == [STALE]


@EVERY_BUTTON
async def test_a_press_in_a_group_gets_silence(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    update = press(data, gone=True)
    assert update.callback_query is not None
    group = InaccessibleMessage(chat=Chat(id=-100123, type="supergroup"), message_id=5)
    there = update.callback_query.model_copy(update={"message": group})
    await feed(update.model_copy(update={"callback_query": there}))
    assert telegram.calls == []
    assert gateway.looks == []
    assert desk.carried == []


@EVERY_BUTTON
async def test_a_press_is_acknowledged_once(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    gateway.lists["1-0"] = (session(),)
    gateway.answers = [RosterFetched(roster=roster(session()))]
    await feed(press(data))
    assert len(telegram.of(AnswerCallbackQuery)) == 1


@EVERY_BUTTON
async def test_a_press_that_is_too_old_is_no_fault_of_doormans(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    too_old = TelegramBadRequest(method=AnswerCallbackQuery(callback_query_id="1"), message=TOO_OLD)
    telegram.will_fail(AnswerCallbackQuery, too_old, too_old)
    gateway.lists["1-0"] = (session(),)
    gateway.answers = [RosterFetched(roster=roster(session()))]
    await feed(press(data))
    assert not any(FAILED in text for text in telegram.texts())


@EVERY_BUTTON
async def test_an_outage_of_redis_leaves_no_press_unanswered(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    gateway.answers = [RedisConnectionError("gone")]
    gateway.lists["1-0"] = (session(),)
    desk.trouble = RedisConnectionError("gone")
    await feed(press(data))
    assert telegram.of(AnswerCallbackQuery)
    if gateway.looks or desk.carried:
        assert telegram.texts()[-1] == REDIS_AWAY


@pytest.mark.parametrize("data", [CONFIRM, END_ALL, WasMe(account=ACCOUNT, hash="7").pack()])
async def test_a_bug_is_owned_up_to(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    gateway.lists["1-0"] = (session(),)
    desk.trouble = ZeroDivisionError()
    await feed(press(data))
    assert telegram.texts()[-1] == FAILED


async def test_who_blocks_the_bot_while_an_answer_is_on_its_way_is_no_bug(feed: Feed, telegram: FakeTelegram) -> None:
    blocked = "Forbidden: bot was blocked by the user"
    telegram.will_fail(SendMessage, TelegramForbiddenError(method=SendMessage(chat_id=1, text="…"), message=blocked))
    await feed(words("/help"))
    assert len(telegram.calls) == 1


@pytest.mark.parametrize(
    "data",
    [
        "rubbish",
        "x:1:01:a:5",
        "x:1001:9223372036854775808:a:5",
        "x:one:7:a:5",
        "x:1001:7",
        "x:1001:7:a",
        "x:1001:7:z:5",
        "x:1001:7:a:soon",
        "c:1001:",
        "p:1001:first",
        "l:one",
        "l:1001:0",
        "E:",
        "E:one",
        "X:1001",
        "X:one:1-0",
        "",
        ":::::",
        "x:" + "9" * 60,
    ],
)
async def test_a_button_of_another_version_is_said_to_be_of_no_use(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    await feed(press(data))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert answer.text == STALE
    assert gateway.looks == []
    assert desk.carried == []
