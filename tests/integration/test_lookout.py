"""When Doorman is blind its owners hear of it, once; and once that it sees again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendMessage
from aiogram.utils.formatting import Text
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from bot import lookout as lookout_module
from bot.delivery import suspicions as suspicions_module
from bot.delivery.announcer import Announcer
from bot.delivery.doorbells import Doorbells
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from bot.lookout import Lookout
from bot.views.screen import Screen
from core.bus import redis_now
from core.connection import Store, connect
from core.contract import keys
from core.contract.codec import to_ms
from core.contract.mishaps import Tampering
from core.contract.state import BEAT_SECONDS, Condition, Heartbeat
from core.pulse import HEARTBEATS
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, OWNER
from tests.fake_telegram import BLOCKED, FakeChats
from tests.fake_worker import beats
from tests.telling import Heard, told, tried
from tests.waiting import eventually, running, within_patience
from tests.wire import SIGNER, STRANGER

PATIENCE = 120.0


class LookedError(Exception):
    """One look is over."""


class Clock:
    """This machine's own, which goes on as it is told; whoever would sleep ends instead."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, _: float) -> None:
        raise LookedError


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(lookout_module, "time", clock)
    monkeypatch.setattr(lookout_module, "asyncio", clock)
    return clock


@pytest.fixture
async def link(redis: Store, redis_settings: CoreSettings) -> AsyncIterator[Store]:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    client = connect(redis_settings, name="doorman-test-bot", most=6)
    yield client
    await client.aclose()


@pytest.fixture
def watch(link: Store, clock: Clock, heard: Heard) -> Watch:
    return Watch(link, clock, heard)


class Watch:
    """The lookout of one process after another, and the time that passes between its looks."""

    def __init__(self, redis: Store, clock: Clock, heard: Heard, patience: float = PATIENCE) -> None:
        self.redis, self.clock, self.heard, self.patience = redis, clock, heard, patience
        self.gateway = Gateway(redis=redis)
        self.restart()

    def restart(self) -> None:
        """The next process: it remembers nothing but what is in Redis."""
        self.lookout = Lookout(redis=self.redis, gateway=self.gateway, announcer=self.heard, patience=self.patience)

    async def look(self) -> list[str]:
        """What a look has Doorman say."""
        with suppress(LookedError):
            await self.lookout.run()
        return await self.heard.since()

    async def through(
        self, seconds: float, condition: Condition | None = Condition.WATCHING, **particulars: Any
    ) -> list[str]:
        """What is said while so much time passes with this condition; None is a worker that is silent."""
        said = []
        for _ in range(round(seconds / 2)):
            self.clock.now += 2
            if condition and self.clock.now % BEAT_SECONDS < 2:
                await beats(self.redis, condition, **particulars)
            said += await self.look()
        return said

    async def began(self) -> None:
        """All is well and was seen to be."""
        await beats(self.redis)
        assert await self.look() == []

    async def falls_silent(self) -> None:
        """The last beat was long ago."""
        beat = Heartbeat(at=await redis_now(self.redis) - timedelta(minutes=5))
        await self.redis.set_signed(keys.heartbeat(ACCOUNT), HEARTBEATS.dump(beat))


async def test_a_worker_that_beats_is_not_spoken_of(watch: Watch) -> None:
    await watch.began()
    assert await watch.through(600) == []


async def test_a_silent_worker_is_told_of_once_and_not_before_patience_is_over(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    await watch.look()
    assert await watch.through(PATIENCE - 2, None) == []
    [text] = await watch.through(2, None)
    assert "The worker is silent since" in text
    assert await watch.through(3600, None) == []


async def test_a_worker_that_is_back_is_told_of_once(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    assert len(await watch.through(PATIENCE + 4, None)) == 1
    [text] = await watch.through(20)
    assert "watches again" in text
    assert await watch.through(600) == []
    await watch.falls_silent()
    assert len(await watch.through(PATIENCE + 4, None)) == 1  # the next time is told anew


async def test_a_worker_that_is_back_in_time_is_not_spoken_of(watch: Watch) -> None:
    await watch.began()
    for _ in range(3):
        assert await watch.through(PATIENCE - 10, None) == []
        assert await watch.through(20) == []


async def test_a_worker_that_was_silent_when_the_bot_began_is_given_its_time_and_then_told_of(watch: Watch) -> None:
    await beats(watch.redis, ago=timedelta(days=1))
    assert await watch.look() == []
    assert await watch.through(PATIENCE - 2, None) == []
    assert len(await watch.through(10, None)) == 1


async def test_a_worker_that_never_reported_is_told_of(watch: Watch) -> None:
    [text] = await watch.through(PATIENCE + 60, None)
    assert "Nobody has reported of it" in text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Condition.STOPPED, "was stopped"),
        (Condition.UNREACHABLE, "No connection to Telegram"),
        (Condition.FLOOD_WAIT, "asked for a pause"),
        (Condition.FROZEN, "has frozen"),
        (Condition.REFUSED, "refuses to list"),
        (Condition.INCOMPLETE, "incomplete"),
    ],
)
async def test_whatever_else_keeps_it_from_seeing_is_told_of_once_and_so_is_its_end(
    watch: Watch, condition: Condition, said: str
) -> None:
    await watch.began()
    assert await watch.through(PATIENCE, condition) == []
    [text] = await watch.through(10, condition)
    assert said in text
    assert await watch.through(3600, condition) == []
    [text] = await watch.through(20)
    assert "watches again" in text


async def test_a_trouble_that_passes_in_time_is_not_spoken_of_however_often_it_comes(watch: Watch) -> None:
    await watch.began()
    for _ in range(5):
        assert await watch.through(PATIENCE - 20, Condition.UNREACHABLE) == []
        assert await watch.through(20) == []


async def test_one_trouble_after_another_is_one_blindness(watch: Watch) -> None:
    await watch.began()
    said = await watch.through(70, Condition.UNREACHABLE) + await watch.through(70, Condition.FLOOD_WAIT)
    assert len(said) == 1
    assert await watch.through(300, Condition.STOPPED) == []
    assert len(await watch.through(20)) == 1


async def test_a_lost_guard_is_left_to_its_event_which_says_what_to_do(watch: Watch) -> None:
    await watch.began()
    assert await watch.through(20, Condition.GUARD_LOST) == []
    assert await watch.through(3600, None) == []
    assert await watch.through(60) == []


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["back", "ahead"])
async def test_a_clock_of_rediss_that_jumps_is_no_silence(watch: Watch, jump: timedelta) -> None:
    await watch.began()
    await beats(watch.redis, ago=-jump)  # the last beat before the jump
    assert await watch.through(8, None) == []
    assert await watch.through(300) == []


async def test_a_clock_that_was_set_back_makes_a_dead_worker_no_live_one(watch: Watch) -> None:
    await watch.began()
    await beats(watch.redis, ago=timedelta(hours=-1))
    [text] = await watch.through(PATIENCE + 600, None)
    assert "silent" in text
    assert "✅" not in text


async def test_a_patience_shorter_than_three_heartbeats_is_kept_and_says_silence_once(
    link: Store, clock: Clock, heard: Heard
) -> None:
    watch = Watch(link, clock, heard, patience=15)
    await watch.began()
    assert await watch.through(12, None) == []
    [text] = await watch.through(60, None)
    assert "silent" in text
    assert "✅" not in text
    assert len(await watch.through(30)) == 1


async def test_a_bot_that_was_restarted_meanwhile_says_it_no_second_time(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    assert len(await watch.through(PATIENCE + 4, None)) == 1
    watch.restart()
    assert await watch.through(600, None) == []
    watch.restart()
    [text] = await watch.through(20)
    assert "watches again" in text
    watch.restart()
    assert await watch.through(300) == []


async def test_blindness_that_no_owner_could_be_told_of_is_told_by_the_next_process(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    watch.heard.owners_see = False  # Telegram can't be reached either
    assert len(await watch.through(PATIENCE + 20, None)) == 1
    watch.restart()
    watch.heard.owners_see = True
    assert len(await watch.through(PATIENCE + 20, None)) == 1
    watch.restart()
    assert await watch.through(600, None) == []


async def test_a_recovery_that_no_owner_could_be_told_of_is_told_by_the_next_process(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    assert len(await watch.through(PATIENCE + 4, None)) == 1
    watch.heard.owners_see = False
    assert len(await watch.through(20)) == 1
    watch.restart()
    watch.heard.owners_see = True
    [text] = await watch.through(30)
    assert "watches again" in text
    watch.restart()
    assert await watch.through(300) == []


async def test_a_redis_that_was_emptied_meanwhile_makes_no_second_blindness(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    assert len(await watch.through(PATIENCE + 4, None)) == 1
    await watch.redis.flushall()
    assert await watch.through(600, None) == []
    await watch.redis.sadd(keys.ACCOUNTS, ACCOUNT)
    assert len(await watch.through(30)) == 1


async def test_a_full_redis_is_named_as_such_and_told_of_once(watch: Watch) -> None:
    await watch.began()
    await watch.falls_silent()
    await watch.redis.config_set("maxmemory", "1")
    try:
        [text] = await watch.through(PATIENCE + 300, None)
    finally:
        await watch.redis.config_set("maxmemory", "0")
    assert "Redis is full" in text
    [text] = await watch.through(20)
    assert "watches again" in text


def redis_is_gone(outage: pytest.MonkeyPatch) -> None:
    async def gone(*_: Any) -> None:
        raise RedisConnectionError("gone")

    outage.setattr("bot.gateway.feel", gone)
    outage.setattr(Gateway, "accounts", gone)


async def test_a_redis_that_is_gone_is_told_of_once_and_so_is_its_return(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.began()
    with monkeypatch.context() as outage:
        redis_is_gone(outage)
        assert await watch.through(PATIENCE, None) == []
        [text] = await watch.through(10, None)
        assert "its Redis can't be reached" in text
        assert await watch.through(3600, None) == []
    await beats(watch.redis)
    [text] = await watch.through(2, None)
    assert "Redis is back" in text
    assert await watch.through(PATIENCE - 10, None) == []
    assert await watch.through(300) == []


async def test_after_redis_is_back_a_worker_that_is_not_yet_has_its_time_before_it_is_told_of(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.began()
    with monkeypatch.context() as outage:
        redis_is_gone(outage)
        await watch.through(PATIENCE + 60, None)
    [text] = await watch.through(2, None)
    assert "Redis is back" in text
    assert await watch.through(PATIENCE - 2, None) == []
    [text] = await watch.through(10, None)
    assert "silent" in text


async def test_a_short_outage_of_redis_is_not_spoken_of(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    await watch.began()
    for _ in range(3):
        with monkeypatch.context() as outage:
            redis_is_gone(outage)
            assert await watch.through(PATIENCE - 10, None) == []
        assert await watch.through(20) == []


@pytest.mark.parametrize("rubbish", [b"rubbish", b"", b"\xff\xfe", b"{}", b"9" * 30])
async def test_rubbish_in_place_of_a_pulse_is_a_worker_that_did_not_report(watch: Watch, rubbish: bytes) -> None:
    await watch.began()
    await watch.redis.set(keys.heartbeat(ACCOUNT), rubbish)
    await watch.redis.set(keys.status(ACCOUNT), rubbish)
    assert len(await watch.through(PATIENCE + 60, None)) == 1
    assert len(await watch.through(20)) == 1


async def test_the_lookout_looks_at_every_account_and_outlives_redis(
    own_server: Any, own_redis: Store, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout_module, "LOOK_SECONDS", 0.01)
    await own_redis.sadd(keys.ACCOUNTS, ACCOUNT, ACCOUNT + 1)
    for account in (ACCOUNT, ACCOUNT + 1):
        await beats(own_redis, Condition.UNREACHABLE, account=account)
    lookout = Lookout(redis=own_redis, gateway=Gateway(redis=own_redis), announcer=heard, patience=0.1)
    async with running(lookout.run()) as loop:

        async def said(number: int) -> None:
            async def look() -> bool:
                return len(heard.texts) >= number

            await eventually(look)

        await said(2)
        own_server.terminate()
        await said(3)
        assert "can't be reached" in heard.texts[2]
        assert not loop.done()


async def test_what_is_announced_reaches_every_owner_and_none_waits_for_another() -> None:
    telegram, bells = FakeChats(), Doorbells()
    telegram.blocked = {OWNER}
    announcer = Announcer(telegram.courier(), frozenset({OWNER, OWNER + 1}), bells)
    async with running(announcer.run()):
        for number in (1, 2):
            announcer.announce(screen(number))
        assert await told(telegram, OWNER + 1, 2) == ["1", "2"]
        telegram.blocked = set()
        bells.ring(OWNER)
        assert await told(telegram, OWNER, 2) == ["1", "2"]


async def test_what_an_announcement_asks_for_is_done_once_for_each_who_was_told_and_not_before() -> None:
    telegram, bells, done = FakeChats(), Doorbells(), asyncio.Semaphore(0)

    async def then() -> None:
        done.release()

    telegram.blocked = {OWNER, OWNER + 1}
    announcer = Announcer(telegram.courier(), frozenset({OWNER, OWNER + 1}), bells)
    async with running(announcer.run()):
        announcer.announce(screen(1), then=then)
        await tried(telegram, OWNER)
        await tried(telegram, OWNER + 1, since=0)
        assert done.locked()
        for owner in (OWNER, OWNER + 1):
            telegram.blocked.discard(owner)
            bells.ring(owner)
            await within_patience(done.acquire())
            assert telegram.in_chat(owner) == ["1"]
            assert done.locked()


async def test_an_owner_who_is_back_while_the_refusal_is_on_its_way_is_told_at_once() -> None:
    telegram, bells = FakeChats(), Doorbells()
    telegram.will_fail(
        SendMessage, TelegramForbiddenError(method=SendMessage(chat_id=OWNER, text="…"), message=BLOCKED)
    )
    telegram.held[OWNER] = asyncio.Event()
    announcer = Announcer(telegram.courier(), frozenset({OWNER}), bells)
    async with running(announcer.run()):
        announcer.announce(screen(1))
        await tried(telegram, OWNER)
        bells.ring(OWNER)
        telegram.held.pop(OWNER).set()
        assert await told(telegram, OWNER, 1) == ["1"]


async def test_for_a_chat_that_stays_closed_the_newest_announcements_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    telegram = FakeChats()
    telegram.blocked = {OWNER}
    announcer = Announcer(telegram.courier(), frozenset({OWNER}), Doorbells())
    with capture_logs():
        for number in range(100):
            announcer.announce(screen(number))
        async with running(announcer.run()):
            telegram.blocked = set()
            assert await told(telegram, OWNER, 20) == [str(n) for n in range(80, 100)]


def screen(number: int) -> Screen:
    return Screen(text=Text(str(number)))


async def test_a_redis_that_answers_the_first_call_and_fails_at_the_next_is_told_of(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.began()

    async def gone(*_: object) -> None:
        raise RedisConnectionError("gone")

    monkeypatch.setattr("bot.gateway.feel", gone)
    assert len(await watch.through(PATIENCE + 60, None)) == 1


async def test_a_pulse_of_another_type_is_told_of_and_hides_no_other_account(watch: Watch) -> None:
    await watch.began()
    await watch.redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
    await watch.redis.delete(keys.heartbeat(ACCOUNT))
    await watch.redis.sadd(keys.heartbeat(ACCOUNT), "x")
    assert len(await watch.through(PATIENCE + 60, None)) == 2


async def test_an_old_heartbeat_that_somebody_puts_back_again_and_again_is_no_sign_of_life(watch: Watch) -> None:
    await watch.began()
    beats_of_old = []
    for minutes in (5, 4):
        await beats(watch.redis, ago=timedelta(minutes=minutes))
        beats_of_old.append(await watch.redis.get(keys.heartbeat(ACCOUNT)))
    said = []
    for number in range(round((PATIENCE + 60) / 2)):
        watch.clock.now += 2
        await watch.redis.set(keys.heartbeat(ACCOUNT), beats_of_old[number % 2] or b"")
        said += await watch.look()
    [text] = said
    assert "silent" in text


@pytest.mark.parametrize(
    "note", ["forged", "unsigned", "a day old", "rubbish", "of another silence", "another account's"]
)
async def test_a_note_that_is_not_of_the_process_before_keeps_nobody_silent(watch: Watch, note: str) -> None:
    key, now = keys.blindness(ACCOUNT), await redis_now(watch.redis)
    fresh = b"%d 0" % to_ms(now)
    word = {
        "forged": STRANGER.wrap(key, fresh),
        "unsigned": fresh,
        "a day old": SIGNER.wrap(key, b"%d 0" % to_ms(now - timedelta(days=1))),
        "rubbish": SIGNER.wrap(key, b"1"),
        "of another silence": SIGNER.wrap(key, b"%d 1" % to_ms(now)),
        "another account's": SIGNER.wrap(keys.blindness(ACCOUNT + 1), fresh),
    }[note]
    await watch.redis.set(key, word)
    assert len(await watch.through(PATIENCE + 60, None)) == 1


async def test_a_note_of_the_process_before_keeps_silent(watch: Watch) -> None:
    await watch.redis.set_signed(keys.blindness(ACCOUNT), b"%d 0" % to_ms(await redis_now(watch.redis)))
    assert await watch.through(PATIENCE + 60, None) == []


@pytest.mark.parametrize("rubbish", [b"", b"soon", b"9" * 40])
async def test_a_note_of_ours_that_is_no_time_does_not_end_the_lookout(watch: Watch, rubbish: bytes) -> None:
    await watch.redis.set_signed(keys.blindness(ACCOUNT), rubbish)
    assert len(await watch.through(PATIENCE + 60, None)) == 1


async def test_what_the_bot_finds_is_told_once_in_ten_minutes_for_each_kind_and_account(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, suspicions = Clock(), Suspicions(heard)
    monkeypatch.setattr(suspicions_module, "time", clock)

    def notice(account: int, what: Tampering) -> None:
        suspicions.notice(account, what, account_name="Ada")

    for _ in range(3):
        notice(ACCOUNT, Tampering.REPORT_FORGED)
        notice(ACCOUNT, Tampering.REPORT_OLD)
        notice(ACCOUNT + 1, Tampering.REPORT_OLD)
        clock.now += 199
    assert len(await heard.since()) == 3
    clock.now += 10
    notice(ACCOUNT, Tampering.REPORT_OLD)
    [text] = await heard.since()
    assert "Ada" in text
    assert "Somebody else writes into Doorman's Redis" in text
