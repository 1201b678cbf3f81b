"""A shift of the worker in a real sandbox: how it begins, what ends it, and in which order it lets go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from core.connection import Store
from core.contract import keys
from core.contract.account_events import BaselineTaken, GuardLost
from core.contract.events import Event
from core.contract.mishaps import GuardLoss
from core.contract.session_events import SessionAppeared
from core.contract.state import Condition, Pulse
from core.pulse import feel
from core.settings import SettingsError
from sandbox.people import Authorization
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID
from tests.domain_values import KEYRING
from tests.guard_session import settings_for, sign_in
from tests.waiting import PATIENCE, eventually, within_patience
from tests.wire import events_in
from userclient import guardroom, heartbeat
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.records import Records
from userclient.settings import UserclientSettings
from userclient.shift import Shift
from userclient.telegram.client import DEVICE_MODEL


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardroom, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)


@pytest.fixture
def settings(sandbox: Sandbox) -> UserclientSettings:
    return settings_for(sandbox, poll_seconds=1)


@pytest.fixture
async def session(redis: Store, sandbox: Sandbox, settings: UserclientSettings) -> GuardSession:
    """A guard session as `doorman login` leaves it."""
    session = await sign_in(sandbox, settings)
    await guardroom.keep(redis, session.session, account=ACCOUNT_ID, keyring=KEYRING)
    await eventually(lambda: nobody_is_connected(sandbox))
    return session


@pytest.fixture
async def lease(redis: Store, session: GuardSession) -> Lease:
    lease = Lease(redis, ACCOUNT_ID, seconds=600)
    await lease.take()
    return lease


@pytest.fixture
def shift(redis: Store, settings: UserclientSettings, session: GuardSession, lease: Lease) -> Shift:
    return Shift(settings=settings, redis=redis, session=session, lease=lease, records=Records(redis, lease))


async def nobody_is_connected(sandbox: Sandbox) -> bool:
    return sandbox.mtproto.connections == ()


async def published(redis: Store) -> list[Event]:
    return await events_in(redis, ACCOUNT_ID)


async def lease_state(redis: Store) -> bytes | None:
    state: bytes | None = await redis.hget(keys.lease(ACCOUNT_ID), "state")
    return state


async def says(redis: Store, condition: Condition) -> Pulse:
    async def look() -> Pulse | None:
        pulse = await feel(redis, ACCOUNT_ID)
        return pulse if pulse and pulse.status.condition is condition else None

    pulse = await eventually(look)
    assert pulse
    return pulse


@asynccontextmanager
async def at_work(shift: Shift) -> AsyncIterator[asyncio.Task[bool]]:
    """Yields once it watches; a shift that is still at work then is stopped, as by a signal."""
    task = asyncio.ensure_future(shift.work())
    try:
        await says(shift.redis, Condition.WATCHING)

        async def has_its_first_list() -> bool:  # the first heartbeat comes before that
            return bool(await published(shift.redis))

        await eventually(has_its_first_list)
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_watches_until_it_is_stopped_and_then_says_so_and_gives_the_lease_back(
    redis: Store, sandbox: Sandbox, shift: Shift
) -> None:
    async with at_work(shift):
        assert [type(event) for event in await published(redis)] == [BaselineTaken]
        assert len(sandbox.mtproto.connections) == 1
        assert await lease_state(redis) == b"held"
    pulse = await feel(redis, ACCOUNT_ID)
    assert pulse
    assert pulse.status.condition is Condition.STOPPED
    assert pulse.status.account_name == "Demo account"
    assert await lease_state(redis) == b"released"
    await eventually(lambda: nobody_is_connected(sandbox))


async def test_the_lease_is_given_back_only_when_telegram_is_disconnected(
    redis: Store, sandbox: Sandbox, shift: Shift, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[bool] = []
    really = lease.release

    async def release() -> None:
        async def closed() -> bool:
            return sandbox.mtproto.connections == ()

        await eventually(closed)  # by now the socket's end is on its way
        connected.append(await closed())
        await really()

    monkeypatch.setattr(lease, "release", release)
    async with at_work(shift):
        pass
    assert connected == [True]


async def test_when_telegram_has_ended_the_session_that_is_told_and_marked_and_not_tried_again(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings, shift: Shift, session: GuardSession
) -> None:
    async with at_work(shift) as working:
        own = next(
            a for a in sandbox.world.person(ACCOUNT_ID).authorizations.values() if a.device_model == DEVICE_MODEL
        )
        sandbox.world.log_out(own)
        assert await within_patience(working) is False
    [_, lost] = await published(redis)
    assert isinstance(lost, GuardLost)
    assert lost.reason is GuardLoss.AUTH_KEY_UNREGISTERED
    pulse = await says(redis, Condition.GUARD_LOST)
    assert pulse.status.detail == "AUTH_KEY_UNREGISTERED"
    assert await guardroom.is_dead(redis, session)
    assert await lease_state(redis) == b"released"


async def taken_over(redis: Store) -> None:
    """Another has the lease; as often as need be, for whoever finds that his own is gone puts it back."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await redis.delete(keys.lease(ACCOUNT_ID))
            other = Lease(redis, ACCOUNT_ID, seconds=600)
            await other.declare_free()
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    return await other.take()


async def test_when_another_has_the_lease_it_lets_go_at_once_and_may_try_again(
    redis: Store, sandbox: Sandbox, shift: Shift, lease: Lease, session: GuardSession
) -> None:
    async with at_work(shift) as working:
        await taken_over(redis)
        before = await redis.hgetall(keys.lease(ACCOUNT_ID))
        lease.doubt()
        assert await within_patience(working) is True
    await eventually(lambda: nobody_is_connected(sandbox))
    assert await redis.hgetall(keys.lease(ACCOUNT_ID)) == before
    assert not await guardroom.is_dead(redis, session)
    pulse = await feel(redis, ACCOUNT_ID)
    assert pulse
    assert pulse.status.condition is Condition.WATCHING  # the last word is the other's


async def test_a_new_login_ends_it_so_that_the_new_session_is_used(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings, shift: Shift
) -> None:
    async with at_work(shift) as working:
        newer = await sign_in(sandbox, settings)
        await guardroom.keep(redis, newer.session, account=ACCOUNT_ID, keyring=KEYRING)
        assert await within_patience(working) is True
    assert await lease_state(redis) == b"released"
    await eventually(lambda: nobody_is_connected(sandbox))


async def test_when_its_session_is_given_up_it_lets_go_of_it(
    redis: Store, sandbox: Sandbox, shift: Shift, session: GuardSession
) -> None:
    async with at_work(shift) as working, guardroom.given_up(redis, session):
        assert await within_patience(working) is False
        await within_patience(Lease(redis, ACCOUNT_ID, seconds=600).take())
        await eventually(lambda: nobody_is_connected(sandbox))
    assert [type(event) for event in await published(redis)] == [BaselineTaken]


async def test_when_redis_was_emptied_the_session_is_put_back_and_the_loss_is_told(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings, shift: Shift, session: GuardSession
) -> None:
    async with at_work(shift):
        await redis.flushall()

        async def told() -> bool:
            return bool(await published(redis))

        await eventually(told)
        [lost] = await published(redis)
        assert isinstance(lost, BaselineTaken)
        assert lost.history_lost

        async def put_back() -> bool:
            return await guardroom.find(redis, settings, ACCOUNT_ID) == session

        await eventually(put_back)
        sandbox.world.log_in(Authorization(user_id=ACCOUNT_ID, device_model="Thief", unconfirmed=True))

        async def alerted() -> bool:
            return any(isinstance(event, SessionAppeared) for event in await published(redis))

        await eventually(alerted)
        assert len(sandbox.mtproto.connections) == 1
        await says(redis, Condition.WATCHING)


async def test_another_accounts_session_ends_the_process_with_its_line(
    redis: Store, sandbox: Sandbox, settings: UserclientSettings, session: GuardSession
) -> None:
    lease = Lease(redis, ACCOUNT_ID + 1, seconds=600)
    await lease.declare_free()
    await lease.take()
    wrong = GuardSession(account=ACCOUNT_ID + 1, session=session.session)
    shift = Shift(settings=settings, redis=redis, session=wrong, lease=lease, records=Records(redis, lease))
    with pytest.RaisesGroup(SettingsError, flatten_subgroups=True):
        await within_patience(shift.work())
    assert await redis.hget(keys.lease(ACCOUNT_ID + 1), "state") == b"released"
    await eventually(lambda: nobody_is_connected(sandbox))
