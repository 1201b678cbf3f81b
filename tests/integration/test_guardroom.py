"""Where the guard session is kept: encrypted, one an account, and never in anybody else's place."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.exceptions import ConnectionError as RedisConnectionError

from core.connection import Store
from core.contract import keys
from core.keyring import Keyring
from core.vault import WrongKeyError
from tests.domain_values import ACCOUNT
from tests.waiting import eventually, running, within_patience
from tests.wire import STRANGER
from userclient import guardroom
from userclient.guardroom import GivenUpError, GuardSession, NewLoginError
from userclient.lease import Lease
from userclient.settings import UserclientSettings

KEY, OTHER_KEY = "k" * 32, "o" * 32
KEYRING = Keyring(KEY)
SESSION = "1ApWapzMBu-obviously-no-session"
KEPT = GuardSession(account=ACCOUNT, session=SESSION)
FROM_ENVIRONMENT = {"session_string": SecretStr("1abc"), "account": ACCOUNT + 7}


def settings(**particulars: Any) -> UserclientSettings:
    given: dict[str, Any] = {"api_id": 1, "api_hash": SecretStr("a hash"), "secret_key": SecretStr(KEY)}
    given |= {"account": None, "session_string": SecretStr("")}
    return UserclientSettings(_env_file=None, **(given | particulars))


async def keep(redis: Store, account: int = ACCOUNT, session: str = SESSION, keyring: Keyring = KEYRING) -> None:
    await guardroom.keep(redis, session, account=account, keyring=keyring)


async def looked_often(redis: Store) -> None:
    """Wait until whoever looks has had the time to."""

    async def look() -> bool:
        return await commands_so_far(redis) > before + 60

    async def commands_so_far(redis: Store) -> int:
        return int((await redis.info("stats"))["total_commands_processed"])

    before = await commands_so_far(redis)
    await eventually(look)


async def test_nothing_is_found_before_the_first_login(redis: Store) -> None:
    assert await guardroom.find(redis, settings(), ACCOUNT) is None


async def test_what_was_kept_is_found(redis: Store) -> None:
    await keep(redis)
    assert await guardroom.find(redis, settings(), ACCOUNT) == GuardSession(account=ACCOUNT, session=SESSION)


async def test_what_is_kept_cannot_be_read_in_redis(redis: Store, tmp_path: Path) -> None:
    await keep(redis)
    for key in await redis.keys():
        if await redis.type(key) == b"string":
            value: Any = await redis.get(key)
            assert SESSION.encode() not in value
            assert KEY.encode() not in value


def test_the_session_is_in_no_repr() -> None:
    assert SESSION not in repr(GuardSession(account=ACCOUNT, session=SESSION))
    assert SESSION not in f"{GuardSession(account=ACCOUNT, session=SESSION)}"


async def test_a_new_login_takes_the_formers_place(redis: Store) -> None:
    await keep(redis, session="former")
    await keep(redis)
    assert await guardroom.find(redis, settings(), ACCOUNT) == GuardSession(account=ACCOUNT, session=SESSION)


async def test_the_environments_session_goes_before(redis: Store) -> None:
    await keep(redis)
    found = await guardroom.find(redis, settings(**FROM_ENVIRONMENT), ACCOUNT + 7)
    assert found == GuardSession(account=ACCOUNT + 7, session="1abc")


async def test_another_secret_key_finds_nothing_to_use(redis: Store) -> None:
    await keep(redis)
    with pytest.raises(WrongKeyError):
        await guardroom.find(redis, settings(secret_key=SecretStr(OTHER_KEY)), ACCOUNT)


async def test_one_accounts_session_in_anothers_place_is_not_used(redis: Store) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1)
    stolen: Any = await redis.get(keys.guard(ACCOUNT))
    await redis.set(keys.guard(ACCOUNT + 1), stolen)
    with pytest.raises(WrongKeyError):
        await guardroom.find(redis, settings(), ACCOUNT + 1)


async def test_all_accounts_that_have_a_session_are_held(redis: Store) -> None:
    assert await guardroom.held(redis, settings()) == []
    await keep(redis, ACCOUNT + 1, "the other")
    await keep(redis)
    await redis.sadd(keys.ACCOUNTS, ACCOUNT + 2)  # watched once
    assert await guardroom.held(redis, settings()) == [ACCOUNT, ACCOUNT + 1]


async def test_each_account_has_its_own_session(redis: Store) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1, "the other")
    assert await guardroom.find(redis, settings(), ACCOUNT) == KEPT
    other = GuardSession(account=ACCOUNT + 1, session="the other")
    assert await guardroom.find(redis, settings(), ACCOUNT + 1) == other
    assert await guardroom.find(redis, settings(), ACCOUNT + 2) is None


async def test_of_several_accounts_a_setting_leaves_one(redis: Store) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1)
    assert await guardroom.held(redis, settings(account=ACCOUNT + 1)) == [ACCOUNT + 1]
    assert await guardroom.held(redis, settings(account=ACCOUNT + 2)) == []


async def test_beside_the_environments_session_no_other_is_held(redis: Store) -> None:
    await keep(redis)
    assert await guardroom.held(redis, settings(**FROM_ENVIRONMENT)) == [ACCOUNT + 7]


async def test_an_account_that_was_given_up_is_not_found(redis: Store) -> None:
    await keep(redis)
    for key in (keys.status(ACCOUNT), keys.heartbeat(ACCOUNT)):
        await redis.set(key, "of its worker")
    await guardroom.forget(redis, KEPT)
    assert await guardroom.find(redis, settings(), ACCOUNT) is None
    assert not await redis.exists(keys.guard(ACCOUNT), keys.status(ACCOUNT), keys.heartbeat(ACCOUNT))
    assert await guardroom.is_dead(redis, KEPT)


async def test_of_an_account_that_was_given_up_the_last_roster_stays(redis: Store) -> None:
    await keep(redis)
    await redis.set(keys.snapshot(ACCOUNT), "the last roster")
    await guardroom.forget(redis, KEPT)
    assert await redis.get(keys.snapshot(ACCOUNT)) == b"the last roster"


async def mark_dead(redis: Store, session: GuardSession = KEPT) -> None:
    await redis.set_signed(keys.dead_guard(session.account), session.fingerprint.encode())


async def test_a_session_is_dead_by_its_own_mark_alone(redis: Store) -> None:
    assert not await guardroom.is_dead(redis, KEPT)
    await mark_dead(redis)
    assert await guardroom.is_dead(redis, KEPT)
    assert not await guardroom.is_dead(redis, GuardSession(account=ACCOUNT, session="newer"))
    assert not await guardroom.is_dead(redis, GuardSession(account=ACCOUNT + 1, session=SESSION))


def test_the_mark_does_not_tell_the_session() -> None:
    assert SESSION not in KEPT.fingerprint
    assert KEPT.fingerprint != GuardSession(account=ACCOUNT, session=SESSION + "x").fingerprint


async def test_after_a_login_the_lease_is_free_at_once(redis: Store) -> None:
    await keep(redis)
    await within_patience(Lease(redis, ACCOUNT, seconds=600).take())


async def test_a_login_beside_a_running_worker_does_not_free_its_lease(redis: Store, lease: Lease) -> None:
    await keep(redis)
    assert await redis.hget(keys.lease(ACCOUNT), "state") == b"held"
    assert await redis.hget(keys.lease(ACCOUNT), "fence") == str(lease.fence).encode()


async def test_what_redis_lost_is_put_back(redis: Store) -> None:
    await guardroom.restore(redis, settings(), KEPT)
    assert await guardroom.find(redis, settings(), ACCOUNT) == KEPT
    assert await redis.smembers(keys.ACCOUNTS) == {str(ACCOUNT).encode()}


async def test_a_newer_login_is_not_overwritten_by_what_is_put_back(redis: Store) -> None:
    await keep(redis, session="newer")
    await guardroom.restore(redis, settings(), KEPT)
    assert await guardroom.find(redis, settings(), ACCOUNT) == GuardSession(account=ACCOUNT, session="newer")


async def test_the_environments_session_is_put_into_no_redis(redis: Store) -> None:
    await guardroom.restore(redis, settings(**FROM_ENVIRONMENT), KEPT)
    assert await redis.keys() == []


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardroom, "LOOK_SECONDS", 0.01)


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_for_the_login(redis: Store) -> None:
    async with running(guardroom.wait_for(redis, settings(), ACCOUNT, former=None)) as waiting:
        await keep(redis)
        assert (await within_patience(waiting)).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_where_the_former_session_is_dead(redis: Store) -> None:
    await mark_dead(redis)
    async with running(guardroom.wait_for(redis, settings(), ACCOUNT, former=KEPT)) as waiting:
        await looked_often(redis)
        assert not waiting.done()
        await keep(redis, session="newer")
        assert (await within_patience(waiting)).session == "newer"


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_for_the_right_secret_key_to_be_used(redis: Store) -> None:
    await keep(redis, keyring=Keyring(OTHER_KEY))
    async with running(guardroom.wait_for(redis, settings(), ACCOUNT, former=None)) as waiting:
        await redis.ping()
        await keep(redis)
        assert (await within_patience(waiting)).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_through_an_outage_of_redis(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(redis)
    failures = iter([RedisConnectionError("gone")] * 5)
    really = guardroom.find

    async def find(redis: Store, settings: UserclientSettings, account: int) -> GuardSession | None:
        for failure in failures:
            raise failure
        return await really(redis, settings, account)

    monkeypatch.setattr(guardroom, "find", find)
    assert (await within_patience(guardroom.wait_for(redis, settings(), ACCOUNT, former=None))).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_does_not_try_a_dead_session_again(redis: Store) -> None:
    await keep(redis)
    await mark_dead(redis)
    async with running(guardroom.wait_for(redis, settings(), ACCOUNT, former=None)) as waiting:
        await looked_often(redis)
        assert not waiting.done()
        await keep(redis, session="newer")
        assert await within_patience(waiting) == GuardSession(account=ACCOUNT, session="newer")


@pytest.mark.usefixtures("_at_once")
async def test_a_dead_session_in_the_environment_is_not_tried_again_either(redis: Store) -> None:
    given = settings(**FROM_ENVIRONMENT)
    dead = await within_patience(guardroom.wait_for(redis, given, ACCOUNT + 7, former=None))
    await mark_dead(redis, dead)
    async with running(guardroom.wait_for(redis, given, ACCOUNT + 7, former=None)) as waiting:
        await looked_often(redis)
        assert not waiting.done()


@pytest.mark.usefixtures("_at_once")
async def test_the_former_session_serves_where_redis_has_lost_it(redis: Store) -> None:
    assert await within_patience(guardroom.wait_for(redis, settings(), ACCOUNT, former=KEPT)) == KEPT


@pytest.mark.usefixtures("_at_once")
async def test_a_newer_session_serves_before_the_former(redis: Store) -> None:
    await keep(redis, session="newer")
    found = await within_patience(guardroom.wait_for(redis, settings(), ACCOUNT, former=KEPT))
    assert found == GuardSession(account=ACCOUNT, session="newer")


@pytest.mark.usefixtures("_at_once")
async def test_a_new_login_is_found_while_the_former_session_is_in_use(redis: Store) -> None:
    await keep(redis)
    looking = asyncio.ensure_future(guardroom.look_for_change(redis, settings(), KEPT))
    await looked_often(redis)
    assert not looking.done()
    await keep(redis, session="newer")
    with pytest.raises(NewLoginError):
        await within_patience(looking)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("there", ["nothing", "dead", "unreadable", "of another"])
async def test_what_is_no_new_login_ends_nothing(redis: Store, there: str) -> None:
    if there == "dead":
        await keep(redis, session="newer")
        await mark_dead(redis, GuardSession(account=ACCOUNT, session="newer"))
    elif there == "unreadable":
        await keep(redis, session="newer", keyring=Keyring(OTHER_KEY))
    elif there == "of another":
        await keep(redis)
        await keep(redis, ACCOUNT + 1, "another's")
    async with running(guardroom.look_for_change(redis, settings(), KEPT)) as looking:
        await looked_often(redis)
        assert not looking.done()


@pytest.mark.usefixtures("_at_once")
async def test_a_session_that_is_given_up_is_let_go_of_and_not_taken_up(redis: Store) -> None:
    await keep(redis)
    looking = asyncio.ensure_future(guardroom.look_for_change(redis, settings(), KEPT))
    async with guardroom.given_up(redis, KEPT):
        with pytest.raises(GivenUpError):
            await within_patience(looking)
        async with running(guardroom.wait_for(redis, settings(), ACCOUNT, former=KEPT)) as waiting:
            await looked_often(redis)
            assert not waiting.done()
        await guardroom.forget(redis, KEPT)
    assert await guardroom.is_dead(redis, KEPT)


@pytest.mark.usefixtures("_at_once")
async def test_a_session_that_could_not_be_given_up_is_good_again(redis: Store) -> None:
    await keep(redis)
    with pytest.raises(ZeroDivisionError):
        async with guardroom.given_up(redis, KEPT):
            raise ZeroDivisionError
    assert await within_patience(guardroom.wait_for(redis, settings(), ACCOUNT, former=None)) == KEPT


async def test_a_dead_session_that_could_not_be_given_up_stays_dead(redis: Store) -> None:
    await keep(redis)
    await mark_dead(redis)
    with pytest.raises(ZeroDivisionError):
        async with guardroom.given_up(redis, KEPT):
            raise ZeroDivisionError
    assert await guardroom.is_dead(redis, KEPT)


@given(st.binary())
@few(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_sessions_place_is_of_another_key(redis: Store, rubbish: bytes) -> None:
    await keep(redis)
    await redis.set(keys.guard(ACCOUNT), rubbish)
    with pytest.raises(WrongKeyError):
        await guardroom.find(redis, settings(), ACCOUNT)


@given(st.binary())
@few(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_in_the_marks_place_marks_nothing(redis: Store, rubbish: bytes) -> None:
    await redis.set(keys.dead_guard(ACCOUNT), rubbish)
    assert not await guardroom.is_dead(redis, KEPT)
    await redis.set_signed(keys.dead_guard(ACCOUNT), rubbish)
    assert not await guardroom.is_dead(redis, KEPT)


async def test_nobody_else_can_declare_a_session_dead(redis: Store) -> None:
    key = keys.dead_guard(ACCOUNT)
    for mark in (KEPT.fingerprint.encode(), STRANGER.wrap(key, KEPT.fingerprint.encode())):
        await redis.set(key, mark)
        assert not await guardroom.is_dead(redis, KEPT)


async def test_rubbish_among_the_accounts_stops_nobody(redis: Store) -> None:
    await redis.sadd(keys.ACCOUNTS, "rubbish", "-1", "")
    assert await guardroom.find(redis, settings(), ACCOUNT) is None
    await keep(redis)
    assert await guardroom.find(redis, settings(), ACCOUNT) == GuardSession(account=ACCOUNT, session=SESSION)


async def test_a_session_under_a_secret_key_of_before_is_sealed_anew_under_the_newest(redis: Store) -> None:
    both, newest = Keyring(OTHER_KEY, KEY), Keyring(OTHER_KEY)
    await keep(redis)
    rotating = settings().model_copy(update={"secret_key": SecretStr(f"{OTHER_KEY},{KEY}")})
    with pytest.raises(WrongKeyError):
        guardroom.vault(newest, ACCOUNT).unseal(await redis.get(keys.guard(ACCOUNT)) or b"")
    await guardroom.restore(redis, rotating, KEPT)
    sealed = await redis.get(keys.guard(ACCOUNT)) or b""
    assert guardroom.vault(newest, ACCOUNT).unseal(sealed) == guardroom.vault(both, ACCOUNT).unseal(sealed) == SESSION
    await guardroom.restore(redis, rotating, KEPT)
    assert await redis.get(keys.guard(ACCOUNT)) == sealed
