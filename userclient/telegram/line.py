"""The line to Telegram: the one door through which requests leave, and no request leaves it later than it should."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import structlog
from telethon import TelegramClient
from telethon.tl import functions

from core.cancellation import heeding_cancellation
from userclient.telegram.translate import NO_ANSWER, telegrams_errors, telethons_cancellations
from userclient.trouble import UnreachableError

log = structlog.get_logger()

ANSWER_SECONDS = 8.0  # a request unanswered for so long counts as unreachable; below a command's deadline
HANG_UP_SECONDS = 3.0


class Line:
    """Connects when something is to be asked, with a new client each time; Telethon itself never reconnects.

    Telethon keeps a request that nobody waits for any more, and sends it again after a reconnect: an ending that
    was reported as failed would happen minutes later. So a request that is not answered in time takes its whole
    client with it. `prepare` is called with each new client, before it connects; `seconds_left` tells how long the
    session may still be used, and nothing leaves when that is over.
    """

    def __init__(
        self,
        make: Callable[[], TelegramClient],
        *,
        prepare: Callable[[TelegramClient], None],
        seconds_left: Callable[[], float],
    ) -> None:
        self._make = make
        self._prepare = prepare
        self._seconds_left = seconds_left
        self._client: TelegramClient | None = None
        #: The limits of those who wait for an answer on the present connection.
        self._waiting: set[asyncio.Timeout] = set()
        self._lock = asyncio.Lock()
        #: Called when the connection is lost, so that it is soon made anew and what was missed is looked up.
        self.on_loss: Callable[[], None] = lambda: None

    async def ask(self, request: Any, *, seconds: float = ANSWER_SECONDS) -> Any:
        """The answer, or one of the errors of `trouble`; after UnreachableError the request can't arrive any more,
        but may have arrived before if it `was_sent`.
        """
        client = None
        left = self._check_lease()
        try:
            with telegrams_errors():
                try:
                    async with asyncio.timeout(min(seconds, left)) as limit:
                        with telethons_cancellations():
                            client = await self._connected()
                            with _among(self._waiting, limit):
                                return await client(request)
                except NO_ANSWER:
                    if client:
                        await self._drop(client)
                    raise
        except UnreachableError as error:
            error.was_sent = client is not None  # what has no connection yet was handed to nobody
            raise

    async def close_in_time(self) -> None:
        """Ask Telegram to close the present connection, if there is one, when the session may no longer be used, and
        not to wait for us: a frozen machine, or one that vanished, can't disconnect.

        Raises the errors of `trouble`.
        """
        if self._client is not None:
            await self.ask(self._closing())

    def _closing(self) -> functions.PingDelayDisconnectRequest:
        # Telegram restarts its timer at each of these, but not at Telethon's own plain pings
        # (core.telegram.org/mtproto/service_messages).
        seconds = max(1, int(self._seconds_left()))
        return functions.PingDelayDisconnectRequest(ping_id=random.getrandbits(63), disconnect_delay=seconds)

    def _check_lease(self) -> float:
        if (left := self._seconds_left()) <= 0:
            raise UnreachableError("no lease", was_sent=False)
        return left

    async def hang_up(self) -> None:
        """Disconnect for good."""
        self.on_loss = lambda: None
        async with self._lock:
            client, self._client = self._client, None
            if client:
                await _cut(client)

    async def _connected(self) -> TelegramClient:
        # Under a lock, and the client is kept only when connect() has returned: one that was cut short answers
        # requests but never hands on an update.
        async with self._lock:
            if self._client is not None and self._client.is_connected():
                return self._client
            if self._client is not None:
                await close(self._client)
                self._client = None
            client = self._make()
            self._prepare(client)
            try:
                with heeding_cancellation():
                    await client.connect()
                self._check_lease()  # connecting was slow, or this machine slept meanwhile
                await client(self._closing())
                _leave_nothing_behind(client)
            except BaseException:
                await _cut(client)
                raise
            self._client, self._waiting = client, set()
            client.disconnected.add_done_callback(partial(self._lost, self._waiting))
            return client

    async def _drop(self, client: TelegramClient) -> None:
        async with self._lock:
            if self._client is client:
                self._client = None
            await _cut(client)

    def _lost(self, waiting: set[asyncio.Timeout], ended: asyncio.Future[None]) -> None:
        if not ended.cancelled():
            log.info("connection_lost", error=type(ended.exception()).__name__)
        for limit in waiting:  # Telethon may leave them waiting for ever
            with suppress(RuntimeError):  # its time is up already
                limit.reschedule(0)
        self.on_loss()


@contextmanager
def _among(waiting: set[asyncio.Timeout], limit: asyncio.Timeout) -> Iterator[None]:
    waiting.add(limit)
    try:
        yield
    finally:
        waiting.discard(limit)


async def close(client: TelegramClient) -> None:
    """Disconnect a client."""
    with suppress(Exception):  # it is of no more use either way
        async with asyncio.timeout(HANG_UP_SECONDS):
            await client.disconnect()


def _leave_nothing_behind(client: TelegramClient) -> None:
    """However the connection is closed, let the kernel throw away what it has not sent: it would go on trying to
    deliver it for minutes, long after the owner was told that it did not happen.
    """
    writer = client._sender._connection._writer  # noqa: SLF001 - Telethon shows its socket in no other way
    reset_on_close = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 seconds
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset_on_close)


async def _cut(client: TelegramClient) -> None:
    """Disconnect a client, what it has not sent yet thrown away."""
    writer = getattr(client._sender._connection, "_writer", None)  # noqa: SLF001 - as above
    if writer is not None:
        writer.transport.abort()
    await close(client)
    ended = client._sender._disconnected  # noqa: SLF001 - as above
    if ended.done() and not ended.cancelled():
        ended.exception()  # told by whoever asked: asyncio would log it as one that nobody heeded
