"""Every report is told to its owner once, or the owner hears that some are missing: whatever is done to Redis."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.delivery.alert_book import AlertBook, Mark
from bot.delivery.tally import FEW, Tally, entry_time
from core import bus, consumer
from core.connection import Store
from core.consumer import ATTEMPTS, Consumer
from core.contract import keys
from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.codec import MalformedError
from core.contract.events import Event, Report
from core.contract.mishaps import Tampering
from core.contract.signing import ForgedError
from tests.domain_values import ACCOUNT, NOW, OWNER, roster
from tests.fake_worker import beats
from tests.telling import acked, groups_of, left
from tests.wire import REPORTS, SIGNER, reported

OTHER_OWNER = 3003
STREAM = keys.events(ACCOUNT)
GROUP = f"bot:{OWNER}"
MISSING, OLD = Tampering.REPORTS_MISSING, Tampering.REPORT_OLD


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "BLOCK_MS", 1)
    monkeypatch.setattr("core.consumer.ExponentialWithJitterBackoff.compute", lambda *_: 0.001)


class EnoughError(Exception):
    """The process is stopped here."""


class Process:
    """One process of the bot for one owner: what it tells, notices and drops."""

    def __init__(self, redis: Store, owner: int = OWNER, *others: int) -> None:
        self.told: list[int] = []
        self.begun = 0
        self.noticed: list[Tampering] = []
        self.dropped = 0
        self.failing: dict[int, list[Exception]] = {}
        self._drains = 0
        self.tally = Tally(
            account=ACCOUNT,
            reader=owner,
            group=f"bot:{owner}",
            name="bot",
            redis=redis,
            book=AlertBook(redis=redis),
            tell=self._tell,
            begin=self._begin,
            notice=self.noticed.append,
        )
        self.consumer: Consumer[Report] = Consumer(
            redis=redis,
            stream=STREAM,
            packing=bus.reports_of(redis, ACCOUNT),
            group=f"bot:{owner}",
            groups=tuple(f"bot:{each}" for each in (owner, *others)),
            name="bot",
            lost=self._lose,
            refused=self._refuse,
            drained=self._drained,
        )

    async def reads(self, times: int = 2) -> None:
        """Until Redis was found empty so often: what a heartbeat promised is missed when that is so again."""
        self._drains = times
        with suppress(EnoughError):
            await self.consumer.run_entries(self.tally.take)

    async def hands(self) -> list[tuple[str, Report]]:
        """What Redis hands this process next, which it has not told by then."""
        entries = await self.consumer._read(">")
        return [(entry.decode(), REPORTS.unpack(fields or {})) for entry, fields in entries]

    async def _tell(self, _: str, report: Report) -> None:
        if self.failing.get(report.number):
            raise self.failing[report.number].pop(0)
        self.told.append(number_of(report.event))

    async def _begin(self, _: str) -> None:
        self.begun += 1

    async def _lose(self, count: int) -> None:
        self.dropped += count
        self.tally.excuse(count)

    async def _refuse(self, error: MalformedError) -> None:
        if not isinstance(error, ForgedError):
            self.tally.excuse(1)

    async def _drained(self) -> None:
        await self.tally.drained()
        self._drains -= 1
        if self._drains <= 0:
            raise EnoughError


def number_of(event: Event) -> int:
    return event.after if isinstance(event, TtlChanged) else 0


def change(number: int) -> TtlChanged:
    """What the worker found a second after the one before."""
    return TtlChanged(account=ACCOUNT, at=NOW + timedelta(seconds=number), before=0, after=number)


BASELINE = BaselineTaken(account=ACCOUNT, at=NOW, roster=roster())


async def makes(redis: Store, *numbers: int) -> list[str]:
    """The worker reports these and says so with its heartbeat."""
    entries = await left(redis, *map(change, numbers))
    await beats(redis)
    return entries


async def copied(redis: Store, entry: str) -> str:
    """The same words once more."""
    [(_, fields)] = await redis.xrange(STREAM, entry, entry)
    copy: Any = fields
    return (await redis.xadd(STREAM, copy)).decode()


async def mark_of(redis: Store, owner: int = OWNER) -> Mark | None:
    return await AlertBook(redis=redis).reached(ACCOUNT, owner)


@pytest.fixture
async def bot(redis: Store) -> Process:
    """It has told the baseline and two more."""
    await left(redis, BASELINE)
    bot = Process(redis)
    await makes(redis, 2, 3)
    await bot.reads()
    assert (bot.told, bot.begun, bot.noticed) == ([0, 2, 3], 0, [])
    bot.told.clear()
    return bot


async def test_the_next_ones_are_told_in_order(redis: Store, bot: Process) -> None:
    await makes(redis, *range(4, 40))
    await bot.reads()
    assert bot.told == list(range(4, 40))
    mark = await mark_of(redis)
    assert mark
    assert (mark.number, mark.at) == (39, change(39).at)
    assert bot.noticed == []


async def test_after_a_restart_the_next_ones_are_told_and_none_twice(redis: Store, bot: Process) -> None:
    await makes(redis, 4)
    next_bot = Process(redis)
    await next_bot.reads()
    assert (next_bot.told, next_bot.begun, next_bot.noticed) == ([4], 0, [])


async def test_what_was_told_and_not_acked_is_not_told_again(redis: Store, bot: Process) -> None:
    await makes(redis, 4)
    [(entry, report)] = await bot.hands()
    await bot.tally.take(entry, report)  # and there it is killed
    next_bot = Process(redis)
    await next_bot.reads()
    assert (next_bot.told, next_bot.noticed) == ([], [])
    await acked(redis, OWNER)


async def test_what_was_handed_over_and_not_told_is_told_by_the_next_process(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5, 6)
    [(entry, report), *_] = await bot.hands()
    await bot.tally.take(entry, report)  # and there it is killed
    next_bot = Process(redis)
    await next_bot.reads()
    assert (next_bot.told, next_bot.noticed) == ([5, 6], [])


async def test_an_outage_while_telling_loses_nothing_and_doubles_nothing(redis: Store, bot: Process) -> None:
    bot.failing[5] = [RedisConnectionError("gone")] * 3
    await makes(redis, 4, 5, 6)
    await bot.reads()
    assert (bot.told, bot.noticed) == ([4, 5, 6], [])


# Taken away


async def test_one_that_was_taken_away_is_missed_once(redis: Store, bot: Process) -> None:
    _, second, _ = await makes(redis, 4, 5, 6)
    await redis.xdel(STREAM, second)
    await bot.reads(5)
    assert (bot.told, bot.noticed) == ([4, 6], [MISSING])
    next_bot = Process(redis)
    await next_bot.reads(3)
    assert (next_bot.told, next_bot.noticed) == ([], [])


async def test_the_last_one_that_was_taken_away_is_missed_once_after_a_heartbeat(redis: Store, bot: Process) -> None:
    [entry] = await makes(redis, 4)
    await redis.xdel(STREAM, entry)
    await bot.reads(1)
    assert bot.noticed == []  # the heartbeat may be younger than the look into the stream
    await bot.reads(5)
    assert (bot.told, bot.noticed) == ([], [MISSING])
    await makes(redis, 5)
    await bot.reads()
    assert (bot.told, bot.noticed) == ([5], [MISSING])


async def test_one_that_was_made_after_the_stream_was_found_empty_is_not_missed(
    redis: Store, bot: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat that is read then may tell of it already."""
    really, numbers = bot.consumer.drained, iter(range(4, 10))
    assert really

    async def just_then() -> None:
        if number := next(numbers, None):
            await makes(redis, number)
        await really()

    bot.consumer.drained = just_then
    await bot.reads(8)
    assert (bot.told, bot.noticed) == (list(range(4, 10)), [])


async def test_what_was_trimmed_away_is_told_as_dropped_and_no_more(redis: Store, bot: Process) -> None:
    await makes(redis, *range(4, 10))
    await redis.xtrim(STREAM, maxlen=2, approximate=False)
    await bot.reads(4)
    assert (bot.told, bot.dropped, bot.noticed) == ([8, 9], 4, [])


async def test_what_was_trimmed_away_in_hand_is_told_as_dropped_and_no_more(redis: Store, bot: Process) -> None:
    await makes(redis, *range(4, 10))
    await bot.hands()
    await redis.xtrim(STREAM, maxlen=2, approximate=False)
    next_bot = Process(redis)
    await next_bot.reads(4)
    assert (next_bot.told, next_bot.dropped, next_bot.noticed) == ([8, 9], 4, [])


async def test_what_was_dropped_once_excuses_nothing_later(redis: Store, bot: Process) -> None:
    bot.tally.excuse(5)
    await makes(redis, 4)
    await bot.reads()
    entry, _ = await makes(redis, 5, 6)
    await redis.xdel(STREAM, entry)
    await bot.reads()
    assert (bot.told, bot.noticed) == ([4, 6], [MISSING])


async def test_one_that_can_not_be_told_is_dropped_and_holds_up_none_behind_it(redis: Store, bot: Process) -> None:
    bot.failing[4] = [ValueError("a bug")] * 100
    await makes(redis, 4, 5, 6)
    await bot.reads(4)
    assert (bot.told, bot.dropped, bot.noticed) == ([5, 6], 1, [])
    assert len(bot.failing[4]) == 100 - ATTEMPTS - 1
    next_bot = Process(redis)
    await next_bot.reads()
    assert (next_bot.told, next_bot.noticed) == ([], [])


async def test_one_of_ours_that_can_not_be_read_is_no_second_notice(redis: Store, bot: Process) -> None:
    unreadable: Any = SIGNER.sign(STREAM, {b"type": b"OfALaterVersion", b"body": b"{}", b"number": b"4"})
    await redis.xadd(STREAM, unreadable)
    await redis.set_signed(keys.reports(ACCOUNT), b"4")
    await makes(redis, 5)
    await bot.reads(3)
    assert (bot.told, bot.noticed) == ([5], [])


# Skipped


@pytest.mark.parametrize("number", [1, 5, FEW + 50])
@pytest.mark.parametrize("there_is_more", [True, False])
async def test_what_somebody_had_the_group_skip_is_told_in_order(
    redis: Store, bot: Process, number: int, there_is_more: bool
) -> None:
    skipped = list(range(4, 4 + number))
    await makes(redis, *skipped)
    await redis.xgroup_setid(STREAM, GROUP, "$")
    if there_is_more:
        await makes(redis, 4 + number)
    await bot.reads(4)
    assert bot.told == [*skipped, 4 + number][: number + there_is_more]
    assert bot.noticed == []


async def test_of_what_was_skipped_one_that_was_also_taken_away_is_missed(redis: Store, bot: Process) -> None:
    _, second, _ = await makes(redis, 4, 5, 6)
    await redis.xdel(STREAM, second)
    await redis.xgroup_setid(STREAM, GROUP, "$")
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 6], [MISSING])


async def test_what_a_stranger_has_the_group_hand_to_him_is_told(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5)
    await redis.xreadgroup(GROUP, "stranger", {STREAM: ">"})
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 5], [])


async def test_where_the_group_is_moved_back_nothing_is_told_twice(redis: Store, bot: Process) -> None:
    await redis.xgroup_setid(STREAM, GROUP, "0")
    await makes(redis, 4)
    await bot.reads(3)
    assert (bot.told, bot.noticed) == ([4], [])


# Two processes of a deploy


async def test_what_another_process_has_in_hand_is_neither_told_twice_nor_missed(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5, 6)
    in_hand, other = await bot.hands(), Process(redis)
    await makes(redis, 7)
    [(entry, seventh)] = await other.hands()
    await other.tally.take(entry, seventh)
    assert (other.told, other.noticed) == ([7], [])
    for each, report in in_hand:
        await bot.tally.take(each, report)
        await redis.xack(STREAM, GROUP, each)
    assert (bot.told, bot.noticed) == ([4, 5, 6], [])
    await redis.xack(STREAM, GROUP, entry)
    for process in (bot, other, Process(redis)):
        process.told.clear()
        await process.reads(3)
        assert (process.told, process.noticed) == ([], [])


async def test_a_heartbeats_count_is_not_missed_while_another_process_has_it_in_hand(
    redis: Store, bot: Process
) -> None:
    await makes(redis, 4)
    [(entry, report)], other = await bot.hands(), Process(redis)
    for _ in range(3):
        await other.tally.drained()
    assert (other.told, other.noticed) == ([], [])
    await bot.tally.take(entry, report)
    assert (bot.told, bot.noticed) == ([4], [])


async def test_what_a_process_died_with_is_told_though_another_went_past_it(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5)
    await bot.hands()  # and there it is killed
    other = Process(redis)
    await makes(redis, 6)
    [(entry, report)] = await other.hands()
    await other.tally.take(entry, report)
    await other.reads(3)
    assert sorted(other.told) == [4, 5, 6]
    assert other.noticed == []


# Put there again


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("told", [-1, -2, 0], ids=["the last", "the last but one", "the first"])
async def test_a_copy_of_what_was_told_is_not_told_but_noticed(
    redis: Store, bot: Process, told: int, restarted: bool
) -> None:
    entries = [entry.decode() for entry, _ in await redis.xrange(STREAM)]
    await copied(redis, entries[told])
    process = Process(redis) if restarted else bot
    await process.reads(3)
    assert (process.told, process.noticed) == ([], [OLD])
    await makes(redis, 4)
    await process.reads()
    assert (process.told, process.noticed) == ([4], [OLD])


@pytest.mark.parametrize("hide", ["heartbeat", "older heartbeat", "count"])
async def test_a_copy_is_known_whatever_becomes_of_the_heartbeat(redis: Store, bot: Process, hide: str) -> None:
    older = await redis.get(keys.heartbeat(ACCOUNT))
    await makes(redis, 4, 5)
    await bot.reads()
    match hide:
        case "heartbeat":
            await redis.delete(keys.heartbeat(ACCOUNT))
        case "older heartbeat":
            await redis.set(keys.heartbeat(ACCOUNT), older or b"")
        case "count":
            await redis.delete(keys.reports(ACCOUNT))
    await copied(redis, (await redis.xrange(STREAM))[1][0].decode())
    await bot.reads()
    assert (bot.told, bot.noticed) == ([4, 5], [OLD])


@pytest.mark.parametrize("number", [1, 40], ids=["among those handed over", "far behind them"])
async def test_one_that_was_moved_behind_others_is_told_once(redis: Store, bot: Process, number: int) -> None:
    first, *_ = await makes(redis, *range(4, 5 + number))
    await copied(redis, first)
    await redis.xdel(STREAM, first)
    await bot.reads(3)
    assert sorted(bot.told) == list(range(4, 5 + number))
    assert MISSING not in bot.noticed


async def test_an_older_mark_that_somebody_puts_back_changes_nothing_for_the_process_that_lives(
    redis: Store, bot: Process
) -> None:
    older = await redis.hget(keys.sent(ACCOUNT), f"{OWNER} reached")
    entry, _, _ = await makes(redis, 4, 5, 6)
    await bot.reads()
    await redis.hset(keys.sent(ACCOUNT), f"{OWNER} reached", older or b"")
    await copied(redis, entry)
    await makes(redis, 7)
    await bot.reads()
    assert (bot.told, bot.noticed) == ([4, 5, 6, 7], [OLD])


@pytest.mark.parametrize("was", ["put back", "taken away", "forged"])
async def test_the_mark_is_put_right_again_by_the_process_that_lives(redis: Store, bot: Process, was: str) -> None:
    older, field = await redis.hget(keys.sent(ACCOUNT), f"{OWNER} reached"), f"{OWNER} reached"
    await makes(redis, 4)
    await bot.reads()
    good = await mark_of(redis)
    match was:
        case "put back":
            await redis.hset(keys.sent(ACCOUNT), field, older or b"")
        case "taken away":
            await redis.hdel(keys.sent(ACCOUNT), field)
        case "forged":
            await redis.hset(keys.sent(ACCOUNT), field, b"99 9-9 2026-01-01T00:00:00+00:00")
    await bot.reads(1)
    assert await mark_of(redis) == good
    next_bot = Process(redis)
    await next_bot.reads()
    assert (next_bot.told, next_bot.begun) == ([], 0)


# Redis has lost something


@pytest.mark.parametrize("bot_remembers", [True, False])
async def test_after_redis_came_back_with_less_the_worker_that_lost_count_is_believed(
    redis: Store, bot: Process, bot_remembers: bool
) -> None:
    """Both sides are restored from a backup; the worker was restarted too, so that it counts from there."""
    backup: Any = {key: await redis.dump(key) for key in await redis.keys()}
    await makes(redis, 4, 5, 6)
    await bot.reads()
    bot.told.clear()
    for key, value in backup.items():
        await redis.restore(key, 0, value, replace=True)
    await makes(redis, 7, 8)  # these are numbers 4 and 5 again
    process = bot if bot_remembers else Process(redis)
    await process.reads(4)
    assert (process.told, process.begun, process.noticed) == ([7, 8], 0, [])
    await makes(redis, 9)
    await process.reads(4)
    assert (process.told, process.noticed) == ([7, 8, 9], [])


async def test_after_redis_was_emptied_the_new_baseline_begins_a_new_count(redis: Store, bot: Process) -> None:
    await makes(redis, *range(4, 9))
    await bot.reads(4)
    await redis.flushall()
    await left(redis, replace(BASELINE, at=NOW + timedelta(hours=1), history_lost=True))
    await beats(redis)
    await bot.reads(4)
    assert (bot.told, bot.begun, bot.noticed) == ([*range(4, 9), 0], 0, [])


async def test_after_redis_was_emptied_and_its_clock_set_back_everything_is_told(redis: Store, bot: Process) -> None:
    """Its entries' ids are lower then than those that were told."""
    await redis.flushall()
    await redis.set_signed(keys.reports(ACCOUNT), b"3")
    await left(redis, replace(BASELINE, at=NOW + timedelta(hours=1), history_lost=True), entry="1000-0")
    await left(redis, change(5), entry="1001-0")
    await left(redis, change(6), entry="1002-0")
    await beats(redis)
    await bot.reads(4)
    assert (bot.told, bot.begun, bot.noticed) == ([0, 5, 6], 0, [])


async def test_a_new_baseline_that_follows_a_loss_explains_what_is_missing(redis: Store, bot: Process) -> None:
    """The worker remembers how many it had made, and the bot what it was told of them."""
    await redis.flushall()
    await redis.set_signed(keys.reports(ACCOUNT), b"7")
    await left(redis, replace(BASELINE, at=NOW + timedelta(hours=1), history_lost=True))
    await makes(redis, 9)
    await bot.reads(4)
    assert (bot.told, bot.begun, bot.noticed) == ([0, 9], 0, [])


# Falling back


async def falls_back(redis: Store, number: int) -> None:
    """The worker goes on from an older state."""
    await redis.set_signed(keys.reports(ACCOUNT), b"%d" % number)
    await beats(redis)


async def test_a_worker_that_goes_on_from_an_older_state_is_told_once(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5, 6)
    await bot.reads()
    await falls_back(redis, 4)
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 5, 6], [Tampering.STATE_OLD])
    await bot.reads(4)
    assert bot.noticed == [Tampering.STATE_OLD]


async def test_what_it_reports_from_there_is_told(redis: Store, bot: Process) -> None:
    await makes(redis, 4, 5, 6)
    await bot.reads()
    await falls_back(redis, 4)
    await bot.reads(4)
    await left(redis, replace(change(5), at=NOW + timedelta(hours=1)))
    await beats(redis)
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 5, 6, 5], [Tampering.STATE_OLD])


async def test_a_heartbeat_from_before_the_last_report_is_no_older_state(redis: Store, bot: Process) -> None:
    await makes(redis, 4)
    await left(redis, change(5), change(6))
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 5, 6], [])


async def test_a_heartbeat_of_the_last_reports_millisecond_is_no_older_state(
    redis: Store, bot: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry's id does not tell which of the two was first."""
    await makes(redis, 4, 5, 6)
    [*_, last] = [entry for entry, _ in await redis.xrange(STREAM)]

    async def same(_: Store) -> datetime:
        return entry_time(last.decode()) + timedelta(milliseconds=0.9)

    monkeypatch.setattr("tests.fake_worker.redis_now", same)
    await falls_back(redis, 4)
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([4, 5, 6], [])


async def test_a_new_baseline_on_its_way_is_no_older_state(redis: Store, bot: Process) -> None:
    """The heartbeat is ahead of what is read."""
    await makes(redis, *range(4, 9))
    await bot.reads()
    await falls_back(redis, 0)
    await bot.reads(4)
    await left(redis, replace(BASELINE, at=NOW + timedelta(hours=1), history_lost=True))
    await beats(redis)
    await bot.reads(4)
    assert (bot.told, bot.noticed) == ([*range(4, 9), 0], [])


# Beginning


async def test_before_a_first_baseline_nothing_is_said(redis: Store) -> None:
    bot = Process(redis)
    await beats(redis)
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    await bot.reads(3)
    await left(redis, BASELINE)
    await makes(redis, 2)
    await bot.reads(3)
    assert (bot.told, bot.begun, bot.noticed) == ([0, 2], 0, [])


@pytest.mark.parametrize("was", ["taken away", "forged"])
async def test_without_a_mark_the_owner_is_told_once_that_the_telling_begins(
    redis: Store, bot: Process, was: str
) -> None:
    if was == "forged":
        await redis.hset(keys.sent(ACCOUNT), f"{OWNER} reached", b"2 0-1 2026-01-01T00:00:00+00:00")
    else:
        await redis.delete(keys.sent(ACCOUNT))
    next_bot = Process(redis)
    await makes(redis, 4, 5)
    await next_bot.reads(3)
    assert (next_bot.told, next_bot.begun, next_bot.noticed) == ([4, 5], 1, [])


async def test_a_new_owner_is_told_that_the_telling_begins_though_nothing_happens(redis: Store, bot: Process) -> None:
    other = Process(redis, OTHER_OWNER, OWNER)
    await other.reads(5)
    assert (other.told, other.begun, other.noticed) == ([], 1, [])
    await makes(redis, 4)
    await other.reads()
    assert (other.told, other.begun, other.noticed) == ([4], 1, [])


async def test_two_owners_are_told_apart(redis: Store, bot: Process) -> None:
    other = Process(redis, OTHER_OWNER, OWNER)
    await other.reads()
    await makes(redis, 4, 5)
    await bot.reads()
    assert (bot.told, other.told) == ([4, 5], [])
    await redis.xgroup_setid(STREAM, f"bot:{OTHER_OWNER}", "$")
    _, entry, _ = await makes(redis, 6, 7, 8)
    await redis.xdel(STREAM, entry)
    await bot.reads(3)
    await other.reads(3)
    assert (bot.told, other.told) == ([4, 5, 6, 8], [4, 5, 6, 8])
    assert (bot.noticed, other.noticed) == ([MISSING], [MISSING])
    assert set(await groups_of(redis)) == {GROUP, f"bot:{OTHER_OWNER}"}


async def test_one_owners_mark_is_none_of_anothers(redis: Store, bot: Process) -> None:
    theirs = await redis.hget(keys.sent(ACCOUNT), f"{OWNER} reached")
    await redis.hset(keys.sent(ACCOUNT), f"{OTHER_OWNER} reached", theirs or b"")
    assert await mark_of(redis, OTHER_OWNER) is None


@pytest.mark.parametrize("forge", [lambda fields: fields | {b"number": b"4"}, lambda _: {b"type": b"TtlChanged"}])
async def test_what_the_worker_did_not_sign_is_neither_told_nor_counted(
    redis: Store, bot: Process, forge: Callable[[dict[bytes, bytes]], dict[bytes, bytes]]
) -> None:
    [(_, fields), *_] = await redis.xrange(STREAM)
    forged: Any = forge(fields)
    await redis.xadd(STREAM, forged)
    await makes(redis, 4)
    await bot.reads(3)
    assert (bot.told, bot.noticed) == ([4], [])


async def test_a_number_far_ahead_is_told_and_what_is_between_is_missed(redis: Store, bot: Process) -> None:
    await reported(redis, Report(number=2**40, event=change(50)))
    await bot.reads()
    assert (bot.told, bot.noticed) == ([50], [MISSING])
