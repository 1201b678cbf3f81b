"""Several accounts in one worker's process, in a real sandbox: each is watched by itself, whatever befalls another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from core import bus
from core.connection import Store, connect
from core.contract import keys
from core.contract.account_events import BaselineTaken, GuardLost
from core.contract.commands import GetRoster
from core.contract.replies import RosterFetched
from core.contract.session_events import SessionAppeared
from core.contract.state import Condition
from core.pulse import feel
from core.settings import CoreSettings
from core.switchboard import Switchboard
from sandbox.people import Authorization, Person
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID, PHONE
from tests.domain_values import KEYRING
from tests.guard_session import settings_for
from tests.waiting import eventually, within_patience
from tests.wire import events_in
from userclient import guardroom, heartbeat, lease
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.rota import Rota
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.sign_in import signing_in

FIRST, SECOND = ACCOUNT_ID, 700_000_031
PHONES = {FIRST: PHONE, SECOND: "99966200031"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardroom, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(lease, "LOOK_SECONDS", 0.02)


@pytest.fixture
def settings(sandbox: Sandbox) -> UserclientSettings:
    sandbox.world.add_person(Person(id=SECOND, first_name="Second account", phone=PHONES[SECOND]))
    sandbox.world.log_in(Authorization(user_id=SECOND, device_model="Nokia"), push=False)
    return settings_for(sandbox, poll_seconds=1)


async def logged_in(redis: Store, sandbox: Sandbox, settings: UserclientSettings, account: int) -> GuardSession:
    """A guard session as `doorman login` leaves it."""
    async with signing_in(settings) as attempt:
        await attempt.request_code(PHONES[account])
        signed_in = await attempt.enter_code(sandbox.mtproto.login_code(PHONES[account]) or "")
    sandbox.world.change(guard_of(sandbox, account), date_created=Authorization(user_id=1).date_created - TWO_DAYS)
    await guardroom.keep(redis, signed_in.session, account=account, keyring=KEYRING)
    return GuardSession(account=account, session=signed_in.session)


TWO_DAYS = timedelta(days=2)


def guard_of(sandbox: Sandbox, account: int) -> Authorization:
    found = sandbox.world.person(account).authorizations.values()
    return next(a for a in found if a.device_model == DEVICE_MODEL)


@asynccontextmanager
async def at_work(redis: Store, settings: UserclientSettings) -> AsyncIterator[asyncio.Task[Any]]:
    """A process's rota; stopped at the end, as by a signal."""
    rota = Rota(settings=settings, redis=redis, for_leases=redis, switchboard=Switchboard(redis))
    task = asyncio.ensure_future(rota.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_watched(redis: Store, *accounts: int, condition: Condition = Condition.WATCHING) -> None:
    async def look() -> bool:
        pulses = [await feel(redis, account) for account in accounts]
        told = [await events_in(redis, account) for account in accounts]
        return all(told) and all(pulse and pulse.status.condition is condition for pulse in pulses)

    await eventually(look)


async def until_told(redis: Store, account: int, kind: type) -> None:
    async def look() -> bool:
        return any(isinstance(event, kind) for event in await events_in(redis, account))

    await eventually(look)


def intruder(account: int) -> Authorization:
    return Authorization(user_id=account, device_model="Thief", unconfirmed=True)


async def test_every_account_that_was_logged_in_is_watched_and_its_commands_are_carried_out(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    for account in (FIRST, SECOND):
        await logged_in(redis, sandbox, settings, account)
    async with at_work(redis, settings):
        await until_watched(redis, FIRST, SECOND)
        for account in (FIRST, SECOND):
            reply = await bus.request(redis, account, await bus.new_request(redis, GetRoster(), owner=OWNER_ID))
            assert isinstance(reply, RosterFetched)
            assert reply.roster.account == account
        sandbox.world.log_in(intruder(SECOND))
        await until_told(redis, SECOND, SessionAppeared)
        assert [type(event) for event in await events_in(redis, FIRST)] == [BaselineTaken]
    for account in (FIRST, SECOND):
        pulse = await feel(redis, account)
        assert pulse
        assert pulse.status.condition is Condition.STOPPED
        assert await redis.hget(keys.lease(account), "state") == b"released"


async def test_an_account_that_is_added_is_taken_up_and_the_others_go_on(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    await logged_in(redis, sandbox, settings, FIRST)
    async with at_work(redis, settings):
        await until_watched(redis, FIRST)
        taken = await redis.hget(keys.lease(FIRST), "fence")
        await logged_in(redis, sandbox, settings, SECOND)
        await until_watched(redis, FIRST, SECOND)
        assert await redis.hget(keys.lease(FIRST), "fence") == taken


async def test_one_lost_guard_does_not_blind_the_other_and_comes_back_with_a_new_login(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    for account in (FIRST, SECOND):
        await logged_in(redis, sandbox, settings, account)
    async with at_work(redis, settings):
        await until_watched(redis, FIRST, SECOND)
        sandbox.world.log_out(guard_of(sandbox, FIRST))
        await until_told(redis, FIRST, GuardLost)
        await until_watched(redis, FIRST, condition=Condition.GUARD_LOST)
        sandbox.world.log_in(intruder(SECOND))
        await until_told(redis, SECOND, SessionAppeared)
        await logged_in(redis, sandbox, settings, FIRST)
        await until_watched(redis, FIRST, SECOND)


async def test_an_account_that_is_logged_out_is_let_go_and_the_others_go_on(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    first = await logged_in(redis, sandbox, settings, FIRST)
    await logged_in(redis, sandbox, settings, SECOND)
    async with at_work(redis, settings):
        await until_watched(redis, FIRST, SECOND)
        async with guardroom.given_up(redis, first):
            own = Lease(redis, FIRST, seconds=settings.lease_seconds)
            await within_patience(own.take())
            sandbox.world.log_out(guard_of(sandbox, FIRST))
            await guardroom.forget(redis, first)
            await own.release()
        sandbox.world.log_in(intruder(SECOND))
        await until_told(redis, SECOND, SessionAppeared)
        assert await redis.smembers(keys.ACCOUNTS) == {str(SECOND).encode()}
        assert [type(event) for event in await events_in(redis, FIRST)] == [BaselineTaken]


async def test_whoever_waits_for_one_lease_watches_the_others_meanwhile(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    for account in (FIRST, SECOND):
        await logged_in(redis, sandbox, settings, account)
    elsewhere = Lease(redis, FIRST, seconds=settings.lease_seconds)
    await elsewhere.take()
    async with at_work(redis, settings):
        await until_watched(redis, SECOND)
        assert await feel(redis, FIRST) is None
        await elsewhere.release()
        await until_watched(redis, FIRST, SECOND)


async def test_a_worker_that_waited_while_the_session_was_logged_out_does_not_use_it(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    first = await logged_in(redis, sandbox, settings, FIRST)
    elsewhere = Lease(redis, FIRST, seconds=settings.lease_seconds)
    await elsewhere.take()
    async with at_work(redis, settings):

        async def waits() -> bool:
            return (await redis.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0) > before + 3

        before = (await redis.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0)
        await eventually(waits)
        sandbox.world.log_out(guard_of(sandbox, FIRST))
        await guardroom.forget(redis, first)
        seen = len(sandbox.world.calls.calls)
        await elsewhere.release()

        async def was_given_back() -> bool:
            holder = await redis.hget(keys.lease(FIRST), "holder")
            return holder != elsewhere._holder.encode() and await redis.hget(keys.lease(FIRST), "state") == b"released"

        await eventually(was_given_back)
        assert len(sandbox.world.calls.calls) == seen
    assert await events_in(redis, FIRST) == []


async def test_where_a_setting_names_one_account_the_others_are_left_alone(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    for account in (FIRST, SECOND):
        await logged_in(redis, sandbox, settings, account)
    async with at_work(redis, settings.model_copy(update={"account": SECOND})):
        await until_watched(redis, SECOND)
        assert await feel(redis, FIRST) is None


async def test_what_lies_under_made_up_accounts_stops_nobody(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings
) -> None:
    await redis.sadd(keys.ACCOUNTS, 1, 2, 3)
    await redis.set(keys.guard(1), b"rubbish")
    await redis.hset(keys.guard(2), "no", "string")
    await redis.set(keys.guard(3), guardroom.vault(KEYRING, FIRST).seal("another's"))
    await logged_in(redis, sandbox, settings, FIRST)
    async with at_work(redis, settings):
        await until_watched(redis, FIRST)


async def test_two_workers_share_the_accounts_and_one_takes_over_all_when_the_other_goes(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings, redis_settings: CoreSettings
) -> None:
    for account in (FIRST, SECOND):
        await logged_in(redis, sandbox, settings, account)
    others = connect(redis_settings, name="doorman-test-other")
    async with at_work(redis, settings) as first:
        await until_watched(redis, FIRST, SECOND)
        async with at_work(others, settings):
            assert len(sandbox.mtproto.connections) == 2
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

            async def watched_again() -> bool:
                holders = [await redis.hget(keys.lease(account), "state") for account in (FIRST, SECOND)]
                return holders == [b"held", b"held"]

            await eventually(watched_again)
            sandbox.world.log_in(intruder(FIRST))
            await until_told(redis, FIRST, SessionAppeared)
    await others.aclose()
