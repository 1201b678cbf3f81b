"""The connection to Redis, set up against what redis-py does by default and must not do here."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, ResponseError  # noqa: A004 - redis-py's own name

from core.cancellation import heeding_cancellation
from core.contract.signing import ForgedError, Signer, place_of
from core.settings import CoreSettings, SettingsError

#: No read waits longer than this many seconds for Redis's answer, so a dead connection is noticed.
SOCKET_TIMEOUT = 15.0
#: The longest that a blocking read asks Redis to wait: well below SOCKET_TIMEOUT, or it would raise when idle.
BLOCK_MS = 5_000


def connect(settings: CoreSettings, *, name: str, most: int = 6) -> Store:
    """A client for REDIS_URL, not connected yet, of at most `most` connections; `name` shows in CLIENT LIST.

    Raises SettingsError if REDIS_URL is empty or can't be read. A connection is made when it is needed: with one
    account, bot and worker keep well within the 20 that Heroku's smallest Redis allows. Nothing is retried:
    redis-py's own retries made three entries of one XADD whose answer was lost.
    """
    url = settings.redis_url.get_secret_value()
    if not url:
        raise SettingsError("REDIS_URL is not set. Set it, or run `doorman up`, which brings a Redis of its own.")
    options: dict[str, Any] = {
        "client_name": name,
        "socket_timeout": SOCKET_TIMEOUT,
        "socket_connect_timeout": 5.0,
        "retry": Retry(NoBackoff(), 0),
        "max_connections": most,
    }
    if url.startswith("rediss://") and not settings.redis_tls_verify:
        options |= {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
    if not url.startswith("unix://"):
        options["socket_keepalive"] = True
    # A pool that lets callers wait for their turn: many presses at once are no outage.
    try:
        pool: Any = BlockingConnectionPool.from_url(url, timeout=SOCKET_TIMEOUT, **options)
    except (ValueError, TypeError):  # its message may repeat the password
        raise SettingsError("REDIS_URL is wrong: redis-py can't read it. See .env.example.") from None
    pool.connection_class = CAREFUL[pool.connection_class]
    store = cast("Store", Store.from_pool(pool))
    store.signer = Signer(settings.keyring.derive("doorman words in Redis"))
    return store


class _Client(Redis):
    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        with heeding_cancellation():
            return await super().execute_command(*arguments, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class Store(_Client):
    """Our Redis, and what signs the words that we leave there."""

    signer: Signer

    async def get_signed(self, key: str) -> bytes | None:
        """What `set_signed` left there. Raises ForgedError, RedisError."""
        wrapped = cast("bytes | None", await self.get(key))
        return None if wrapped is None else self.signer.unwrap(key, wrapped)

    async def set_signed(self, key: str, data: bytes) -> None:
        """Raises RedisError."""
        await self.set(key, self.signer.wrap(key, data))

    async def hget_signed(self, key: str, field: str) -> bytes | None:
        """What `hset_signed` left there. Raises ForgedError, RedisError."""
        try:
            wrapped = cast("bytes | None", await self.hget(key, field))
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            await self.delete(key)  # or nothing could be noted there ever again
            raise ForgedError("another kind of value") from None
        return None if wrapped is None else self.signer.unwrap(place_of(key, field), wrapped)

    async def hset_signed(self, key: str, field: str, data: bytes) -> None:
        """Raises RedisError."""
        await self.hset(key, field, self.signer.wrap(place_of(key, field), data))


class _Pipeline(Pipeline):
    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        with heeding_cancellation():
            results: list[Any] = await super().execute(raise_on_error)
            return results


class _Careful:
    """What redis-py's connections do not heed by themselves."""

    async def can_read(self) -> bool:
        """Asked before the pool hands a connection on. Raises ConnectionError for one that is gone: redis-py notices
        a polite end, but no reset, and the next command would fail though Redis is there.
        """
        reader: asyncio.StreamReader | None = self._reader  # type: ignore[attr-defined]
        if reader is None or reader.at_eof() or reader.exception():
            raise ConnectionError("the connection ended while nobody used it")
        return bool(await super().can_read())  # type: ignore[misc]

    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        """After a failover the old primary goes on answering, READONLY to each write: leave it, and dial anew."""
        try:
            return await super().read_response(*arguments, **options)  # type: ignore[misc]
        except ReadOnlyError:
            await self.disconnect(nowait=True)
            raise

    async def disconnect(self, *_: Any, **options: Any) -> None:
        """Never wait for the other side's end of TLS: one that is stalled would hold up our own end."""
        await super().disconnect(**options | {"nowait": True})  # type: ignore[misc]

    async def send_packed_command(self, *arguments: Any, **options: Any) -> None:
        """If it is cancelled as the sending ends, nobody will read the answer: the connection is of no more use."""
        try:
            with heeding_cancellation():
                await super().send_packed_command(*arguments, **options)  # type: ignore[misc]
        except asyncio.CancelledError:
            await self.disconnect(nowait=True)
            raise


class _Tcp(_Careful, Connection):
    pass


class _Tls(_Careful, SSLConnection):
    pass


class _Unix(_Careful, UnixDomainSocketConnection):
    pass


CAREFUL: dict[type, type] = {Connection: _Tcp, SSLConnection: _Tls, UnixDomainSocketConnection: _Unix}
