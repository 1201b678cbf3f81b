"""Carrying requests out: each at most once, in time, after a fresh look, and answered with what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import bus
from core.connection import Store, connect
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import BaselineTaken, TamperingFound
from core.contract.codec import MalformedError, RequestCodec
from core.contract.commands import (
    Command,
    ConfirmLogin,
    DistrustSession,
    EndSession,
    EndSessions,
    GetRoster,
    Request,
    TrustSession,
)
from core.contract.events import Event
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.replies import Carried, NotCarried, Outcome, Reply, RosterFetched, Trouble
from core.contract.session_events import LoginConfirmed, SessionEnded
from core.contract.signing import ForgedError
from core.domain.standing import Standings, Unanswered
from core.settings import CoreSettings
from tests import asking
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session, torn_roster
from tests.fake_guard import FakeGuard
from tests.waiting import eventually, running
from tests.wire import REQUESTS, STRANGER
from tests.worker import executor_of
from userclient.clock import now
from userclient.executor import Executor
from userclient.lease import Lease
from userclient.records import Records
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
    UnreachableError,
)

Ask = Callable[[Command], Awaitable[Reply]]
Published = Callable[[], Awaitable[list[Event]]]
SOON = timedelta(milliseconds=150)
BEGUN_BY_THEN = timedelta(seconds=1)  # on a machine under load too


@pytest.fixture
def executor(redis: Store, guard: FakeGuard, lease: Lease) -> Executor:
    return executor_of(redis, guard, Records(redis, lease))


def requests(redis: Store) -> Consumer[Request]:
    return Consumer(
        redis=redis, stream=keys.commands(ACCOUNT), packing=REQUESTS, group="userclient", name="w", ack_first=True
    )


@pytest.fixture
async def ask(redis: Store, redis_settings: CoreSettings, executor: Executor) -> AsyncIterator[Ask]:
    """Ask a running worker, as the bot does: on a client of its own."""
    bots = connect(redis_settings, name="doorman-test-bot")

    async def ask(command: Command) -> Reply:
        return await asking.ask(bots, command)

    async with running(requests(redis).run(executor.handle)):
        yield ask
    await bots.aclose()


async def outcome(ask: Ask, command: Command) -> Outcome:
    reply = await ask(command)
    assert isinstance(reply, Carried)
    [result] = reply.results
    return result.outcome


async def test_the_roster_is_fetched_anew(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("1")), roster(session("2")))
    assert await ask(GetRoster()) == RosterFetched(roster=roster(session("1")))
    unanswered = Unanswered(hash="2", since=NOW)
    standings = Standings(unanswered=(unanswered,))
    assert await ask(GetRoster()) == RosterFetched(roster=roster(session("2")), standings=standings)


async def test_what_the_fresh_look_shows_is_told_to_everybody(ask: Ask, guard: FakeGuard, published: Published) -> None:
    guard.lists(roster(), roster(session("1")))
    await ask(GetRoster())
    await ask(GetRoster())
    assert [type(event).__name__ for event in await published()] == ["BaselineTaken", "SessionAppeared"]


@pytest.mark.parametrize("hash_", ["7", "-9223372036854775808", "9223372036854775807"])
async def test_a_session_is_ended(ask: Ask, guard: FakeGuard, published: Published, hash_: str) -> None:
    guard.lists(roster(session(hash_)))
    guard.lets_end(hash_)
    reply = await ask(EndSession(hash=hash_))
    assert isinstance(reply, Carried)
    [result] = reply.results
    assert (result.hash, result.outcome, result.session) == (hash_, Outcome.DONE, session(hash_))
    assert guard.ended == [hash_]
    ended = (await published())[-1]
    assert isinstance(ended, SessionEnded)
    assert (ended.session, ended.ended_by) == (session(hash_), OWNER)


async def test_a_session_that_is_not_listed_is_gone_already(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster())
    assert await outcome(ask, EndSession(hash="7")) is Outcome.ALREADY_GONE


async def test_a_session_that_telegram_no_longer_knows_is_gone_already(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7")))
    guard.lets_end("7", UnknownHashError())
    assert await outcome(ask, EndSession(hash="7")) is Outcome.ALREADY_GONE


async def test_ending_twice_asks_telegram_once(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7")), roster(session("7")))  # it lingers
    guard.lets_end("7")
    assert await outcome(ask, EndSession(hash="7")) is Outcome.DONE
    await ask(EndSession(hash="7"))
    assert guard.ended == ["7"]


@pytest.mark.parametrize("own_hash", ["0", "99"])
async def test_the_guards_own_session_is_never_ended(ask: Ask, guard: FakeGuard, own_hash: str) -> None:
    own = replace(guard_session(), hash=own_hash)
    guard.always_lists(replace(roster(), sessions=(own, session("7"))))
    for hash_ in {"0", own_hash}:
        assert await outcome(ask, EndSession(hash=hash_)) is Outcome.IS_GUARD
    assert await outcome(ask, ConfirmLogin(hash=own_hash)) is Outcome.ALREADY_GONE


async def test_a_guard_too_young_says_from_when_it_may(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7")))
    guard.lets_end("7", NotAllowedYetError())
    reply = await ask(EndSession(hash="7"))
    assert isinstance(reply, Carried)
    [result] = reply.results
    assert result.outcome is Outcome.NOT_ALLOWED_YET
    assert result.allowed_from == guard_session().created_at + timedelta(hours=24)


@pytest.mark.parametrize(
    "trouble", [UnreachableError("TimeoutError"), FloodWaitError(30), RefusedError("FROZEN_METHOD_INVALID")]
)
async def test_an_end_that_telegram_did_not_grant_is_a_failure_with_its_name(
    ask: Ask, guard: FakeGuard, trouble: TelegramTrouble, published: Published
) -> None:
    guard.lists(roster(session("7")))
    guard.lets_end("7", trouble)
    reply = await ask(EndSession(hash="7"))
    assert isinstance(reply, Carried)
    [result] = reply.results
    assert (result.outcome, result.error) == (Outcome.FAILED, str(trouble))
    assert not any(isinstance(event, SessionEnded) for event in await published())


async def test_of_a_list_each_is_ended_or_said_why_not(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("1"), session("2"), session("3")))
    guard.lets_end("1")
    guard.lets_end("2", UnknownHashError())
    guard.lets_end("3")
    reply = await ask(EndSessions(hashes=("1", "4", "2", "0", "3")))
    assert isinstance(reply, Carried)
    assert [(result.hash, result.outcome) for result in reply.results] == [
        ("1", Outcome.DONE),
        ("4", Outcome.ALREADY_GONE),
        ("2", Outcome.ALREADY_GONE),
        ("0", Outcome.IS_GUARD),
        ("3", Outcome.DONE),
    ]
    assert guard.ended == ["1", "3"]


@pytest.mark.parametrize(
    ("trouble", "first", "rest"),
    [
        (UnreachableError("TimeoutError"), Outcome.FAILED, Outcome.NOT_DONE),
        (RefusedError("INTERNAL"), Outcome.FAILED, Outcome.NOT_DONE),
        (FloodWaitError(30), Outcome.FAILED, Outcome.NOT_DONE),
        (NotAllowedYetError(), Outcome.NOT_ALLOWED_YET, Outcome.NOT_ALLOWED_YET),
    ],
)
async def test_of_a_list_the_rest_is_not_tried_once_one_failed_for_a_reason_that_holds_for_all(
    ask: Ask, guard: FakeGuard, trouble: TelegramTrouble, first: Outcome, rest: Outcome
) -> None:
    guard.lists(roster(session("1"), session("2"), session("3")))
    guard.lets_end("1")
    guard.lets_end("2", trouble)
    reply = await ask(EndSessions(hashes=("1", "2", "3", "4")))
    assert isinstance(reply, Carried)
    assert [(result.hash, result.outcome, result.session) for result in reply.results] == [
        ("1", Outcome.DONE, session("1")),
        ("2", first, session("2")),
        ("3", rest, session("3")),
        ("4", rest, None),
    ]
    assert guard.ended == ["1"]


async def test_at_a_second_press_it_is_said_for_whom_and_when_the_session_was_ended(
    ask: Ask, guard: FakeGuard, records: Records
) -> None:
    guard.lists(roster(session("7")), roster(session("7")))  # it lingers
    guard.lets_end("7")
    first, second = await ask(EndSession(hash="7")), await ask(EndSession(hash="7"))
    assert isinstance(first, Carried)
    assert isinstance(second, Carried)
    kept = await records.snapshot()
    assert kept
    [grave] = kept.ended
    [done], [gone] = first.results, second.results
    assert (done.outcome, done.ended_by) == (Outcome.DONE, OWNER)
    assert (gone.outcome, gone.ended_by, gone.at) == (Outcome.ALREADY_GONE, OWNER, grave.at)


async def test_of_a_session_that_ended_elsewhere_no_owner_is_said_to_have_ended_it(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7")), roster())
    await ask(GetRoster())
    reply = await ask(EndSession(hash="7"))
    assert isinstance(reply, Carried)
    assert [(result.outcome, result.ended_by) for result in reply.results] == [(Outcome.ALREADY_GONE, None)]


async def test_a_list_ends_nothing_that_is_not_on_it(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("1"), session("2")))
    guard.lets_end("1")
    await ask(EndSessions(hashes=("1",)))
    assert guard.ended == ["1"]


async def test_a_pending_login_is_confirmed(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7", unconfirmed=True)))
    guard.lets_confirm("7")
    assert await outcome(ask, ConfirmLogin(hash="7")) is Outcome.DONE
    assert guard.confirmed == ["7"]
    assert guard.ended == []


async def test_a_confirmed_login_is_published_as_that_and_as_no_other_change(
    ask: Ask, guard: FakeGuard, published: Published
) -> None:
    guard.lists(roster(session("7", unconfirmed=True)), roster(session("7")))
    guard.lets_confirm("7")
    await ask(ConfirmLogin(hash="7"))
    await ask(GetRoster())
    confirmed = [event for event in await published() if not isinstance(event, BaselineTaken)]
    assert [(type(event), event.confirmed_by) for event in confirmed] == [(LoginConfirmed, OWNER)]


async def test_a_login_that_is_not_pending_needs_no_confirming(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7")))
    assert await outcome(ask, ConfirmLogin(hash="7")) is Outcome.NOT_PENDING


async def test_a_login_that_is_gone_is_not_confirmed(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(), roster(session("7", unconfirmed=True)))
    assert await outcome(ask, ConfirmLogin(hash="7")) is Outcome.ALREADY_GONE
    guard.lets_confirm("7", UnknownHashError())
    assert await outcome(ask, ConfirmLogin(hash="7")) is Outcome.ALREADY_GONE


async def test_a_confirming_that_telegram_did_not_grant_is_a_failure(ask: Ask, guard: FakeGuard) -> None:
    guard.lists(roster(session("7", unconfirmed=True)))
    guard.lets_confirm("7", RefusedError("INTERNAL"))
    assert await outcome(ask, ConfirmLogin(hash="7")) is Outcome.FAILED


@pytest.mark.parametrize(
    "command", [GetRoster(), EndSession(hash="7"), EndSessions(hashes=("7",)), ConfirmLogin(hash="7")]
)
@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (UnreachableError("TimeoutError"), NotCarried(trouble=Trouble.UNREACHABLE, error="TimeoutError")),
        (FloodWaitError(30), NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30)),
        (RefusedError("INTERNAL"), NotCarried(trouble=Trouble.REFUSED, error="INTERNAL")),
        (
            GuardLostError(GuardLoss.SESSION_REVOKED),
            NotCarried(trouble=Trouble.GUARD_LOST, error="SESSION_REVOKED"),
        ),
    ],
)
async def test_without_a_fresh_look_nothing_is_done_and_it_is_said_why(
    ask: Ask, guard: FakeGuard, command: Command, trouble: TelegramTrouble, told: NotCarried
) -> None:
    guard.lists(trouble)
    assert await ask(command) == told


@pytest.mark.parametrize("command", [EndSession(hash="7"), EndSessions(hashes=("7",)), ConfirmLogin(hash="7")])
async def test_from_a_torn_roster_nothing_is_concluded(ask: Ask, guard: FakeGuard, command: Command) -> None:
    """A session that it doesn't list may well be there."""
    guard.lists(torn_roster())
    assert isinstance(await ask(command), NotCarried)


async def test_a_request_past_its_deadline_is_not_carried_out(
    redis: Store, guard: FakeGuard, executor: Executor
) -> None:
    guard.lists(roster(), roster(session("7")))
    with pytest.raises(bus.NoReplyError):
        await asking.ask(redis, EndSession(hash="7"), owner=OWNER, patience=SOON)
    async with running(requests(redis).run(executor.handle)):
        # It would have been carried out before this one.
        assert isinstance(await asking.ask(redis, GetRoster(), owner=OWNER), RosterFetched)
    assert guard.ended == []
    assert guard.looks == 1


@pytest.mark.parametrize("command", [EndSession(hash="7"), EndSessions(hashes=("7",)), ConfirmLogin(hash="7")])
async def test_a_request_whose_deadline_passes_during_the_look_is_not_carried_out(
    redis: Store, guard: FakeGuard, executor: Executor, command: Command
) -> None:
    guard.lists(roster(session("7", unconfirmed=True)))
    guard.hold = asyncio.Event()
    async with running(requests(redis).run(executor.handle)):
        with pytest.raises(bus.NoReplyError):
            await asking.ask(redis, command, owner=OWNER, patience=BEGUN_BY_THEN)
        [(_, entry)] = await redis.xrange(keys.commands(ACCOUNT))
        guard.hold.set()

        async def answered() -> int:
            return int(await redis.xlen(keys.reply(ACCOUNT, entry[b"id"].decode())))

        await eventually(answered)
    assert guard.ended == guard.confirmed == []


async def test_a_request_is_carried_out_once_though_the_worker_died_over_it(
    redis: Store, guard: FakeGuard, executor: Executor
) -> None:
    guard.lists(roster(session("7")))
    guard.hold = asyncio.Event()

    async def looking() -> bool:
        return guard.looks == 1

    async with running(asking.ask(redis, EndSession(hash="7"), owner=OWNER)):
        async with running(requests(redis).run(executor.handle)):
            await eventually(looking)
        guard.hold.set()
        async with running(requests(redis).run(executor.handle)):
            guard.lists(roster(session("8")))
            assert await asking.ask(redis, GetRoster(), owner=OWNER)
    assert guard.ended == []


async def test_many_owners_at_once_get_each_their_own_answer(redis: Store, guard: FakeGuard, ask: Ask) -> None:
    hashes = [str(n) for n in range(1, 9)]
    guard.always_lists(roster(*map(session, hashes)))
    for hash_ in hashes:
        guard.lets_end(hash_)
    replies = await asyncio.gather(*[ask(EndSession(hash=hash_)) for hash_ in hashes])
    assert [reply.results[0].hash for reply in replies if isinstance(reply, Carried)] == hashes
    assert sorted(guard.ended) == hashes


async def copied(redis: Store, number: int = 0) -> None:
    """Somebody puts a request there once more."""
    fields: Any = (await redis.xrange(keys.commands(ACCOUNT)))[number][1]
    await redis.xadd(keys.commands(ACCOUNT), fields)


async def read(redis: Store) -> None:
    """Wait until the worker has read all that is there."""

    async def all_read() -> bool:
        [group] = await redis.xinfo_groups(keys.commands(ACCOUNT))
        return bool(group["lag"] == group["pending"] == 0)

    await eventually(all_read)


async def test_a_copy_of_a_request_that_was_carried_out_is_refused_and_told_once(
    redis: Store, guard: FakeGuard, ask: Ask, published: Published
) -> None:
    guard.always_lists(roster(session("7")))
    guard.lets_end("7")
    await ask(EndSession(hash="7"))
    for _ in range(3):
        await copied(redis)
    await ask(GetRoster())
    await read(redis)
    assert guard.ended == ["7"]
    rung = [event.what for event in await published() if isinstance(event, TamperingFound)]
    assert rung == [Tampering.COMMAND_REPLAYED]


async def test_a_copy_that_comes_after_a_restart_is_not_carried_out(
    redis: Store, guard: FakeGuard, executor: Executor, published: Published
) -> None:
    """The next process does not know of it, but by then its deadline is over."""
    guard.always_lists(roster(session("7")))
    guard.lets_end("7")
    async with running(requests(redis).run(executor.handle)):
        await asking.ask(redis, EndSession(hash="7"), owner=OWNER, patience=timedelta(seconds=1))
    await asyncio.sleep(1)
    await copied(redis)
    async with running(requests(redis).run(replace(executor, _begun={}).handle)):
        await read(redis)
    assert guard.ended == ["7"]


@pytest.mark.parametrize("command", [TrustSession(hash="7"), DistrustSession(hash="7"), EndSession(hash="7")])
async def test_a_copy_is_refused_by_the_next_process_as_well(
    redis: Store, guard: FakeGuard, executor: Executor, published: Published, command: Command
) -> None:
    """Within its deadline, after another press has taken back what it did."""
    guard.always_lists(roster(session("7")))
    guard.lets_end("7")
    async with running(requests(redis).run(executor.handle)):
        await asking.ask(redis, command, owner=OWNER)
    before = await published()
    records = Records(redis, executor.deeds.records._lease)
    next_executor = executor_of(redis, guard, records)
    await copied(redis)
    async with running(requests(redis).run(next_executor.handle)):
        await read(redis)

        async def told() -> bool:
            return len(await published()) > len(before)

        await eventually(told)
    [*unchanged, rung] = await published()
    assert unchanged == before
    assert isinstance(rung, TamperingFound)
    assert rung.what is Tampering.COMMAND_REPLAYED


async def test_a_request_of_long_ago_is_not_carried_out_though_redis_clock_was_set_back(
    redis: Store, guard: FakeGuard, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.always_lists(roster(session("7")))
    long_ago = now() - timedelta(minutes=16)

    async def set_back(_: object) -> datetime:
        return long_ago - timedelta(seconds=5)

    request = Request(id="f00d", owner=OWNER, deadline=long_ago, command=EndSession(hash="7"))
    monkeypatch.setattr(bus, "redis_now", set_back)
    await executor.handle(request)
    assert guard.looks == 0
    assert await bus.reply_to(redis, ACCOUNT, "f00d") is None


async def test_what_no_copy_could_be_made_of_any_more_is_forgotten(guard: FakeGuard, executor: Executor) -> None:
    for minutes in (60, 30, 16):
        deadline = now() - timedelta(minutes=minutes)
        await executor.handle(Request(id=f"{minutes}", owner=OWNER, deadline=deadline, command=GetRoster()))
    assert set(executor._begun) == {"16"}


@pytest.mark.parametrize("forged", ["unsigned", "stranger's", "another account's", "altered"])
async def test_an_order_that_no_bot_of_ours_gave_is_not_carried_out(
    redis: Store, guard: FakeGuard, executor: Executor, forged: str
) -> None:
    guard.always_lists(roster(session("7"), session("8")))
    deadline = await bus.redis_now(redis) + timedelta(minutes=1)
    request = Request(id="f00d", owner=OWNER, deadline=deadline, command=EndSession(hash="7"))
    stream, plain = keys.commands(ACCOUNT), RequestCodec().pack(request)
    fields: Any = {
        "unsigned": plain,
        "stranger's": STRANGER.sign(stream, plain),
        "another account's": bus.requests_to(redis, ACCOUNT + 1).pack(request),
        "altered": REQUESTS.pack(request) | {b"body": b'{"hash":"8"}'},
    }[forged]
    await redis.xadd(stream, fields)
    refused: list[MalformedError] = []
    consumer = requests(redis)

    async def refuse(error: MalformedError) -> None:
        refused.append(error)

    consumer.refused = refuse
    async with running(consumer.run(executor.handle)):
        assert isinstance(await asking.ask(redis, GetRoster()), RosterFetched)
    assert guard.ended == []
    assert [type(error) for error in refused] == [ForgedError]
    assert await redis.xlen(keys.dead_letters(stream)) == 1
