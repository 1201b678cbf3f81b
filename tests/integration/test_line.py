"""The worker's line to Telegram over a bad network: a real sandbox behind a proxy that stalls and cuts."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from telethon.tl import functions

from core.settings import SettingsError
from sandbox.people import Authorization
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.guard import Guard, connected
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
async def proxy(sandbox: Sandbox) -> AsyncIterator[Proxy]:
    async with Proxy(sandbox.mtproto.host, sandbox.mtproto.port).listening() as listening:
        yield listening


@pytest.fixture
def worker(sandbox: Sandbox, proxy: Proxy) -> UserclientSettings:
    """A worker's settings, its way to Telegram through the proxy."""
    return settings_for(sandbox, port=proxy.port)


@pytest.fixture
async def kept(sandbox: Sandbox, worker: UserclientSettings) -> GuardSession:
    return await sign_in(sandbox, worker)


@pytest.fixture
async def new_guard(worker: UserclientSettings, kept: GuardSession, lease: Lease) -> AsyncIterator[Guard]:
    """That session's guard, under a lease that lasts."""
    async with connected(worker, kept, lease) as guard:
        yield guard


@pytest.fixture
async def guard(new_guard: Guard) -> Guard:
    """The same, connected."""
    await new_guard.roster()
    return new_guard


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


async def test_what_was_handed_to_a_connection_may_have_arrived(proxy: Proxy, guard: Guard) -> None:
    await guard.stay_awake()
    proxy.stall("up")
    with pytest.raises(UnreachableError) as caught:
        await guard.line.ask(_state(), seconds=SOON)
    assert caught.value.was_sent


@pytest.mark.parametrize("way", ["up", "down"])
async def test_what_no_connection_was_made_for_never_left(
    sandbox: Sandbox, proxy: Proxy, guard: Guard, victim: Authorization, way: str
) -> None:
    lost = asyncio.Event()
    guard.on_login(lambda push: lost.set() if push is None else None)
    await guard.stay_awake()
    proxy.stall(way)
    proxy.cut()
    async with asyncio.timeout(5):
        await lost.wait()
    with pytest.raises(UnreachableError) as caught:
        await guard.end(str(victim.hash), seconds=SOON)
    assert not caught.value.was_sent
    proxy.flow()
    assert str(victim.hash) in (await guard.roster()).hashes()
    assert "account.resetAuthorization" not in {call.method for call in sandbox.world.calls.calls}


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


async def test_before_anything_is_asked_nothing_is_connected(sandbox: Sandbox, new_guard: Guard) -> None:
    async def hung_up() -> bool:
        return sandbox.mtproto.connections == ()

    await eventually(hung_up)  # who signed in did
    before = len(sandbox.mtproto.all_connections)
    await new_guard.line.close_in_time()
    assert len(sandbox.mtproto.all_connections) == before
    await new_guard.stay_awake()
    assert len(sandbox.mtproto.connections) == 1


@pytest.mark.parametrize(("last_name", "name"), [("", "Demo account"), ("Lovelace", "Demo account Lovelace")])
async def test_the_first_roster_tells_the_accounts_name_and_no_other_asks_for_it(
    sandbox: Sandbox, new_guard: Guard, last_name: str, name: str
) -> None:
    def times_asked() -> int:
        return [call.method for call in sandbox.world.calls.calls].count("users.getUsers")

    sandbox.world.person(ACCOUNT_ID).last_name = last_name
    assert (new_guard.account, new_guard.account_name) == (ACCOUNT_ID, "")
    await new_guard.roster()
    assert new_guard.account_name == name
    before = times_asked()
    await new_guard.roster()
    assert times_asked() == before


async def test_another_accounts_session_is_refused_in_a_line_that_says_what_to_change(
    sandbox: Sandbox, worker: UserclientSettings, kept: GuardSession, lease: Lease
) -> None:
    wrong = GuardSession(account=ACCOUNT_ID + 1, session=kept.session)
    async with connected(worker, wrong, lease) as guard:
        for _ in range(2):
            with pytest.raises(SettingsError, match="Set ACCOUNT") as caught:
                await guard.roster()
    assert str(ACCOUNT_ID) in str(caught.value)
    assert kept.session not in str(caught.value)
    assert "account.getAuthorizations" not in {call.method for call in sandbox.world.calls.calls}


class Lasting:
    """A lease of so many seconds as a test says, for a line's eyes."""

    def __init__(self, seconds_left: float) -> None:
        self.seconds_left = seconds_left


@asynccontextmanager
async def leased(worker: UserclientSettings, kept: GuardSession, lasting: Lasting) -> AsyncIterator[Guard]:
    async with connected(worker, kept, cast("Lease", lasting)) as guard:
        yield guard


@pytest.mark.parametrize("left", [0.0, -1.0])
async def test_without_a_lease_nothing_leaves_and_nothing_connects(
    sandbox: Sandbox, worker: UserclientSettings, kept: GuardSession, victim: Authorization, left: float
) -> None:
    before = len(sandbox.mtproto.all_connections)
    async with leased(worker, kept, Lasting(left)) as guard:
        for asking in (guard.roster, guard.stay_awake, guard.log_out, lambda: guard.end(str(victim.hash))):
            with pytest.raises(UnreachableError, match="no lease") as caught:
                await asking()
            assert not caught.value.was_sent
        await guard.line.close_in_time()  # nothing is connected
    assert len(sandbox.mtproto.all_connections) == before


async def test_on_a_connection_that_is_there_nothing_leaves_either_once_the_lease_is_over(
    sandbox: Sandbox, worker: UserclientSettings, kept: GuardSession, victim: Authorization
) -> None:
    lasting = Lasting(60)
    async with leased(worker, kept, lasting) as guard:
        await guard.roster()
        lasting.seconds_left = 0
        with pytest.raises(UnreachableError, match="no lease"):
            await guard.end(str(victim.hash))
        lasting.seconds_left = 60
        assert str(victim.hash) in (await guard.roster()).hashes()


async def test_no_answer_is_waited_for_beyond_the_lease(
    proxy: Proxy, worker: UserclientSettings, kept: GuardSession
) -> None:
    lasting = Lasting(60)
    async with leased(worker, kept, lasting) as guard:
        await guard.roster()
        lasting.seconds_left = SOON
        proxy.stall("down")
        async with asyncio.timeout(SOON + 3):  # less than ANSWER_SECONDS
            with pytest.raises(UnreachableError):
                await guard.roster()
        proxy.flow()


async def test_telegram_itself_closes_the_connection_of_a_worker_that_froze(
    sandbox: Sandbox, proxy: Proxy, worker: UserclientSettings, kept: GuardSession
) -> None:
    async with leased(worker, kept, Lasting(1.5)) as guard:
        await guard.stay_awake()
        [connection] = sandbox.mtproto.connections
        proxy.stall("up")  # not a word comes from it any more, not even that it is gone

        async def closed() -> bool:
            return sandbox.mtproto.connections == ()

        await eventually(closed)
        assert datetime.now(UTC) - connection.since < timedelta(seconds=5)
        proxy.flow()


async def test_a_renewed_lease_puts_that_off(
    sandbox: Sandbox, proxy: Proxy, worker: UserclientSettings, kept: GuardSession
) -> None:
    lasting = Lasting(1.5)
    async with leased(worker, kept, lasting) as guard:
        await guard.stay_awake()
        [connection] = sandbox.mtproto.connections
        lasting.seconds_left = 60
        await guard.line.close_in_time()

        async def later() -> bool:
            return datetime.now(UTC) - connection.since > timedelta(seconds=2)

        await eventually(later)
        [still] = sandbox.mtproto.connections
        assert still.since == connection.since


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
    # Of the few that the guard may ask, one that can be made long.
    return functions.InitConnectionRequest(1, secrets.token_hex(3000), "1", "1", "en", "", "en", _state())
