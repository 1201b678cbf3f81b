"""What an owner sends and presses, from the update that Telegram delivers to the calls that the bot makes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiogram import Dispatcher
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendMessage, SetMyCommands
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Message, MessageEntity, Update, User
from redis.exceptions import ConnectionError as RedisConnectionError

from bot import handlers
from bot.alert_book import AlertBook
from bot.courier import Courier
from bot.gateway import Gateway
from bot.owners import OwnersOnly
from bot.views.answers import FAILED, KEPT, NO_REPLY, NO_REPLY_TO_LOOK, REDIS_AWAY, STALE
from bot.views.buttons import AskEnd, ConfirmEnd, KeepSession, Origin, ShowCard, ShowPage, WasMe
from core.bus import NoReplyError
from core.contract.commands import (
    Carried,
    Command,
    ConfirmLogin,
    EndSession,
    GetRoster,
    NotCarried,
    Outcome,
    Reply,
    Result,
    RosterFetched,
    Trouble,
)
from core.contract.state import Condition, WorkerStatus
from core.domain.sessions import Roster
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram

STRANGER = 6666
ALERT = "🔔 New login\nPixel 9"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


class FakeGateway:
    """The worker's answers as they were told beforehand; a command that nobody foresaw fails the test."""

    def __init__(self) -> None:
        self.watched = [ACCOUNT]
        self.answers: list[Reply | Exception] = []
        self.asked: list[tuple[Command, int]] = []
        self.last: Roster | None = None
        self.condition = Condition.WATCHING

    async def accounts(self) -> list[int]:
        return self.watched

    async def account_name(self, account: int) -> str:
        return f"Account {account}"

    async def last_roster(self, account: int) -> Roster | None:
        assert account in self.watched
        return self.last

    async def status(self, account: int) -> WorkerStatus | None:
        now = datetime.now(UTC)  # a worker that is silent is not asked
        return WorkerStatus(
            account=account, account_name="Ada", condition=self.condition, beat_at=now, watching_since=NOW
        )

    async def statuses(self) -> list[tuple[int, WorkerStatus | None]]:
        return [(account, await self.status(account)) for account in self.watched]

    async def ask(self, account: int, command: Command, *, owner: int) -> Reply:
        assert account in self.watched
        self.asked.append((command, owner))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


Feed = Callable[[Update], Awaitable[None]]


class FakeBook:
    """Which message is to be brought up to date, by session and owner."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, int], int] = {}

    async def message(self, account: int, hash_: str, owner: int) -> int | None:
        assert account == ACCOUNT
        return self.entries.get((hash_, owner))

    async def enter(self, account: int, hash_: str, owner: int, message_id: int) -> None:
        assert account == ACCOUNT
        self.entries[hash_, owner] = message_id


@pytest.fixture
def book() -> FakeBook:
    return FakeBook()


@pytest.fixture
def feed(telegram: FakeTelegram, gateway: FakeGateway, book: FakeBook) -> Feed:
    bot, owners = telegram.bot(), frozenset({OWNER})
    dispatcher = Dispatcher(gateway=cast("Gateway", gateway), courier=Courier(bot=bot), book=cast("AlertBook", book))
    dispatcher.update.outer_middleware(OwnersOnly(owners))
    dispatcher.include_routers(*handlers.routers(owners))

    async def feed(update: Update) -> None:
        await dispatcher.feed_update(bot, update)

    return feed


def user(person: int) -> User:
    return User(id=person, is_bot=False, first_name="Ada")


def words(text: str, person: int = OWNER) -> Update:
    entities = [MessageEntity(type="bot_command", offset=0, length=len(text))] if text.startswith("/") else None
    message = Message(
        message_id=1,
        date=NOW,
        chat=Chat(id=person, type="private"),
        from_user=user(person),
        text=text,
        entities=entities,
    )
    return Update(update_id=1, message=message)


def press(data: str, person: int = OWNER, *, gone: bool = False, text: str = ALERT) -> Update:
    """A press on a button of message 5."""
    chat = Chat(id=person, type="private")
    bold = [MessageEntity(type="bold", offset=0, length=12)]
    message = Message(message_id=5, date=NOW, chat=chat, from_user=user(1), text=text, entities=bold)
    callback = CallbackQuery(
        id="1",
        from_user=user(person),
        chat_instance="1",
        data=data,
        message=InaccessibleMessage(chat=chat, message_id=5) if gone else message,
    )
    return Update(update_id=1, callback_query=callback)


def carried(outcome: Outcome, **particulars: Any) -> Carried:
    if outcome is Outcome.DONE:
        particulars |= {"ended_by": OWNER}
    return Carried(results=(Result(hash="7", outcome=outcome, at=NOW, **particulars),))


def buttons(call: Any) -> list[str]:
    return [b.callback_data for row in call.reply_markup.inline_keyboard for b in row]


ASK = AskEnd(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack()
CONFIRM = ConfirmEnd(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack()
KEEP = KeepSession(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack()
WAS_ME = WasMe(account=ACCOUNT, hash="7").pack()
PAGE = ShowPage(account=ACCOUNT, page=0).pack()
CARD = ShowCard(account=ACCOUNT, hash="7").pack()
EVERY_BUTTON = pytest.mark.parametrize("data", [ASK, CONFIRM, KEEP, WAS_ME, PAGE, CARD, "rubbish"])


@pytest.mark.parametrize("text", ["/start", "/sessions", "/status", "/help", "hello"])
async def test_a_stranger_gets_silence_for_words(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, text: str
) -> None:
    await feed(words(text, STRANGER))
    assert telegram.calls == []
    assert gateway.asked == []


@EVERY_BUTTON
async def test_a_stranger_gets_silence_for_a_press(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    await feed(press(data, STRANGER))
    assert telegram.calls == []
    assert gateway.asked == []


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
        ("/status", "Ada"),
        ("hello", "I know /sessions"),
        ("/nonsense", "I know /sessions"),
    ],
)
async def test_words_are_answered(feed: Feed, telegram: FakeTelegram, text: str, said: str) -> None:
    await feed(words(text))
    [answer] = telegram.texts()
    assert said in answer


async def test_sessions_are_fetched_anew_for_each_account(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.watched = [ACCOUNT, ACCOUNT + 1]
    gateway.answers = [RosterFetched(roster=roster()), RosterFetched(roster=roster(session(), account=ACCOUNT + 1))]
    await feed(words("/sessions"))
    first, second = telegram.texts()
    assert "1 session" in first
    assert "2 sessions" in second
    assert gateway.asked == [(GetRoster(), OWNER)] * 2


async def test_sessions_of_no_account_say_so(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.watched = []
    await feed(words("/sessions"))
    assert "doorman login" in telegram.texts()[0]


async def test_when_the_worker_does_not_answer_the_last_list_is_shown_as_what_it_is(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers, gateway.last = [NoReplyError()], roster(session())
    await feed(words("/sessions"))
    [text] = telegram.texts()
    assert NO_REPLY_TO_LOOK in text
    assert "Last known" in text


async def test_turning_a_page_edits_the_message(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.answers = [RosterFetched(roster=roster(session()))]
    await feed(press(PAGE))
    [edit] = telegram.of(EditMessageText)
    assert (edit.chat_id, edit.message_id) == (OWNER, 5)
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


async def test_a_card_of_a_session_that_is_gone_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RosterFetched(roster=roster())]
    await feed(press(CARD))
    assert "gone" in telegram.texts()[0]


async def test_the_first_press_on_end_ends_nothing(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    await feed(press(ASK))
    assert gateway.asked == []
    [edit] = telegram.of(EditMessageReplyMarkup)
    assert buttons(edit) == [CONFIRM, KEEP]
    assert telegram.texts() == []


@pytest.mark.parametrize("origin", Origin)
async def test_who_thinks_better_of_it_gets_the_former_buttons_back(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, origin: Origin
) -> None:
    await feed(press(KeepSession(account=ACCOUNT, hash="7", origin=origin).pack()))
    assert gateway.asked == []
    [edit] = telegram.of(EditMessageReplyMarkup)
    assert AskEnd(account=ACCOUNT, hash="7", origin=origin).pack() in buttons(edit)
    assert telegram.of(AnswerCallbackQuery)[0].text == KEPT


async def test_the_second_press_ends_the_session_and_the_message_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [carried(Outcome.DONE)]
    await feed(press(CONFIRM))
    assert gateway.asked == [(EndSession(hash="7"), OWNER)]
    [edit] = telegram.of(EditMessageText)
    assert edit.text.startswith(ALERT)
    assert "Ended by you" in edit.text
    assert (edit.entities[0].type, edit.entities[0].offset, edit.entities[0].length) == ("bold", 0, 12)
    assert buttons(edit) == [PAGE]
    assert telegram.of(SendMessage) == []


@pytest.mark.parametrize("gone", [False, True])
async def test_what_came_of_it_is_told_though_the_message_cannot_be_edited(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, gone: bool
) -> None:
    gateway.answers = [carried(Outcome.DONE)]
    error = TelegramBadRequest(method=SetMyCommands(commands=[]), message="Bad Request: message to edit not found")
    telegram.will_fail(EditMessageText, error)
    await feed(press(CONFIRM, gone=gone))
    [sent] = telegram.of(SendMessage)
    assert "Ended by you" in sent.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (carried(Outcome.NOT_ALLOWED_YET, allowed_from=NOW + timedelta(hours=1)), "16:09 UTC"),
        (carried(Outcome.FAILED, error="INTERNAL"), "INTERNAL"),
        (carried(Outcome.IS_GUARD), "Doorman's own session"),
        (NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30), "30 s"),
        (NotCarried(trouble=Trouble.UNREACHABLE), "no connection"),
        (NotCarried(trouble=Trouble.GUARD_LOST), "doorman login"),
        (NotCarried(trouble=Trouble.REFUSED, error="X_Y"), "X_Y"),
        (NoReplyError(), NO_REPLY),
        (RedisConnectionError("gone"), REDIS_AWAY),
        (RosterFetched(roster=roster()), FAILED),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_was_not_done_is_told_in_a_message_of_its_own(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, answer: Reply | Exception, said: str
) -> None:
    gateway.answers = [answer]
    await feed(press(CONFIRM))
    [sent] = telegram.of(SendMessage)
    assert said in sent.text
    assert telegram.of(EditMessageText) == []
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_after_what_was_not_done_the_first_press_can_be_made_again(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(CONFIRM))
    assert ASK in buttons(telegram.of(EditMessageReplyMarkup)[0])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (carried(Outcome.DONE), "Telegram was told"),
        (carried(Outcome.NOT_PENDING), "You said that it was you"),
        (carried(Outcome.ALREADY_GONE), "gone already"),
    ],
)
async def test_it_was_me_is_said_on_the_message(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, answer: Reply, said: str
) -> None:
    gateway.answers = [answer]
    await feed(press(WAS_ME))
    assert gateway.asked == [(ConfirmLogin(hash="7"), OWNER)]
    [edit] = telegram.of(EditMessageText)
    assert said in edit.text
    assert buttons(edit) == [PAGE]


@pytest.mark.parametrize(
    "data",
    [
        "rubbish",
        "x:1:01:a",
        "x:1001:9223372036854775808:a",
        "x:one:7:a",
        "x:1001:7",
        "x:1001:7:z",
        "c:1001:",
        "p:1001:first",
        "",
        ":::::",
        "x:" + "9" * 60,
    ],
)
async def test_a_button_of_another_version_is_said_to_be_of_no_use(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    await feed(press(data))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert answer.text == STALE
    assert gateway.asked == []


@pytest.mark.parametrize(
    "error",
    [
        lambda: TelegramBadRequest(method=AnswerCallbackQuery(callback_query_id="1"), message=TOO_OLD),
        lambda: TelegramNetworkError(method=AnswerCallbackQuery(callback_query_id="1"), message="timeout"),
    ],
    ids=["too old", "no network"],
)
@pytest.mark.parametrize("answer", [carried(Outcome.DONE), carried(Outcome.FAILED, error="INTERNAL"), NoReplyError()])
async def test_what_came_of_a_press_is_told_though_the_press_can_no_longer_be_acknowledged(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    answer: Reply | Exception,
    error: Callable[[], Exception],
) -> None:
    telegram.will_fail(AnswerCallbackQuery, *[error() for _ in range(5)])
    gateway.answers = [answer]
    await feed(press(CONFIRM))
    [text] = telegram.texts()
    assert FAILED not in text
    assert text.startswith(ALERT) is (answer == carried(Outcome.DONE))


@EVERY_BUTTON
async def test_a_press_that_is_too_old_is_no_fault_of_doormans(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    too_old = TelegramBadRequest(method=AnswerCallbackQuery(callback_query_id="1"), message=TOO_OLD)
    telegram.will_fail(AnswerCallbackQuery, too_old, too_old)
    gateway.answers = [RosterFetched(roster=roster(session()))] if data in {PAGE, CARD} else [carried(Outcome.DONE)]
    await feed(press(data))
    assert not any(FAILED in text for text in telegram.texts())


@EVERY_BUTTON
async def test_an_outage_of_redis_leaves_no_press_unanswered(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    gateway.answers = [RedisConnectionError("gone")]
    await feed(press(data))
    assert len(telegram.of(AnswerCallbackQuery)) == 1
    if gateway.asked:
        assert REDIS_AWAY in telegram.texts()[-1]


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


async def test_a_press_without_a_reply_is_noted_so_that_a_late_end_is_told_on_it(
    feed: Feed, gateway: FakeGateway, book: FakeBook
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(CONFIRM))
    assert book.entries == {("7", OWNER): 5}


@pytest.mark.parametrize("condition", [Condition.STOPPED, Condition.GUARD_LOST])
async def test_a_worker_that_said_it_ended_is_not_waited_for(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, condition: Condition
) -> None:
    gateway.condition = condition
    await feed(words("/sessions"))
    assert gateway.asked == []
    assert "can't be fetched now" in telegram.texts()[-1]


async def test_a_message_too_old_to_change_asks_for_the_second_press_in_a_new_one(
    feed: Feed, telegram: FakeTelegram
) -> None:
    await feed(press(ASK, gone=True))
    [sent] = telegram.of(SendMessage)
    assert CONFIRM in buttons(sent)


async def test_a_settled_alert_no_longer_asks_for_a_decision(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [carried(Outcome.DONE, session=session("7", unconfirmed=True))]
    await feed(press(CONFIRM))
    [edited] = telegram.of(EditMessageText)
    assert "Ended by you" in edited.text
    assert "waits for your word" not in edited.text
    assert "If this was not you" not in edited.text


async def test_a_press_on_a_card_without_a_reply_leaves_the_alert_to_be_brought_up_to_date(
    feed: Feed, gateway: FakeGateway, book: FakeBook
) -> None:
    book.entries["7", OWNER] = 3
    gateway.answers = [NoReplyError()]
    await feed(press(ConfirmEnd(account=ACCOUNT, hash="7", origin=Origin.CARD).pack()))
    assert book.entries == {("7", OWNER): 3}
