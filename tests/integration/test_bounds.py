"""Weeks of an account that was busy for a year: all that is kept of it is trimmed by its limit, and small in Redis."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import structlog

from bot.delivery.alert_book import ALERTS_MOST, NOTES, AlertBook
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.delivery.suspicions import Suspicions
from bot.desk import Desk
from bot.gateway import LISTS_MOST, Gateway
from bot.press import Press
from bot.views.alerts import login_alert
from bot.views.buttons.sessions import Origin
from core import bus
from core.bus import COMMANDS_MOST, EVENTS_MOST, HISTORY_MOST, LIST_KEPT_MS, OUTCOME_KEPT_MS
from core.connection import Store, connect
from core.consumer import Consumer
from core.contract import keys
from core.contract.commands import EndSession, Request
from core.contract.replies import RosterFetched
from core.contract.session_events import SessionAppeared
from core.dead_letters import DEAD_LETTERS_MOST
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster, Session
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, session
from tests.fake_guard import FakeGuard, push
from tests.fake_telegram import FakeChats
from tests.telling import Heard, acked
from tests.waiting import running
from tests.wire import REQUESTS, SIGNER
from tests.worker import executor_of
from userclient import deeds as deeds_module
from userclient import executor as executor_module
from userclient import heartbeat
from userclient import watcher as watcher_module
from userclient.lease import Lease
from userclient.records import Records
from userclient.self_report import status_of
from userclient.trouble import NotAllowedYetError
from userclient.watcher import Watcher

#: Lived through one by one. The two limits that take longer to reach are all but reached before: `begin` sees to it.
DAYS = 42
LIVE = 30
#: Each day brings this many requests for the list in its last days, and a fifth of that before: a limit of theirs is
#: reached in a day or ten.
LOOKS, BUSY_DAYS = 20, 10
MOST_BYTES = 6 * 1024 * 1024
#: Streams are trimmed in whole nodes, of a hundred entries at the most.
NODE = 100
OTHER_OWNER = 3003
OWNERS = frozenset({OWNER, OTHER_OWNER})


class Clock:
    """The worker's, which a test winds on."""

    def __init__(self) -> None:
        #: Never ahead of Redis's: the worker refuses what is past its deadline by both.
        self.now = datetime.now(UTC) - timedelta(days=DAYS + 1)

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Year:
    """Both processes at work on one account, but for Telegram at either end."""

    redis: Store
    lease: Lease
    worker: Watcher
    records: Records
    guard: FakeGuard
    gateway: Gateway
    desk: Desk
    chats: FakeChats
    clock: Clock
    sessions: list[Session] = field(default_factory=list)
    ttl_days: int = 180
    numbers: Any = field(default_factory=lambda: itertools.count(2**62))

    async def begin(self) -> None:
        await self.remember_the_months_before()
        self.sessions = [self.new() for _ in range(LIVE - 1)]
        await self.look()
        await self.beat()

    async def remember_the_months_before(self) -> None:
        """As the processes themselves note it: all the history that is kept, and most of the alerts."""
        before = self.clock() - timedelta(days=1)
        for _ in range(HISTORY_MOST // 500):
            past = [self.new() for _ in range(250)]
            entries = [Entry(at=before, kind=Kind.MOVED, session=who, before=who) for who in past]
            entries += [Entry(at=before, kind=Kind.ENDED, session=who) for who in past]
            await bus.publish(self.redis, ACCOUNT, self.lease.fence, [], history=entries)
        book = AlertBook(redis=self.redis)
        for number in range(ALERTS_MOST * 4 // 5):
            await book.enter(ACCOUNT, str(-number), OWNER, 2**40 + number, is_alarm=True)

    def new(self) -> Session:
        """A session whose device, app and place have long names."""
        return session(
            str(next(self.numbers)),
            device_model="Samsung Galaxy S25 Ultra 5G Titanium Édition spéciale ★ №",
            platform="Android",
            system_version="SDK 35 (UP1A.231005.007.S928BXXU4BXA2)",
            app_name="Telegram for Android, beta channel, built from source",
            app_version="12.1.1 (51234) arm64-v8a store_bundled",
            ip="2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            country="United Kingdom of Great Britain and Northern Ireland",
            region="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
            created_at=self.clock(),
            active_at=self.clock(),
        )

    def lists(self) -> None:
        own = guard_session()
        listed = Roster(
            account=ACCOUNT, sessions=(own, *self.sessions), ttl_days=self.ttl_days, taken_at=self.clock.now
        )
        self.guard.always_lists(listed)

    async def look(self) -> None:
        self.lists()
        await self.worker.look()

    async def beat(self) -> None:
        await self.records.beat(status_of(self.guard.as_guard(), self.worker.sight, since=NOW))

    async def day(self, number: int) -> None:
        """Logins, ends, changes, two logins that were over before they were listed, presses, looks, and rubbish."""
        await self.rubbish(number)
        for _ in range(3):
            self.sessions.append(self.new())
            await self.look()
        for _ in range(2):
            changed = self.sessions.pop(number % LIVE)
            self.sessions.append(replace(changed, country="Sweden" if changed.country != "Sweden" else "Norway"))
            await self.look()
        self.ttl_days = 545 - self.ttl_days
        for hash_ in (2 * number + 1, 2 * number + 2):
            await self.announce(str(hash_))
        for _ in range(3):
            self.sessions.pop(0)
            await self.look()
        looks = LOOKS if number >= DAYS - BUSY_DAYS else LOOKS // 5
        await asyncio.gather(
            *(self.ask_for_the_list(owner) for owner in itertools.islice(itertools.cycle(OWNERS), looks))
        )
        await self.press_end()
        for _ in range(2):
            await self.gateway.keep_list(ACCOUNT, self.sessions)
        for _ in range(6):
            await self.beat()
        self.clock.now += timedelta(days=1)

    async def rubbish(self, number: int) -> None:
        for stream in (keys.events(ACCOUNT), keys.commands(ACCOUNT), keys.commands(ACCOUNT)):
            fields: Any = {b"type": b"SessionAppeared", b"body": f"{number}".encode() * 200}
            await self.redis.xadd(stream, SIGNER.sign(stream, fields) if number % 2 else fields)

    async def announce(self, hash_: str) -> None:
        """A login that was over before it could be listed."""
        self.worker.notice(push(hash_))
        await self.worker._look_through_troubles()

    async def ask_for_the_list(self, owner: int) -> None:
        assert isinstance(await self.gateway.roster(ACCOUNT, owner=owner), RosterFetched)

    async def press_end(self) -> None:
        """One that ends a session, one that may not yet, three that come too late."""
        ended, kept = self.new(), self.sessions[-1]
        self.sessions.append(ended)
        await self.look()
        self.guard.lets_end(ended.hash)
        self.guard.lets_end(kept.hash, NotAllowedYetError())
        for who in (ended, ended, ended, ended, kept):
            await self.desk.carry(self.press(who))
        self.sessions.remove(ended)

    def press(self, who: Session) -> Press:
        appeared = SessionAppeared(account=ACCOUNT, at=NOW, session=who)
        message_id = self.chats.put(OWNER, login_alert(appeared, account_name="Ada"))
        return Press.of(
            EndSession(hash=who.hash),
            account=ACCOUNT,
            owner=OWNER,
            message_id=message_id,
            origin=Origin.ALERT,
            sessions=(who,),
        )

    async def night(self) -> None:
        """Replies expire within the hour; that is a night's work, and seconds here."""
        for key in await self.replies():
            assert 0 < await self.redis.pttl(key) <= OUTCOME_KEPT_MS, key
            await self.redis.delete(key)
        self.chats.chats.clear()
        self.chats.calls.clear()

    async def replies(self) -> list[bytes]:
        return [key async for key in self.redis.scan_iter(match=keys.reply(ACCOUNT, "*"), count=1000)]


@pytest.fixture
async def year(
    redis: Store, redis_settings: CoreSettings, lease: Lease, guard: FakeGuard, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Year]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock, chats = Clock(), FakeChats()
    for module in (watcher_module, executor_module, deeds_module, heartbeat):
        monkeypatch.setattr(module, "now", clock)
    for_owners, for_alerts = (connect(redis_settings, name="doorman-test", most=12) for _ in range(2))
    records = Records(redis, lease)
    watcher = Watcher(guard.as_guard(), records, poll_seconds=3600)
    executor = executor_of(redis, guard, records, watcher)
    gateway, courier = Gateway(redis=for_owners), chats.courier()
    requests: Consumer[Request] = Consumer(
        redis=redis, stream=keys.commands(ACCOUNT), packing=REQUESTS, group="userclient", name="w", ack_first=True
    )
    notifier = Notifier(
        redis=for_alerts,
        events=for_alerts,
        owners=OWNERS,
        gateway=Gateway(redis=for_alerts),
        courier=courier,
        doorbells=Doorbells(),
        suspicions=Suspicions(Heard()),
    )
    desk = Desk(redis=for_owners, gateway=gateway, courier=courier)
    year = Year(redis, lease, watcher, records, guard, gateway, desk, chats, clock)
    await year.begin()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(for_owners.aclose)
        stack.push_async_callback(for_alerts.aclose)
        for loop in (requests.run(executor.handle), notifier.run()):
            await stack.enter_async_context(running(loop))
        yield year


async def sizes(redis: Store, names: Iterable[bytes]) -> dict[str, int]:
    """Bytes, the largest first."""
    found = {name.decode(): cast("int", await redis.memory_usage(name, samples=0)) for name in names}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


@pytest.mark.timeout(120)
async def test_a_busy_year_stays_within_every_limit_and_six_megabytes(year: Year, redis: Store) -> None:
    for number in range(DAYS):
        await year.day(number)
        if number % 10 == 0 or number == DAYS - 1:
            await acked(redis, *OWNERS)
        if number < DAYS - 1:
            await year.night()

    events, commands = keys.events(ACCOUNT), keys.commands(ACCOUNT)
    assert EVENTS_MOST <= await redis.xlen(events) < EVENTS_MOST + NODE
    assert COMMANDS_MOST <= await redis.xlen(commands) < COMMANDS_MOST + NODE
    assert HISTORY_MOST <= await redis.xlen(keys.history(ACCOUNT)) < HISTORY_MOST + NODE
    for stream in (events, commands):
        assert DEAD_LETTERS_MOST <= await redis.xlen(keys.dead_letters(stream)) < DEAD_LETTERS_MOST + NODE
    assert await redis.hlen(keys.questions(ACCOUNT)) == LISTS_MOST
    assert ALERTS_MOST * 0.9 < await redis.hlen(keys.alerts(ACCOUNT)) <= ALERTS_MOST
    # The last message, how far each is, and what spares them some.
    assert await redis.hlen(keys.sent(ACCOUNT)) <= (2 + len(NOTES)) * len(OWNERS)
    assert not await redis.exists(keys.presses(ACCOUNT))
    assert len(await year.replies()) == LOOKS + 5
    for reply in await year.replies():
        assert await redis.xlen(reply) == 1
        assert 0 < await redis.pttl(reply) <= OUTCOME_KEPT_MS
    assert len([reply for reply in await year.replies() if await redis.pttl(reply) <= LIST_KEPT_MS]) == LOOKS
    snapshot = await year.gateway.snapshot(ACCOUNT)
    assert snapshot
    assert len(snapshot.ended) <= 8
    assert snapshot.ending == ()

    everything = {key async for key in redis.scan_iter(count=1000)}
    known = [
        events,
        commands,
        keys.history(ACCOUNT),
        keys.dead_letters(events),
        keys.dead_letters(commands),
        keys.ACCOUNTS,
    ]
    known += [
        name(ACCOUNT)
        for name in (
            keys.questions,
            keys.alerts,
            keys.sent,
            keys.snapshot,
            keys.reports,
            keys.status,
            keys.heartbeat,
            keys.lease,
        )
    ]
    assert everything - set(await year.replies()) == {name.encode() for name in known}
    bytes_of = await sizes(redis, everything)
    assert sum(bytes_of.values()) < MOST_BYTES, dict(itertools.islice(bytes_of.items(), 12))
