"""Replies that come late, in pieces or never, and commands that are cancelled meanwhile: each finds its own caller."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, Never

import pytest
from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from core import bus
from core.bus import NoReplyError
from core.connection import Store, connect
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.commands import EndSession
from core.contract.events import Report
from core.contract.replies import Carried, Outcome, Result
from core.settings import CoreSettings
from tests.asking import ask
from tests.domain_values import ACCOUNT, NOW, OWNER, SECRET_KEY
from tests.faults.proxy import Proxy
from tests.faults.redis_server import RedisServer
from tests.waiting import eventually, running
from tests.wire import REPORTS, REQUESTS
from userclient.lease import Lease

MOST = 6  # connections, as the product's own default
CALLERS = 18
KINDS = 7  # of calls
#: A storm lasts at least so long, and until enough was answered in it for anything to be told, but not for ever.
STORM_SECONDS, LONGEST_STORM = 2.5, 20.0
ANSWERS = 10 * CALLERS
#: More than the network's pieces are: such an answer comes in several.
LARGE = 150_000
#: How long a cancelled task may go on: far longer than any pause of the network's here.
HEEDED_SECONDS = 5.0
ECHO = "redis.call('SET', KEYS[1], ARGV[1]) return {redis.call('GET', KEYS[1]), ARGV[2]}"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def network(server: RedisServer) -> Iterator[Proxy]:
    server.empty()
    with Proxy(("127.0.0.1", server.port)) as network:
        yield network


async def _client(url: str) -> AsyncIterator[Store]:
    settings = CoreSettings(_env_file=None, secret_key=SecretStr(SECRET_KEY), redis_url=SecretStr(url))
    client = connect(settings, name="doorman-test", most=MOST)
    yield client
    await client.aclose()


@pytest.fixture
async def far(network: Proxy) -> AsyncIterator[Store]:
    """The product's own client, behind the bad network."""
    async for client in _client(network.redis_url):
        yield client


@pytest.fixture
async def near(server: RedisServer) -> AsyncIterator[Store]:
    """The same past it, to see what is there."""
    async for client in _client(server.url):
        yield client


@pytest.fixture
async def fence(near: Store) -> int:
    """The number under which the account's events are taken."""
    lease = Lease(near, ACCOUNT, seconds=600)
    await lease.declare_free()
    await lease.take()
    return lease.fence


def report(number: int) -> Report:
    return Report(number=number, event=TtlChanged(account=ACCOUNT, at=NOW, before=0, after=number))


class Caller:
    """One of many who use the same client: it knows of each answer whether it can be one to its own command."""

    def __init__(self, redis: Store, chance: Random, number: int, fence: int) -> None:
        self._redis, self._chance, self._fence = redis, chance, fence
        self._numbers = itertools.count(number * 1_000_000)
        self.answers: Counter[str] = Counter()
        self.published: list[int] = []
        self.asked: list[int] = []

    async def call_for_ever(self) -> Never:
        """As every loop of the product's does, through each outage."""
        while True:
            with suppress(RedisError, NoReplyError):
                await self.call()

    async def call(self) -> None:
        calls = [self._echo, self._write, self._transact, self._run_script, self._wait, self._publish, self._ask]
        call = self._chance.choice(calls)
        await call(next(self._numbers))
        self.answers[call.__name__] += 1

    async def _echo(self, number: int) -> None:
        assert await self._redis.echo(f"{number}") == f"{number}".encode()

    async def _write(self, number: int) -> None:
        value = f"{number}".encode() * (LARGE // 8 if number % 3 == 0 else 1)
        assert await self._redis.set(f"value:{number}", value)
        assert await self._redis.get(f"value:{number}") == value
        assert await self._redis.delete(f"value:{number}") == 1

    async def _transact(self, number: int) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(f"both:{number}", number)
            pipe.get(f"both:{number}")
            pipe.echo(f"{number}")  # type: ignore[no-untyped-call]
            pipe.delete(f"both:{number}")
            assert await pipe.execute() == [True, f"{number}".encode(), f"{number}".encode(), 1]

    async def _run_script(self, number: int) -> None:
        answer = await self._redis.register_script(ECHO)(keys=[f"script:{number % 50}"], args=[number, -number])
        assert answer == [f"{number}".encode(), f"{-number}".encode()]

    async def _wait(self, number: int) -> None:
        stream = f"stream:{number}"
        assert await self._redis.xread({stream: "0"}, block=self._chance.randint(1, 5)) in ({}, [])
        entry = await self._redis.xadd(stream, {"number": number})
        found: Any = await self._redis.xread({stream: "0"}, block=1_000)
        assert found == [[stream.encode(), [(entry, {b"number": f"{number}".encode()})]]]

    async def _publish(self, number: int) -> None:
        await bus.publish(self._redis, ACCOUNT, self._fence, [report(number)])
        self.published.append(number)

    async def _ask(self, number: int) -> None:
        sent = await bus.new_request(self._redis, EndSession(hash=f"{number}"), owner=OWNER)
        reply = await bus.request(self._redis, ACCOUNT, sent)
        assert isinstance(reply, Carried)
        assert [result.hash for result in reply.results] == [f"{number}"]
        self.asked.append(number)


class Watching:
    """Sees every entry of both streams as it comes, and answers each request with what it named."""

    def __init__(self, redis: Store) -> None:
        self._redis = redis
        self.published: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.over = asyncio.Event()

    async def run(self) -> None:
        """Until `over` is set: what is under test here is whether a cancellation is heeded."""
        last: Any = {keys.events(ACCOUNT): "0", keys.commands(ACCOUNT): "0"}
        while not self.over.is_set():
            found: Any = await self._redis.xread(last, block=50)
            for stream, entries in found or []:
                for entry, fields in entries:
                    last[stream.decode()] = entry
                    await (self._event if stream.decode() == keys.events(ACCOUNT) else self._command)(fields)

    async def _event(self, fields: dict[bytes, bytes]) -> None:
        seen = REPORTS.unpack(fields).event
        assert isinstance(seen, TtlChanged)
        self.published[seen.after] += 1

    async def _command(self, fields: dict[bytes, bytes]) -> None:
        request = REQUESTS.unpack(fields)
        assert isinstance(request.command, EndSession)
        self.asked[int(request.command.hash)] += 1
        result = Result(hash=request.command.hash, outcome=Outcome.DONE, at=NOW)
        await bus.answer(self._redis, ACCOUNT, request.id, Carried(results=(result,)))


async def bad_weather(network: Proxy, chance: Random) -> Never:
    """Something else goes wrong every few milliseconds."""
    while True:
        for happens in chance.sample(
            [
                lambda: network.delay_replies(chance.choice([0, 0, 0.001, 0.005, 0.02])),
                lambda: network.drop_replies(
                    chance.randint(1, 3), to=chance.choice([b"", b"XADD", b"EVALSHA", b"GET"])
                ),
                lambda: network.stall(chance.choice(["up", "down"])),
                network.stall,
                network.cut,
                network.flow,
                network.flow,
                network.flow,
            ],
            k=2,
        ):
            happens()
        await asyncio.sleep(chance.uniform(0, 0.03))
        network.flow()
        network.drop_replies(0)
        await asyncio.sleep(chance.uniform(0, 0.1))


async def is_called_off(caller: Caller, chance: Random) -> None:
    """Have it call, and stop it in the middle, once or twice, at any moment: by a cancellation or by a time limit."""
    limit = chance.choice([None, chance.uniform(0, 0.03)])
    longest = chance.choice([0.01, 0.04, 0.3])

    async def call() -> None:
        async with asyncio.timeout(limit):
            await caller.call_for_ever()

    task = asyncio.ensure_future(call())
    for _ in range(chance.randint(1, 2)):
        if chance.random() < 0.5:
            for _ in range(chance.randint(0, 60)):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(chance.uniform(0, longest))
        task.cancel()
    done, _ = await asyncio.wait({task}, timeout=HEEDED_SECONDS)
    assert done, "it goes on as if nobody had asked it to stop"
    with suppress(asyncio.CancelledError, TimeoutError):
        task.result()


async def has_ended(task: asyncio.Future[None], *, after_turns: int) -> None:
    """Cancel it then, and see that it ends; however it took that, it runs no more after this."""
    for _ in range(after_turns):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=HEEDED_SECONDS)
    while not task.done():
        task.cancel()
        await asyncio.sleep(0)
    assert done, "it goes on as if nobody had asked it to stop"


def answers_of(callers: list[Caller]) -> Counter[str]:
    return sum((caller.answers for caller in callers), Counter[str]())


def tells(answers: Counter[str]) -> bool:
    """Whether enough calls of every kind came through."""
    return len(answers) == KINDS and answers.total() > ANSWERS


async def storm(callers: list[Caller], network: Proxy, chance: Random) -> None:
    """Let all call at once, each called off again and again, in bad weather."""
    async with asyncio.TaskGroup() as group:
        weather = group.create_task(bad_weather(network, chance))
        began_at = asyncio.get_running_loop().time()

        def goes_on() -> bool:
            lasted = asyncio.get_running_loop().time() - began_at
            return lasted < STORM_SECONDS or (lasted < LONGEST_STORM and not tells(answers_of(callers)))

        async def use(caller: Caller) -> None:
            while goes_on():
                await is_called_off(caller, chance)

        async with asyncio.TaskGroup() as using:
            for caller in callers:
                using.create_task(use(caller))
        weather.cancel()
    network.delay_replies(0)
    network.drop_replies(0)
    network.flow()


async def serves(redis: Store) -> None:
    """See that none of the client's connections was lost on the way, and that all answer what they are asked."""
    pool = redis.connection_pool
    assert isinstance(pool, BlockingConnectionPool)
    assert not pool._in_use_connections
    async with asyncio.timeout(5):
        waits = [redis.xread({f"nothing:{number}": "0"}, block=300) for number in range(MOST)]
        started = asyncio.get_running_loop().time()
        assert not any(await asyncio.gather(*waits))
        assert asyncio.get_running_loop().time() - started < MOST * 0.3 / 2, "they waited for each other"
        echoes = await asyncio.gather(*(redis.echo(f"{number}") for number in range(10 * MOST)))
    assert echoes == [f"{number}".encode() for number in range(10 * MOST)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_reply_reaches_another_caller_and_nothing_is_done_twice(
    far: Store, near: Store, network: Proxy, fence: int, seed: int
) -> None:
    chance, watching = Random(seed), Watching(near)  # noqa: S311 - no secret
    callers = [Caller(far, chance, number, fence) for number in range(1, CALLERS + 1)]
    async with asyncio.TaskGroup() as group:
        group.create_task(watching.run())
        try:
            await storm(callers, network, chance)
            await serves(far)
            network.cut()  # while nobody uses it, which is nobody's failure
            await asyncio.sleep(0.05)
            await serves(far)
            published = {number for caller in callers for number in caller.published}

            async def all_seen() -> bool:
                return published <= watching.published.keys()

            await eventually(all_seen)
        finally:
            watching.over.set()
    asked = {number for caller in callers for number in caller.asked}
    assert asked <= watching.asked.keys()
    assert {number for seen in (watching.published, watching.asked) for number in seen if seen[number] > 1} == set()
    answers = answers_of(callers)
    assert tells(answers), f"the network was too bad to tell anything: {answers}"


async def test_a_cancellation_is_heeded_in_every_turn_of_the_loop(far: Store) -> None:
    async def write_for_ever() -> None:
        while True:
            await far.set("key", "value")

    for turns in range(200):
        await has_ended(asyncio.ensure_future(write_for_ever()), after_turns=turns % 40)
    await serves(far)


async def test_who_is_called_off_while_waiting_for_a_connection_takes_none_along(far: Store, network: Proxy) -> None:
    chance = Random(4)  # noqa: S311 - no secret
    for _ in range(30):
        network.delay_replies(chance.choice([0, 0.002]))
        crowd = [asyncio.ensure_future(far.echo(f"{number}")) for number in range(8 * MOST)]
        await asyncio.sleep(chance.uniform(0, 0.006))
        for task in crowd[:: chance.randint(2, 4)]:
            for _ in range(chance.randint(0, 2)):
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*crowd, return_exceptions=True)
        for number, answer in enumerate(answers):
            assert isinstance(answer, asyncio.CancelledError) or answer == f"{number}".encode()
    network.delay_replies(0)
    await serves(far)


async def _add(redis: Store, _: int) -> None:
    await redis.xadd(keys.events(ACCOUNT), {"number": 1})


async def _add_in_a_transaction(redis: Store, _: int) -> None:
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd(keys.events(ACCOUNT), {"number": 1})
        await pipe.execute()


async def _publish(redis: Store, fence: int) -> None:
    await bus.publish(redis, ACCOUNT, fence, [report(1)])


async def _request(redis: Store, _: int) -> None:
    await ask(redis, EndSession(hash="7"), patience=timedelta(seconds=3))  # which nobody answers


async def _answer(redis: Store, _: int) -> None:
    result = Result(hash="7", outcome=Outcome.DONE, at=NOW)
    await bus.answer(redis, ACCOUNT, "request", Carried(results=(result,)))


WRITES = [
    (_add, keys.events(ACCOUNT), b"XADD"),
    (_add_in_a_transaction, keys.events(ACCOUNT), b"XADD"),
    (_publish, keys.events(ACCOUNT), b"EVALSHA"),
    (_request, keys.commands(ACCOUNT), b"XADD"),
    (_answer, keys.reply(ACCOUNT, "request"), b"XADD"),
]


@pytest.mark.parametrize("stalls", [False, True], ids=["at once", "after a while"])
@pytest.mark.parametrize(("write", "stream", "sends"), WRITES, ids=[write.__name__ for write, _, _ in WRITES])
async def test_a_write_whose_reply_is_lost_is_there_once_and_its_writer_knows_that_it_may_be(
    far: Store,
    near: Store,
    network: Proxy,
    fence: int,
    write: Callable[[Store, int], Awaitable[None]],
    stream: str,
    sends: bytes,
    stalls: bool,
) -> None:
    await bus.publish(near, ACCOUNT, fence, [report(0)])  # the script is known there
    await near.delete(keys.events(ACCOUNT))
    await far.ping()
    network.drop_replies(1, to=sends)
    network.delay_replies(0.1 if stalls else 0)
    with pytest.raises((RedisError, NoReplyError)):
        await write(far, fence)
    assert network.replies_to_lose == 0
    assert await near.xlen(stream) == 1
    network.delay_replies(0)
    await serves(far)
    assert await near.xlen(stream) == 1


@pytest.mark.parametrize(("write", "stream"), [case[:2] for case in WRITES], ids=[case[0].__name__ for case in WRITES])
async def test_a_write_that_is_cancelled_while_its_reply_is_on_its_way_is_there_once(
    far: Store,
    near: Store,
    network: Proxy,
    fence: int,
    write: Callable[[Store, int], Awaitable[None]],
    stream: str,
) -> None:
    await bus.publish(near, ACCOUNT, fence, [report(0)])
    await near.delete(keys.events(ACCOUNT))
    await far.ping()
    network.delay_replies(0.15)
    async with running(write(far, fence)) as writing:  # type: ignore[arg-type]

        async def arrived() -> bool:
            return bool(await near.xlen(stream))

        await eventually(arrived)
        writing.cancel()
        await asyncio.wait({writing}, timeout=HEEDED_SECONDS)
        assert writing.cancelled()
    network.delay_replies(0)
    await serves(far)
    assert await near.xlen(stream) == 1
