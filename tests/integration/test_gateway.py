"""The lists that owners are asked about, and what Redis says of itself."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from bot.gateway import LISTS, LISTS_MOST, Gateway
from bot.views.buttons.ending import ConfirmEndOthers
from core.bus import redis_now
from core.connection import Store
from core.contract import keys
from core.contract.codec import to_ms
from core.contract.signing import Signer, place_of
from tests.crowds import crowd
from tests.domain_values import ACCOUNT, OWNER, session
from tests.fake_worker import beats
from tests.screens import CALLBACK_MOST
from tests.wire import SIGNER, STRANGER

LIST = (session("7"), session("-8", device_model="Nokia"))


@pytest.fixture
def gateway(redis: Store) -> Gateway:
    return Gateway(redis=redis)


async def test_a_list_is_kept_under_a_name_that_fits_a_button(gateway: Gateway) -> None:
    name = await gateway.keep_list(ACCOUNT, LIST)
    assert await gateway.kept_list(ACCOUNT, name) == LIST
    assert len(ConfirmEndOthers(account=2**52, list=name).pack().encode()) <= CALLBACK_MOST


async def test_two_lists_are_not_taken_for_each_other(gateway: Gateway) -> None:
    names = [await gateway.keep_list(ACCOUNT, (each,)) for each in LIST]
    assert [await gateway.kept_list(ACCOUNT, name) for name in names] == [(each,) for each in LIST]


async def test_a_list_of_one_account_is_not_anothers(gateway: Gateway) -> None:
    name = await gateway.keep_list(ACCOUNT, LIST)
    assert await gateway.kept_list(ACCOUNT + 1, name) is None


async def test_the_longest_list_is_kept_whole(gateway: Gateway) -> None:
    longest = crowd(200).sessions
    assert await gateway.kept_list(ACCOUNT, await gateway.keep_list(ACCOUNT, longest)) == longest


@pytest.mark.parametrize(
    ("age", "is_kept"),
    [
        (timedelta(minutes=9, seconds=50), True),
        (timedelta(minutes=10, seconds=1), False),
        (timedelta(days=30), False),
    ],
)
async def test_a_list_is_good_for_ten_minutes(gateway: Gateway, redis: Store, age: timedelta, is_kept: bool) -> None:
    name = f"{to_ms(await redis_now(redis) - age)}-0"
    await redis.hset_signed(keys.questions(ACCOUNT), name, LISTS.dump(LIST))
    assert (await gateway.kept_list(ACCOUNT, name) is not None) is is_kept


async def test_the_oldest_lists_make_room_for_new_ones(gateway: Gateway, redis: Store) -> None:
    names = []
    for _ in range(LISTS_MOST + 1):
        names.append(await gateway.keep_list(ACCOUNT, LIST))
        await asyncio.sleep(0.002)  # they are told apart by the millisecond
    assert await gateway.kept_list(ACCOUNT, names[0]) is None
    assert await gateway.kept_list(ACCOUNT, names[1]) == LIST
    assert await redis.hlen(keys.questions(ACCOUNT)) == LISTS_MOST


@pytest.mark.parametrize(
    "name", ["", "x", "0", "-", "+", "1-x", "1-2-3", "-1", "9" * 40, "\u0661-0", f"{2**64}-0", "$", "*"]
)
async def test_a_made_up_name_is_no_lists(gateway: Gateway, name: str) -> None:
    await gateway.keep_list(ACCOUNT, LIST)
    assert await gateway.kept_list(ACCOUNT, name) is None


@pytest.mark.parametrize("signer", [SIGNER, STRANGER], ids=["moved", "forged"])
async def test_a_list_that_doorman_did_not_keep_there_is_none(gateway: Gateway, redis: Store, signer: Signer) -> None:
    """Else an owner's "yes" to one list would end the sessions of another."""
    name, key = await gateway.keep_list(ACCOUNT, LIST), keys.questions(ACCOUNT)
    elsewhere = place_of(key, await gateway.keep_list(ACCOUNT, LIST[:1]))
    place = elsewhere if signer is SIGNER else place_of(key, name)
    await redis.hset(key, name, signer.wrap(place, LISTS.dump(LIST[:1])))
    assert await gateway.kept_list(ACCOUNT, name) is None


@pytest.mark.parametrize("rubbish", [b"x", b"", b"-1", b"1.5", b"\xff", "\u0661".encode()])
async def test_rubbish_among_the_accounts_is_none(gateway: Gateway, redis: Store, rubbish: bytes) -> None:
    await redis.sadd(keys.ACCOUNTS, rubbish, ACCOUNT)
    assert await gateway.accounts() == [ACCOUNT]


@pytest.mark.parametrize("field", ["watching_since", "last_roster_at", "guard_created_at", "until"])
async def test_a_status_with_a_time_that_does_not_say_its_zone_cannot_be_read(
    gateway: Gateway, redis: Store, field: str
) -> None:
    await beats(redis)
    said = json.loads(await redis.get_signed(keys.status(ACCOUNT)) or "")
    assert await gateway.pulse(ACCOUNT)
    await redis.set_signed(keys.status(ACCOUNT), json.dumps(said | {field: "2026-03-14T15:09:26"}).encode())
    assert await gateway.pulse(ACCOUNT) is None


async def test_what_redis_says_of_itself(gateway: Gateway, redis: Store) -> None:
    assert (await gateway.room()).policy == "noeviction"
    assert not (await gateway.room()).is_full
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert (await gateway.room()).policy == "allkeys-lru"
    finally:
        await redis.config_set("maxmemory-policy", "noeviction")
    await redis.config_set("maxmemory", "1")
    try:
        assert (await gateway.room()).is_full
    finally:
        await redis.config_set("maxmemory", "0")
    await redis.config_set("maxmemory", str(2**40))
    try:
        assert not (await gateway.room()).is_full
    finally:
        await redis.config_set("maxmemory", "0")


async def test_an_account_of_5000_digits_is_none(redis: Store) -> None:
    await redis.sadd(keys.ACCOUNTS, b"9" * 5000, ACCOUNT)
    assert await Gateway(redis=redis).accounts() == [ACCOUNT]


async def test_commands_are_about_all_accounts_until_one_is_chosen(redis: Store, gateway: Gateway) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT, ACCOUNT + 1)
    assert (await gateway.scope(OWNER)).accounts == (ACCOUNT, ACCOUNT + 1)
    assert not (await gateway.scope(OWNER)).is_one_of_several(ACCOUNT)
    await gateway.choose(OWNER, ACCOUNT + 1)
    assert (await gateway.scope(OWNER)).accounts == (ACCOUNT + 1,)
    assert (await gateway.scope(OWNER)).is_one_of_several(ACCOUNT + 1)
    assert (await gateway.scope(OWNER + 1)).accounts == (ACCOUNT, ACCOUNT + 1)
    await gateway.choose(OWNER, None)
    assert (await gateway.scope(OWNER)).accounts == (ACCOUNT, ACCOUNT + 1)


async def test_where_the_chosen_account_is_gone_commands_are_about_all_that_are_left(
    redis: Store, gateway: Gateway
) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT)
    await gateway.choose(OWNER, ACCOUNT + 1)
    assert (await gateway.scope(OWNER)).accounts == (ACCOUNT,)
    assert not (await gateway.scope(OWNER)).is_one_of_several(ACCOUNT)


@pytest.mark.parametrize("signer", [SIGNER, STRANGER])
async def test_a_choice_that_nobody_made_is_none(redis: Store, gateway: Gateway, signer: Signer) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT, ACCOUNT + 1)
    key = keys.choice(OWNER)
    await redis.set(key, signer.wrap(key, b"rubbish" if signer is SIGNER else str(ACCOUNT).encode()))
    assert (await gateway.scope(OWNER)).accounts == (ACCOUNT, ACCOUNT + 1)
