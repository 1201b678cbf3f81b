"""Looking at the accounts and choosing one, from the update that Telegram delivers to the calls that the bot makes."""

from __future__ import annotations

from aiogram.methods import AnswerCallbackQuery, EditMessageText

from bot.views.accounts import CHOICE_GONE
from bot.views.buttons.help import ShowHelp
from bot.views.buttons.settings import ChooseAccount
from core.contract.replies import RosterFetched
from tests.domain_values import ACCOUNT, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeGateway, Feed
from tests.updates import press, words

OTHER = ACCOUNT + 1


async def test_the_accounts_are_listed_with_how_they_fare(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.last = roster(session())
    await feed(words("/accounts"))
    [text] = telegram.texts()
    assert "2 sessions · ✅ Watching." in text


async def test_choosing_one_lets_commands_be_about_it_alone(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = [ACCOUNT, OTHER]
    await feed(press(ChooseAccount(account=OTHER).pack()))
    [edit] = telegram.of(EditMessageText)
    assert "Commands such as /sessions are about" in edit.text
    assert "Alerts come from all" in edit.text
    gateway.answers = [RosterFetched(roster=roster(account=OTHER))]
    await feed(words("/sessions"))
    assert len(telegram.texts()) == 2


async def test_choosing_all_lets_commands_be_about_all_again(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, OTHER], OTHER
    await feed(press(ChooseAccount(account=0).pack()))
    [edit] = telegram.of(EditMessageText)
    assert "are about all of them" in edit.text
    assert gateway.chosen is None


async def test_an_account_that_is_not_watched_any_more_cannot_be_chosen(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    await feed(press(ChooseAccount(account=OTHER).pack()))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (CHOICE_GONE, True)
    assert gateway.chosen is None


async def test_a_choice_that_is_gone_is_shown_as_all(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, OTHER], ACCOUNT + 2
    await feed(words("/accounts"))
    assert "are about all of them" in telegram.texts()[0]


async def test_the_helps_pages_are_turned_in_their_message(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(press(ShowHelp(page="life").pack()))
    await feed(press(ShowHelp(page="").pack()))
    life, first = telegram.of(EditMessageText)
    assert "Unconfirmed" in life.text
    assert "What Doorman does" in first.text
