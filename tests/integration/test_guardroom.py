"""Where the guard session is kept: encrypted, one an account, and never in anybody else's place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from core.contract import keys
from core.contract.state import Condition, WorkerStatus
from core.settings import SettingsError
from tests.domain_values import ACCOUNT, NOW
from tests.waiting import running, within_patience
from userclient import guardroom
from userclient.guardroom import GuardSession
from userclient.records import Records, now
from userclient.settings import UserclientSettings
from userclient.vault import WrongKeyError

KEY, OTHER_KEY = "k" * 32, "o" * 32
SESSION = "1ApWapzMBu-obviously-no-session"


def settings(**particulars: Any) -> UserclientSettings:
    given: dict[str, Any] = {"api_id": 1, "api_hash": SecretStr("a hash"), "secret_key": SecretStr(KEY)}
    given |= {"account": None, "session_string": SecretStr("")}
    return UserclientSettings(_env_file=None, **(given | particulars))


async def keep(redis: Redis, account: int = ACCOUNT, session: str = SESSION, secret_key: str = KEY) -> None:
    await guardroom.keep(redis, session, account=account, secret_key=secret_key)


def status(account: int = ACCOUNT, **particulars: Any) -> WorkerStatus:
    usual: dict[str, Any] = {"account_name": "Ada", "condition": Condition.WATCHING, "beat_at": now()}
    return WorkerStatus(account=account, watching_since=NOW, **(usual | particulars))


async def test_nothing_is_found_before_the_first_login(redis: Redis) -> None:
    assert await guardroom.find(redis, settings()) is None


async def test_what_was_kept_is_found(redis: Redis) -> None:
    await keep(redis)
    assert await guardroom.find(redis, settings()) == GuardSession(account=ACCOUNT, session=SESSION)


async def test_what_is_kept_cannot_be_read_in_redis(redis: Redis, tmp_path: Path) -> None:
    await keep(redis)
    for key in await redis.keys():
        if await redis.type(key) == b"string":
            value: Any = await redis.get(key)
            assert SESSION.encode() not in value
            assert KEY.encode() not in value


def test_the_session_is_in_no_repr() -> None:
    assert SESSION not in repr(GuardSession(account=ACCOUNT, session=SESSION))
    assert SESSION not in f"{GuardSession(account=ACCOUNT, session=SESSION)}"


async def test_a_new_login_takes_the_formers_place(redis: Redis) -> None:
    await keep(redis, session="former")
    await keep(redis)
    assert await guardroom.find(redis, settings()) == GuardSession(account=ACCOUNT, session=SESSION)


async def test_the_environments_session_goes_before(redis: Redis) -> None:
    await keep(redis)
    found = await guardroom.find(redis, settings(session_string=SecretStr("1abc")))
    assert found == GuardSession(account=0, session="1abc")


async def test_another_secret_key_finds_nothing_to_use(redis: Redis) -> None:
    await keep(redis)
    with pytest.raises(WrongKeyError):
        await guardroom.find(redis, settings(secret_key=SecretStr(OTHER_KEY)))


async def test_one_accounts_session_in_anothers_place_is_not_used(redis: Redis) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1)
    stolen: Any = await redis.get(keys.guard(ACCOUNT))
    await redis.set(keys.guard(ACCOUNT + 1), stolen)
    with pytest.raises(WrongKeyError):
        await guardroom.find(redis, settings(account=ACCOUNT + 1))


async def test_of_several_accounts_a_setting_chooses(redis: Redis) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1, "the other")
    found = await guardroom.find(redis, settings(account=ACCOUNT + 1))
    assert found == GuardSession(account=ACCOUNT + 1, session="the other")
    assert await guardroom.find(redis, settings(account=ACCOUNT + 2)) is None


async def test_of_several_accounts_none_is_chosen_by_chance(redis: Redis) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1)
    with pytest.raises(SettingsError, match="Set ACCOUNT") as caught:
        await guardroom.find(redis, settings())
    assert f"{ACCOUNT}, {ACCOUNT + 1}" in str(caught.value)


async def test_an_account_that_was_forgotten_is_not_found(redis: Redis) -> None:
    await keep(redis)
    await guardroom.forget(redis, ACCOUNT)
    assert await guardroom.find(redis, settings()) is None
    assert not await redis.exists(keys.guard(ACCOUNT), keys.status(ACCOUNT))


async def test_a_dead_session_is_discarded(redis: Redis) -> None:
    await keep(redis)
    await guardroom.discard(redis, GuardSession(account=ACCOUNT, session=SESSION), settings())
    assert await guardroom.find(redis, settings()) is None


async def test_with_a_dead_session_a_newer_one_is_not_discarded(redis: Redis) -> None:
    await keep(redis, session="newer")
    await guardroom.discard(redis, GuardSession(account=ACCOUNT, session=SESSION), settings())
    assert await guardroom.find(redis, settings()) == GuardSession(account=ACCOUNT, session="newer")


async def test_discarding_what_is_gone_already_is_nothing(redis: Redis) -> None:
    await guardroom.discard(redis, GuardSession(account=ACCOUNT, session=SESSION), settings())


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardroom, "LOOK_SECONDS", 0.01)


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_for_the_login(redis: Redis) -> None:
    async with running(guardroom.wait_for(redis, settings(), lost=None)) as waiting:
        await keep(redis)
        assert (await within_patience(waiting)).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_that_lost_its_session_waits_for_another(redis: Redis) -> None:
    await keep(redis, session="lost")
    lost = GuardSession(account=ACCOUNT, session="lost")
    async with running(guardroom.wait_for(redis, settings(), lost=lost)) as waiting:
        await redis.ping()
        assert not waiting.done()
        await keep(redis)
        assert (await within_patience(waiting)).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_for_the_right_secret_key_to_be_used(redis: Redis) -> None:
    await keep(redis, secret_key=OTHER_KEY)
    async with running(guardroom.wait_for(redis, settings(), lost=None)) as waiting:
        await redis.ping()
        await keep(redis)
        assert (await within_patience(waiting)).session == SESSION


@pytest.mark.usefixtures("_at_once")
async def test_a_worker_waits_through_an_outage_of_redis(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(redis)
    failures = iter([RedisConnectionError("gone")] * 5)
    really = guardroom.find

    async def find(redis: Redis, settings: UserclientSettings) -> GuardSession | None:
        for failure in failures:
            raise failure
        return await really(redis, settings)

    monkeypatch.setattr(guardroom, "find", find)
    assert (await within_patience(guardroom.wait_for(redis, settings(), lost=None))).session == SESSION


async def test_a_worker_does_not_wait_where_a_setting_must_choose(redis: Redis) -> None:
    await keep(redis)
    await keep(redis, ACCOUNT + 1)
    with pytest.raises(SettingsError):
        await within_patience(guardroom.wait_for(redis, settings(), lost=None))


@pytest.mark.parametrize("account", [ACCOUNT, 0])
async def test_a_session_is_held_while_a_worker_beats(redis: Redis, account: int) -> None:
    assert await guardroom.status_if_held(redis, account) is None
    beating = status()
    await Records(redis, ACCOUNT).beat(beating)
    assert await guardroom.status_if_held(redis, account) == beating


@pytest.mark.parametrize(
    "particulars",
    [{"beat_at": now() - timedelta(seconds=31)}, {"condition": Condition.GUARD_LOST}],
    ids=["silent", "lost"],
)
async def test_a_session_is_not_held_by_a_worker_that_is_silent_or_has_lost_it(
    redis: Redis, particulars: dict[str, Any]
) -> None:
    await Records(redis, ACCOUNT).beat(status(**particulars))
    assert await guardroom.status_if_held(redis, ACCOUNT) is None


async def test_a_session_is_not_held_by_anothers_worker_nor_by_rubbish(redis: Redis) -> None:
    await Records(redis, ACCOUNT + 1).beat(status(ACCOUNT + 1))
    await redis.set(keys.status(ACCOUNT), b"rubbish")
    assert await guardroom.status_if_held(redis, ACCOUNT) is None
