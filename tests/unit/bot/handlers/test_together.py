"""The buttons on a message of several logins: what is asked is asked beside it, and the message itself stays."""

from __future__ import annotations

from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from bot.views.answers import STALE
from bot.views.buttons.together import AskEndApart, AskEndThese, ConfirmEndThese, WasMeToo
from bot.views.several_logins import OLD_QUESTION
from core.contract.commands import ConfirmLogin, EndSessions
from tests.domain_values import ACCOUNT, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press


async def test_it_was_me_is_told_beside_the_message(feed: Feed, gateway: FakeGateway, desk: FakeDesk) -> None:
    gateway.last = roster(session("7"))
    await feed(press(WasMeToo(account=ACCOUNT, hash="7").pack()))
    [carried] = desk.carried
    assert carried.command == ConfirmLogin(hash="7")
    assert carried.message_id != PRESSED


async def test_ending_one_is_asked_in_a_message_of_its_own(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.last = roster(session("7", device_model="Pixel"), session("8"))
    await feed(press(AskEndApart(account=ACCOUNT, hash="7").pack()))
    [question] = telegram.of(SendMessage)
    assert "\u2068Pixel\u2069" in question.text
    assert buttons(question)[0].startswith(f"x:{ACCOUNT}:7:a:")
    assert telegram.of(EditMessageText) == []
    assert desk.carried == []


async def test_one_that_is_gone_is_not_asked_about(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.last = roster(session("8"))
    await feed(press(AskEndApart(account=ACCOUNT, hash="7").pack()))
    assert [answer.text for answer in telegram.of(AnswerCallbackQuery)] == [STALE]
    assert telegram.of(SendMessage) == []


async def test_what_is_confirmed_is_the_list_that_was_shown_and_no_more(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk
) -> None:
    name = await gateway.keep_list(ACCOUNT, [session("7"), session("8")])
    await feed(press(ConfirmEndThese(account=ACCOUNT, list=name).pack()))
    assert [carried.command for carried in desk.carried] == [EndSessions(hashes=("7", "8"))]


async def test_an_old_question_ends_nothing(feed: Feed, telegram: FakeTelegram, desk: FakeDesk) -> None:
    await feed(press(ConfirmEndThese(account=ACCOUNT, list="9-0").pack()))
    assert [answer.text for answer in telegram.of(AnswerCallbackQuery)] == [OLD_QUESTION]
    assert desk.carried == []


def test_every_button_fits() -> None:
    for kind in (WasMeToo, AskEndApart):
        assert len(kind(account=2**52, hash=str(-(2**63))).pack()) <= 64
    assert len(AskEndThese(account=2**52).pack()) <= 64
    assert len(ConfirmEndThese(account=2**52, list="9" * 13 + "-" + "f" * 8).pack()) <= 64
