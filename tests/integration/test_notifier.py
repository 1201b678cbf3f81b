"""From the worker's events to the owners' messages: each change told once, and kept up to date in its place."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, cast

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from bot import notifier as notifier_module
from bot.alert_book import AlertBook
from bot.courier import Courier
from bot.gateway import Gateway
from bot.notifier import Notifier
from bot.views.screen import Screen
from core import bus
from core.contract import keys
from core.contract.codec import Codec
from core.contract.events import (
    BaselineTaken,
    Event,
    GuardLoss,
    GuardLost,
    LoginAnnounced,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.contract.state import Condition, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.screens import data_of, plain
from tests.waiting import eventually, running
from userclient.records import Records

OTHER_OWNER = 3003
EVENTS: Codec[Event] = Codec(Event)

APPEARED = SessionAppeared(account=ACCOUNT, at=NOW, session=session())
ANNOUNCED = LoginAnnounced(
    account=ACCOUNT, at=NOW, hash="7", device="Pixel 9, Android", location="Sweden", logged_in_at=NOW
)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=session())


class FakeCourier:
    """Chats as they stand, instead of Telegram's."""

    def __init__(self) -> None:
        self.chats: dict[int, dict[int, Screen]] = {}
        self.quiet: set[int] = set()
        self.edits = 0
        self.blocked: set[int] = set()
        self._ids = itertools.count(1)

    async def send(self, chat: int, screen: Screen, *, quietly: bool = False) -> int | None:
        if chat in self.blocked:
            return None
        id_ = next(self._ids)
        self.chats.setdefault(chat, {})[id_] = screen
        if quietly:
            self.quiet.add(id_)
        return id_

    async def edit(self, chat: int, message_id: int, screen: Screen) -> bool:
        if message_id not in self.chats.get(chat, {}):
            return False
        self.chats[chat][message_id] = screen
        self.edits += 1
        return True

    def delete(self, chat: int) -> None:
        """The owner deletes all messages."""
        self.chats[chat] = {}

    def texts(self, chat: int = OWNER) -> list[str]:
        return [plain(screen) for screen in self.chats.get(chat, {}).values()]

    def screens(self, chat: int = OWNER) -> list[Screen]:
        return list(self.chats.get(chat, {}).values())


@pytest.fixture
def courier() -> FakeCourier:
    return FakeCourier()


def notifier_for(redis: Redis, courier: FakeCourier, *owners: int) -> Notifier:
    return Notifier(
        redis=redis,
        owners=frozenset(owners or {OWNER}),
        gateway=Gateway(redis=redis),
        courier=cast("Courier", courier),
        book=AlertBook(redis=redis),
    )


@pytest.fixture
def notifier(redis: Redis, courier: FakeCourier) -> Notifier:
    return notifier_for(redis, courier)


async def test_a_login_is_one_message_to_each_owner(redis: Redis, courier: FakeCourier) -> None:
    await notifier_for(redis, courier, OWNER, OTHER_OWNER).handle(APPEARED)
    for owner in (OWNER, OTHER_OWNER):
        [text] = courier.texts(owner)
        assert "New login" in text
    assert not courier.quiet


async def test_two_logins_are_two_messages(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(APPEARED)
    await notifier.handle(replace(APPEARED, session=session("8")))
    assert len(courier.texts()) == 2


async def test_a_login_that_is_delivered_again_is_not_told_again(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(APPEARED)
    await notifier.handle(APPEARED)
    assert len(courier.texts()) == 1
    assert courier.edits == 1


async def test_a_login_is_told_again_if_its_message_was_deleted_before_it_was_brought_up_to_date(
    notifier: Notifier, courier: FakeCourier
) -> None:
    await notifier.handle(ANNOUNCED)
    courier.delete(OWNER)
    await notifier.handle(APPEARED)
    await notifier.handle(APPEARED)
    assert len(courier.texts()) == 1


async def test_what_was_announced_is_brought_up_to_date_in_its_place(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(ANNOUNCED)
    [announced] = courier.texts()
    assert "this is all that is known" in announced
    await notifier.handle(APPEARED)
    [appeared] = courier.texts()
    assert "this is all that is known" not in appeared
    assert "192.0.2.7" in appeared


async def test_a_session_that_ended_elsewhere_closes_its_alert_and_is_told_quietly(
    notifier: Notifier, courier: FakeCourier
) -> None:
    await notifier.handle(APPEARED)
    await notifier.handle(ENDED)
    alert, news = courier.screens()
    assert "It ended elsewhere" in plain(alert)
    assert not any(data.startswith(("e:", "m:")) for data in data_of(alert))
    assert "ended" in plain(news)
    assert courier.quiet == {2}


async def test_a_session_without_an_alert_that_ended_is_told_quietly(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(ENDED)
    [news] = courier.texts()
    assert "It ended elsewhere" in news
    assert courier.quiet == {1}


async def test_who_pressed_is_not_told_twice_and_the_others_are(redis: Redis, courier: FakeCourier) -> None:
    notifier = notifier_for(redis, courier, OWNER, OTHER_OWNER)
    await notifier.handle(APPEARED)
    await notifier.handle(replace(ENDED, ended_by=OWNER))
    [alert] = courier.texts(OWNER)
    assert "Ended by you" in alert
    alert, news = courier.texts(OTHER_OWNER)
    assert "Ended by another owner" in alert
    assert "Ended by another owner" in news


async def test_a_session_that_came_again_is_a_new_alert(notifier: Notifier, courier: FakeCourier) -> None:
    for event in (APPEARED, replace(ENDED, ended_by=OWNER), APPEARED):
        await notifier.handle(event)
    ended, new = courier.texts()
    assert "Ended by you" in ended
    assert "Ended by you" not in new


async def test_one_accounts_alert_is_not_anothers(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(APPEARED)
    await notifier.handle(replace(APPEARED, account=ACCOUNT + 1))
    await notifier.handle(replace(ENDED, account=ACCOUNT + 1))
    assert "ended" not in courier.texts()[0]


async def test_an_owner_who_blocked_the_bot_keeps_nothing_from_the_others(redis: Redis, courier: FakeCourier) -> None:
    courier.blocked = {OWNER}
    notifier = notifier_for(redis, courier, OWNER, OTHER_OWNER)
    await notifier.handle(APPEARED)
    await notifier.handle(ENDED)
    assert courier.texts(OWNER) == []
    assert len(courier.texts(OTHER_OWNER)) == 2


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(session())), "Doorman now watches"),
        (SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(country="Norway")), "changed"),
        (TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7), "now end after 7 days"),
        (GuardLost(account=ACCOUNT, at=NOW, reason=GuardLoss.SESSION_REVOKED), "can no longer watch"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_everything_else_is_a_message_to_each_owner(
    redis: Redis, courier: FakeCourier, event: Event, said: str
) -> None:
    await notifier_for(redis, courier, OWNER, OTHER_OWNER).handle(event)
    for owner in (OWNER, OTHER_OWNER):
        [text] = courier.texts(owner)
        assert said in text


async def test_what_moves_on_any_day_is_no_message(notifier: Notifier, courier: FakeCourier) -> None:
    await notifier.handle(SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(ip="203.0.113.1")))
    assert courier.texts() == []


async def test_the_account_is_called_by_its_name_once_its_worker_has_told_it(
    notifier: Notifier, courier: FakeCourier, redis: Redis
) -> None:
    await notifier.handle(APPEARED)
    assert str(ACCOUNT) in courier.texts()[0]
    status = WorkerStatus(
        account=ACCOUNT,
        account_name="Ada Lovelace",
        condition=Condition.WATCHING,
        beat_at=NOW,
        watching_since=NOW,
    )
    await Records(redis, ACCOUNT).beat(status)
    await notifier.handle(replace(APPEARED, session=session("8")))
    assert "Ada Lovelace" in courier.texts()[1]


async def test_rubbish_in_the_status_keeps_no_alert_back(
    notifier: Notifier, courier: FakeCourier, redis: Redis
) -> None:
    await redis.set(keys.status(ACCOUNT), b"rubbish")
    await notifier.handle(APPEARED)
    assert len(courier.texts()) == 1


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier_module, "NEW_ACCOUNT_SECONDS", 0.01)


async def publish(redis: Redis, *events: Event) -> None:
    for event in events:
        await bus.publish(redis, keys.events(event.account), [event], EVENTS)


async def told(courier: FakeCourier, number: int) -> None:
    async def look() -> bool:
        return len(courier.texts()) >= number

    await eventually(look)


async def all_acked(redis: Redis, account: int = ACCOUNT) -> None:
    async def look() -> bool:
        groups: Any = await redis.xinfo_groups(keys.events(account))
        return bool(groups) and groups[0]["pending"] == 0 and groups[0]["lag"] == 0

    await eventually(look)


@pytest.mark.usefixtures("_at_once")
async def test_the_events_of_every_account_are_read_and_of_those_that_come_later_too(
    redis: Redis, notifier: Notifier, courier: FakeCourier
) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await publish(redis, APPEARED)
    async with running(notifier.run()):
        await told(courier, 1)
        await publish(redis, replace(APPEARED, account=ACCOUNT + 1))
        await redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
        await told(courier, 2)


@pytest.mark.usefixtures("_at_once")
async def test_a_bot_that_starts_later_tells_what_it_missed_and_nothing_twice(
    redis: Redis, notifier: Notifier, courier: FakeCourier
) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await publish(redis, APPEARED)
    async with running(notifier.run()):
        await told(courier, 1)
        await all_acked(redis)
    await publish(redis, replace(APPEARED, session=session("8")))
    async with running(notifier.run()):
        await told(courier, 2)
        await all_acked(redis)
    assert len(courier.texts()) == 2


@pytest.mark.usefixtures("_at_once")
async def test_a_full_redis_costs_no_alert_and_doubles_none(
    redis: Redis, notifier: Notifier, courier: FakeCourier
) -> None:
    """It refuses the note of which message told of what; the event is read and acked all the same."""
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await publish(redis, *[replace(APPEARED, session=session(str(n))) for n in range(1, 4)])
    await redis.xgroup_create(keys.events(ACCOUNT), "bot", id="0")
    await redis.config_set("maxmemory", "1")
    try:
        async with running(notifier.run()):
            await told(courier, 3)
            await all_acked(redis)
    finally:
        await redis.config_set("maxmemory", "0")
    assert len(courier.texts()) == 3


@pytest.mark.usefixtures("_at_once")
async def test_an_outage_of_redis_while_telling_costs_no_alert(
    redis: Redis, notifier: Notifier, courier: FakeCourier, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([RedisConnectionError("gone")] * 7)
    really = AlertBook.message

    async def message(self: AlertBook, account: int, hash_: str, owner: int) -> int | None:
        for failure in failures:
            raise failure
        return await really(self, account, hash_, owner)

    monkeypatch.setattr(AlertBook, "message", message)
    monkeypatch.setattr("core.consumer.ExponentialWithJitterBackoff.compute", lambda *_: 0.01)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await publish(redis, APPEARED)
    async with running(notifier.run()):
        await told(courier, 1)
        await all_acked(redis)
    assert len(courier.texts()) == 1
    assert not await redis.exists(keys.dead_letters(keys.events(ACCOUNT)))


async def test_the_book_forgets_a_session_that_ended(notifier: Notifier, redis: Redis) -> None:
    await notifier.handle(APPEARED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 1
    await notifier.handle(ENDED)
    assert await redis.hlen(keys.alerts(ACCOUNT)) == 0
