"""What an owner asks to see, from the update that Telegram delivers to the calls that the bot makes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    SetMyCommands,
)
from aiogram.types import InlineKeyboardMarkup
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.views.answers import FAILED, NO_REPLY_TO_LOOK, REDIS_AWAY
from bot.views.buttons.keyboards import alert_keyboard, back_keyboard, card_keyboard, settled_keyboard
from bot.views.buttons.sessions import ShowCard, ShowPage
from core.bus import NoReplyError
from core.contract.replies import NotCarried, RosterFetched, Trouble
from core.contract.state import Condition
from core.domain.labels import Label, Labels
from core.domain.standing import Standings, Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeGateway, Feed
from tests.updates import PRESSED, press, words

PAGE = ShowPage(account=ACCOUNT, page=0).pack()
CARD = ShowCard(account=ACCOUNT, hash="7").pack()


async def test_start_welcomes_and_sets_the_menu_in_this_chat_alone(feed: Feed, telegram: FakeTelegram) -> None:
    await feed(words("/start"))
    [text] = telegram.texts()
    assert "stands at the door" in text
    [menu] = telegram.of(SetMyCommands)
    assert menu.scope.chat_id == OWNER


async def test_start_warns_an_owner_who_is_the_watched_account(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = [OWNER]
    await feed(words("/start"))
    assert "The only owner is the watched account itself" in telegram.texts()[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/help", "What Doorman does"),
        ("/HELP", "What Doorman does"),
        ("/status", "Ada"),
        ("hello", "I know /sessions"),
        ("/nonsense", "I know /sessions"),
    ],
)
async def test_words_are_answered(feed: Feed, telegram: FakeTelegram, text: str, said: str) -> None:
    await feed(words(text))
    [answer] = telegram.texts()
    assert said in answer


@pytest.mark.parametrize("watched", [ACCOUNT, OWNER])
async def test_the_status_tells_a_watched_owner_that_they_have_no_codes(
    feed: Feed, gateway: FakeGateway, telegram: FakeTelegram, watched: int
) -> None:
    gateway.watched = [watched]
    await feed(words("/status"))
    assert ("no one-time codes yet" in telegram.texts()[0]) is (watched == OWNER)


async def test_the_status_warns_of_a_redis_that_is_full_or_drops_what_it_keeps(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.policy, gateway.full = "allkeys-lru", True
    await feed(words("/status"))
    [text] = telegram.texts()
    assert "Redis is full" in text
    assert "allkeys-lru" in text


async def test_sessions_are_fetched_anew_for_each_account(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = [ACCOUNT, ACCOUNT + 1]
    gateway.answers = [RosterFetched(roster=roster()), RosterFetched(roster=roster(session(), account=ACCOUNT + 1))]
    await feed(words("/sessions"))
    first, second = telegram.texts()
    assert "1 session" in first
    assert "2 sessions" in second
    assert gateway.looks == [OWNER] * 2


async def test_sessions_of_no_account_say_so(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.watched = []
    await feed(words("/sessions"))
    assert "doorman login" in telegram.texts()[0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (NoReplyError(), NO_REPLY_TO_LOOK),
        (NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30), "wait until"),
        (NotCarried(trouble=Trouble.UNREACHABLE), "no connection"),
        (NotCarried(trouble=Trouble.REFUSED, error="FROZEN_METHOD_INVALID"), "has frozen this account"),
        (NotCarried(trouble=Trouble.GUARD_LOST, error="USER_DEACTIVATED_BAN"), "Now: write to recover@telegram.org"),
    ],
    ids=["no reply", "a flood", "no connection", "a frozen account", "a lost guard"],
)
async def test_when_the_worker_cannot_look_the_last_list_is_shown_as_what_it_is(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, answer: NotCarried | Exception, said: str
) -> None:
    gateway.answers, gateway.last = [answer], roster(session())
    await feed(words("/sessions"))
    [text] = telegram.texts()
    assert said in text
    assert "othing was" not in text
    assert "Last known" in text


@pytest.mark.parametrize("condition", [Condition.STOPPED, Condition.GUARD_LOST])
async def test_a_worker_that_said_it_ended_is_not_waited_for(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, condition: Condition
) -> None:
    gateway.condition = condition
    await feed(words("/sessions"))
    assert gateway.looks == []
    assert "can't be fetched now" in telegram.texts()[-1]


async def test_a_guard_that_is_gone_is_told_with_what_to_do_and_beside_a_message_in_brief(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.condition, gateway.detail = Condition.GUARD_LOST, "AUTH_KEY_DUPLICATED"
    await feed(words("/sessions"))
    assert "used in two places at once.\nNow: if no second Doorman" in telegram.texts()[-1]
    await feed(press(CARD))
    assert (telegram.of(AnswerCallbackQuery)[0].text or "").endswith("at once. /status says what to do now.")


async def test_a_silent_worker_is_not_waited_for(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.beat = timedelta(seconds=31)
    await feed(words("/sessions"))
    assert gateway.looks == []
    assert "silent since" in telegram.texts()[-1]


@pytest.mark.parametrize("under", [alert_keyboard(ACCOUNT, "7"), settled_keyboard(ACCOUNT)])
async def test_the_list_that_is_called_for_from_an_alert_is_a_message_of_its_own_and_the_alert_stays(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, under: InlineKeyboardMarkup
) -> None:
    gateway.answers = [RosterFetched(roster=roster(session()))]
    [data] = [b.callback_data or "" for row in under.inline_keyboard for b in row if b.text == "All sessions"]
    await feed(press(data))
    [sent] = telegram.of(SendMessage)
    assert "2 sessions" in sent.text
    assert telegram.of(EditMessageText) == []
    assert telegram.of(EditMessageReplyMarkup) == []
    assert len(telegram.of(AnswerCallbackQuery)) == 1


@pytest.mark.parametrize(
    "under",
    [card_keyboard(ACCOUNT, "7", trusted=False), card_keyboard(ACCOUNT, "7", trusted=True), back_keyboard(ACCOUNT)],
)
async def test_the_list_takes_the_place_of_what_was_come_to_from_it(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, under: InlineKeyboardMarkup
) -> None:
    gateway.answers = [RosterFetched(roster=roster(session()))]
    [data] = [b.callback_data or "" for row in under.inline_keyboard for b in row if b.text == "All sessions"]
    await feed(press(data))
    [edit] = telegram.of(EditMessageText)
    assert edit.message_id == PRESSED
    assert telegram.of(SendMessage) == []


async def test_turning_a_page_edits_the_message(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.answers = [RosterFetched(roster=roster(session()))]
    await feed(press(PAGE))
    [edit] = telegram.of(EditMessageText)
    assert (edit.chat_id, edit.message_id) == (OWNER, PRESSED)
    assert telegram.of(SendMessage) == []
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_turning_a_page_of_a_message_that_cannot_be_edited_sends_it(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RosterFetched(roster=roster(session()))]
    error = TelegramBadRequest(method=SetMyCommands(commands=[]), message="Bad Request: message can't be edited")
    telegram.will_fail(EditMessageText, error)
    await feed(press(PAGE))
    [sent] = telegram.of(SendMessage)
    assert "2 sessions" in sent.text


async def test_a_card_shows_one_session(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.answers = [RosterFetched(roster=roster(session("7", device_model="Nokia")))]
    await feed(press(CARD))
    assert "Nokia" in telegram.texts()[0]


async def test_the_list_and_the_card_call_a_session_by_the_owners_name_and_the_card_has_its_date(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    gateway.answers = [RosterFetched(roster=roster(session("7")), labels=labels)] * 2
    await feed(words("/sessions"))
    await feed(press(CARD))
    listed, shown_card = telegram.texts()
    assert "🏷 \u2068my phone\u2069" in listed
    assert "🏷 \u2068my phone\u2069" in shown_card
    assert "may end by itself at any time" in shown_card or "Ends by itself on" in shown_card


async def test_the_last_known_list_has_names_and_trust_too(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers, gateway.last = [NoReplyError()], roster(session("7"))
    gateway.labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    gateway.standings = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))
    await feed(words("/sessions"))
    assert "🏷 \u2068my phone\u2069" in telegram.texts()[0]
    assert "🛡 trusted" in telegram.texts()[0]


@pytest.mark.parametrize(("account", "has_link"), [(ACCOUNT, False), (OWNER, True)])
async def test_an_owner_who_is_the_account_can_open_telegrams_own_screen(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, account: int, has_link: bool
) -> None:
    gateway.watched = [account]
    gateway.answers = [RosterFetched(roster=roster(session("7"), account=account))]
    await feed(words("/sessions"))
    [sent] = telegram.of(SendMessage)
    links = [b.url for row in sent.reply_markup.inline_keyboard for b in row if b.url]
    assert bool(links) is has_link


async def test_a_card_of_a_session_that_is_gone_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RosterFetched(roster=roster())]
    await feed(press(CARD))
    assert "gone" in telegram.texts()[0]


async def test_a_card_that_cannot_be_fetched_is_answered_beside_the_message(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(CARD))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (NO_REPLY_TO_LOOK, True)
    assert telegram.texts() == []


async def test_an_outage_of_redis_leaves_no_word_unanswered(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RedisConnectionError("gone")]
    await feed(words("/sessions"))
    assert telegram.texts() == [REDIS_AWAY]


async def test_a_bug_is_owned_up_to(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.answers = [ZeroDivisionError()]
    await feed(words("/sessions"))
    assert telegram.texts() == [FAILED]


async def test_a_list_of_the_chosen_account_alone_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, ACCOUNT + 1], ACCOUNT
    gateway.answers = [RosterFetched(roster=roster(session()))]
    await feed(words("/sessions"))
    [text] = telegram.texts()
    assert text.endswith("\n\nOnly \u2068Ada\u2069 is shown: /accounts")
