"""A chat that can't be written to costs its owner nothing for a day, and after that no more than they are told of."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import SendMessage
from aiogram.utils.formatting import Text

from bot.delivery.alert_book import AlertBook
from bot.delivery.chat import Chat
from bot.delivery.doorbells import Doorbells
from bot.delivery.keeping import TooOldError
from bot.views.screen import Screen
from core.bus import redis_now
from core.connection import Store
from tests.domain_values import ACCOUNT, OWNER
from tests.fake_telegram import BLOCKED, FakeChats
from tests.telling import tried
from tests.waiting import running, within_patience

SCREEN = Screen(text=Text("A login"))
CLOSED = TelegramForbiddenError(method=SendMessage(chat_id=OWNER, text="…"), message=BLOCKED)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def chat(redis: Store, telegram: FakeChats, bells: Doorbells) -> Chat:
    return chat_of(redis, telegram, bells)


def chat_of(redis: Store, telegram: FakeChats, bells: Doorbells, account: int = ACCOUNT) -> Chat:
    book = AlertBook(redis=redis)
    return Chat(account=account, owner=OWNER, courier=telegram.courier(), book=book, doorbells=bells)


async def test_a_message_gets_through_to_an_open_chat(chat: Chat, telegram: FakeChats, redis: Store) -> None:
    message = await chat.send(SCREEN, since=await redis_now(redis), quietly=True)
    assert list(telegram.chats[OWNER]) == [message]
    assert [shown.quiet for shown in telegram.messages(OWNER)] == [True]


async def test_a_closed_chat_is_waited_for_until_its_owner_gives_a_sign_of_life(
    chat: Chat, telegram: FakeChats, bells: Doorbells, redis: Store
) -> None:
    telegram.blocked = {OWNER}
    async with running(chat.send(SCREEN, since=await redis_now(redis))) as sending:
        await tried(telegram, OWNER)
        bells.ring(OWNER)  # they pressed something, but have not unblocked the bot
        await tried(telegram, OWNER)
        assert not sending.done()
        telegram.blocked = set()
        bells.ring(OWNER)
        await within_patience(sending)
    assert telegram.in_chat(OWNER) == ["A login"]


async def test_a_sign_of_life_that_is_given_while_the_refusal_is_on_its_way_is_heard(
    chat: Chat, telegram: FakeChats, bells: Doorbells, redis: Store
) -> None:
    telegram.will_fail(SendMessage, CLOSED)
    telegram.held[OWNER] = asyncio.Event()
    async with running(chat.send(SCREEN, since=await redis_now(redis))) as sending:
        await tried(telegram, OWNER)
        bells.ring(OWNER)
        telegram.held.pop(OWNER).set()
        await within_patience(sending)
    assert telegram.in_chat(OWNER) == ["A login"]


async def test_a_closed_chat_is_tried_now_and_then_by_itself(
    chat: Chat, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    telegram.blocked = {OWNER}
    async with running(chat.send(SCREEN, since=await redis_now(redis))) as sending:
        await tried(telegram, OWNER, 3)
        telegram.blocked = set()
        assert await within_patience(sending) is not None
    assert telegram.in_chat(OWNER) == ["A login"]


async def test_a_chat_that_was_never_opened_is_waited_for_like_a_blocked_one(
    chat: Chat, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    not_found = TelegramBadRequest(method=SendMessage(chat_id=1, text="…"), message="Bad Request: chat not found")
    telegram.will_fail(SendMessage, not_found, not_found)
    await within_patience(chat.send(SCREEN, since=await redis_now(redis)))
    assert telegram.in_chat(OWNER) == ["A login"]


async def test_an_edit_waits_as_well(
    chat: Chat, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    message = telegram.put(OWNER, Screen(text=Text("before")))
    telegram.blocked = {OWNER}
    async with running(chat.edit(message, SCREEN, since=await redis_now(redis))) as editing:
        await tried(telegram, OWNER, 2)
        telegram.blocked = set()
        assert await within_patience(editing)
    assert telegram.in_chat(OWNER) == ["A login"]


async def test_what_is_older_than_a_day_is_still_told_where_the_chat_is_open(chat: Chat, telegram: FakeChats) -> None:
    await chat.send(SCREEN, since=LONG_AGO)
    assert telegram.in_chat(OWNER) == ["A login"]


async def told(chat: Chat, redis: Store) -> None:
    """Tell something, as a `Telling` does: with how much was missed after it."""
    await chat.send(SCREEN, since=await redis_now(redis))
    await chat.tell_missed()


async def test_what_is_older_than_a_day_is_dropped_where_it_is_closed_and_told_of_once_with_the_next(
    chat: Chat, telegram: FakeChats, redis: Store
) -> None:
    telegram.blocked = {OWNER}
    for _ in range(3):
        with pytest.raises(TooOldError):
            await within_patience(chat.send(SCREEN, since=LONG_AGO))
    telegram.blocked = set()
    await told(chat, redis)
    await told(chat, redis)
    first, missed, second = telegram.in_chat(OWNER)
    assert (first, second) == ("A login", "A login")
    assert "3 messages were dropped" in missed


async def test_a_chat_that_closes_before_its_owner_is_told_what_was_missed_is_told_that_with_the_next(
    chat: Chat, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    await chat.book.miss(ACCOUNT, OWNER)
    telegram.will_fail(SendMessage, None, CLOSED)
    await within_patience(told(chat, redis))
    assert telegram.in_chat(OWNER) == ["A login"]
    await within_patience(told(chat, redis))
    *logins, missed = telegram.in_chat(OWNER)
    assert logins == ["A login"] * 2
    assert "1 message was dropped" in missed


async def test_a_day_ends_while_the_chat_is_waited_for(
    chat: Chat, telegram: FakeChats, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.keeping.KEPT", timedelta(seconds=0.1))
    telegram.blocked = {OWNER}
    with pytest.raises(TooOldError):
        await within_patience(chat.send(SCREEN, since=await redis_now(redis)))
    assert await chat.book.missed(ACCOUNT, OWNER) == 1


async def test_what_was_missed_of_one_account_is_told_with_that_accounts_next(
    redis: Store, telegram: FakeChats, bells: Doorbells
) -> None:
    one, other = chat_of(redis, telegram, bells), chat_of(redis, telegram, bells, ACCOUNT + 1)
    telegram.blocked = {OWNER}
    with pytest.raises(TooOldError):
        await one.send(SCREEN, since=LONG_AGO)
    telegram.blocked = set()
    await told(other, redis)
    assert len(telegram.in_chat(OWNER)) == 1
    await told(one, redis)
    assert len(telegram.in_chat(OWNER)) == 3


async def test_what_was_missed_is_not_forgotten_by_a_restart(
    redis: Store, telegram: FakeChats, bells: Doorbells
) -> None:
    telegram.blocked = {OWNER}
    with pytest.raises(TooOldError):
        await chat_of(redis, telegram, bells).send(SCREEN, since=LONG_AGO)
    telegram.blocked = set()
    await told(chat_of(redis, telegram, Doorbells()), redis)
    assert "1 message was" in telegram.in_chat(OWNER)[1]
