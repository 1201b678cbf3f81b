"""Login codes that came while nobody was connected: told late and once, with when they came, killed if still good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from core.connection import Store
from core.contract import keys
from core.contract.account_events import CodeCame
from core.contract.events import Event
from core.contract.state import Snapshot
from core.domain.preferences import Preferences
from sandbox.faults import Fault
from sandbox.people import Person
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE
from tests.domain_values import ACCOUNT, roster
from tests.fake_guard import FakeGuard
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually, running
from tests.wire import events_in
from userclient import gaps
from userclient.clock import now
from userclient.codes import Codes
from userclient.inbox import Inbox
from userclient.lease import Lease
from userclient.missed_codes import MissedCodes
from userclient.records import Records
from userclient.shift import Shift
from userclient.sight import Sight
from userclient.telegram.guard import Guard, connected
from userclient.telegram.service_chat import ServiceMessage
from userclient.told_mark import mark
from userclient.trouble import FloodWaitError, RefusedError, UnreachableError

Published = Callable[[], Awaitable[list[Event]]]
CODE, NEXT_CODE = "4928175", "6103948"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "SETTLE_SECONDS", 0.01)
    monkeypatch.setattr(gaps, "RETRY_SECONDS", 0.01)


def said(id_: int, ago: timedelta, code: str | None = CODE) -> ServiceMessage:
    return ServiceMessage(id=id_, sent_at=now() - ago, code=code)


class Worker:
    """The parts that deal with codes, as a process has them that watched until two hours ago."""

    def __init__(self, redis: Store, lease: Lease, *messages: ServiceMessage) -> None:
        self.redis, self.lease, self.guard, self.inbox = redis, lease, FakeGuard(), Inbox()
        self.guard.service_chat.messages = list(messages)
        self.records = Records(redis, lease)
        self.codes = Codes(self.guard.as_guard(), self.records, self.inbox)
        self.sight = Sight()
        guard = self.guard.as_guard()
        self.missed = MissedCodes(guard, self.records, self.codes, self.inbox, self.sight, redis=redis)

    async def watched(self, until: datetime, **preferences: bool) -> None:
        """What an earlier process left behind."""
        snapshot = Snapshot(roster=roster(taken_at=until), preferences=Preferences(**preferences))
        await self.records.write(snapshot, [], since=await self.records.snapshot())

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Until all that is known of is told and noted."""
        async with running(self.codes.run()), running(self.missed.run()):
            yield
            await eventually(self._is_done)
        self.guard.foresaw_everything()

    async def _is_done(self) -> bool:
        noted = mark(ACCOUNT, self.inbox).get(keys.service_chat(ACCOUNT))
        return self.inbox.is_whole and not self.inbox.untold and await self.mark() == noted

    async def mark(self) -> bytes | None:
        return await self.redis.get_signed(keys.service_chat(ACCOUNT))

    def successor(self, *messages: ServiceMessage) -> Worker:
        """The next process, which finds more in the chat."""
        return Worker(self.redis, self.lease, *(self.guard.service_chat.messages or ()), *messages)


@pytest.fixture
async def worker(redis: Store, lease: Lease) -> Worker:
    worker = Worker(redis, lease)
    await worker.watched(now() - 2 * HOUR)
    return worker


async def told(published: Published) -> list[CodeCame]:
    return [event for event in await published() if isinstance(event, CodeCame)]


async def test_one_is_told_with_when_it_came_and_kept_in_history(worker: Worker, published: Published) -> None:
    missed = said(5, HOUR)
    worker.guard.service_chat.messages = [said(3, 3 * HOUR), said(4, HOUR, code=None), missed]
    async with worker.at_work():
        pass
    [event] = await told(published)
    assert (event.sent_at, event.is_spent, event.was_killed) == (missed.sent_at, True, False)
    assert event.at > missed.sent_at
    assert (await worker.records.recollection()).past.codes == (missed.sent_at,)


async def test_it_is_told_once_by_whatever_process_and_later_ones_as_well(worker: Worker, published: Published) -> None:
    async with worker.at_work():
        pass
    second = worker.successor(said(5, HOUR))
    async with second.at_work():
        pass
    third = second.successor(said(6, MINUTE, NEXT_CODE), said(7, MINUTE, code=None))
    async with third.at_work():
        pass
    async with third.successor().at_work():
        pass
    assert [event.sent_at for event in await told(published)] == [
        message.sent_at for message in third.guard.service_chat.messages or () if message.code
    ]
    assert await third.mark() == b"7"


async def test_what_was_there_before_doorman_came_is_no_news(redis: Store, lease: Lease, published: Published) -> None:
    first = Worker(redis, lease, said(5, MINUTE))
    async with first.at_work():
        pass
    assert await told(published) == []
    assert await first.mark() == b"5"


async def test_what_is_older_than_a_day_is_no_news_either(worker: Worker, published: Published) -> None:
    await worker.watched(now() - 72 * HOUR)
    worker.guard.service_chat.messages = [said(5, 25 * HOUR), said(6, 23 * HOUR)]
    async with worker.at_work():
        pass
    assert len(await told(published)) == 1


async def test_one_that_was_pushed_is_not_told_again(worker: Worker, published: Published) -> None:
    async with worker.at_work():
        await eventually(worker._is_done)
        worker.codes.take(CODE, 5)
    assert await worker.mark() == b"5"  # at once with what was told
    async with worker.successor(said(5, MINUTE)).at_work():
        pass
    [event] = await told(published)
    assert event.sent_at is None


async def test_one_that_was_pushed_before_the_chat_is_read_hides_none_before_it(
    worker: Worker, published: Published
) -> None:
    worker.guard.service_chat.messages = [said(4, HOUR), said(5, timedelta(), NEXT_CODE)]
    worker.codes.take(NEXT_CODE, 5)
    async with worker.at_work():
        pass
    assert [event.sent_at is None for event in await told(published)] == [True, False]
    assert await worker.mark() == b"5"


async def test_after_a_gap_it_is_read_again(worker: Worker, published: Published) -> None:
    async with worker.at_work():
        await eventually(worker._is_done)
        assert worker.guard.service_chat.messages is not None
        worker.guard.service_chat.messages.append(said(5, MINUTE))
        worker.missed.notice()
        assert not worker.inbox.is_whole  # what is pushed now is no sign that none was lost
    assert len(await told(published)) == 1


@pytest.mark.parametrize("trouble", [UnreachableError("down"), FloodWaitError(0)])
async def test_while_telegram_does_not_answer_it_is_tried_again(
    worker: Worker, published: Published, trouble: Exception
) -> None:
    worker.guard.service_chat.messages = [said(5, HOUR)]
    worker.guard.service_chat.troubles.extend([trouble] * 2)
    async with worker.at_work():
        pass
    assert worker.guard.service_chat.asked == [0, 0, 0]
    assert len(await told(published)) == 1


async def test_where_telegram_refuses_it_those_that_are_pushed_are_told_all_the_same(
    worker: Worker, published: Published
) -> None:
    worker.guard.service_chat.messages = []
    worker.guard.service_chat.troubles.append(RefusedError("PEER_ID_INVALID"))
    async with running(worker.codes.run()), running(worker.missed.run()):
        await eventually(lambda: _true(worker.guard.service_chat.asked))
        worker.codes.take(CODE, 5)

        async def is_told() -> bool:
            return len(await told(published)) == 1

        await eventually(is_told)
    assert worker.guard.service_chat.asked == [0]


async def _true(value: object) -> bool:
    return bool(value)


@pytest.mark.parametrize("trouble", [RefusedError("PEER_ID_INVALID"), ValueError("a mistake")])
async def test_what_telegram_refuses_or_doorman_cannot_read_is_tried_again_and_told_until_then(
    worker: Worker, published: Published, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr(gaps, "REFUSED_SECONDS", 0.01)
    worker.guard.service_chat.messages = [said(5, HOUR)]
    worker.guard.service_chat.troubles.append(trouble)
    blind: list[datetime | None] = []
    look = worker.missed.look

    async def looked() -> None:
        try:
            await look()
        finally:
            blind.append(worker.sight.codes_unread_since)

    monkeypatch.setattr(worker.missed, "look", looked)
    async with worker.at_work():
        pass
    assert [since is not None for since in blind] == [True, False]
    assert len(await told(published)) == 1


async def told_live(worker: Worker, published: Published, code: str, message: int) -> None:
    """A code comes by push, and the owner hears of it."""
    before = len(await told(published))
    worker.codes.take(code, message)

    async def is_told() -> bool:
        return len(await told(published)) > before

    await eventually(is_told)


@pytest.mark.parametrize("noted", [None, 0, 3])
async def test_one_that_was_told_live_is_not_told_again_though_the_chat_could_not_be_read(
    worker: Worker, published: Published, noted: int | None
) -> None:
    if noted is not None:
        worker.guard.service_chat.messages = [said(noted, HOUR, code=None)] * bool(noted)
        async with worker.at_work():
            pass
    second = worker.successor(said(5, MINUTE))
    second.guard.service_chat.troubles.append(RefusedError("PEER_ID_INVALID"))
    async with running(second.codes.run()), running(second.missed.run()):
        await eventually(lambda: _true(second.guard.service_chat.asked))
        await told_live(second, published, NEXT_CODE, 6)
    assert await second.mark() == f"{'-' if noted is None else noted} 6".encode()
    third = second.successor(said(6, MINUTE, NEXT_CODE))
    async with third.at_work():
        pass
    assert [event.sent_at is None for event in await told(published)] == [True, False]  # 5 was missed
    assert await third.mark() == b"6"


async def test_nor_where_the_process_ends_before_it_has_looked(
    worker: Worker, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worker.at_work():
        pass
    monkeypatch.setattr(gaps, "SETTLE_SECONDS", 600.0)
    second = worker.successor()
    async with running(second.codes.run()), running(second.missed.run()):
        await eventually(lambda: _true(second.inbox.is_recalled))
        await told_live(second, published, CODE, 5)
    monkeypatch.setattr(gaps, "SETTLE_SECONDS", 0.01)
    async with second.successor(said(5, MINUTE)).at_work():
        pass
    [event] = await told(published)
    assert event.sent_at is None


async def test_nor_where_it_was_pushed_while_telegram_was_answering(
    worker: Worker, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = worker.guard.service_chat
    chat.messages, newest = [], chat.newest

    async def overtaken(*, after: int) -> tuple[ServiceMessage, ...]:
        worker.codes.take(CODE, 5)
        return await newest(after=after)

    monkeypatch.setattr(chat, "newest", overtaken)
    async with worker.at_work():
        await eventually(lambda: _true(chat.asked))
    async with worker.successor(said(5, MINUTE)).at_work():
        pass
    [event] = await told(published)
    assert event.sent_at is None


async def test_what_another_process_told_between_two_shifts_of_one_is_not_told_again(
    worker: Worker, published: Published
) -> None:
    async with worker.at_work():
        pass
    between = worker.successor(said(5, MINUTE))
    async with between.at_work():
        pass
    later = between.successor()
    later.inbox.read_to = 0  # as the first shift left it
    async with later.at_work():
        pass
    assert len(await told(published)) == 1


@pytest.mark.parametrize(("minutes", "is_ours"), [(-1, False), (0, True), (9, True), (11, False)])
async def test_a_code_from_shortly_before_the_guards_own_login_may_have_been_for_that(
    worker: Worker, published: Published, *, minutes: int, is_ours: bool
) -> None:
    message = said(5, HOUR)
    worker.guard.service_chat.messages = [message]
    worker.sight.guard_created_at = message.sent_at + minutes * MINUTE
    async with worker.at_work():
        pass
    [event] = await told(published)
    assert event.may_be_ours is is_ours


async def test_under_the_lock_one_that_may_be_good_is_killed_and_an_old_one_is_let_be(
    worker: Worker, published: Published
) -> None:
    await worker.watched(now() - 2 * HOUR, is_locked=True)
    worker.guard.service_chat.messages = [said(5, HOUR), said(6, MINUTE, NEXT_CODE)]
    worker.guard.safety.answers["kill_codes"] = True
    async with worker.at_work():
        pass
    old, young = await told(published)
    assert (old.was_killed, old.is_locked, old.is_spent) == (False, False, True)
    assert (young.was_killed, young.is_locked, young.is_spent) == (True, True, False)
    assert worker.guard.safety.done == [("kill_codes", NEXT_CODE)]


async def test_an_owner_can_have_one_killed_that_may_be_good(worker: Worker) -> None:
    worker.guard.service_chat.messages = [said(5, HOUR), said(6, MINUTE, NEXT_CODE)]
    async with worker.at_work():
        pass
    worker.guard.safety.answers["kill_codes"] = True
    assert await worker.codes.kill()
    assert worker.guard.safety.done == [("kill_codes", NEXT_CODE)]


@pytest.mark.parametrize("kind", ["string", "list"])
async def test_a_forged_mark_hides_nothing(worker: Worker, redis: Store, published: Published, kind: str) -> None:
    if kind == "string":
        await redis.set(keys.service_chat(ACCOUNT), b"999")
    else:
        await redis.rpush(keys.service_chat(ACCOUNT), b"999")
    worker.guard.service_chat.messages = [said(5, HOUR)]
    async with worker.at_work():
        pass
    assert len(await told(published)) == 1
    assert await worker.mark() == b"5"


def test_no_code_shows_in_what_is_passed_on() -> None:
    assert CODE not in repr(said(5, HOUR))


# --- with a real connection ---


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    return sandbox.world.person(ACCOUNT_ID)


@pytest.fixture
async def guard(sandbox: Sandbox, lease: Lease) -> AsyncIterator[Guard]:
    settings = settings_for(sandbox)
    async with connected(settings, await sign_in(sandbox, settings), lease) as guard:
        yield guard


async def test_telegrams_own_chat_is_read_from_where_it_was_left_off(
    guard: Guard, sandbox: Sandbox, person: Person
) -> None:
    before = len(person.service_messages)
    sandbox.world.service_message(person, "New login. Device: Pixel 9")
    sandbox.mtproto.send_code(PHONE)
    found = await guard.service_chat.newest(after=before)
    assert [(message.id, message.code) for message in found] == [
        (before + 1, None),
        (before + 2, sandbox.mtproto.login_code(PHONE)),
    ]
    assert await guard.service_chat.newest(after=before + 2) == ()
    for number in range(30):
        sandbox.world.service_message(person, f"number {number}")
    found = await guard.service_chat.newest(after=0)
    assert [message.id for message in found] == list(range(before + 13, before + 33))


async def test_where_telegram_wants_an_access_hash_it_is_asked_for(guard: Guard, sandbox: Sandbox) -> None:
    sandbox.mtproto.send_code(PHONE)
    refusal = Fault(layer="mtproto", method="messages.getHistory", code=400, message="PEER_ID_INVALID")
    sandbox.world.faults.order(refusal)
    assert (await guard.service_chat.newest(after=0))[-1].code == sandbox.mtproto.login_code(PHONE)
    sandbox.world.faults.order(Fault(layer="mtproto", method="messages.getHistory", code=400, message="X_Y"))
    with pytest.raises(RefusedError, match="X_Y"):
        await guard.service_chat.newest(after=0)
    sandbox.world.faults.order(refusal)
    with pytest.raises(RefusedError, match="PEER_ID_INVALID"):  # nothing better is known
        await guard.service_chat.newest(after=0)


async def test_a_code_that_came_between_two_shifts_is_told_by_the_second(redis: Store, sandbox: Sandbox) -> None:
    settings = settings_for(sandbox)
    session = await sign_in(sandbox, settings)

    async def is_read() -> bool:
        return bool(await redis.exists(keys.service_chat(ACCOUNT_ID)))

    async def codes() -> list[CodeCame]:
        return [event for event in await events_in(redis, ACCOUNT_ID) if isinstance(event, CodeCame)]

    @asynccontextmanager
    async def shift() -> AsyncIterator[None]:
        lease = Lease(redis, ACCOUNT_ID, seconds=600)
        await lease.take()
        records = Records(redis, lease)
        async with running(Shift(settings=settings, redis=redis, session=session, lease=lease, records=records).work()):
            yield

    await Lease(redis, ACCOUNT_ID, seconds=600).declare_free()
    async with shift():
        await eventually(is_read)
    sandbox.mtproto.send_code(PHONE)
    async with shift():
        [event] = await eventually(codes)
    assert event.sent_at
