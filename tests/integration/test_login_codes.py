"""Login codes that come: told at once and never repeated, made worthless on an owner's word or by the login lock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from core import bus
from core.connection import Store
from core.contract import keys
from core.contract.account_events import CodeCame
from core.contract.commands import Command, KillCodes, Prefer
from core.contract.events import Event
from core.contract.mishaps import GuardLoss
from core.contract.replies import Carried, Outcome
from core.contract.session_events import SessionAppeared
from core.domain.history import KILLED, Kind
from core.domain.preferences import Preferences
from core.domain.risk.logins import LoginReason
from sandbox.faults import Fault
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE
from tests.domain_values import ACCOUNT, KEYRING, NOW, OWNER, session
from tests.fake_guard import FakeGuard
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually, running, within_patience
from tests.wire import events_in
from tests.worker import Worker
from userclient import codes as codes_module
from userclient import guardroom
from userclient.clock import now
from userclient.codes import Codes
from userclient.inbox import Inbox
from userclient.lease import Lease
from userclient.records import Records
from userclient.shift import Shift
from userclient.trouble import FloodWaitError, GuardLostError, RefusedError, TelegramTrouble, UnreachableError

Published = Callable[[], Awaitable[list[Event]]]
CODE, NEXT_CODE = "4928175", "6103948"  # long enough to be found nowhere by chance
HOUR = timedelta(hours=1)


@pytest.fixture
async def worker(redis: Store, guard: FakeGuard, lease: Lease) -> Worker:
    worker = Worker(redis, guard, lease)
    await worker.looks()
    return worker


def told(events: list[Event]) -> list[CodeCame]:
    return [event for event in events if isinstance(event, CodeCame)]


async def comes(worker: Worker, published: Published, code: str = CODE) -> CodeCame:
    """What is told of this code."""
    before = len(told(await published()))

    async def one_more() -> list[CodeCame]:
        return told(await published())[before:]

    async with running(worker.codes.run()):
        worker.codes.take(code)
        [event] = await eventually(one_more)
    return event


async def everything_in(redis: Store) -> bytes:
    """Every name and every value, whatever its kind."""
    found = []
    async for key in redis.scan_iter():
        match await redis.type(key):
            case b"string":
                value = await redis.get(key)
            case b"hash":
                value = await redis.hgetall(key)
            case b"stream":
                value = await redis.xrange(key)
            case b"set":
                value = await redis.smembers(key)
            case kind:
                raise AssertionError(f"{key!r}: a {kind!r}, which nobody here can read")
        found.append(repr((key, value)).encode())
    return b"\n".join(found)


# --- told ---


async def test_that_one_came_is_told_at_once_and_kept_in_history(worker: Worker, published: Published) -> None:
    before = now()
    event = await comes(worker, published)
    assert (event.account, event.was_killed) == (ACCOUNT, False)
    assert before <= event.at <= now()
    [entry] = await worker.history(Kind.CODE)
    assert (entry.at, entry.session, entry.note) == (event.at, None, "")


async def test_each_one_is_told(worker: Worker, published: Published) -> None:
    async with running(worker.codes.run()):
        worker.codes.take(CODE)
        worker.codes.take(NEXT_CODE)

        async def both() -> bool:
            return len(told(await published())) == 2

        await eventually(both)


async def reasons_of_a_login(worker: Worker, published: Published) -> set[str]:
    """What is said of one that comes now."""
    at = now()
    await worker.looks(session("7", created_at=at, active_at=at), after=at - NOW)
    appeared = (await published())[-1]
    assert isinstance(appeared, SessionAppeared)
    return {finding.reason for finding in appeared.assessment.findings}


async def test_a_login_just_after_a_code_says_so_after_a_restart_too(worker: Worker, published: Published) -> None:
    await comes(worker, published)
    assert LoginReason.CODE_ASKED in await reasons_of_a_login(worker.successor(), published)


async def test_a_login_after_a_code_that_the_lock_killed_was_not_by_that(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.prefers(is_locked=True)
    guard.safety.answers["kill_codes"] = True
    await comes(worker, published)
    [entry] = await worker.history(Kind.CODE)
    assert entry.note == KILLED
    assert LoginReason.CODE_ASKED not in await reasons_of_a_login(worker, published)


@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "restarted"])
async def test_a_login_after_an_owner_had_the_codes_killed_was_by_none_of_them(
    worker: Worker, guard: FakeGuard, published: Published, *, restarted: bool
) -> None:
    await comes(worker, published)
    guard.safety.answers["kill_codes"] = True
    await worker.result(KillCodes())
    [entry] = await worker.history(Kind.CODES_KILLED)
    assert entry.by == OWNER
    later = worker.successor() if restarted else worker
    assert LoginReason.CODE_ASKED not in await reasons_of_a_login(later, published)


async def test_one_that_came_while_redis_was_away_is_told_once_it_is_back(
    worker: Worker, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, tries = worker.records.announce, []

    async def announce(*events: Event, **others: object) -> None:
        tries.append(events)
        if len(tries) < 3:
            raise RedisConnectionError("away")
        await really(*events, **others)

    monkeypatch.setattr(worker.records, "announce", announce)
    monkeypatch.setattr(codes_module, "RETRY_SECONDS", 0.01)
    event = await comes(worker, published)
    assert set(tries) == {(event,)}  # since when it was known, not since when it could be said


async def test_the_code_is_in_no_event_no_log_and_nowhere_in_redis(
    worker: Worker,
    guard: FakeGuard,
    redis: Store,
    published: Published,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        await comes(worker, published)
        guard.safety.answers["kill_codes"] = RefusedError("CODES_INVALID")
        await worker.result(KillCodes())
        guard.safety.answers["kill_codes"] = True
        await worker.result(KillCodes())
        await worker.prefers(is_locked=True)
        await comes(worker, published)
        guard.safety.answers["kill_codes"] = UnreachableError("TimeoutError")
        await comes(worker, published)
    said = capsys.readouterr()
    assert "event_published" in said.out
    assert "code_not_killed" in said.out
    assert CODE not in said.out + said.err + caplog.text
    assert CODE not in repr(await published())
    kept = await everything_in(redis)
    assert b"CodeCame" in kept
    assert CODE.encode() not in kept


# --- killed on command ---


async def test_an_owner_has_all_that_came_lately_killed(worker: Worker, guard: FakeGuard, published: Published) -> None:
    await comes(worker, published)
    await comes(worker, published, NEXT_CODE)
    guard.safety.answers["kill_codes"] = True
    assert (await worker.result(KillCodes())).outcome is Outcome.DONE
    assert guard.safety.done == [("kill_codes", CODE, NEXT_CODE)]
    assert (await worker.result(KillCodes())).outcome is Outcome.ALREADY_GONE  # nothing is left to kill


async def test_one_that_cannot_be_killed_says_so_and_can_be_tried_again(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await comes(worker, published)
    guard.safety.answers["kill_codes"] = FloodWaitError(30)
    result = await worker.result(KillCodes())
    assert (result.outcome, result.error) == (Outcome.FAILED, "FLOOD_WAIT_30")
    guard.safety.answers["kill_codes"] = True
    assert (await worker.result(KillCodes())).outcome is Outcome.DONE
    assert guard.safety.done == [("kill_codes", CODE)]


async def test_one_that_comes_while_others_are_killed_is_left_to_be_killed(worker: Worker, guard: FakeGuard) -> None:
    worker.codes.take(CODE)
    started, may_end = asyncio.Event(), asyncio.Event()

    async def slowly(codes: tuple[str, ...], *, seconds: float) -> None:
        started.set()
        await may_end.wait()

    really, guard.safety.kill_codes = guard.safety.kill_codes, slowly  # type: ignore[method-assign]
    async with running(worker.codes.kill()) as killing:
        await started.wait()
        worker.codes.take(NEXT_CODE)
        may_end.set()
        assert await within_patience(killing)
    guard.safety.kill_codes = really  # type: ignore[method-assign]
    guard.safety.answers["kill_codes"] = True
    assert await worker.codes.kill()
    assert guard.safety.done == [("kill_codes", NEXT_CODE)]


# --- the login lock ---


@pytest.mark.parametrize("until", [None, now() + HOUR], ids=["until unlocked", "for an hour"])
async def test_while_the_lock_is_on_each_is_killed_as_it_comes(
    worker: Worker, guard: FakeGuard, published: Published, until: datetime | None
) -> None:
    await worker.prefers(is_locked=True, lock_until=until)
    guard.safety.answers["kill_codes"] = True
    for code in (CODE, NEXT_CODE):
        assert (await comes(worker, published, code)).was_killed
    assert guard.safety.done == [("kill_codes", CODE), ("kill_codes", NEXT_CODE)]
    assert (await worker.result(KillCodes())).outcome is Outcome.ALREADY_GONE


async def test_the_lock_outlives_a_restart(worker: Worker, guard: FakeGuard, published: Published) -> None:
    await worker.prefers(is_locked=True)
    guard.safety.answers["kill_codes"] = True
    assert (await comes(worker.successor(), published)).was_killed


@pytest.mark.parametrize(
    "fields",
    [
        {"is_locked": False},
        {"is_locked": True, "lock_until": now() - HOUR},
        {"is_locked": False, "lock_until": now() + HOUR},
    ],
    ids=["never on", "over", "unlocked early"],
)
async def test_while_it_is_not_on_none_is_killed(
    worker: Worker, guard: FakeGuard, published: Published, fields: dict[str, object]
) -> None:
    await worker.prefers(**fields)
    assert not (await comes(worker, published)).was_killed
    assert guard.safety.done == []


@pytest.mark.parametrize("trouble", [UnreachableError("TimeoutError"), FloodWaitError(30), RefusedError("X_Y")])
async def test_one_that_the_lock_cannot_kill_is_told_as_alive_and_can_be_killed_later(
    worker: Worker, guard: FakeGuard, published: Published, trouble: TelegramTrouble
) -> None:
    await worker.prefers(is_locked=True)
    guard.safety.answers["kill_codes"] = trouble
    assert not (await comes(worker, published)).was_killed
    guard.safety.answers["kill_codes"] = True
    assert (await worker.result(KillCodes())).outcome is Outcome.DONE


async def test_one_over_which_the_guard_is_lost_is_told_before_the_watch_ends(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    await worker.prefers(is_locked=True)
    guard.safety.answers["kill_codes"] = GuardLostError(GuardLoss.SESSION_REVOKED)
    worker.codes.take(CODE)
    with pytest.RaisesGroup(GuardLostError):
        await within_patience(worker.codes.run())
    [event] = told(await published())
    assert not event.was_killed


async def test_one_that_can_not_be_told_keeps_no_other_alive(
    worker: Worker, redis: Store, guard: FakeGuard, published: Published
) -> None:
    """The lock is known and Telegram is there; only Redis takes nothing."""
    await worker.prefers(is_locked=True)
    guard.safety.answers["kill_codes"] = True
    await redis.config_set("maxmemory", "1")
    async with running(worker.codes.run()):
        worker.codes.take(CODE)
        worker.codes.take("54321")

        async def both_killed() -> bool:
            return guard.safety.done == [("kill_codes", CODE), ("kill_codes", "54321")]

        await eventually(both_killed)
        await redis.config_set("maxmemory", "0")

        async def both_told() -> bool:
            return len(told(await published())) == 2

        await eventually(both_told)
    assert all(event.was_killed and event.is_locked for event in told(await published()))


async def test_what_one_shift_could_not_tell_the_next_one_tells_and_can_kill(
    worker: Worker, redis: Store, guard: FakeGuard, published: Published
) -> None:
    inbox = Inbox()
    codes = Codes(guard.as_guard(), worker.records, inbox)
    await redis.config_set("maxmemory", "1")
    async with running(codes.run()):
        codes.take(CODE)
        await asyncio.sleep(0)
    await redis.config_set("maxmemory", "0")
    next_shift = Codes(guard.as_guard(), worker.records, inbox)
    async with running(next_shift.run()):

        async def is_told() -> bool:
            return len(told(await published())) == 1

        await eventually(is_told)
    guard.safety.answers["kill_codes"] = True
    assert await next_shift.kill()
    assert guard.safety.done == [("kill_codes", CODE)]


# --- with a real connection ---


class Live:
    """A shift at work in a sandbox."""

    def __init__(self, redis: Store, sandbox: Sandbox) -> None:
        self.redis, self.sandbox = redis, sandbox

    async def asked(self, command: Command) -> Outcome:
        reply = await bus.request(self.redis, ACCOUNT_ID, await bus.new_request(self.redis, command, owner=OWNER))
        assert isinstance(reply, Carried)
        [result] = reply.results
        return result.outcome

    async def somebody_asks(self) -> tuple[str, CodeCame]:
        """The code, and what is told of it."""
        before = len(await self._told())

        async def one_more() -> list[CodeCame]:
            return (await self._told())[before:]

        self.sandbox.mtproto.send_code(PHONE)
        code = self.sandbox.mtproto.login_code(PHONE)
        assert code
        [event] = await eventually(one_more)
        return code, event

    async def _told(self) -> list[CodeCame]:
        return told(await events_in(self.redis, ACCOUNT_ID))


@asynccontextmanager
async def at_work(redis: Store, sandbox: Sandbox) -> AsyncIterator[Live]:
    settings = settings_for(sandbox)
    kept = await sign_in(sandbox, settings)
    await guardroom.keep(redis, kept.session, account=ACCOUNT_ID, keyring=KEYRING)
    lease = Lease(redis, ACCOUNT_ID, seconds=600)
    await lease.take()
    shift = Shift(settings=settings, redis=redis, session=kept, lease=lease, records=Records(redis, lease))

    async def has_its_first_list() -> bool:
        return bool(await redis.exists(keys.snapshot(ACCOUNT_ID)))

    async with running(shift.work()):
        await eventually(has_its_first_list)
        yield Live(redis, sandbox)


async def test_telegrams_own_message_is_heard_and_the_code_is_killed_at_telegram_on_command(
    redis: Store, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with at_work(redis, sandbox) as live:
            code, event = await live.somebody_asks()
            assert not event.was_killed
            assert sandbox.mtproto.is_code_live(PHONE)
            assert await live.asked(KillCodes()) is Outcome.DONE
            assert not sandbox.mtproto.is_code_live(PHONE)
    said = capsys.readouterr()
    logged = caplog.text + said.out + said.err
    assert "Handling update" in logged or "event_published" in logged
    assert f" {code}" not in logged
    assert f"'{code}'" not in logged


async def test_with_the_lock_on_nobody_can_log_in_by_the_code_that_was_sent(redis: Store, sandbox: Sandbox) -> None:
    async with at_work(redis, sandbox) as live:
        lock = Prefer(fields=("is_locked",), preferences=Preferences(is_locked=True))
        assert await live.asked(lock) is Outcome.DONE
        _, event = await live.somebody_asks()
        assert event.was_killed
        assert not sandbox.mtproto.is_code_live(PHONE)


async def test_a_code_that_telegram_does_not_kill_is_said_to_live(redis: Store, sandbox: Sandbox) -> None:
    async with at_work(redis, sandbox) as live:
        await live.asked(Prefer(fields=("is_locked",), preferences=Preferences(is_locked=True)))
        refusal = Fault(layer="mtproto", method="account.invalidateSignInCodes", code=500, message="INTERNAL", times=9)
        sandbox.world.faults.order(refusal)
        _, event = await live.somebody_asks()
        assert not event.was_killed
        assert sandbox.mtproto.is_code_live(PHONE)
