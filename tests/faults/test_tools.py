"""The tools that break things, each on its own: what it breaks is broken, and mended again."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from tests.e2e.house import until
from tests.faults import census, clocks, halting
from tests.faults.proxy import Proxy
from tests.faults.redis_server import RedisServer

SOON = 0.3  # seconds: much longer than an answer on loopback takes


@pytest.fixture(scope="module")
def stored() -> Iterator[RedisServer]:
    """A server that keeps its data."""
    with RedisServer(persist=True) as server:
        yield server


@pytest.fixture
def server(stored: RedisServer) -> RedisServer:
    stored.empty()
    return stored


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", server.port)) as proxy:
        yield proxy


@pytest.fixture
def connect() -> Iterator[Callable[[str], Redis]]:
    """Clients that try once and wait a moment."""
    clients: list[Redis] = []

    def make(url: str) -> Redis:
        clients.append(Redis.from_url(url, socket_timeout=SOON, retry=Retry(NoBackoff(), 0), decode_responses=True))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(proxy: Proxy, connect: Callable[[str], Redis]) -> Redis:
    return connect(proxy.redis_url)


# The proxy.


def test_what_is_sent_through_the_proxy_arrives(server: RedisServer, client: Redis) -> None:
    big = "x" * 1_000_000
    client.set("key", big)
    assert server.run("GET", "key") == client.get("key") == big


def test_a_cut_is_a_reset_and_a_new_connection_works(proxy: Proxy, client: Redis) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as bare:
        until("the connection", lambda: proxy.connected == 1)
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            bare.recv(1)
    until("its end", lambda: proxy.connected == 0)
    assert client.ping()


def test_who_is_refused_learns_it_at_once_and_who_is_connected_stays(
    proxy: Proxy, client: Redis, connect: Callable[[str], Redis]
) -> None:
    client.ping()
    proxy.refuse()
    other = connect(proxy.redis_url)
    with pytest.raises(RedisConnectionError):
        other.ping()
    assert client.ping()
    proxy.accept()
    assert other.ping()


def test_what_is_stalled_on_the_way_up_is_done_when_it_flows_again(
    server: RedisServer, proxy: Proxy, connect: Callable[[str], Redis]
) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as bare:
        bare.settimeout(5)
        proxy.stall("up")
        bare.sendall(b"SET key late\r\n")
        time.sleep(SOON)
        assert server.run("EXISTS", "key") == 0
        proxy.flow()
        assert bare.recv(100) == b"+OK\r\n"


def test_what_is_stalled_on_the_way_up_is_lost_by_a_cut(server: RedisServer, proxy: Proxy, client: Redis) -> None:
    client.ping()
    proxy.stall("up")
    with socket.create_connection(("127.0.0.1", proxy.port)) as bare:
        bare.sendall(b"SET key never\r\n")
        until("the connection", lambda: proxy.connected == 2)
        proxy.cut()
        until("its end", lambda: proxy.connected == 0)
    proxy.flow()
    client.ping()
    assert server.run("EXISTS", "key") == 0


def test_what_is_stalled_on_the_way_down_was_done(server: RedisServer, proxy: Proxy, client: Redis) -> None:
    client.ping()
    proxy.stall("down")
    with pytest.raises(RedisTimeoutError):
        client.set("key", "done")
    assert server.run("GET", "key") == "done"
    proxy.flow()
    assert client.ping()


def test_a_slow_network_and_slow_replies_take_their_time(proxy: Proxy, client: Redis) -> None:
    def seconds() -> float:
        begun = time.monotonic()
        client.ping()
        return time.monotonic() - begun

    seconds()
    assert seconds() < 0.1
    proxy.slow(0.05)
    assert seconds() >= 0.1
    proxy.delay_replies(0.1)
    assert seconds() >= 0.2
    proxy.slow(0)
    assert 0.1 <= seconds() < 0.2
    proxy.delay_replies(0)
    assert seconds() < 0.1


def test_a_dropped_reply_is_of_a_write_that_was_done(server: RedisServer, proxy: Proxy, client: Redis) -> None:
    client.ping()
    proxy.drop_replies(2)
    for _ in range(2):
        with pytest.raises(RedisConnectionError):
            client.incr("key")
        # A new connection's greeting would be the next to lose its reply.
    proxy.drop_replies(0)
    assert client.ping()
    assert server.run("GET", "key") == "1", "the second was lost with the greeting, before the write"


def test_replies_are_dropped_only_of_those_requests_that_are_named(
    server: RedisServer, proxy: Proxy, client: Redis
) -> None:
    proxy.drop_replies(2, to=b"INCR")
    for _ in range(2):
        assert client.ping()
        with pytest.raises(RedisConnectionError):
            client.incr("key")
    assert proxy.replies_to_lose == 0
    assert client.incr("key") == 3


def test_the_target_sees_the_source_address(proxy: Proxy, server: RedisServer, client: Redis) -> None:
    assert str(client.client_info()["addr"]).startswith("127.0.0.1:")
    with Proxy(("127.0.0.1", server.port), source="127.0.0.2") as other, Redis.from_url(other.redis_url) as elsewhere:
        assert str(elsewhere.client_info()["addr"]).startswith("127.0.0.2:")


def test_unix_sockets_are_proxied_both_ways_and_removed(server: RedisServer, connect: Callable[[str], Redis]) -> None:
    listen = server.folder / "proxy.sock"
    with Proxy(server.folder / "redis.sock", listen=listen) as proxy:
        client = connect(proxy.redis_url)
        assert client.set("key", "by socket")
        with socket.socket(socket.AF_UNIX) as bare:
            bare.connect(proxy.address)
            until("the connection", lambda: proxy.connected == 2)
            proxy.cut()
            assert bare.recv(1) == b""
        assert client.get("key") == "by socket"
    assert not listen.exists()


def test_a_target_that_is_away_closes_the_connection(connect: Callable[[str], Redis], tmp_path: Path) -> None:
    with Proxy(tmp_path / "nobody") as proxy, pytest.raises(RedisConnectionError):
        connect(proxy.redis_url).ping()


def test_a_closed_proxy_leaves_no_thread_and_no_connection(
    server: RedisServer, connect: Callable[[str], Redis]
) -> None:
    proxy = Proxy(("127.0.0.1", server.port))
    client = connect(proxy.redis_url)
    client.ping()
    proxy.stall()
    with pytest.raises(RedisTimeoutError):
        client.ping()
    assert server.run("CLIENT", "LIST", "TYPE", "normal").count("\n") == 2
    before = threading.active_count()
    proxy.close()
    proxy.close()
    assert threading.active_count() == before - 1
    until("its connection's end", lambda: server.run("CLIENT", "LIST", "TYPE", "normal").count("\n") == 1)
    with pytest.raises(RedisConnectionError):
        client.ping()


def test_a_polite_goodbye_passes_and_what_was_sent_before_it_arrives(server: RedisServer, proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as bare:
        until("the connection", lambda: proxy.connected == 1)
        proxy.stall("up")
        bare.sendall(b"SET key last\r\n")
    proxy.flow()
    until("the last words", lambda: server.run("GET", "key") == "last")
    until("the end", lambda: proxy.connected == 0)


def test_what_was_held_back_is_lost_by_the_reset_of_who_sent_it(server: RedisServer, proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as bare:
        bare.sendall(b"PING\r\n")
        bare.recv(100)
        proxy.stall("up")
        bare.sendall(b"SET key never\r\n")
        time.sleep(SOON)
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(SOON)
    proxy.flow()
    until("the end", lambda: proxy.connected == 0)
    assert server.run("EXISTS", "key") == 0


# Redis.


def test_data_that_is_kept_outlives_a_kill_at_the_same_address(
    server: RedisServer, connect: Callable[[str], Redis]
) -> None:
    client, by_socket = connect(server.url), connect(server.socket_url)
    client.set("key", "kept")
    server.kill()
    for one in (client, by_socket):
        with pytest.raises(RedisConnectionError):
            one.ping()
    server.start()
    assert client.get("key") == by_socket.get("key") == "kept"


def test_data_that_is_not_kept_is_gone_after_a_kill() -> None:
    with RedisServer() as server:
        server.run("SET", "key", "lost")
        server.kill()
        server.start()
        assert server.run("DBSIZE") == 0


def test_a_paused_redis_answers_when_it_is_resumed(server: RedisServer, connect: Callable[[str], Redis]) -> None:
    client = connect(server.url)
    client.ping()
    server.pause()
    try:
        with pytest.raises(RedisTimeoutError):
            client.set("key", "late")
    finally:
        server.resume()
    until("what was sent meanwhile", lambda: client.get("key") == "late")


@pytest.mark.parametrize("lose", [RedisServer.empty, RedisServer.lose_data])
def test_all_data_can_go(server: RedisServer, lose: Callable[[RedisServer], None]) -> None:
    server.run("SET", "key", "gone")
    lose(server)
    assert server.run("DBSIZE") == 0
    assert server.run("SET", "key", "new")


def test_one_key_can_go(server: RedisServer) -> None:
    server.run("MSET", "gone", "1", "stays", "1")
    assert server.delete("gone") == 1
    assert server.delete("gone") == 0
    assert server.run("KEYS", "*") == ["stays"]


def test_a_read_only_redis_keeps_its_data_and_refuses_writes(
    server: RedisServer, connect: Callable[[str], Redis]
) -> None:
    client = connect(server.url)
    client.set("key", "kept")
    server.read_only()
    try:
        with pytest.raises(ReadOnlyError):
            client.set("key", "new")
        assert client.get("key") == "kept"
    finally:
        server.writable()
    assert client.get("key") == "kept"
    assert client.set("key", "new")


def test_a_full_redis_refuses_writes_and_evicts_nothing(server: RedisServer, connect: Callable[[str], Redis]) -> None:
    client = connect(server.url)
    client.set("key", "kept")
    server.fill()
    try:
        with pytest.raises(OutOfMemoryError):
            client.set("key", "new")
        assert client.get("key") == "kept"
    finally:
        server.relieve()
    assert client.set("key", "new")


@pytest.mark.parametrize("state", [RedisServer.kill, RedisServer.pause])
def test_a_closed_redis_leaves_no_process_and_no_file(state: Callable[[RedisServer], None]) -> None:
    server = RedisServer(persist=True)
    pid = server.run("INFO", "server")["process_id"]
    state(server)
    server.close()
    assert not psutil.pid_exists(pid)
    assert not server.folder.exists()


# Halting.

PRODUCT = """
import asyncio
from dataclasses import dataclass
from product.parts import note, quiet

@dataclass(frozen=True, slots=True)
class Work:
    async def step(self, number):
        await asyncio.sleep(0)
        note(f"did {number}")

    @staticmethod
    def still(number):
        note(f"still {number}")

async def run():
    for number in (1, 2, 3):
        await Work().step(number)
    Work().still(1)
    quiet()

def main():
    import sys
    note(" ".join(sys.argv))
    asyncio.run(run())

if __name__ == "__main__":
    main()
"""
PARTS = """
def note(line):
    print(line, flush=True)

def quiet():
    note("end")
"""


class Halted:
    """A process that halts somewhere, and what it has printed."""

    def __init__(self, folder: Path, at: str, when: str, nth: int) -> None:
        package = folder / "elsewhere" / "product"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(PRODUCT)
        (package / "parts.py").write_text(PARTS)
        self.marker, self.output = folder / "marker", folder / "output"
        paths = [halting.environment()["PYTHONPATH"], str(package.parent)]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*halting.command("product", at=at, when=when, nth=nth, marker=self.marker), "an", "argument"],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                cwd=folder,
                stdout=output,
                stderr=output,
            )

    def stands_still(self) -> bool:
        return self.marker.exists() and psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED

    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    def goes_on(self) -> int:
        self.process.send_signal(signal.SIGCONT)
        return self.process.wait(timeout=10)


@pytest.fixture
def halted(tmp_path: Path) -> Iterator[Callable[[str, str, int], Halted]]:
    started: list[Halted] = []

    def start(at: str, when: str, nth: int = 1) -> Halted:
        started.append(Halted(tmp_path, at, when, nth))
        return started[-1]

    yield start
    for one in started:
        with suppress(ProcessLookupError):
            one.process.kill()
        one.process.wait()


@pytest.mark.parametrize(
    ("at", "when", "nth", "last"),
    [
        ("product.__main__:Work.step", "before", 2, "did 1"),
        ("product.__main__:Work.step", "after", 2, "did 2"),
        ("product.__main__:Work.still", "before", 1, "did 3"),
        ("product.__main__:Work.still", "after", 1, "still 1"),
        ("product.__main__:quiet", "before", 1, "still 1"),
        ("product.parts:note", "after", 1, "end"),  # named where `quiet` uses it, not where it was imported
    ],
)
def test_a_process_stands_still_just_there_and_goes_on(
    halted: Callable[..., Halted], at: str, when: str, nth: int, last: str
) -> None:
    process = halted(at, when, nth)
    until("the process to stand still", process.stands_still)
    assert process.marker.read_text() == str(process.process.pid)
    assert process.lines()[0] == "product an argument"
    assert process.lines()[-1] == last
    assert process.goes_on() == 0
    assert process.lines()[-1] == "end"


def test_a_process_that_stands_still_can_be_killed(halted: Callable[..., Halted]) -> None:
    process = halted("product.__main__:Work.step", "after", 1)
    until("the process to stand still", process.stands_still)
    process.process.kill()
    assert process.process.wait(timeout=10) == -signal.SIGKILL
    assert process.lines()[-1] == "did 1"


def test_a_step_that_never_comes_halts_nothing(halted: Callable[..., Halted]) -> None:
    process = halted("product.__main__:Work.step", "before", 4)
    assert process.process.wait(timeout=10) == 0
    assert not process.marker.exists()


def test_a_step_that_does_not_exist_is_an_error(halted: Callable[..., Halted]) -> None:
    process = halted("product.__main__:Work.leap", "before", 1)
    assert process.process.wait(timeout=10) == 1
    assert "leap" in process.lines()[-1]


# Clocks.

CLOCKS = """
import asyncio, threading, time
from datetime import datetime, UTC
def seconds(wait):
    begun = time.monotonic(); wait(); return time.monotonic() - begun
print(time.time(), time.time_ns() / 1e9, datetime.now(UTC).timestamp(), time.monotonic(),
    seconds(lambda: asyncio.run(asyncio.sleep(0.2))), seconds(lambda: time.sleep(0.2)),
    seconds(lambda: threading.Event().wait(0.2)))
"""


@pytest.mark.skipif(not clocks.library(), reason="libfaketime is not installed")
@pytest.mark.parametrize("shift", [300, -300])
def test_a_shifted_clock_is_off_and_waits_are_as_long_as_ever(shift: int) -> None:
    environment = {**os.environ, **clocks.environment(shift)}
    ran = subprocess.run([sys.executable, "-c", CLOCKS], env=environment, capture_output=True, check=True, timeout=20)
    *wall, monotonic, slept, blocked, waited = map(float, ran.stdout.split())
    assert wall == [pytest.approx(time.time() + shift, abs=10)] * 3
    assert monotonic == pytest.approx(time.monotonic(), abs=10)
    assert [slept, blocked, waited] == [pytest.approx(0.2, abs=0.15)] * 3


@pytest.mark.skipif(not clocks.library(), reason="libfaketime is not installed")
def test_what_a_killed_process_with_a_shifted_clock_leaves_can_be_tidied_up() -> None:
    environment = {**os.environ, **clocks.environment(300)}
    process = subprocess.Popen(["sleep", "60"], env=environment)
    left = clocks.SHARED_MEMORY / f"faketime_shm_{process.pid}"
    until("its shared memory", left.exists)
    process.kill()
    process.wait()
    assert left.exists()
    clocks.tidy(process.pid)
    assert not [path for path in clocks.SHARED_MEMORY.iterdir() if path.name.endswith(f"_{process.pid}")]


# The census.


def connection(key: str | None, since: float, until: float | None) -> dict[str, Any]:
    return {"auth_key_id": key, "since": since, "until": until}


@pytest.mark.parametrize(
    ("connections", "pairs"),
    [
        ([("k", 1, 3), ("k", 2, 4)], [(1, 2)]),
        ([("k", 2, 4), ("k", 1, 9)], [(1, 2)]),
        ([("k", 1, None), ("k", 2, None)], [(1, 2)]),
        ([("k", 1, 9), ("k", 2, 3), ("k", 4, 5)], [(1, 2), (1, 4)]),
        ([("k", 1, 1.5), ("k", 1, 1.5)], [(1, 1)]),
        ([("k", 1, 2), ("k", 2, 3)], []),
        ([("k", 1, 2), ("k", 3, None)], []),
        ([("k", 1, None), ("other", 1, None)], []),
        ([("foreign", 1, None), ("foreign", 1, None)], []),
        ([(None, 1, None), (None, 1, None)], []),
    ],
)
def test_connections_of_one_key_overlap_or_follow_each_other(
    connections: list[tuple[str | None, float, float | None]], pairs: list[tuple[float, float]]
) -> None:
    found = census.overlaps([connection(*one) for one in connections], keys={"k", "other"})
    assert [(a["since"], b["since"]) for a, b in found] == pairs


def test_all_keys_count_where_none_are_named() -> None:
    assert len(census.overlaps([connection("any", 1, None), connection("any", 2, 3)])) == 1
    assert census.overlaps([connection(None, 1, None), connection(None, 2, 3)]) == []


def message(text: str, *, is_bot: bool = True) -> dict[str, Any]:
    return {"from": {"is_bot": is_bot}, "text": text}


def test_alerts_are_counted_by_login() -> None:
    messages = [
        message("🔔 New login to Ann\n\n\u2068Phone 1\u2069, Telegram"),
        message("🔔 New login to Ann\n\nPhone 1"),
        message("🔔 New login to Ann\n\nPhone 12"),
        message("A session ended: Ann\n\nPhone 2"),
        message("New login Phone 2", is_bot=False),
        {"from": {"is_bot": True}, "photo": []},
    ]
    alerts = census.alerts_by_login(messages, ["Phone 1", "Phone 2", "Phone 12"])
    assert alerts == {"Phone 1": 2, "Phone 2": 0, "Phone 12": 1}
    assert census.tally(alerts | {"Phone 3": 5}) == {"logins": 4, "never": 1, "once": 1, "twice": 1, "more": 1}


def sent(text: str, *, method: str = "sendMessage", to: int = 7, ok: bool = True) -> dict[str, Any]:
    answer = {"ok": True, "result": {"text": text}} if ok else {"ok": False, "description": "Bad Request"}
    return {"layer": "botapi", "method": method, "params": {"chat_id": to, "text": text}, "answer": answer}


def test_alerts_that_were_sent_are_counted_without_edits_and_failures() -> None:
    calls = [
        sent("New login\nPhone 1"),
        sent("New login\nPhone 1", method="editMessageText"),
        sent("New login\nPhone 1", ok=False),
        sent("New login\nPhone 1", to=8),
        sent("New login\nPhone 12"),
        sent("Phone 1 was ended"),
        sent("New login\nPhone 1") | {"answer": None},
    ]
    assert census.alerts_sent(calls, "Phone 1", to=7) == 1


def reset(hash_: str, answer: Any) -> dict[str, Any]:
    return {"method": "account.resetAuthorization", "params": {"hash": hash_}, "answer": answer}


def test_only_what_was_done_counts_as_executed() -> None:
    calls = [
        reset("-5", True),
        reset("-5", {"error": {"code": 400, "message": "HASH_INVALID"}}),
        reset("-5", None),
        reset("5", True),
        {"method": "account.getAuthorizations", "params": {}, "answer": {}},
    ]
    assert [census.executions(calls, hash_) for hash_ in ("-5", "5", "6")] == [1, 1, 0]
    assert census.executions([*calls, reset("-5", {"_": "BoolTrue"})], "-5") == 2


def test_the_counts_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    census.show("Faults", {"Redis killed": {"never": 0, "once": 17}, "Reply lost": {"once": 23, "executed": 1}})
    printed = capsys.readouterr().out
    lines = {line.split()[1]: line for line in printed.splitlines() if "│" in line}
    assert "17" in lines["Redis"]
    assert "23" in lines["Reply"]
    assert "executed" in printed
