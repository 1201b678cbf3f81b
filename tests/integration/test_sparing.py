"""What an owner is spared, and never loses: sound in crowds, a message for each code, one story told twice."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from bot.delivery.alert_book import AlertBook
from bot.delivery.burst import LOUD
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.delivery.sparing import Sparing
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from core.connection import Store
from core.contract.account_events import AccountAltered, CodeCame, PreferencesChanged
from core.contract.events import Event, Report
from core.contract.session_events import LoginAnnounced, RuleWouldEnd, SessionAppeared, SessionEnded
from core.contract.state import Snapshot
from core.domain.account_state import AccountChange, AccountState
from core.domain.automation import Rule
from core.domain.endings import Ending, Why
from core.domain.preferences import Preferences, QuietHours
from core.domain.risk.assessment import Assessment, Finding, Level, Weight
from core.domain.risk.logins import LoginReason
from core.domain.tombstones import DOORMAN
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats
from tests.telling import Heard

OTHER_OWNER = 3003
QUIET = QuietHours(start=(NOW - timedelta(hours=1)).time(), end=(NOW + timedelta(hours=1)).time())
APPEARED = SessionAppeared(account=ACCOUNT, at=NOW, session=session())
ALARM = replace(
    APPEARED,
    session=session("8"),
    assessment=Assessment(findings=(Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING),)),
)
ANNOUNCED = LoginAnnounced(
    account=ACCOUNT, at=NOW, hash="8", device="Pixel 9, Android", location="Sweden", logged_in_at=NOW
)
EXPECTED = replace(APPEARED, session=session("9"), assessment=Assessment(floor=Level.QUIET))
CODE = CodeCame(account=ACCOUNT, at=NOW)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=OWNER)
RESET = Ending(
    why=Why.RESET_OF_OTHERS,
    last_active=NOW,
    idle=timedelta(),
    ttl_days=180,
    went=2,
    stayed=0,
    survivor=None,
    youngest_stayed=False,
    guard_stayed=True,
    apart=timedelta(seconds=30),
)


class FakeGateway:
    """What the worker keeps, and a clock."""

    def __init__(self) -> None:
        self.known = Snapshot(roster=roster(session()))
        self.clock = NOW

    def set_quiet(self, quiet: QuietHours | None) -> None:
        self.known = replace(self.known, preferences=Preferences(quiet=quiet))

    async def snapshot(self, account: int) -> Snapshot:
        assert account == ACCOUNT
        return self.known

    async def now(self) -> datetime:
        return self.clock

    async def account_name(self, _account: int) -> str:
        return "Ada"


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def notifier(redis: Store, telegram: FakeChats, gateway: FakeGateway) -> Notifier:
    return Notifier(
        redis=redis,
        events=redis,
        owners=frozenset({OWNER, OTHER_OWNER}),
        gateway=cast("Gateway", gateway),
        courier=telegram.courier(),
        doorbells=Doorbells(),
        suspicions=Suspicions(Heard()),
    )


Tell = Callable[..., Awaitable[str]]


@pytest.fixture
def tell(notifier: Notifier) -> Tell:
    """Tell an owner of an event, in an entry of its own unless one is given; the entry."""
    numbers = itertools.count()

    async def tell(event: Event, owner: int = OWNER, entry: str = "", *, later: timedelta = timedelta()) -> str:
        milliseconds = time.time_ns() // 1_000_000 + later // timedelta(milliseconds=1)
        entry = entry or f"{milliseconds}-{next(numbers)}"
        await notifier.tell(notifier.chat(event.account, owner), entry, Report(number=1, event=event))
        return entry

    return tell


def login(number: int) -> SessionAppeared:
    return replace(APPEARED, session=session(str(number), device_model=f"Device {number}"))


async def test_of_many_logins_at_once_none_is_lost_and_the_first_ones_ring(tell: Tell, telegram: FakeChats) -> None:
    for number in range(1, 6):
        await tell(login(number))
    shown = telegram.messages(OWNER)
    assert [f"Device {n}" in message.text for n, message in enumerate(shown, start=1)] == [True] * 5
    assert [message.quiet for message in shown] == [False] * LOUD + [True] * (5 - LOUD)
    await tell(SessionEnded(account=ACCOUNT, at=NOW, session=login(4).session))
    assert "It ended elsewhere" in telegram.in_chat(OWNER)[3]


async def test_an_alarm_rings_in_any_crowd_and_so_does_a_login_a_minute_later(tell: Tell, telegram: FakeChats) -> None:
    for number in range(1, 4):
        await tell(login(number))
    await tell(ALARM)
    await tell(login(5), later=timedelta(minutes=2))
    assert [message.quiet for message in telegram.messages(OWNER)] == [False, False, True, False, False]


async def test_an_expected_login_makes_no_sound(tell: Tell, telegram: FakeChats) -> None:
    await tell(EXPECTED)
    [shown] = telegram.messages(OWNER)
    assert shown.quiet
    assert "as you expect" in shown.text


def code_after(seconds: float) -> CodeCame:
    return replace(CODE, at=NOW + timedelta(seconds=seconds))


async def test_codes_that_come_at_once_are_counted_on_one_message(tell: Tell, telegram: FakeChats) -> None:
    entry = ""
    for seconds in (0, 50, 100):
        entry = await tell(code_after(seconds))
    await tell(code_after(100), entry=entry)  # delivered again after a crash
    [shown] = telegram.messages(OWNER)
    assert "3 times since 14 Mar 2026, 15:09 UTC, the last at 14 Mar 2026, 15:11 UTC" in shown.text


async def test_a_later_code_makes_its_sound_and_says_how_many_came(tell: Tell, telegram: FakeChats) -> None:
    await tell(CODE)
    entry = await tell(code_after(180))
    await tell(code_after(180), entry=entry)
    await tell(code_after(200))
    first, second = telegram.messages(OWNER)
    assert "times" not in first.text
    assert not second.quiet
    assert "3 times since 14 Mar 2026, 15:09 UTC, the last at 14 Mar 2026, 15:12 UTC" in second.text
    await tell(code_after(601))
    assert "times" not in telegram.in_chat(OWNER)[2]


async def test_a_code_after_the_former_one_was_killed_is_a_message_of_its_own(
    tell: Tell, telegram: FakeChats, redis: Store
) -> None:
    sparing = Sparing(book=AlertBook(redis=redis), account=ACCOUNT, owner=OWNER)
    await sparing.close_codes()  # of none, nothing comes
    await tell(CODE)
    await sparing.close_codes()
    for seconds in (5, 10):
        await tell(code_after(seconds))
    first, second = telegram.messages(OWNER)
    assert "times" not in first.text
    assert "3 times since" in second.text
    assert not second.quiet


async def test_a_code_after_the_message_was_deleted_is_told_anew(tell: Tell, telegram: FakeChats) -> None:
    await tell(CODE)
    telegram.chats[OWNER].clear()
    await tell(CODE)
    [shown] = telegram.messages(OWNER)
    assert "2 times" in shown.text


async def test_codes_that_the_lock_kills_are_told_apart_and_quietly(tell: Tell, telegram: FakeChats) -> None:
    await tell(CODE)
    await tell(replace(CODE, was_killed=True))
    asked, killed = telegram.messages(OWNER)
    assert not asked.quiet
    assert killed.quiet


async def test_a_login_that_was_only_announced_rings_in_quiet_hours_for_nothing_has_judged_it(
    tell: Tell, telegram: FakeChats, gateway: FakeGateway
) -> None:
    gateway.set_quiet(QUIET)
    await tell(ANNOUNCED)
    await tell(ALARM)
    [message] = telegram.messages(OWNER)
    assert not message.quiet
    assert "this is all that is known" not in message.text


async def test_a_login_that_came_silently_rings_in_a_new_message_once_it_is_an_alarm(
    tell: Tell, telegram: FakeChats
) -> None:
    await tell(replace(ALARM, assessment=EXPECTED.assessment))
    [silent] = telegram.messages(OWNER)
    entry = await tell(ALARM)
    await tell(ALARM, entry=entry)
    await tell(ALARM)
    former, alarm = telegram.messages(OWNER)
    assert (former.quiet, alarm.quiet) == (True, False)
    assert former.text == silent.text
    assert former.buttons == [f"l:{ACCOUNT}"]
    assert len(alarm.buttons) > 1


@pytest.mark.parametrize("method", ["mark_sent", "enter"])
async def test_an_alarm_that_was_cut_short_and_comes_again_is_not_doubled(
    tell: Tell, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    await tell(replace(ALARM, assessment=APPEARED.assessment))
    really, entry = getattr(AlertBook, method), f"{time.time_ns() // 1_000_000}-99"

    async def die(*arguments: Any, **options: Any) -> None:
        await really(*arguments, **options)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(AlertBook, method, die)
        with pytest.raises(ZeroDivisionError):
            await tell(ALARM, entry=entry)
    await tell(ALARM, entry=entry)
    former, alarm = telegram.messages(OWNER)
    assert former.buttons == [f"l:{ACCOUNT}"]
    assert not alarm.quiet


async def test_a_reset_by_doormans_own_key_is_one_alarm_and_each_session_is_told(
    tell: Tell, telegram: FakeChats
) -> None:
    first = replace(ENDED, ended_by=None, ending=RESET)
    entry = await tell(first)
    await tell(first, entry=entry)
    await tell(replace(first, session=session("8")))
    alarm, other = telegram.messages(OWNER)
    assert alarm.text.startswith("🚨 All sessions but Doorman's were ended")
    assert not alarm.quiet
    assert other.text.startswith("A session ended")
    assert other.quiet


async def test_first_aid_is_given_once_and_to_whoever_pressed(
    tell: Tell, telegram: FakeChats, gateway: FakeGateway
) -> None:
    gateway.known = replace(gateway.known, account_state=AccountState(taken_at=NOW, has_password=False))
    for owner in (OWNER, OTHER_OWNER):
        await tell(ENDED, owner)
        await tell(replace(ENDED, session=session("8")), owner)
    [aid] = telegram.messages(OWNER)
    assert "Two-step verification is off" in aid.text
    assert not any("First aid" in text for text in telegram.in_chat(OTHER_OWNER))


@pytest.mark.parametrize(
    "event",
    [
        replace(ENDED, session=session(created_at=NOW - timedelta(days=2))),
        PreferencesChanged(account=ACCOUNT, at=NOW, fields=("is_locked",), preferences=Preferences(), by=OWNER),
    ],
    ids=["an old session's end", "settings"],
)
async def test_who_pressed_is_told_no_more_than_that(tell: Tell, telegram: FakeChats, event: Event) -> None:
    await tell(event)
    await tell(event, OTHER_OWNER)
    assert telegram.in_chat(OWNER) == []
    assert len(telegram.in_chat(OTHER_OWNER)) == 1


RULED = replace(ENDED, ended_by=DOORMAN, rule=Rule.COUNTRY)


async def test_a_login_that_a_rule_ends_at_once_is_one_story_on_its_alert(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    await tell(RULED)
    [alert] = telegram.messages(OWNER)
    assert "Doorman ended it by itself: its login is from a country that is not on your list." in alert.text
    assert "another owner" not in alert.text
    assert alert.buttons == [f"l:{ACCOUNT}"]


@pytest.mark.parametrize("age", [timedelta(minutes=3), timedelta(hours=1)], ids=["no alert", "long after"])
async def test_what_a_rule_ended_is_told_where_no_alert_can_say_so_or_nobody_looks_at_it_any_more(
    tell: Tell, telegram: FakeChats, age: timedelta
) -> None:
    await tell(APPEARED)
    if age < timedelta(minutes=10):
        telegram.chats[OWNER].clear()
    await tell(replace(RULED, session=session(created_at=NOW - age)))
    news = telegram.messages(OWNER)[-1]
    assert news.text.startswith("A session ended")
    assert "Doorman ended it by itself" in news.text
    assert news.quiet


@pytest.mark.parametrize(
    ("event", "quiet"),
    [
        (RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.IDLE), True),
        (RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.IDLE, error="FLOOD"), False),
        (
            AccountAltered(
                account=ACCOUNT,
                at=NOW,
                changes=(AccountChange(what="has_password", before="yes", after="no"),),
                state=AccountState(taken_at=NOW),
            ),
            False,
        ),
    ],
    ids=["dry", "error", "2FA off"],
)
async def test_each_is_one_message_as_loud_as_it_matters(
    tell: Tell, telegram: FakeChats, event: Event, quiet: bool
) -> None:
    entry = await tell(event)
    await tell(event, entry=entry)
    [shown] = telegram.messages(OWNER)
    assert shown.quiet is quiet
