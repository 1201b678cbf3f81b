"""One event told to one owner: each change told once, and kept up to date in its place."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.delivery.alert_book import ALERTS_MOST, AlertBook
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.delivery.succession import Succession
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from core.connection import Store
from core.contract import keys
from core.contract.account_events import AccountAltered, BaselineTaken, GuardLost, PreferencesChanged, TtlChanged
from core.contract.events import Event, Report
from core.contract.mishaps import GuardLoss
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.contract.state import Condition, Heartbeat, WorkerStatus
from core.domain.account_state import AccountChange, AccountState
from core.domain.preferences import Preferences
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats
from tests.telling import Heard
from tests.wire import said

OTHER_OWNER = 3003
Tell = Callable[..., Awaitable[str]]

APPEARED = SessionAppeared(account=ACCOUNT, at=NOW, session=session())
ANNOUNCED = LoginAnnounced(
    account=ACCOUNT, at=NOW, hash="7", device="Pixel 9, Android", location="Sweden", logged_in_at=NOW
)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=session())
CONFIRMED = LoginConfirmed(account=ACCOUNT, at=NOW, session=session(), confirmed_by=OWNER)
UNANSWERED = LoginUnanswered(account=ACCOUNT, at=NOW, session=session(), since=NOW)
TRUSTED = TrustChanged(account=ACCOUNT, at=NOW, session=session(), trusted=True, by=OWNER)
#: What one owner had Doorman do, and the words by which the others know it.
BY_AN_OWNER = [
    (TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7, by=OWNER), "now end after 7 days"),
    (
        AccountAltered(
            account=ACCOUNT,
            at=NOW,
            changes=(AccountChange(what="websites", before="shop.example"),),
            state=AccountState(taken_at=NOW),
            by=OWNER,
        ),
        "A website was disconnected",
    ),
    (SessionAdjusted(account=ACCOUNT, at=NOW, session=session(), by=OWNER, label="my phone"), "A session was named"),
    (
        EndingAwaited(account=ACCOUNT, at=NOW, session=session(), by=OWNER, allowed_from=NOW),
        "is to be ended as soon as Telegram allows it",
    ),
    (
        PreferencesChanged(
            account=ACCOUNT, at=NOW, fields=("is_locked",), preferences=Preferences(is_locked=True), by=OWNER
        ),
        "Login lock: on",
    ),
]
#: Each is a message of its own, and the words by which it is known.
OTHERS = [
    (BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(session())), "Doorman now watches"),
    (SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(device_model="iPhone")), "changed"),
    (TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7), "now end after 7 days"),
    (GuardLost(account=ACCOUNT, at=NOW, reason=GuardLoss.SESSION_REVOKED), "ended Doorman's session"),
]


@pytest.fixture
def tell(redis: Store, telegram: FakeChats) -> Tell:
    """Tell an owner of an event, in an entry of its own unless one is given; the entry."""
    notifier = Notifier(
        redis=redis,
        events=redis,
        owners=frozenset({OWNER, OTHER_OWNER}),
        gateway=Gateway(redis=redis),
        courier=telegram.courier(),
        doorbells=Doorbells(),
        suspicions=Suspicions(Heard()),
    )
    numbers = itertools.count()

    async def tell(event: Event, owner: int = OWNER, entry: str = "") -> str:
        entry = entry or f"{time.time_ns() // 1_000_000}-{next(numbers)}"
        await notifier.tell(notifier.chat(event.account, owner), entry, Report(number=1, event=event))
        return entry

    return tell


async def test_a_login_is_one_loud_message_to_each_owner(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        [alert] = telegram.messages(owner)
        assert "New login" in alert.text
        assert not alert.quiet


@pytest.mark.parametrize(("event", "words"), BY_AN_OWNER, ids=lambda value: type(value).__name__)
async def test_what_one_owner_had_done_is_told_to_the_others_alone(
    tell: Tell, telegram: FakeChats, event: Event, words: str
) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(event, owner)
    assert telegram.messages(OWNER) == []
    [told] = telegram.in_chat(OTHER_OWNER)
    assert words in told
    assert "Another owner did that" in told


async def test_what_a_session_is_called_or_accepts_is_told_without_a_sound(tell: Tell, telegram: FakeChats) -> None:
    await tell(SessionAdjusted(account=ACCOUNT, at=NOW, session=session(), by=OWNER, calls=False), OTHER_OWNER)
    [told] = telegram.messages(OTHER_OWNER)
    assert told.quiet


async def test_that_an_ending_is_put_off_is_told_to_whoever_asked_for_it_too(tell: Tell, telegram: FakeChats) -> None:
    noted = EndingAwaited(account=ACCOUNT, at=NOW, session=session(), by=OWNER, allowed_from=NOW)
    await tell(replace(noted, was_moved=True))
    [told] = telegram.in_chat(OWNER)
    assert "later than was said" in told


@pytest.mark.parametrize("wanted_by", [OWNER, OTHER_OWNER])
async def test_who_calls_an_awaited_ending_off_is_not_told_that_another_owner_did(
    tell: Tell, telegram: FakeChats, wanted_by: int
) -> None:
    dropped = EndingDropped(account=ACCOUNT, at=NOW, session=session(), wanted_by=wanted_by, by=OWNER)
    for owner in (OWNER, OTHER_OWNER):
        await tell(dropped, owner)
    assert telegram.messages(OWNER) == []
    [told] = telegram.in_chat(OTHER_OWNER)
    assert "Another owner" in told


async def test_an_awaited_ending_that_telegram_refuses_for_good_is_told_to_all(tell: Tell, telegram: FakeChats) -> None:
    refused = EndingDropped(account=ACCOUNT, at=NOW, session=session(), wanted_by=OWNER, error="X_Y")
    for owner in (OWNER, OTHER_OWNER):
        await tell(refused, owner)
        assert len(telegram.messages(owner)) == 1


async def test_an_ending_that_is_called_off_is_told_without_a_sound_to_whoever_counted_on_it_too(
    tell: Tell, telegram: FakeChats
) -> None:
    dropped = EndingDropped(account=ACCOUNT, at=NOW, session=session(), wanted_by=OWNER, by=OWNER)
    for owner in (OWNER, OTHER_OWNER):
        await tell(dropped, owner)
    assert telegram.messages(OWNER) == []
    [told] = telegram.messages(OTHER_OWNER)
    assert "An ending was called off" in told.text
    assert told.quiet


async def test_two_logins_are_two_messages(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    await tell(replace(APPEARED, session=session("8")))
    assert len(telegram.in_chat(OWNER)) == 2


async def test_a_login_that_is_told_anew_is_not_repeated(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    await tell(APPEARED)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_a_login_is_told_again_if_its_message_was_deleted_before_it_was_brought_up_to_date(
    tell: Tell, telegram: FakeChats
) -> None:
    await tell(ANNOUNCED)
    telegram.chats[OWNER].clear()
    await tell(APPEARED)
    await tell(APPEARED)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_what_was_announced_is_brought_up_to_date_in_its_place(tell: Tell, telegram: FakeChats) -> None:
    await tell(ANNOUNCED)
    [announced] = telegram.in_chat(OWNER)
    assert "this is all that is known" in announced
    await tell(APPEARED)
    [appeared] = telegram.in_chat(OWNER)
    assert "this is all that is known" not in appeared
    assert "192.0.2.7" in appeared


async def test_a_session_that_ended_elsewhere_closes_its_alert_and_is_told_quietly(
    tell: Tell, telegram: FakeChats
) -> None:
    await tell(APPEARED)
    await tell(ENDED)
    alert, news = telegram.messages(OWNER)
    assert alert.text.endswith("It ended elsewhere, seen at 14 Mar 2026, 15:09 UTC.")
    assert not any(data.startswith(("e:", "m:")) for data in alert.buttons)
    assert "ended" in news.text
    assert news.quiet


async def test_nothing_that_can_be_pressed_on_an_alert_puts_something_else_in_its_place(
    tell: Tell, telegram: FakeChats
) -> None:
    """Or what is told of its session would take the place of that."""
    await tell(APPEARED)
    [alert] = telegram.messages(OWNER)
    assert not any(data.startswith(("p:", "c:", "E:", "X:")) for data in alert.buttons)
    await tell(replace(ENDED, ended_by=OWNER))
    alert, _ = telegram.messages(OWNER)
    assert alert.buttons == [f"l:{ACCOUNT}"]


async def test_a_session_without_an_alert_that_ended_is_told_quietly(tell: Tell, telegram: FakeChats) -> None:
    await tell(ENDED)
    [news] = telegram.messages(OWNER)
    assert "It ended elsewhere" in news.text
    assert news.quiet


async def test_who_pressed_is_not_told_twice_and_the_others_are(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        await tell(replace(ENDED, ended_by=OWNER), owner)
    alert, aid = telegram.in_chat(OWNER)
    assert "Ended by you" in alert
    assert alert.endswith("change your 2FA password now.")
    assert aid.startswith("First aid: ")
    alert, news = telegram.in_chat(OTHER_OWNER)
    assert "Ended by another owner" in alert
    assert "Ended by another owner" in news


async def test_a_login_that_was_confirmed_is_settled_on_its_alert(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        await tell(CONFIRMED, owner)
        [alert] = telegram.messages(owner)
        assert ("You said that it was you" in alert.text) is (owner == OWNER)
        assert not any(data.startswith(("e:", "m:")) for data in alert.buttons)


async def test_a_login_that_telegram_did_not_wait_for_is_settled_for_all_with_who_did_it(
    tell: Tell, telegram: FakeChats
) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        await tell(replace(CONFIRMED, told_telegram=False), owner)
    [mine], [theirs] = telegram.messages(OWNER), telegram.messages(OTHER_OWNER)
    assert mine.text.endswith("You said that it was you: 14 Mar 2026, 15:09 UTC.")
    assert theirs.text.endswith("Another owner said that it was theirs: 14 Mar 2026, 15:09 UTC.")
    assert mine.buttons == theirs.buttons == [f"l:{ACCOUNT}"]


async def test_a_reminder_is_a_new_loud_message_that_takes_over_the_buttons(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    [alert] = telegram.messages(OWNER)
    await tell(UNANSWERED)
    former, reminder = telegram.messages(OWNER)
    assert former.text == alert.text
    assert former.buttons == [f"l:{ACCOUNT}"]
    assert "Not answered yet" in reminder.text
    assert reminder.buttons == alert.buttons
    assert not reminder.quiet


async def test_each_reminder_takes_over_from_the_one_before(tell: Tell, telegram: FakeChats) -> None:
    for event in (APPEARED, UNANSWERED, UNANSWERED, UNANSWERED):
        await tell(event)
    *former, last = telegram.messages(OWNER)
    assert [message.buttons for message in former] == [[f"l:{ACCOUNT}"]] * 3
    assert len(last.buttons) == 4


async def test_a_reminder_comes_though_what_it_reminds_of_was_deleted(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    telegram.chats[OWNER].clear()
    await tell(UNANSWERED)
    [reminder] = telegram.messages(OWNER)
    assert "Not answered yet" in reminder.text


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (CONFIRMED, "You said that it was you"),
        (replace(ENDED, ended_by=OWNER), "Ended by you"),
        (TRUSTED, "You trust this session now"),
    ],
    ids=["confirmed", "ended", "trusted"],
)
async def test_an_answer_is_settled_on_the_last_reminder(
    tell: Tell, telegram: FakeChats, event: Event, said: str
) -> None:
    for each in (APPEARED, UNANSWERED, event):
        await tell(each)
    former, reminder, *_ = telegram.messages(OWNER)
    assert said not in former.text
    assert said in reminder.text
    assert former.buttons == reminder.buttons == [f"l:{ACCOUNT}"]


@pytest.mark.parametrize(
    ("owner", "method"),
    [(AlertBook, "mark_sent"), (Courier, "swap"), (AlertBook, "enter"), (Succession, "take_over")],
    ids=["sent", "before the buttons", "before the book", "after all"],
)
async def test_a_reminder_that_is_delivered_again_after_a_crash_is_not_repeated_and_has_the_buttons_alone(
    tell: Tell, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch, owner: type, method: str
) -> None:
    await tell(APPEARED)
    really = getattr(owner, method)

    async def die(*arguments: Any, **options: Any) -> None:
        if method in {"mark_sent", "take_over"}:  # it was done, and nothing after it
            await really(*arguments, **options)
        raise ZeroDivisionError

    entry = f"{time.time_ns() // 1_000_000}-99"
    with monkeypatch.context() as patched:
        patched.setattr(owner, method, die)
        with pytest.raises(ZeroDivisionError):
            await tell(UNANSWERED, entry=entry)
    await tell(UNANSWERED, entry=entry)
    former, reminder = telegram.messages(OWNER)
    assert former.buttons == [f"l:{ACCOUNT}"]
    assert len(reminder.buttons) == 4
    await tell(CONFIRMED)
    assert "You said that it was you" in telegram.in_chat(OWNER)[1]


@pytest.mark.parametrize("trusted", [True, False])
async def test_trust_is_told_to_the_other_owners_and_not_to_whoever_pressed(
    tell: Tell, telegram: FakeChats, trusted: bool
) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(replace(TRUSTED, trusted=trusted), owner)
    assert telegram.in_chat(OWNER) == []
    [news] = telegram.messages(OTHER_OWNER)
    assert f"trusted {'now' if trusted else 'no more'}" in news.text
    assert not news.quiet


async def test_trust_answers_for_the_login_on_everyones_alert(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        await tell(TRUSTED, owner)
    [mine] = telegram.messages(OWNER)
    theirs, _ = telegram.messages(OTHER_OWNER)
    assert mine.text.endswith("You trust this session now: 14 Mar 2026, 15:09 UTC.")
    assert theirs.text.endswith("Another owner trusts this session now: 14 Mar 2026, 15:09 UTC.")
    assert mine.buttons == theirs.buttons == [f"l:{ACCOUNT}"]


async def test_distrust_leaves_an_alert_as_it_is(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    [before] = telegram.messages(OWNER)
    await tell(replace(TRUSTED, trusted=False))
    assert telegram.messages(OWNER) == [before]


async def test_a_session_that_came_again_is_a_new_alert(tell: Tell, telegram: FakeChats) -> None:
    for event in (APPEARED, replace(ENDED, ended_by=OWNER), APPEARED):
        await tell(event)
    ended, _, new = telegram.in_chat(OWNER)
    assert "Ended by you" in ended
    assert "Ended by you" not in new


async def test_one_accounts_alert_is_not_anothers(tell: Tell, telegram: FakeChats) -> None:
    await tell(APPEARED)
    await tell(replace(APPEARED, account=ACCOUNT + 1))
    await tell(replace(ENDED, account=ACCOUNT + 1))
    assert "ended" not in telegram.in_chat(OWNER)[0]


@pytest.mark.parametrize(("event", "said"), OTHERS, ids=lambda value: type(value).__name__)
async def test_everything_else_is_a_message_of_its_own(
    tell: Tell, telegram: FakeChats, event: Event, said: str
) -> None:
    await tell(event)
    [text] = telegram.in_chat(OWNER)
    assert said in text


@pytest.mark.parametrize(
    "event", [APPEARED, ANNOUNCED, ENDED, UNANSWERED, replace(TRUSTED, by=OTHER_OWNER), *[event for event, _ in OTHERS]]
)
async def test_an_event_that_is_delivered_again_is_edited_and_not_repeated(
    tell: Tell, telegram: FakeChats, event: Event
) -> None:
    entry = await tell(event)
    before = telegram.in_chat(OWNER)
    await tell(event, entry=entry)
    assert telegram.in_chat(OWNER) == before
    assert len(before) == 1


async def test_the_same_words_in_another_entry_are_another_event(tell: Tell, telegram: FakeChats) -> None:
    await tell(OTHERS[2][0])
    await tell(OTHERS[2][0])
    assert len(telegram.in_chat(OWNER)) == 2


async def test_what_was_sent_to_one_owner_is_not_taken_for_sent_to_another(tell: Tell, telegram: FakeChats) -> None:
    entry = await tell(OTHERS[2][0])
    await tell(OTHERS[2][0], OTHER_OWNER, entry)
    assert len(telegram.in_chat(OTHER_OWNER)) == 1


async def test_what_moves_on_any_day_is_no_message(tell: Tell, telegram: FakeChats) -> None:
    await tell(SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(ip="203.0.113.1")))
    assert telegram.in_chat(OWNER) == []


async def test_the_account_is_called_by_its_name_once_its_worker_has_told_it(
    tell: Tell, telegram: FakeChats, redis: Store
) -> None:
    await tell(APPEARED)
    assert str(ACCOUNT) in telegram.in_chat(OWNER)[0]
    status = WorkerStatus(
        account=ACCOUNT, account_name="Ada Lovelace", condition=Condition.WATCHING, watching_since=NOW
    )
    await said(redis, status, Heartbeat(at=NOW))
    await tell(replace(APPEARED, session=session("8")))
    assert "Ada Lovelace" in telegram.in_chat(OWNER)[1]


@pytest.mark.parametrize("rubbish", [b"rubbish", b"", b"\xff\xfe", b"{}"])
async def test_rubbish_in_the_status_keeps_no_alert_back(
    tell: Tell, telegram: FakeChats, redis: Store, rubbish: bytes
) -> None:
    await redis.set(keys.status(ACCOUNT), rubbish)
    await redis.set(keys.heartbeat(ACCOUNT), rubbish)
    await tell(APPEARED)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_the_book_forgets_a_session_that_ended(tell: Tell, redis: Store) -> None:
    await tell(APPEARED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 1
    await tell(ENDED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 0


async def test_the_book_stays_within_its_limit_and_keeps_the_newest(redis: Store) -> None:
    book = AlertBook(redis=redis)
    old: Any = {f"{n}:{OWNER}": "1" for n in range(ALERTS_MOST)}
    await redis.hset(keys.alerts(ACCOUNT), mapping=old)
    await book.enter(ACCOUNT, "-1", OWNER, 5, is_alarm=False)
    assert cast("int", await redis.hlen(keys.alerts(ACCOUNT))) <= ALERTS_MOST
