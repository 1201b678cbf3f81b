"""Logins that come one after another are one message, on which each is answered for by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.answering import Answering
from bot.delivery import logins as logins_module
from bot.delivery.alert_book import AlertBook
from bot.delivery.burst import TOGETHER_MOST
from bot.delivery.bursts import Bursts
from bot.delivery.chat import Chat
from bot.gateway import Gateway
from bot.press import Press
from bot.views.buttons.sessions import Origin
from core.connection import Store
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.commands import LabelSession, RemindLater
from core.contract.replies import Carried, Outcome, Result
from core.contract.session_events import (
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionEnded,
    TrustChanged,
)
from core.domain.risk.assessment import Assessment, Finding, Level, Weight
from core.domain.risk.logins import LoginReason
from tests.calm import OTHER_OWNER, TOGETHER, Evening, login
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeChats, Shown

ALARMING = Assessment(findings=(Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING),))
LIST = f"l:{ACCOUNT}"
NOT_YET = "The login code was entered, the 2FA password not yet: it can't read any messages."


def confirmed(number: int, by: int = OWNER) -> LoginConfirmed:
    return LoginConfirmed(account=ACCOUNT, at=NOW, session=login(number).session, confirmed_by=by)


def ended(number: int, by: int | None = None) -> SessionEnded:
    return SessionEnded(account=ACCOUNT, at=NOW, session=login(number).session, ended_by=by)


def unanswered(number: int) -> LoginUnanswered:
    return LoginUnanswered(account=ACCOUNT, at=NOW, session=login(number).session, since=NOW)


def password_entered(number: int) -> SessionAltered:
    before = login(number, password_pending=True).session
    return SessionAltered(account=ACCOUNT, at=NOW, before=before, after=replace(before, password_pending=False))


def devices_on(message: Shown) -> list[int]:
    return [number for number in range(1, 20) if f"Device {number}." in message.text]


def open_on(message: Shown) -> list[str]:
    """The hashes of those that can be answered for on it."""
    return [data.rpartition(":")[2] for data in message.buttons if data.startswith("mt:")]


class Clock(datetime):
    """The bot's own, which a test winds on."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time pass for the bot: a message is not fresh any more."""
    monkeypatch.setattr(Clock, "ahead", timedelta())
    monkeypatch.setattr(logins_module, "datetime", Clock)

    def pass_(by: timedelta = timedelta(seconds=20)) -> timedelta:
        Clock.ahead += by
        return Clock.ahead

    return pass_


@pytest.fixture
def evening(redis: Store, telegram: FakeChats) -> Evening:
    return Evening(redis, telegram)


async def test_logins_in_one_go_are_written_on_the_message_that_has_just_sounded(
    evening: Evening, telegram: FakeChats
) -> None:
    for number in (1, 2, 3):
        await evening.tell(login(number))
    [message] = telegram.messages(OWNER)
    assert message.text.startswith("🔔 New logins to ")
    assert devices_on(message) == [1, 2, 3]
    assert open_on(message) == ["1", "2", "3"]
    assert not message.quiet


async def test_a_login_after_a_while_is_a_new_message_of_all_and_the_former_gives_its_buttons_up(
    evening: Evening, telegram: FakeChats, later: Any
) -> None:
    await evening.tell(login(1))
    await evening.tell(login(2), later=later())
    await evening.tell(login(3), later=later())
    *former, message = telegram.messages(OWNER)
    assert [each.buttons for each in former] == [[LIST], [LIST]]
    assert all("newer message" in each.text for each in former)
    assert devices_on(message) == [1, 2, 3]
    assert [each.quiet for each in (*former, message)] == [False, False, True], "the third in a minute"


async def test_an_alarm_sounds_though_another_login_has_just_sounded(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    await evening.tell(replace(login(2), assessment=ALARMING))
    await evening.tell(replace(login(3), assessment=ALARMING))
    former, message = telegram.messages(OWNER)
    assert former.buttons == [LIST]
    assert message.text.startswith("🚨 New logins")
    assert devices_on(message) == [1, 2, 3]
    assert not message.quiet


async def test_a_login_sounds_though_one_that_was_expected_came_just_before_it(
    evening: Evening, telegram: FakeChats
) -> None:
    await evening.tell(replace(login(1), assessment=Assessment(floor=Level.QUIET)))
    await evening.tell(login(2))
    assert [message.quiet for message in telegram.messages(OWNER)] == [True, False]


async def test_what_was_answered_for_or_is_long_ago_takes_no_other_login_along(
    evening: Evening, telegram: FakeChats, later: Any
) -> None:
    await evening.tell(login(1))
    await evening.tell(confirmed(1))
    await evening.tell(login(2))
    await evening.tell(login(3), later=later(TOGETHER))
    assert [devices_on(message) for message in telegram.messages(OWNER)] == [[1], [2], [3]]


async def test_a_message_takes_no_more_than_it_can_list(evening: Evening, telegram: FakeChats) -> None:
    for number in range(1, TOGETHER_MOST + 3):
        await evening.tell(login(number))
    full, rest = telegram.messages(OWNER)
    assert devices_on(full) == list(range(1, TOGETHER_MOST + 1))
    assert devices_on(rest) == [TOGETHER_MOST + 1, TOGETHER_MOST + 2]
    await evening.tell(ended(1))
    assert "It ended elsewhere" in telegram.messages(OWNER)[0].text


async def test_what_becomes_of_one_is_said_on_it_and_the_others_stay_open(
    evening: Evening, telegram: FakeChats
) -> None:
    for owner in (OWNER, OTHER_OWNER):
        for number in (1, 2, 3, 4):
            await evening.tell(login(number), owner)
        await evening.tell(confirmed(1), owner)
        await evening.tell(ended(2, by=OTHER_OWNER), owner)
        trusted = TrustChanged(account=ACCOUNT, at=NOW, session=login(3).session, trusted=True, by=OTHER_OWNER)
        await evening.tell(trusted, owner)
        group, *_ = telegram.messages(owner)
        assert open_on(group) == ["4"]
    mine = telegram.messages(OWNER)[0].text
    assert "You said that it was you" in mine
    assert "Ended by another owner" in mine
    assert "Another owner trusts this session now" in mine


async def test_once_all_are_settled_nothing_is_left_to_press_and_nothing_in_the_book(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    for number in (1, 2):
        await evening.tell(login(number))
    for number in (1, 2):
        await evening.tell(ended(number, by=OTHER_OWNER))
    group, *_ = telegram.messages(OWNER)
    assert group.buttons == [LIST]
    assert "change your 2FA password now" in group.text
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 0


async def test_a_reminder_takes_one_off_and_several_are_one_message_again(
    evening: Evening, telegram: FakeChats, later: Any
) -> None:
    for number in (1, 2, 3):
        await evening.tell(login(number))
    apart = later(timedelta(minutes=10))
    await evening.tell(unanswered(1), later=apart)
    group, reminder = telegram.messages(OWNER)
    assert open_on(group) == ["2", "3"]
    assert "Told again in a newer message" in group.text
    await evening.tell(unanswered(2), later=apart)
    group, reminder = telegram.messages(OWNER)
    assert open_on(group) == ["3"]
    assert reminder.text.startswith("🔔 Not answered yet: logins to ")
    assert open_on(reminder) == ["1", "2"]
    await evening.tell(confirmed(2))
    group, reminder = telegram.messages(OWNER)
    assert open_on(reminder) == ["1"]
    assert open_on(group) == ["3"]


async def test_one_that_turns_out_to_be_an_alarm_brings_all_of_them_in_a_new_message(
    evening: Evening, telegram: FakeChats
) -> None:
    for number in (1, 2):
        await evening.tell(login(number))
    await evening.tell(replace(login(1), assessment=ALARMING))
    former, alarm = telegram.messages(OWNER)
    assert former.buttons == [LIST]
    assert open_on(alarm) == ["1", "2"]
    assert not alarm.quiet


async def test_one_that_is_told_anew_stays_where_it_is(evening: Evening, telegram: FakeChats) -> None:
    for number in (1, 2, 1):
        await evening.tell(login(number))
    announced = LoginAnnounced(
        account=ACCOUNT, at=NOW, hash="3", device="Device 3.", location="Sweden", logged_in_at=NOW
    )
    await evening.tell(announced)
    group, alone = telegram.messages(OWNER)
    assert devices_on(group) == [1, 2]
    assert devices_on(alone) == [3]


@pytest.mark.parametrize(
    ("owner", "place"),
    [
        (Chat, "edit"),
        (Chat, "send"),
        (AlertBook, "mark_sent"),
        (AlertBook, "enter"),
        (Bursts, "set_latest"),
        (Bursts, "keep"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("wait", [timedelta(), timedelta(seconds=20)], ids=["fresh", "not fresh"])
async def test_who_dies_over_it_leaves_one_message_with_all_of_the_buttons(
    evening: Evening,
    telegram: FakeChats,
    later: Any,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    place: str,
    is_done: bool,
    wait: timedelta,
) -> None:
    await evening.tell(login(1))
    really, entry = getattr(owner, place), evening.entry(later=later(wait))

    async def die(*arguments: Any, **options: Any) -> None:
        if is_done:
            await really(*arguments, **options)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(owner, place, die)
        try:
            await evening.tell(login(2), entry=entry)
        except ZeroDivisionError:
            later(timedelta(minutes=1))  # until it is back
    await evening.tell(login(2), entry=entry)
    shown = telegram.messages(OWNER)
    group = shown[-1]
    assert open_on(group) == ["1", "2"]
    is_sent_unnoted = (place == "send" and is_done) or (place == "mark_sent" and not is_done)
    assert len(shown) <= 2 + is_sent_unnoted, "twice at worst"
    if not is_sent_unnoted:
        assert [each.buttons for each in shown[:-1]] == [[LIST]] * (len(shown) - 1)
    await evening.tell(confirmed(1))
    await evening.tell(ended(2))
    assert open_on(telegram.messages(OWNER)[len(shown) - 1]) == []


@pytest.mark.parametrize("others", [(), (2,)], ids=["alone", "with another"])
async def test_what_a_login_has_finished_is_not_called_unfinished_on_its_alert(
    evening: Evening, telegram: FakeChats, others: tuple[int, ...]
) -> None:
    for number in (1, *others):
        await evening.tell(login(number, password_pending=True, unconfirmed=True))
    before, *_ = telegram.messages(OWNER)
    assert before.text.count(NOT_YET) == 1 + len(others)
    await evening.tell(password_entered(1))
    alert, news = telegram.messages(OWNER)
    assert alert.text.count(NOT_YET) == len(others)
    assert "The 2FA password was entered" in news.text
    assert alert.buttons == before.buttons


async def test_so_does_a_reminder(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(replace(unanswered(1), session=login(1, password_pending=True).session))
    before, *_ = telegram.messages(OWNER)
    await evening.tell(password_entered(1))
    reminder, _ = telegram.messages(OWNER)
    assert reminder.text == before.text.replace(f"\n{NOT_YET}", "")


async def test_an_alert_that_was_answered_stays_as_it_is(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1, password_pending=True))
    await evening.tell(confirmed(1))
    before, *_ = telegram.messages(OWNER)
    await evening.tell(password_entered(1))
    assert telegram.messages(OWNER)[0] == before


async def test_what_nobody_was_told_of_or_is_told_no_more_changes_no_message(
    evening: Evening, telegram: FakeChats
) -> None:
    await evening.tell(login(1, password_pending=True))
    await evening.tell(confirmed(1))
    await evening.tell(login(2))
    before = telegram.messages(OWNER)
    for number in (1, 3):
        await evening.tell(password_entered(number))
    moved = SessionAltered(account=ACCOUNT, at=NOW, before=login(2).session, after=login(2, country="Chile").session)
    await evening.tell(moved)
    assert telegram.messages(OWNER)[:2] == before


async def test_a_login_is_written_on_no_message_that_others_stand_below(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    await evening.tell(TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7))
    await evening.tell(login(2))
    former, _, message = telegram.messages(OWNER)
    assert former.buttons == [LIST]
    assert open_on(message) == ["1", "2"]
    assert not message.quiet


async def test_who_does_not_know_what_stands_below_writes_on_none(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    await evening.anew().tell(login(2))
    former, message = telegram.messages(OWNER)
    assert former.buttons == [LIST]
    assert open_on(message) == ["1", "2"]


@pytest.mark.parametrize("other", [True, False], ids=["with something else", "logins alone"])
async def test_what_was_held_back_comes_below_an_alarm_of_the_night(
    evening: Evening, telegram: FakeChats, other: bool
) -> None:
    evening.is_quiet()
    for number in (1, 2):
        await evening.tell(login(number))
    if other:
        await evening.tell(TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7))
    await evening.tell(replace(login(3), assessment=ALARMING))
    evening.waits(*(login(number).session for number in (1, 2, 3)))
    await evening.dawns()
    alarm, *_, message = telegram.messages(OWNER)
    assert alarm.buttons == [LIST]
    assert open_on(message) == ["3", "1", "2"]
    assert not message.quiet
    assert len(telegram.messages(OWNER)) == 2 + other


@pytest.mark.parametrize(
    ("button", "words"), [("⏰ 1", "You are reminded of this login at"), ("1: 🏷 Name it so", "laptop")]
)
async def test_one_of_several_can_be_put_off_and_named_as_before(
    evening: Evening, telegram: FakeChats, redis: Store, button: str, words: str
) -> None:
    await evening.tell(replace(login(1), former_label="laptop"))
    await evening.tell(login(2))
    group, *_ = telegram.messages(OWNER)
    assert group.keyboard
    assert button in [each.text for row in group.keyboard.inline_keyboard for each in row]
    is_name = "Name" in button
    press = Press.of(
        LabelSession(hash="1", label="laptop") if is_name else RemindLater(hash="1"),
        account=ACCOUNT,
        owner=OWNER,
        message_id=next(iter(telegram.chats[OWNER])),
        origin=Origin.ALERT,
        sessions=(login(1).session,),
    )
    result = Result(hash="1", outcome=Outcome.DONE, at=NOW, session=login(1).session)
    answering = Answering(gateway=Gateway(redis=redis), courier=telegram.courier())
    await answering.tell(press, Carried(results=(result,)))
    after, said = telegram.messages(OWNER)
    assert after == group
    assert "Device 1." in said.text
    assert words in said.text


async def test_a_group_whose_message_was_deleted_is_sent_anew(evening: Evening, telegram: FakeChats) -> None:
    await evening.tell(login(1))
    telegram.chats[OWNER].clear()
    await evening.tell(login(2))
    [message] = telegram.messages(OWNER)
    assert open_on(message) == ["1", "2"]


async def test_a_full_redis_keeps_each_login_on_a_message_of_its_own(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    """Nobody could tell later what else is on one."""
    await evening.tell(login(1))
    await redis.config_set("maxmemory", "1")
    try:
        await evening.tell(login(2))
    finally:
        await redis.config_set("maxmemory", "0")
    shown = telegram.messages(OWNER)
    assert devices_on(shown[0]) == [1]
    assert 2 in devices_on(shown[1])
    await evening.tell(confirmed(1))
    assert "You said that it was you" in telegram.messages(OWNER)[0].text
    assert 2 in devices_on(telegram.messages(OWNER)[1])


@pytest.mark.parametrize("rubbish", [b"rubbish", b"{}", b"\xff"])
async def test_rubbish_in_its_note_costs_no_login(
    evening: Evening, telegram: FakeChats, redis: Store, rubbish: bytes
) -> None:
    await evening.tell(login(1))
    await redis.hset_signed(keys.sent(ACCOUNT), f"{OWNER} burst", rubbish)
    await evening.tell(login(2))
    assert [devices_on(message) for message in telegram.messages(OWNER)] == [[1], [2]]
