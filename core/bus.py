"""The link between the processes: publish, request and answer over Redis streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError, ResponseError

from core import scripts
from core.connection import BLOCK_MS, Store
from core.contract import keys
from core.contract.codec import Codec, Packing, ReportCodec, RequestCodec
from core.contract.commands import Command, Request
from core.contract.events import Report
from core.contract.replies import CheckupFetched, Reply, RosterFetched
from core.contract.signing import Signed, place_of
from core.domain.history import Entry

#: Entries that a stream keeps, about. An event has 1 kB at the most usual, a command 0.2, an entry of the history 0.9:
#: a busy account makes 500 of those in a year.
EVENTS_MOST, COMMANDS_MOST, HISTORY_MOST = 1_000, 200, 3_000
LIST_KEPT_MS, OUTCOME_KEPT_MS = 60_000, 3_600_000
PATIENCE = timedelta(seconds=10)
RETRY_SECONDS = 0.5


REPLIES: Packing[Reply] = Codec(Reply)
ENTRIES: Packing[Entry] = Codec(Entry)


class NoReplyError(Exception):
    """No reply came before the deadline; the command can't be begun any more, but may have been carried out."""


async def redis_now(redis: Store) -> datetime:
    """The time by Redis's clock, the one clock that both processes share."""
    return from_redis_time(await redis.time())


def from_redis_time(time: tuple[int, int]) -> datetime:
    """What TIME answered."""
    seconds, microseconds = time
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


class FencedError(RedisError):
    """Redis refused a write, for the lease is not the writer's any more, or is not known."""


async def publish(
    redis: Store,
    account: int,
    fence: int,
    reports: Iterable[Report],
    *,
    store: Mapping[str, bytes] | None = None,
    history: Iterable[Entry] = (),
) -> None:
    """Add reports to the account's stream, entries to its history, and set the keys of `store`, which are signed, all
    in one atomic step.

    Raises FencedError if the account's lease is not held under the number `fence`; RedisError.
    """
    signed = {key: redis.signer.wrap(key, value) for key, value in (store or {}).items()}
    names = [keys.lease(account), keys.events(account), keys.history(account), *signed]
    events, annals = reports_of(redis, account), history_of(redis, account)
    entries = [(names.index(keys.events(account)) + 1, events.pack(report)) for report in reports]
    entries += [(names.index(keys.history(account)) + 1, annals.pack(entry)) for entry in history]
    flat: list[str | bytes] = []
    for stream, packed in entries:
        fields = [part for pair in packed.items() for part in pair]
        flat += [str(stream), str(len(fields)), *fields]
    try:
        await scripts.load(redis, __name__, "publish")(
            keys=names, args=[fence, EVENTS_MOST, HISTORY_MOST, *signed.values(), *flat]
        )
    except ResponseError as error:
        if str(error).startswith("FENCED"):
            raise FencedError(str(error)) from None
        raise


def reports_of(redis: Store, account: int) -> Packing[Report]:
    """How the entries of the account's event stream are read and written."""
    return Signed(ReportCodec(account), redis.signer, keys.events(account))


def history_of(redis: Store, account: int) -> Packing[Entry]:
    """How the entries of the account's history are read and written."""
    return Signed(ENTRIES, redis.signer, keys.history(account))


def requests_to(redis: Store, account: int) -> Packing[Request]:
    """How the entries of the account's command stream are read and written."""
    return Signed(RequestCodec(), redis.signer, keys.commands(account))


def _reply_to(redis: Store, account: int, request_id: str) -> Packing[Reply]:
    # Signed for the stream of this one request: no other's answer can be put there.
    return Signed(REPLIES, redis.signer, keys.reply(account, request_id))


async def new_request(redis: Store, command: Command, *, owner: int, patience: timedelta = PATIENCE) -> Request:
    """A request that may be carried out from now until `patience` is over. Raises RedisError."""
    return Request(id=uuid4().hex, owner=owner, deadline=await redis_now(redis) + patience, command=command)


async def request(
    redis: Store, account: int, sent: Request, *, patience: timedelta = PATIENCE, note: bytes | None = None
) -> Reply:
    """Ask the account's worker and wait for its reply as long as the request may be carried out: for `patience`, that
    it was made with, through outages of Redis.

    `note` is kept beside the request, in one step with it, until `settle` is called: it tells after a crash that
    somebody waits for the outcome. Raises NoReplyError at the end of it, when it can't be begun any more; RedisError if
    it was not sent; MalformedError for a reply that can't be read.
    """
    ends_at = time.monotonic() + patience.total_seconds()
    await _send(redis, account, sent, note)
    while (left := ends_at - time.monotonic()) > 0:
        try:
            # Redis ends the wait, never a cancelled read: that could hand this reply to the connection's next user.
            if reply := await reply_to(redis, account, sent.id, block_ms=min(BLOCK_MS, round(left * 1000) + 1)):
                return reply
        except RedisError:
            await asyncio.sleep(min(RETRY_SECONDS, left))
    raise NoReplyError


async def _send(redis: Store, account: int, sent: Request, note: bytes | None) -> None:
    """Raises RedisError if it was surely not sent."""
    entry: Any = requests_to(redis, account).pack(sent)
    try:
        async with redis.pipeline(transaction=True) as pipe:
            if note is not None:
                presses = keys.presses(account)
                pipe.hset(presses, sent.id, redis.signer.wrap(place_of(presses, sent.id), note))
            pipe.xadd(keys.commands(account), entry, maxlen=COMMANDS_MOST, approximate=True)
            *_, added = await pipe.execute(raise_on_error=False)
    except ResponseError:
        raise  # Redis refused all of it
    except RedisError:
        return  # it may be on its way
    if isinstance(added, Exception):
        raise added


async def reply_to(redis: Store, account: int, request_id: str, *, block_ms: int | None = None) -> Reply | None:
    """The reply to a request, waited for as long as told. Raises MalformedError, RedisError."""
    found: Any = await redis.xread({keys.reply(account, request_id): "0"}, count=1, block=block_ms)
    if not found:
        return None
    [[_, [(_, fields)]]] = found
    return _reply_to(redis, account, request_id).unpack(fields)


async def settle(redis: Store, account: int, request_id: str) -> None:
    """Whoever asked knows the outcome: forget the note."""
    await redis.hdel(keys.presses(account), request_id)


async def answer(redis: Store, account: int, request_id: str, reply: Reply) -> None:
    """Reply to a request. What was done is kept for an hour, should whoever asked have died; a list for a minute."""
    key, entry = keys.reply(account, request_id), _reply_to(redis, account, request_id).pack(reply)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd(key, entry)  # type: ignore[arg-type]
        pipe.pexpire(key, LIST_KEPT_MS if isinstance(reply, RosterFetched | CheckupFetched) else OUTCOME_KEPT_MS)
        await pipe.execute()
