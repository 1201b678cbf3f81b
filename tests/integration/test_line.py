"""The worker's line to Telegram over a bad network: a real sandbox behind a proxy that stalls and cuts."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from telethon.tl import functions

from sandbox.people import Authorization, now
from sandbox.running import Sandbox
from sandbox.running import running as sandbox_running
from sandbox.seed import ACCOUNT_ID, PHONE, seed
from sandbox.world import World
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.guard import Guard, connected
from userclient.telegram.sign_in import signing_in
from userclient.trouble import GuardLostError, UnreachableError

SOON = 0.6  # seconds: long enough for an answer on loopback, short enough to wait for


class Proxy:
    """Stands between client and server."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = {"up": asyncio.Event(), "down": asyncio.Event()}
        for flow in self._flowing.values():
            flow.set()
        self.port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Proxy]:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)  # what it does not read waits at the client's
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        server = await asyncio.start_server(self._serve, sock=listener, limit=1024)
        try:
            yield self
        finally:
            server.close()
            self.flow()
            self.cut()
            await server.wait_closed()

    def stall(self, way: str) -> None:
        """Hold back what goes this way."""
        self._flowing[way].clear()

    def flow(self) -> None:
        """Let all go on."""
        for flow in self._flowing.values():
            flow.set()

    def cut(self) -> None:
        """Cut every connection at once; what was held back on it is lost."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection(*self._behind)
        self._writers |= {writer, behind_writer}
        async with asyncio.TaskGroup() as pumps:
            pumps.create_task(self._pump(reader, behind_writer, "up"))
            pumps.create_task(self._pump(behind_reader, writer, "down"))
        self._writers -= {writer, behind_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        try:
            while True:
                await self._flowing[way].wait()
                data = await reader.read(512)
                if not data:
                    break
                await self._flowing[way].wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandbox_running(seed(World())) as running:
        yield running


@pytest.fixture
async def proxy(sandbox: Sandbox) -> AsyncIterator[Proxy]:
    async with Proxy(sandbox.mtproto.host, sandbox.mtproto.port).listening() as listening:
        yield listening


@pytest.fixture
async def guard(sandbox: Sandbox, proxy: Proxy) -> AsyncIterator[Guard]:
    """A guard session two days old, connected through the proxy."""
    settings: dict[str, Any] = {
        "api_id": 1,
        "api_hash": "x",
        "secret_key": "k" * 40,
        "mtproto_server": f"127.0.0.1:{proxy.port}",
        "mtproto_public_key": sandbox.mtproto.public_key,
    }
    worker = UserclientSettings(_env_file=None, **settings)
    async with signing_in(worker) as attempt:
        await attempt.request_code(PHONE)
        signed_in = await attempt.enter_code(sandbox.mtproto.login_code(PHONE) or "")
    for authorization in sandbox.world.person(ACCOUNT_ID).authorizations.values():
        if authorization.device_model == DEVICE_MODEL:
            sandbox.world.change(authorization, date_created=now() - timedelta(days=2), unconfirmed=False)
    async with connected(worker, signed_in.session) as guard:
        yield guard


@pytest.fixture
def victim(sandbox: Sandbox) -> Authorization:
    return next(iter(sandbox.world.person(ACCOUNT_ID).authorizations.values()))


async def test_an_ending_that_got_no_answer_never_happens_later(
    sandbox: Sandbox, proxy: Proxy, guard: Guard, victim: Authorization
) -> None:
    proxy.stall("up")
    with pytest.raises(UnreachableError):
        await guard.end(str(victim.hash), seconds=SOON)
    proxy.cut()  # what was held back is lost; only the client could send it again
    proxy.flow()
    assert str(victim.hash) in (await guard.roster()).hashes()
    await guard.stay_awake()
    assert "account.resetAuthorization" not in {call.method for call in sandbox.world.calls.calls}


async def test_an_ending_that_waits_in_the_kernels_buffer_does_not_leave_it_later(
    sandbox: Sandbox, proxy: Proxy, guard: Guard, victim: Authorization
) -> None:
    await guard.stay_awake()
    proxy.stall("up")
    others = [asyncio.ensure_future(guard.line.ask(_long())) for _ in range(60)]  # they fill the way
    with pytest.raises(UnreachableError):
        await guard.end(str(victim.hash), seconds=SOON)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    proxy.flow()
    assert str(victim.hash) in (await guard.roster()).hashes()
    assert "account.resetAuthorization" not in {call.method for call in sandbox.world.calls.calls}


async def test_a_request_that_telethon_gives_up_is_unreachable_and_no_silent_end(proxy: Proxy, guard: Guard) -> None:
    proxy.stall("down")
    asking = asyncio.ensure_future(guard.roster())
    await asyncio.sleep(0)
    proxy.cut()
    with pytest.raises(UnreachableError):
        await asking
    proxy.flow()
    assert (await guard.roster()).guard


async def test_after_a_connection_that_was_cut_short_pushes_still_come(
    sandbox: Sandbox, proxy: Proxy, guard: Guard
) -> None:
    noticed: asyncio.Queue[str] = asyncio.Queue()
    guard.on_login(lambda push: noticed.put_nowait(push.device) if push else None)
    proxy.cut()
    proxy.stall("down")
    with pytest.raises(UnreachableError):
        await guard.line.ask(_state(), seconds=SOON)
    proxy.flow()
    await guard.roster()
    sandbox.world.log_in(Authorization(user_id=ACCOUNT_ID, device_model="Thief", unconfirmed=True))
    async with asyncio.timeout(5):
        assert await noticed.get() == "Thief"


async def test_a_lost_connection_is_told_at_once(proxy: Proxy, guard: Guard) -> None:
    lost = asyncio.Event()
    guard.on_login(lambda push: lost.set() if push is None else None)
    proxy.cut()
    async with asyncio.timeout(5):
        await lost.wait()
    assert (await guard.roster()).guard


async def test_many_ask_at_once_over_one_new_connection(sandbox: Sandbox, proxy: Proxy, guard: Guard) -> None:
    lost = asyncio.Event()
    guard.on_login(lambda push: lost.set() if push is None else None)
    proxy.cut()
    async with asyncio.timeout(5):
        await lost.wait()
    rosters = await asyncio.gather(*[guard.roster() for _ in range(5)])
    assert len({len(roster.sessions) for roster in rosters}) == 1
    assert len(sandbox.mtproto.past_connections) == 2  # the sign-in's, and the one that was cut
    assert len(sandbox.mtproto.connections) == 1


async def test_a_key_that_telegram_has_forgotten_is_a_lost_guard(sandbox: Sandbox, guard: Guard) -> None:
    own = next(a for a in sandbox.world.person(ACCOUNT_ID).authorizations.values() if a.device_model == DEVICE_MODEL)
    sandbox.world.log_out(own)
    with suppress(UnreachableError):  # Telegram cuts the connection of a session that was ended
        await guard.roster()
    with pytest.raises(GuardLostError):
        await guard.roster()


def _state() -> Any:
    return functions.updates.GetStateRequest()


def _long() -> Any:
    return functions.help.GetAppUpdateRequest(source=secrets.token_hex(3000))
