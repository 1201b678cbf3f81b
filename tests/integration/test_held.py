"""What quiet hours hold back can't be taken away, put back or garbled unnoticed, and is told once, whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest
from redis.exceptions import ResponseError

from bot.delivery import dawn, release
from bot.delivery.alert_book import AlertBook
from bot.delivery.courier import Courier
from bot.delivery.held import CLAIM_KEPT, Held
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.account_events import CodeCame, TtlChanged
from core.contract.events import Report
from core.contract.session_events import SessionEnded
from tests.calm import Evening, login
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeChats
from tests.telling import Heard
from tests.wire import reported

TTL = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)
CODE = CodeCame(account=ACCOUNT, at=NOW)
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=login(1).session)
KEY = keys.held(ACCOUNT)


@pytest.fixture
def evening(redis: Store, telegram: FakeChats) -> Evening:
    evening = Evening(redis, telegram)
    evening.is_quiet()
    return evening


def warnings(evening: Evening) -> list[str]:
    """Of what the owners were warned."""
    return [text.partition("\n\n")[2] for text in cast("Heard", evening.notifier.suspicions.announcer).texts]


@asynccontextmanager
async def no_writes(redis: Store) -> AsyncIterator[None]:
    """Redis takes none, as while its disk or its replicas are away."""
    await redis.config_set("min-replicas-to-write", "1")
    try:
        yield
    finally:
        await redis.config_set("min-replicas-to-write", "0")


@pytest.mark.parametrize("value", [None, b"x", b"", "of another kind"], ids=str)
async def test_a_note_that_is_taken_away_or_garbled_keeps_nothing_back_and_is_warned_of(
    evening: Evening, telegram: FakeChats, redis: Store, value: bytes | str | None
) -> None:
    await evening.tell(login(1))
    if isinstance(value, bytes):
        await redis.hset(KEY, f"{OWNER}", value)
    else:
        await redis.delete(KEY)
    if isinstance(value, str):
        await redis.set(KEY, value)
    evening.waits(login(1).session)
    for _ in range(2):
        await evening.dawns()
    [alert] = telegram.in_chat(OWNER)
    assert "Device 1." in alert
    [warning] = warnings(evening)
    assert warning.startswith("Reports that Doorman's worker had made for you were taken out of it")


async def test_a_note_that_is_put_back_is_not_believed(evening: Evening, telegram: FakeChats, redis: Store) -> None:
    await evening.tell(login(1))
    kept = await redis.hgetall(KEY)
    evening.waits(login(1).session)
    await evening.dawns()
    await evening.tell(ENDED)
    evening.waits()
    before = telegram.in_chat(OWNER)
    for _ in range(3):
        await redis.hset(KEY, mapping=kept)
        await evening.dawns()
    assert telegram.in_chat(OWNER) == before
    [warning] = warnings(evening)
    assert warning.startswith("An old report was put into it again")


async def test_an_event_that_was_taken_out_of_the_stream_is_counted_and_warned_of(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    entry = await evening.tell(TTL)
    await evening.tell(CODE)
    await redis.xdel(keys.events(ACCOUNT), entry)
    await evening.dawns()
    code, missed = telegram.in_chat(OWNER)
    assert "login code" in code
    assert "1 message was dropped" in missed
    assert len(warnings(evening)) == 1


async def test_no_other_event_is_told_in_its_place(evening: Evening, telegram: FakeChats, redis: Store) -> None:
    entry = await evening.tell(TTL)
    await redis.delete(keys.events(ACCOUNT))
    await reported(redis, Report(number=1, event=login(2)), entry=entry)
    await evening.dawns()
    [missed] = telegram.in_chat(OWNER)
    assert "1 message was dropped" in missed


async def test_a_redis_that_takes_no_writes_has_it_told_once(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    for event in (login(1), TTL, CODE):
        await evening.tell(event)
    evening.waits(login(1).session)
    async with no_writes(redis):
        for _ in range(3):
            await evening.dawns()
        summary, alert = telegram.in_chat(OWNER)
        assert "7 days" in summary
        assert "Device 1." in alert
    await evening.dawns()
    await evening.anew().dawns()
    assert len(telegram.messages(OWNER)) == 2


async def test_a_full_redis_has_it_told_once(evening: Evening, telegram: FakeChats, redis: Store) -> None:
    await evening.tell(TTL)
    await evening.tell(CODE)
    await redis.config_set("maxmemory", "1")
    try:
        await evening.dawns()
        await evening.anew().dawns()
    finally:
        await redis.config_set("maxmemory", "0")
    assert len(telegram.messages(OWNER)) == 1


async def test_two_bots_of_a_deploy_tell_it_once(
    evening: Evening, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = evening.anew()
    for event in (TTL, login(1)):
        await evening.tell(event)
    await other.tell(CODE)
    evening.waits(login(1).session)
    send = Courier.send

    async def slowly(*arguments: Any, **options: Any) -> int | None:
        await asyncio.sleep(0.05)
        return await send(*arguments, **options)

    monkeypatch.setattr(Courier, "send", slowly)
    await asyncio.gather(evening.dawns(), other.dawns())
    for each in (evening, other):
        await each.dawns()
    summary, alert = telegram.in_chat(OWNER)
    assert "7 days" in summary
    assert "login code" in summary
    assert "Device 1." in alert
    assert warnings(evening) + warnings(other) == []


async def test_what_a_bot_died_over_another_tells_after_a_while(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    await evening.tell(TTL)
    now = await redis_now(redis)
    dead = Held(redis=redis, account=ACCOUNT, reader=OWNER)
    assert await dead.claim(now - CLAIM_KEPT + timedelta(seconds=30))
    await evening.dawns()
    assert telegram.messages(OWNER) == []
    assert await Held(redis=redis, account=ACCOUNT, reader=OWNER).claim(now + timedelta(seconds=31))


async def test_what_came_while_another_bot_told_the_rest_is_told_after_it(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    await evening.tell(TTL)
    held = evening.notifier.chat(ACCOUNT, OWNER).held
    assert await held.claim(await redis_now(redis))
    other = Held(redis=redis, account=ACCOUNT, reader=OWNER)
    assert await other.keep(await reported(redis, Report(number=2, event=CODE)), CODE)
    await evening.dawns()
    [summary] = telegram.in_chat(OWNER)
    assert "login code" in summary


async def test_a_message_that_telegram_refuses_is_counted(
    evening: Evening, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await evening.tell(TTL)
    await evening.tell(CODE)

    async def refuse(*_: Any, **__: Any) -> None:
        return None

    book = evening.notifier.chat(ACCOUNT, OWNER).book
    with monkeypatch.context() as patched:
        patched.setattr(Courier, "send", refuse)
        patched.setattr(type(book), "told_of_missed", refuse)
        await evening.dawns()
    assert await book.missed(ACCOUNT, OWNER) == 2
    await evening.dawns()
    assert telegram.messages(OWNER) == []


async def test_one_that_can_not_be_told_holds_up_no_other_and_is_counted(
    evening: Evening, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await evening.tell(TTL)
    await evening.tell(CODE)

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(release, "meanwhile", fail)
    monkeypatch.setattr("bot.delivery.telling.code_came", fail)
    chat = evening.notifier.chat(ACCOUNT, OWNER)
    evening.is_over()
    for _ in range(dawn.TRIES_MOST + 2):
        await evening.notifier.dawn.look(chat)
    ttl, missed = telegram.in_chat(OWNER)
    assert "7 days" in ttl
    assert "1 message was dropped" in missed


async def test_what_somebody_else_writes_there_is_told_to_nobody_and_ends_nothing(
    evening: Evening, telegram: FakeChats, redis: Store
) -> None:
    await redis.hset(KEY, f"{OWNER} {'9' * 5000}-1", b"x")
    await redis.hset(KEY, f"{OWNER}", f"{'9' * 5000} 0 {'9' * 5000}-1")
    await evening.dawns()
    evening.is_quiet()
    await evening.tell(TTL)
    await evening.dawns()
    assert len(telegram.messages(OWNER)) == 1


async def test_a_full_redis_loses_nothing_that_is_handed_over(redis: Store) -> None:
    former, new = (Held(redis=redis, account=ACCOUNT, reader=reader) for reader in ("channel:former", "channel:new"))
    await former.keep(await reported(redis, Report(number=1, event=TTL)), TTL)
    await redis.config_set("maxmemory", "1")
    try:
        await former.hand_over("channel:new")
    finally:
        await redis.config_set("maxmemory", "0")
    assert await new.is_any()
    assert not await Held(redis=redis, account=ACCOUNT, reader="channel:former").is_any()


async def test_what_redis_does_not_take_stays_with_the_former_one(redis: Store) -> None:
    former = Held(redis=redis, account=ACCOUNT, reader="channel:former")
    book = AlertBook(redis=redis)
    await former.keep(await reported(redis, Report(number=1, event=TTL)), TTL)
    await book.miss(ACCOUNT, "channel:former", 3)
    async with no_writes(redis):
        with pytest.raises(ResponseError):
            await former.hand_over("channel:new")
        with pytest.raises(ResponseError):
            await book.rename(ACCOUNT, "channel:former", "channel:new")
    assert await former.is_any()
    assert await book.missed(ACCOUNT, "channel:former") == 3
