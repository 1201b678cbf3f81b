"""Quiet hours hold back all that is no alarm, and lose nothing of it: through deaths, a full Redis, and a full list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.channels.channel import Channel
from bot.delivery.chat import Chat
from bot.delivery.held import HELD_MOST, Held
from bot.views.letter import Letter
from core.connection import Store
from core.contract import keys
from core.contract.account_events import CodeCame, PreferencesChanged, TtlChanged
from core.contract.session_events import LoginAnnounced, LoginUnanswered, SessionEnded
from core.domain.automation import Rule
from core.domain.preferences import Preferences
from core.domain.risk.assessment import Assessment, Finding, Weight
from core.domain.risk.logins import LoginReason
from core.domain.tombstones import DOORMAN
from tests.calm import OTHER_OWNER, Evening, login
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.fake_telegram import FakeChats
from tests.wire import STRANGER

ALARMING = Assessment(findings=(Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING),))
ANNOUNCED = LoginAnnounced(
    account=ACCOUNT, at=NOW, hash="8", device="Pixel 9, Android", location="Sweden", logged_in_at=NOW
)
TTL = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)
CODE = CodeCame(account=ACCOUNT, at=NOW)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=login(1).session)


@pytest.fixture
def evening(redis: Store, telegram: FakeChats) -> Evening:
    evening = Evening(redis, telegram)
    evening.is_quiet()
    return evening


async def test_alarms_come_at_once_and_nothing_else_does(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    await evening.tell(TTL)
    await evening.tell(CODE)
    assert telegram.messages(OWNER) == []
    await evening.tell(replace(login(2), assessment=ALARMING))
    await evening.tell(ANNOUNCED)
    assert [message.quiet for message in telegram.messages(OWNER)] == [False, False]


async def test_after_them_one_message_has_a_line_for_each_and_comes_once(evening: Evening, telegram: FakeChats) -> None:
    for event in (TTL, CODE, replace(CODE, at=NOW), ENDED):
        await evening.tell(event)
    await evening.notifier.dawn.tell(evening.notifier.chat(ACCOUNT, OWNER))
    assert telegram.messages(OWNER) == [], "it is quiet still"
    await evening.dawns()
    await evening.dawns()
    [summary] = telegram.messages(OWNER)
    _, *lines = summary.text.splitlines()
    assert [line.partition(" UTC ")[2].translate({0x2068: None, 0x2069: None}) for line in lines] == [
        "Unused sessions now end after 7 days",
        "🔔 Somebody asked for a login code, 2 times",
        "A session ended: 🤖 Device 1.",
    ]
    assert not summary.quiet
    assert summary.buttons[0] == f"l:{ACCOUNT}"


async def test_one_alone_comes_as_it_would_have_come(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(TTL)
    await evening.dawns()
    assert [text.partition(":")[0] for text in telegram.in_chat(OWNER)] == ["Unused sessions now end after 7 days"]


async def test_logins_that_wait_for_an_answer_come_on_one_alert_with_their_buttons(
    evening: Evening, telegram: FakeChats
) -> None:
    for number in (1, 2, 3):
        await evening.tell(login(number))
    await evening.tell(TTL)
    evening.waits(login(1).session, login(3).session, answered=(login(2).session,))
    await evening.dawns()
    summary, alert = telegram.messages(OWNER)
    assert "2 logins wait for your answer, below." in summary.text
    assert "Device 2." in summary.text
    assert "answered for since" in summary.text
    assert not any(device in summary.text for device in ("Device 1.", "Device 3."))
    assert (summary.quiet, alert.quiet) == (True, False)
    assert "Device 1." in alert.text
    assert "Device 3." in alert.text
    assert sum(data.startswith("mt:") for data in alert.buttons) == 2


async def test_a_login_and_its_end_by_a_rule_are_one_line(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    await evening.tell(replace(ENDED, ended_by=DOORMAN, rule=Rule.COUNTRY))
    evening.waits()
    await evening.dawns()
    [summary] = telegram.in_chat(OWNER)
    assert "Doorman ended it, for its login is from a country that is not on your list" in summary
    assert len(summary.splitlines()) == 2


async def test_a_login_that_became_an_alarm_in_the_night_is_not_told_again(
    evening: Evening, telegram: FakeChats
) -> None:
    await evening.tell(login(1))
    await evening.tell(replace(login(1), assessment=ALARMING))
    evening.waits(login(1).session)
    await evening.dawns()
    assert len(telegram.messages(OWNER)) == 1


async def test_a_reminder_comes_after_them_if_it_is_due_still(evening: Evening, telegram: FakeChats) -> None:
    reminder = LoginUnanswered(account=ACCOUNT, at=NOW, session=login(1).session, since=NOW)
    for _ in range(3):
        await evening.tell(reminder)
    await evening.tell(replace(reminder, session=login(2).session))
    evening.waits(login(1).session)
    await evening.dawns()
    [text] = telegram.in_chat(OWNER)
    assert text.startswith("🔔 Not answered yet")
    assert "Device 1." in text


async def test_what_answers_an_owners_own_press_waits_for_nothing(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(replace(ENDED, ended_by=OWNER))
    [aid] = telegram.in_chat(OWNER)
    assert aid.startswith("First aid")


async def test_an_alert_of_the_evening_is_settled_in_the_night(evening: Evening, telegram: FakeChats) -> None:
    evening.is_quiet(None)
    await evening.tell(login(1))
    evening.is_quiet()
    await evening.tell(ENDED)
    [alert] = telegram.in_chat(OWNER)
    assert "It ended elsewhere" in alert


async def test_switching_them_off_releases_all_at_once(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(TTL)
    evening.gateway.known = replace(evening.gateway.known, preferences=Preferences())
    changed = PreferencesChanged(account=ACCOUNT, at=NOW, fields=("quiet",), preferences=Preferences(), by=OWNER)
    await evening.tell(changed)
    assert len(telegram.messages(OWNER)) == 1


async def test_each_owner_has_their_own(evening: Evening, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await evening.tell(TTL, owner)
    await evening.dawns()
    assert len(telegram.messages(OWNER)) == 1
    assert telegram.messages(OTHER_OWNER) == []
    await evening.dawns(OTHER_OWNER)
    assert len(telegram.messages(OTHER_OWNER)) == 1


async def test_an_event_that_is_delivered_again_is_held_once(evening: Evening, telegram: FakeChats) -> None:
    entry = await evening.tell(CODE)
    await evening.tell(CODE, entry=entry)
    await evening.tell(TTL)
    await evening.dawns()
    [summary] = telegram.in_chat(OWNER)
    assert "times" not in summary


@pytest.mark.parametrize("place", [(Chat, "send"), (Held, "drop")], ids=["before it is sent", "before it is dropped"])
async def test_who_dies_while_he_tells_it_loses_nothing(
    evening: Evening, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch, place: tuple[type, str]
) -> None:
    for event in (TTL, CODE, login(1)):
        await evening.tell(event)
    evening.waits(login(1).session)

    async def die(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(*place, die)
        with pytest.raises(ZeroDivisionError):
            await evening.dawns()
    await evening.dawns()
    await evening.dawns()
    texts = telegram.in_chat(OWNER)
    assert sum("7 days" in text for text in texts) == (1 if place[1] == "send" else 2)
    assert sum("New login" in text for text in texts) == 1


async def test_what_a_full_redis_or_a_full_list_can_not_hold_comes_silently(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        await evening.tell(TTL)
    finally:
        await redis.config_set("maxmemory", "0")
    for _ in range(HELD_MOST + 1):
        await evening.tell(TTL)
    assert [message.quiet for message in telegram.messages(OWNER)] == [True, True]
    await evening.dawns()
    *_, summary = telegram.in_chat(OWNER)
    assert "and 30 more that have no room here" in summary
    assert "Above in this chat, without a sound:\n• other messages: 1" in summary


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\xff"])
async def test_what_somebody_else_wrote_there_is_told_to_nobody(
    evening: Evening, telegram: FakeChats, redis: Store, rubbish: bytes
) -> None:
    await redis.hset(keys.held(ACCOUNT), f"{OWNER} 1-1", STRANGER.wrap("x", rubbish))
    await redis.hset(keys.held(ACCOUNT), f"{OWNER} {rubbish.decode(errors='replace')}", rubbish)
    await evening.tell(TTL)
    await evening.dawns()
    assert len(telegram.messages(OWNER)) == 1


async def test_another_kind_of_value_in_its_place_keeps_nothing_back(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    await redis.set(keys.held(ACCOUNT), "rubbish")
    await evening.tell(TTL)
    await evening.dawns()
    assert len(telegram.messages(OWNER)) == 1


async def test_a_channel_has_one_letter_after_them(redis: Store, telegram: FakeChats) -> None:
    letters: list[Letter] = []

    def send(letter: Letter) -> str:
        letters.append(letter)
        return ""

    evening = Evening(redis, telegram, channels=(Channel(name="mail", ids=("a",), send=send),))
    evening.is_quiet()
    await evening.tell_channel(TTL)
    await evening.tell_channel(login(1))
    await evening.tell_channel(replace(login(2), assessment=ALARMING))
    [alarm] = letters
    assert "Device 2." in alarm.body
    evening.is_quiet(None)
    evening.waits(login(1).session)
    for _ in range(2):
        await evening.notifier.dawn.tell(evening.mailbox)
    _, summary = letters
    assert summary.title == "While it was quiet: “Ada”"
    assert "Unused sessions now end after 7 days" in summary.body
    assert "New login: 🤖 “Device 1.”" in summary.body


async def test_a_channel_that_had_one_thing_to_tell_is_told_that(redis: Store, telegram: FakeChats) -> None:
    letters: list[Letter] = []

    def send(letter: Letter) -> str:
        letters.append(letter)
        return ""

    evening = Evening(redis, telegram, channels=(Channel(name="mail", ids=("a",), send=send),))
    evening.is_quiet()
    await evening.tell_channel(replace(login(1), session=session()))
    evening.is_quiet(None)
    await evening.notifier.dawn.tell(evening.mailbox)
    assert [letter.title for letter in letters] == ["🔔 New login to “Ada”"]
