"""The link between the processes: publish, request and answer over Redis streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from core.contract import keys
from core.contract.codec import Codec, Packing, RequestCodec
from core.contract.commands import Command, Reply, Request

M = TypeVar("M")

STREAM_MOST = 10_000  # entries a stream keeps, about: some 5 MB at the worst
REPLY_KEPT_MS = 60_000
PATIENCE = timedelta(seconds=10)


REQUESTS: Packing[Request] = RequestCodec()
REPLIES: Packing[Reply] = Codec(Reply)


class NoReplyError(Exception):
    """No reply came before the deadline; the command can't be begun any more, but may have been carried out."""


async def redis_now(redis: Redis) -> datetime:
    """The time by Redis's clock, the one clock that both processes share."""
    seconds, microseconds = await redis.time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


async def publish(
    redis: Redis,
    stream: str,
    values: Iterable[M],
    packing: Packing[M],
    *,
    store: Mapping[str, bytes] | None = None,
) -> None:
    """Add the values to a stream and set the keys of `store`, all in one atomic step."""
    async with redis.pipeline(transaction=True) as pipe:
        for key, data in (store or {}).items():
            pipe.set(key, data)
        for value in values:
            pipe.xadd(stream, packing.pack(value), maxlen=STREAM_MOST, approximate=True)  # type: ignore[arg-type]
        await pipe.execute()


async def request(redis: Redis, account: int, command: Command, *, owner: int, patience: timedelta = PATIENCE) -> Reply:
    """Ask the account's worker and wait for its reply.

    Raises NoReplyError at the deadline, or when Redis fails once the request may be on its way; RedisError if it
    was not sent; MalformedError for a reply that can't be read.
    """
    sent = Request(id=uuid4().hex, owner=owner, deadline=await redis_now(redis) + patience, command=command)
    entry: Any = REQUESTS.pack(sent)
    key = keys.reply(account, sent.id)
    try:
        await redis.xadd(keys.commands(account), entry, maxlen=STREAM_MOST, approximate=True)
        # Redis ends the wait, never a cancelled read: that could hand this reply to the connection's next user.
        found: Any = await redis.xread({key: "0"}, count=1, block=round(patience.total_seconds() * 1000))
    except ResponseError:
        raise  # Redis refused it: it is not on its way
    except RedisError as error:
        raise NoReplyError from error
    if not found:
        raise NoReplyError
    [[_, [(_, fields)]]] = found
    return REPLIES.unpack(fields)


async def answer(redis: Redis, account: int, request_id: str, reply: Reply) -> None:
    """Reply to a request; the reply is kept for a minute."""
    key, entry = keys.reply(account, request_id), REPLIES.pack(reply)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.xadd(key, entry)  # type: ignore[arg-type]
        pipe.pexpire(key, REPLY_KEPT_MS)
        await pipe.execute()
