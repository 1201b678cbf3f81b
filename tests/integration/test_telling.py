"""One event told to one owner: each change told once, and kept up to date in its place."""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from bot.delivery.alert_book import ALERTS_MOST, AlertBook
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.gateway import Gateway
from core.contract import keys
from core.contract.events import (
    BaselineTaken,
    Event,
    GuardLoss,
    GuardLost,
    LoginAnnounced,
    LoginConfirmed,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.contract.state import Condition, WorkerStatus
from core.pulse import STATUSES
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats

OTHER_OWNER = 3003
Tell = Callable[..., Awaitable[str]]

APPEARED = SessionAppeared(account=ACCOUNT, at=NOW, session=session())
ANNOUNCED = LoginAnnounced(
    account=ACCOUNT, at=NOW, hash="7", device="Pixel 9, Android", location="Sweden", logged_in_at=NOW
)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=session())
CONFIRMED = LoginConfirmed(account=ACCOUNT, at=NOW, session=session(), confirmed_by=OWNER)
#: Each is a message of its own, and the words by which it is known.
OTHERS = [
    (BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(session())), "Doorman now watches"),
    (SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(country="Norway")), "changed"),
    (TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7), "now end after 7 days"),
    (GuardLost(account=ACCOUNT, at=NOW, reason=GuardLoss.SESSION_REVOKED), "ended Doorman's session"),
]


@pytest.fixture
def telegram() -> FakeChats:
    return FakeChats()


@pytest.fixture
def tell(redis: Redis, telegram: FakeChats) -> Tell:
    """Tell an owner of an event, in an entry of its own unless one is given; the entry."""
    notifier = Notifier(
        redis=redis,
        owners=frozenset({OWNER, OTHER_OWNER}),
        gateway=Gateway(redis=redis),
        courier=Courier(bot=telegram.bot()),
        doorbells=Doorbells(),
    )
    numbers = itertools.count()

    async def tell(event: Event, owner: int = OWNER, entry: str = "") -> str:
        entry = entry or f"{time.time_ns() // 1_000_000}-{next(numbers)}"
        await notifier.tell(notifier.chat(event.account, owner), entry, event)
        return entry

    return tell


async def test_a_login_is_one_loud_message_to_each_owner(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        [alert] = telegram.messages(owner)
        assert "New login" in alert.text
        assert not alert.quiet


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
    assert "It ended elsewhere" in alert.text
    assert not any(data.startswith(("e:", "m:")) for data in alert.buttons)
    assert "ended" in news.text
    assert news.quiet


async def test_a_session_without_an_alert_that_ended_is_told_quietly(tell: Tell, telegram: FakeChats) -> None:
    await tell(ENDED)
    [news] = telegram.messages(OWNER)
    assert "It ended elsewhere" in news.text
    assert news.quiet


async def test_who_pressed_is_not_told_twice_and_the_others_are(tell: Tell, telegram: FakeChats) -> None:
    for owner in (OWNER, OTHER_OWNER):
        await tell(APPEARED, owner)
        await tell(replace(ENDED, ended_by=OWNER), owner)
    [alert] = telegram.in_chat(OWNER)
    assert "Ended by you" in alert
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


async def test_a_session_that_came_again_is_a_new_alert(tell: Tell, telegram: FakeChats) -> None:
    for event in (APPEARED, replace(ENDED, ended_by=OWNER), APPEARED):
        await tell(event)
    ended, new = telegram.in_chat(OWNER)
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


@pytest.mark.parametrize("event", [APPEARED, ANNOUNCED, ENDED, *[event for event, _ in OTHERS]])
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
    tell: Tell, telegram: FakeChats, redis: Redis
) -> None:
    await tell(APPEARED)
    assert str(ACCOUNT) in telegram.in_chat(OWNER)[0]
    status = WorkerStatus(
        account=ACCOUNT, account_name="Ada Lovelace", condition=Condition.WATCHING, watching_since=NOW
    )
    await redis.set(keys.status(ACCOUNT), STATUSES.dump(status))
    await redis.set(keys.heartbeat(ACCOUNT), "1")
    await tell(replace(APPEARED, session=session("8")))
    assert "Ada Lovelace" in telegram.in_chat(OWNER)[1]


@pytest.mark.parametrize("rubbish", [b"rubbish", b"", b"\xff\xfe", b"{}"])
async def test_rubbish_in_the_status_keeps_no_alert_back(
    tell: Tell, telegram: FakeChats, redis: Redis, rubbish: bytes
) -> None:
    await redis.set(keys.status(ACCOUNT), rubbish)
    await redis.set(keys.heartbeat(ACCOUNT), rubbish)
    await tell(APPEARED)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_the_book_forgets_a_session_that_ended(tell: Tell, redis: Redis) -> None:
    await tell(APPEARED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 1
    await tell(ENDED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 0


async def test_the_book_stays_within_its_limit_and_keeps_the_newest(redis: Redis) -> None:
    book = AlertBook(redis=redis)
    old: Any = {f"{n}:{OWNER}": "1" for n in range(ALERTS_MOST)}
    await redis.hset(keys.alerts(ACCOUNT), mapping=old)
    await book.enter(ACCOUNT, "-1", OWNER, 5)
    assert cast("int", await redis.hlen(keys.alerts(ACCOUNT))) <= ALERTS_MOST
