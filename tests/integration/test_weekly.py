"""The weekly digest over a real Redis: once a week to each owner, whoever restarts, however many bots run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.delivery import weekly as weekly_module
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.weekly import Weekly, latest_due
from bot.gateway import Gateway
from core.connection import Store
from core.contract import keys
from core.contract.state import SNAPSHOTS, Snapshot
from core.domain.preferences import Preferences, QuietHours
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeChats
from tests.fake_worker import beats
from tests.waiting import eventually, killed, running
from tests.wire import STRANGER

OTHER = OWNER + 1
SATURDAY = datetime(2026, 3, 14, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 15, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BERLIN = Preferences(quiet=QuietHours(start=datetime.min.time(), end=datetime.max.time(), zone="Europe/Berlin"))


class Clocked(Gateway):
    """A gateway at whatever time the test says."""

    async def now(self) -> datetime:
        return CLOCK[0]


CLOCK = [SATURDAY]


@pytest.fixture(autouse=True)
async def _account(redis: Store) -> None:
    CLOCK[0] = SATURDAY
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await beats(redis)
    await prefer(redis, Preferences())


async def prefer(redis: Store, preferences: Preferences) -> None:
    known = Snapshot(roster=roster(session("7")), preferences=preferences)
    await redis.set_signed(keys.snapshot(ACCOUNT), SNAPSHOTS.dump(known))


def a_bot(redis: Store, telegram: FakeChats, *owners: int, bells: Doorbells | None = None) -> Weekly:
    courier: Courier = telegram.courier()
    return Weekly(
        redis=redis,
        gateway=Clocked(redis=redis),
        courier=courier,
        doorbells=bells or Doorbells(),
        owners=frozenset(owners or {OWNER}),
    )


async def looked(bot: Weekly, *moments: datetime, owner: int = OWNER) -> None:
    for moment in moments:
        CLOCK[0] = moment
        await bot.look(owner)


def test_a_week_ends_on_sunday_at_ten_by_the_owners_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert latest_due(SUNDAY, UTC) == (SUNDAY, SUNDAY - 7 * DAY)
    assert latest_due(SUNDAY - MINUTE, UTC)[0] == SUNDAY - 7 * DAY
    assert latest_due(SUNDAY, berlin)[0] == SUNDAY - HOUR
    after_the_change = datetime(2026, 3, 29, 8, tzinfo=UTC)  # 10:00 in summer time
    assert latest_due(after_the_change, berlin) == (after_the_change, datetime(2026, 3, 22, 9, tzinfo=UTC))


async def test_a_new_bot_tells_of_no_week_before_its_own(redis: Store, telegram: FakeChats) -> None:
    await looked(a_bot(redis, telegram), SATURDAY, SUNDAY - MINUTE)
    assert telegram.in_chat(OWNER) == []


async def test_the_digest_comes_once_a_week_over_restarts(redis: Store, telegram: FakeChats) -> None:
    await looked(a_bot(redis, telegram), SATURDAY, SUNDAY, SUNDAY + MINUTE)
    await looked(a_bot(redis, telegram), SUNDAY + HOUR, SUNDAY + 6 * DAY)
    assert len(telegram.in_chat(OWNER)) == 1
    await looked(a_bot(redis, telegram), SUNDAY + 7 * DAY)
    assert len(telegram.in_chat(OWNER)) == 2
    assert "Nothing happened this week" in telegram.in_chat(OWNER)[0]


async def test_two_bots_send_it_once(redis: Store, telegram: FakeChats) -> None:
    bots = [a_bot(redis, telegram) for _ in range(5)]
    await looked(bots[0], SATURDAY)
    CLOCK[0] = SUNDAY
    await asyncio.gather(*(bot.look(OWNER) for bot in bots))
    assert len(telegram.in_chat(OWNER)) == 1


async def test_after_a_long_outage_only_the_latest_week_is_told(redis: Store, telegram: FakeChats) -> None:
    await looked(a_bot(redis, telegram), SATURDAY)
    await looked(a_bot(redis, telegram), SUNDAY + 30 * DAY, SUNDAY + 30 * DAY + MINUTE)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_each_owner_gets_their_own(redis: Store, telegram: FakeChats) -> None:
    bot = a_bot(redis, telegram, OWNER, OTHER)
    for owner in (OWNER, OTHER):
        await looked(bot, SATURDAY, SUNDAY, owner=owner)
    assert len(telegram.in_chat(OWNER)) == len(telegram.in_chat(OTHER)) == 1


async def test_who_does_not_want_it_gets_none_and_none_at_once_when_they_do(redis: Store, telegram: FakeChats) -> None:
    bot = a_bot(redis, telegram)
    await looked(bot, SATURDAY)
    await prefer(redis, Preferences(is_weekly=False))
    await looked(bot, SUNDAY)
    await prefer(redis, Preferences())
    await looked(bot, SUNDAY + DAY)
    assert telegram.in_chat(OWNER) == []
    await looked(bot, SUNDAY + 7 * DAY)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_another_time_zone_makes_no_second_digest_of_a_week(redis: Store, telegram: FakeChats) -> None:
    bot = a_bot(redis, telegram)
    await prefer(redis, BERLIN)
    await looked(bot, SATURDAY, SUNDAY - HOUR)
    await prefer(redis, Preferences())
    await looked(bot, SUNDAY, SUNDAY + HOUR)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_a_bot_that_died_over_it_is_made_up_for(
    redis: Store, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = a_bot(redis, telegram)
    await looked(dying, SATURDAY)
    telegram.held[OWNER] = asyncio.Event()
    CLOCK[0] = SUNDAY
    at_it = asyncio.ensure_future(dying.look(OWNER))

    async def is_trying() -> bool:
        return telegram.tries.get(OWNER, 0) > 0

    await eventually(is_trying)
    await killed(at_it)
    del telegram.held[OWNER]
    await looked(a_bot(redis, telegram), SUNDAY + MINUTE)
    assert telegram.in_chat(OWNER) == []  # the other may still be at it
    await looked(a_bot(redis, telegram), SUNDAY + 11 * MINUTE, SUNDAY + 12 * MINUTE)
    assert len(telegram.in_chat(OWNER)) == 1


async def test_a_closed_chat_gets_it_when_it_opens(redis: Store, telegram: FakeChats, bells: Doorbells) -> None:
    bot = a_bot(redis, telegram, bells=bells)
    await looked(bot, SATURDAY)
    telegram.blocked.add(OWNER)
    CLOCK[0] = SUNDAY
    async with running(bot.look(OWNER)):

        async def is_trying() -> bool:
            return telegram.tries.get(OWNER, 0) > 0

        await eventually(is_trying)
        telegram.blocked.clear()
        bells.ring(OWNER)

        async def has_it() -> bool:
            return bool(telegram.in_chat(OWNER))

        await eventually(has_it)


async def test_a_mark_that_somebody_else_wrote_sends_nothing_and_stops_nothing(
    redis: Store, telegram: FakeChats
) -> None:
    bot = a_bot(redis, telegram)
    await looked(bot, SATURDAY)
    for name in await redis.hkeys(keys.digests(ACCOUNT)):
        await redis.hset(keys.digests(ACCOUNT), name, STRANGER.wrap("elsewhere", b"done 1"))
    await looked(bot, SUNDAY - HOUR, SUNDAY)
    assert len(telegram.in_chat(OWNER)) == 1
    await redis.delete(keys.digests(ACCOUNT))
    await redis.set(keys.digests(ACCOUNT), b"another kind of value")
    await looked(bot, SUNDAY + DAY, SUNDAY + 7 * DAY)
    assert len(telegram.in_chat(OWNER)) == 2


async def test_its_loop_serves_every_owner(redis: Store, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly_module, "LOOK_SECONDS", 0.01)
    async with running(a_bot(redis, telegram, OWNER, OTHER).run()):

        async def is_marked() -> bool:
            return len(await redis.hkeys(keys.digests(ACCOUNT))) == 2

        await eventually(is_marked)
        CLOCK[0] = SUNDAY

        async def all_have_it() -> bool:
            return all(len(telegram.in_chat(owner)) == 1 for owner in (OWNER, OTHER))

        await eventually(all_have_it)
