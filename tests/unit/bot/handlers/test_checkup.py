"""The checkup and what hangs on it: freshly fetched, acted on in presses, and nothing pressed that is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from bot.views.answers import NO_REPLY_TO_LOOK
from bot.views.buttons.basics import minutes_of
from bot.views.buttons.checkup import (
    AskBot,
    AskWebsite,
    AskWebsites,
    CallOff,
    ConfirmBot,
    ConfirmWebsite,
    ConfirmWebsites,
    KillLateCodes,
    Lock,
    Review,
    ShowBots,
    ShowCheckup,
    ShowLock,
    ShowPasskeys,
    ShowWebsites,
    Unlock,
)
from bot.views.buttons.sessions import ShowCard
from bot.views.connections import BOT_GONE
from bot.views.websites import WEBSITE_GONE
from core.bus import NoReplyError
from core.contract.commands import (
    Command,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    KillCodes,
    Prefer,
)
from core.contract.replies import CheckupFetched, NotCarried, Trouble
from core.contract.state import Condition
from core.domain.account_state import AccountState, BusinessBot, Passkey, Website
from core.domain.points import Topic
from core.domain.preferences import Preferences
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press, words

SITE = Website(
    hash="-5",
    domain="example.org",
    bot="Example",
    browser="Firefox",
    platform="Linux",
    created_at=NOW,
    active_at=NOW,
    ip="192.0.2.7",
    region="Malmo",
)
BOT = BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=True)
STATE = AccountState(
    taken_at=NOW,
    has_password=True,
    has_recovery=True,
    reset_at=NOW + timedelta(days=3),
    account_ttl_days=365,
    websites=(SITE, replace(SITE, hash="6", domain="shop.example")),
    bots=(BOT,),
    passkeys=(Passkey(id="k", name="Yubi", created_at=NOW),),
)
FETCHED = CheckupFetched(roster=roster(session("8", device_model="Script box")), account=STATE)
COMMANDS = {
    "/checkup": "Checkup of",
    "/websites": "2 connected websites",
    "/bots": "1 business bot",
    "/passkeys": "1 passkey",
}


def asked(minutes_ago: int = 0) -> int:
    return minutes_of(datetime.now(UTC)) - minutes_ago


@pytest.mark.parametrize(("command", "title"), COMMANDS.items())
async def test_each_command_shows_what_was_fetched_for_it(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, command: str, title: str
) -> None:
    gateway.answers = [FETCHED]
    await feed(words(command))
    [sent] = telegram.of(SendMessage)
    assert title in sent.text
    assert "As of 14 Mar 2026, 15:09 UTC" in sent.text
    assert gateway.looks == [OWNER]


@pytest.mark.parametrize("command", [*COMMANDS, "/lock", "/killcodes"])
async def test_where_no_account_is_watched_there_is_nothing_to_show(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, command: str
) -> None:
    gateway.watched = []
    await feed(words(command))
    [text] = telegram.texts()
    assert "watches no account yet" in text
    assert desk.carried == []


@pytest.mark.parametrize(("command", "title"), COMMANDS.items())
@pytest.mark.parametrize(
    ("answer", "why"),
    [(NoReplyError(), NO_REPLY_TO_LOOK), (NotCarried(trouble=Trouble.UNREACHABLE), "no connection")],
    ids=["no reply", "no connection"],
)
async def test_what_cannot_be_fetched_is_shown_as_last_known_with_the_reason(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    command: str,
    title: str,
    answer: NotCarried | Exception,
    why: str,
) -> None:
    gateway.answers, gateway.last, gateway.account_state = [answer], FETCHED.roster, STATE
    await feed(words(command))
    [text] = telegram.texts()
    assert title in text
    assert why in text
    assert "Last known, as of 14 Mar 2026" in text


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_was_never_seen_is_not_made_up(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, command: str
) -> None:
    gateway.condition = Condition.STOPPED
    gateway.last = FETCHED.roster
    await feed(words(command))
    [text] = telegram.texts()
    assert "can't be fetched now" in text
    assert "The worker was stopped" in text
    assert gateway.looks == []


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (ShowCheckup(account=ACCOUNT), "Checkup of"),
        (ShowWebsites(account=ACCOUNT), "connected websites of"),
        (ShowBots(account=ACCOUNT), "business bot of"),
        (ShowPasskeys(account=ACCOUNT), "passkey of"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_page_is_fetched_anew_in_its_place(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: CallbackData, title: str
) -> None:
    gateway.answers = [FETCHED]
    await feed(press(data.pack()))
    [edit] = telegram.of(EditMessageText)
    assert edit.message_id == PRESSED
    assert title in edit.text


async def test_a_point_leads_to_its_sessions_and_each_of_them_to_its_card(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [FETCHED]
    await feed(press(Review(account=ACCOUNT, topic=Topic.UNOFFICIAL).pack()))
    [edit] = telegram.of(EditMessageText)
    assert "Script box" in edit.text
    assert buttons(edit)[0] == ShowCard(account=ACCOUNT, hash="8").pack()


async def test_sessions_that_are_gone_are_reviewed_no_more(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [replace(FETCHED, roster=roster())]
    await feed(press(Review(account=ACCOUNT, topic=Topic.UNOFFICIAL).pack()))
    assert "There is none now" in telegram.texts()[0]


async def test_a_reset_is_called_off_in_one_press_and_the_page_shown_as_it_is_then(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [replace(FETCHED, account=replace(STATE, reset_at=None))]
    await feed(press(CallOff(account=ACCOUNT).pack()))
    assert [each.command for each in desk.carried] == [DeclineReset()]
    assert desk.carried[0].message_id == PRESSED
    [edit] = telegram.of(EditMessageText)
    assert "Somebody asked for a reset" not in edit.text


TWO_STEPS: list[tuple[CallbackData, type[CallbackData], Command, str]] = [
    (AskWebsite(account=ACCOUNT, hash="-5"), ConfirmWebsite, DisconnectWebsite(website="-5"), "example.org"),
    (AskWebsites(account=ACCOUNT), ConfirmWebsites, DisconnectWebsites(), ""),
    (AskBot(account=ACCOUNT, bot=77), ConfirmBot, DisconnectBot(bot=77), "Helper"),
]
two_steps = pytest.mark.parametrize(
    ("first", "second", "command", "name"), TWO_STEPS, ids=["a website", "all websites", "a bot"]
)


@two_steps
async def test_the_first_press_asks_and_the_second_does_it(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    desk: FakeDesk,
    first: CallbackData,
    second: type[CallbackData],
    command: Command,
    name: str,
) -> None:
    gateway.answers = [FETCHED] * 3
    await feed(press(first.pack()))
    assert desk.carried == []
    [question] = telegram.of(EditMessageText)
    assert "?" in question.text
    assert name in question.text
    second.unpack(buttons(question)[0])
    await feed(press(buttons(question)[0]))
    [carried] = desk.carried
    assert (carried.command, carried.name, carried.owner) == (command, name, OWNER)


@two_steps
async def test_a_question_that_was_left_open_for_long_is_asked_again(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    desk: FakeDesk,
    first: CallbackData,
    second: type[CallbackData],
    command: Command,
    name: str,
) -> None:
    gateway.answers = [FETCHED]
    await feed(press(second(**first.model_dump(), asked=asked(minutes_ago=11)).pack()))
    assert desk.carried == []
    [question] = telegram.of(EditMessageText)
    assert question.text.startswith("That question was too old")
    assert name in question.text


@pytest.mark.parametrize(
    ("data", "notice", "left"),
    [
        (AskWebsite(account=ACCOUNT, hash="9"), WEBSITE_GONE, "example.org"),
        (ConfirmWebsite(account=ACCOUNT, hash="9", asked=asked()), WEBSITE_GONE, "example.org"),
        (AskBot(account=ACCOUNT, bot=9), BOT_GONE, "Helper"),
        (ConfirmBot(account=ACCOUNT, bot=9, asked=asked()), BOT_GONE, "Helper"),
    ],
    ids=["ask website", "confirm website", "ask bot", "confirm bot"],
)
async def test_what_is_gone_is_said_to_be_and_what_is_left_is_shown(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    desk: FakeDesk,
    data: CallbackData,
    notice: str,
    left: str,
) -> None:
    gateway.answers = [FETCHED]
    await feed(press(data.pack()))
    assert desk.carried == []
    assert telegram.of(AnswerCallbackQuery)[0].text == notice
    assert left in telegram.of(EditMessageText)[0].text


async def test_where_no_website_is_left_there_is_nothing_to_confirm(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [replace(FETCHED, account=replace(STATE, websites=()))]
    await feed(press(AskWebsites(account=ACCOUNT).pack()))
    assert "No website is logged in." in telegram.of(EditMessageText)[0].text


@pytest.mark.parametrize(
    "data",
    [
        AskWebsite(account=ACCOUNT, hash="-5"),
        ConfirmWebsite(account=ACCOUNT, hash="-5", asked=asked()),
        AskWebsites(account=ACCOUNT),
        AskBot(account=ACCOUNT, bot=77),
        ConfirmBot(account=ACCOUNT, bot=77, asked=asked()),
    ],
    ids=lambda data: data.pack(),
)
async def test_without_a_fresh_look_nothing_is_asked_or_done(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: CallbackData
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(data.pack()))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (NO_REPLY_TO_LOOK, True)
    assert telegram.texts() == []
    assert desk.carried == []


@pytest.mark.parametrize("hours", [1, 8])
async def test_a_lock_of_some_hours_ends_that_long_after_the_press(feed: Feed, desk: FakeDesk, hours: int) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    await feed(press(Lock(account=ACCOUNT, hours=hours).pack()))
    command = desk.carried[0].command
    assert isinstance(command, Prefer)
    assert command.fields == ("is_locked", "lock_until")
    assert command.preferences.is_locked
    assert command.preferences.lock_until
    assert timedelta() <= command.preferences.lock_until - before - timedelta(hours=hours) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("data", "is_locked"), [(Lock(account=ACCOUNT, hours=0), True), (Unlock(account=ACCOUNT), False)]
)
async def test_a_lock_without_an_end_and_its_end(
    feed: Feed, desk: FakeDesk, data: CallbackData, is_locked: bool
) -> None:
    await feed(press(data.pack()))
    wanted = Preferences(is_locked=is_locked)
    assert desk.carried[0].command == Prefer(fields=("is_locked", "lock_until"), preferences=wanted)


async def test_the_locks_page_shows_how_it_stands(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.last = roster()
    await feed(words("/lock"))
    gateway.preferences = Preferences(is_locked=True)
    await feed(press(ShowLock(account=ACCOUNT).pack()))
    off, on = telegram.texts()
    assert "It is off" in off
    assert "on until it is switched off" in on


async def test_a_lock_that_nobody_can_keep_says_so(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.condition = Condition.STOPPED
    await feed(words("/lock"))
    assert "The worker was stopped" in telegram.texts()[0]


@pytest.mark.parametrize("command", ["/lock", "/killcodes"])
async def test_what_an_emergency_asks_for_is_about_every_account_whichever_is_chosen(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, command: str
) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, ACCOUNT + 1], ACCOUNT
    await feed(words(command))
    about = gateway.watched if command == "/killcodes" else []
    assert [each.account for each in desk.carried] == about
    assert len(telegram.of(SendMessage)) == (0 if about else 2)


@pytest.mark.parametrize(("watched", "is_said"), [([ACCOUNT, ACCOUNT + 1], True), ([ACCOUNT], False)])
async def test_a_checkup_of_the_chosen_account_alone_says_so(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, watched: list[int], *, is_said: bool
) -> None:
    gateway.watched, gateway.chosen, gateway.answers = watched, ACCOUNT, [FETCHED]
    await feed(words("/checkup"))
    [text] = telegram.texts()
    assert text.endswith("\n\nOnly \u2068Ada\u2069 is shown: /accounts") is is_said


async def test_codes_are_killed_by_a_button(feed: Feed, desk: FakeDesk) -> None:
    await feed(press(KillLateCodes(account=ACCOUNT).pack()))
    assert [each.command for each in desk.carried] == [KillCodes()]


async def test_codes_are_killed_by_a_command_and_its_outcome_is_all_that_is_said_of_it(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(words("/killcodes"))
    [press] = desk.carried
    assert (press.command, press.name) == (KillCodes(), "Ada")
    assert telegram.texts() == []


async def test_status_tells_of_a_lock(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.last, gateway.preferences = roster(), Preferences(is_locked=True)
    await feed(words("/status"))
    assert "The login lock is on until it is switched off" in telegram.texts()[0]


@pytest.fixture
def not_enrolled(gateway: FakeGateway, codes: FakeCodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner is a watched account too, and has no codes: what an intruder would want is not done."""

    async def is_enrolled(owner: int) -> bool:
        assert owner == OWNER
        return False

    gateway.watched = [ACCOUNT, OWNER]
    monkeypatch.setattr(codes, "is_enrolled", is_enrolled, raising=False)


@pytest.mark.usefixtures("not_enrolled")
@pytest.mark.parametrize(
    "data",
    [
        CallOff(account=ACCOUNT),
        KillLateCodes(account=ACCOUNT),
        Lock(account=ACCOUNT, hours=0),
    ],
    ids=lambda data: data.pack(),
)
async def test_what_only_keeps_somebody_out_asks_for_no_code(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk, data: CallbackData
) -> None:
    gateway.answers = [FETCHED]
    await feed(press(data.pack()))
    assert len(desk.carried) == 1


@pytest.mark.usefixtures("not_enrolled")
@pytest.mark.parametrize(
    "data",
    [
        ConfirmWebsite(account=ACCOUNT, hash="-5", asked=asked()),
        ConfirmWebsites(account=ACCOUNT, asked=asked()),
        ConfirmBot(account=ACCOUNT, bot=77, asked=asked()),
        Lock(account=ACCOUNT, hours=1),
        Unlock(account=ACCOUNT),
    ],
    ids=lambda data: data.pack(),
)
async def test_everything_else_waits_for_one_and_the_page_goes_back_to_what_is(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: CallbackData
) -> None:
    gateway.answers = [FETCHED] * 2
    await feed(press(data.pack()))
    assert desk.carried == []
    assert "Not done" in telegram.of(SendMessage)[0].text
    [edit] = telegram.of(EditMessageText)
    assert "?" not in edit.text.partition("\n")[0]
