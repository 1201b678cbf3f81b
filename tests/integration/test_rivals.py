"""Another program that takes this bot's updates is told of once, if it lasts, and so is its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from aiogram.methods import GetUpdates, SendMessage, SetWebhook

from bot import rivals as rivals_module
from bot.rivals import APART_SECONDS, Rivals
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.codec import to_ms
from tests.domain_values import OWNER
from tests.fake_telegram import FakeTelegram
from tests.telling import Heard
from tests.wire import SIGNER, STRANGER

PATIENCE = 60.0


class Polling:
    """A bot that polls every so often; its clock goes on as it is told."""

    def __init__(self, redis: Store) -> None:
        self.telegram, self.heard, self.now = FakeTelegram(), Heard(), 1_000.0
        self.bot: Bot = self.telegram.bot()
        self.bot.session.middleware(Rivals(self.heard, redis, patience=PATIENCE))

    def monotonic(self) -> float:
        return self.now

    async def conflict(self) -> None:
        """A poll that Telegram refuses: another program polls."""
        why = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        self.telegram.will_fail(GetUpdates, TelegramConflictError(method=GetUpdates(), message=why))
        with pytest.raises(TelegramConflictError):
            await self.bot.get_updates()

    async def peace(self) -> None:
        """A poll that goes well."""
        assert await self.bot.get_updates() == []

    async def go_on(self, seconds: float, *, rival: bool) -> list[str]:
        """What is announced while so much time passes; between two conflicts a poll goes well."""
        self.heard.texts = []
        for _ in range(round(seconds / 10)):
            self.now += 10
            if rival:
                await self.conflict()
            await self.peace()
        return self.heard.texts


@pytest.fixture
def polling(redis: Store, monkeypatch: pytest.MonkeyPatch) -> Polling:
    polling = Polling(redis)
    monkeypatch.setattr(rivals_module, "time", polling)
    return polling


async def test_a_bot_alone_on_its_token_says_nothing(polling: Polling) -> None:
    assert await polling.go_on(600, rival=False) == []


async def test_a_rival_that_stays_is_told_of_once(polling: Polling) -> None:
    assert await polling.go_on(PATIENCE, rival=True) == []
    [text] = await polling.go_on(20, rival=True)
    assert "Another program uses this bot's token" in text
    assert await polling.go_on(3600, rival=True) == []


async def test_two_bots_that_overlap_at_a_deploy_are_no_rivals(polling: Polling) -> None:
    for _ in range(3):
        assert await polling.go_on(PATIENCE - 10, rival=True) == []
        assert await polling.go_on(APART_SECONDS + 20, rival=False) == []


async def test_two_conflicts_far_apart_are_two_affairs_though_no_poll_got_through_in_between(polling: Polling) -> None:
    await polling.conflict()
    polling.now += 3600  # Telegram was away
    await polling.conflict()
    assert polling.heard.texts == []


async def test_that_the_rival_is_gone_is_told_of_once_it_is_sure(polling: Polling) -> None:
    await polling.go_on(PATIENCE + 20, rival=True)
    assert await polling.go_on(APART_SECONDS, rival=False) == []
    [text] = await polling.go_on(30, rival=False)
    assert "No other program" in text
    assert await polling.go_on(600, rival=False) == []
    assert len(await polling.go_on(PATIENCE + 20, rival=True)) == 1


async def test_a_conflict_over_anything_but_updates_is_no_rival(polling: Polling) -> None:
    for _ in range(20):
        polling.now += 10
        polling.telegram.will_fail(SetWebhook, TelegramConflictError(method=GetUpdates(), message="Conflict"))
        with pytest.raises(TelegramConflictError):
            await polling.bot.set_webhook("https://doorman.example")
    assert polling.heard.texts == []


async def test_other_calls_pass_untouched(polling: Polling) -> None:
    message = await polling.bot.send_message(OWNER, "hello")
    assert message.text == "hello"
    assert len(polling.telegram.of(SendMessage)) == 1


async def test_two_doormans_of_one_redis_on_one_token_tell_it_once(polling: Polling, redis: Store) -> None:
    other = Polling(redis)
    said = await polling.go_on(PATIENCE + 20, rival=True)
    other.now = polling.now
    assert len(said) == 1
    await redis.ping()
    assert await redis.exists(keys.RIVAL)
    assert await other.go_on(PATIENCE + 20, rival=True) == []


@pytest.mark.parametrize("word", [b"1", b"", "another's", "of long ago"])
async def test_that_it_was_told_is_believed_of_a_doorman_of_ours_alone(
    polling: Polling, redis: Store, word: bytes | str
) -> None:
    long_ago = b"%d" % to_ms(await redis_now(redis) - timedelta(hours=2))
    words = {
        "another's": STRANGER.wrap(keys.RIVAL, b"%d" % to_ms(await redis_now(redis))),
        "of long ago": SIGNER.wrap(keys.RIVAL, long_ago),
    }
    await redis.set(keys.RIVAL, words.get(word, word))  # type: ignore[call-overload]
    assert len(await polling.go_on(PATIENCE + 20, rival=True)) == 1
