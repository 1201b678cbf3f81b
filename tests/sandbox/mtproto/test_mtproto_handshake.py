"""The making of a key, step by step: also what only newer clients than the stock ones do, and what goes wrong."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Awaitable, Callable
from hashlib import sha1, sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from telethon.crypto import AES, AuthKey
from telethon.helpers import generate_key_data_from_nonce
from telethon.tl import functions, types

from sandbox.mtproto import primes, schema
from sandbox.mtproto.keys import AuthKey as ServersKey
from sandbox.mtproto.salts import Salts
from sandbox.mtproto.server import MtprotoServer

Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]

NONCE, NEW_NONCE = 7, 1 << 200
P, Q = primes.to_bytes(primes.P), primes.to_bytes(primes.Q)
REFUSED, WRONG_DC = struct.pack("<i", -404), struct.pack("<i", -444)


class Shaker:
    """One handshake over the intermediate transport; each step gives the server's answer."""

    def __init__(
        self, server: MtprotoServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, padded: bool = True
    ) -> None:
        self.server, self.reader, self.writer, self.padded = server, reader, writer, padded
        self.server_nonce = 0
        self.secret = b""
        self.exponent = 3 << 1024
        writer.write(b"\xee" * 4)

    async def ask(self, request: Any) -> Any:
        """An object, or the four bytes of a refusal."""
        body = bytes(request)
        packet = struct.pack("<qqi", 0, int(time.time()) << 32, len(body)) + body
        self.writer.write(struct.pack("<I", len(packet)) + packet)
        async with asyncio.timeout(5):
            answer = await self.reader.readexactly(struct.unpack("<I", await self.reader.readexactly(4))[0])
        return schema.decode(answer[20:]) if len(answer) > 4 else answer

    async def begin(self) -> None:
        answer = await self.ask(functions.ReqPqMultiRequest(NONCE))
        assert answer.server_public_key_fingerprints == [self.server.fingerprint]
        self.server_nonce = answer.server_nonce

    async def show(self, kind: Any = types.PQInnerData, **changes: Any) -> Any:
        """Send the inner data."""
        parts = {
            "pq": primes.to_bytes(primes.P * primes.Q),
            "p": P,
            "q": Q,
            "nonce": NONCE,
            "server_nonce": self.server_nonce,
            "new_nonce": NEW_NONCE,
        } | changes
        locked = self.lock(bytes(kind(**parts)))
        return await self.ask(
            functions.ReqDHParamsRequest(NONCE, self.server_nonce, P, Q, self.server.fingerprint, locked)
        )

    def lock(self, data: bytes) -> bytes:
        """By RSA_PAD [core.telegram.org/mtproto/auth_key], or the old way."""
        numbers = load_pem_public_key(self.server.public_key.encode()).public_numbers()
        while True:
            if self.padded:
                whole = data + os.urandom(192 - len(data))
                key = os.urandom(32)
                sealed = AES.encrypt_ige(whole[::-1] + sha256(key + whole).digest(), key, bytes(32))
                raw = primes.xor(key, sha256(sealed).digest()) + sealed
            else:
                raw = sha1(data).digest() + data + os.urandom(235 - len(data))  # noqa: S324
            if int.from_bytes(raw, "big") < numbers.n:
                return pow(int.from_bytes(raw, "big"), numbers.e, numbers.n).to_bytes(256, "big")

    async def finish(self, offer: Any, half: int | None = None, *, spoil: bool = False) -> Any:
        """Send our half, or another number instead."""
        key, iv = generate_key_data_from_nonce(self.server_nonce, NEW_NONCE)
        theirs = schema.decode(AES.decrypt_ige(offer.encrypted_answer, key, iv)[20:])
        assert int.from_bytes(theirs.dh_prime, "big") == primes.DH_PRIME
        self.secret = primes.to_256(pow(int.from_bytes(theirs.g_a, "big"), self.exponent, primes.DH_PRIME))
        half = pow(theirs.g, self.exponent, primes.DH_PRIME) if half is None else half
        inner = bytes(types.ClientDHInnerData(NONCE, self.server_nonce, 0, primes.to_bytes(half)))
        digest = bytes(20) if spoil else sha1(inner).digest()  # noqa: S324
        plain = digest + inner
        sealed = AES.encrypt_ige(plain + os.urandom(-len(plain) % 16), key, iv)
        return await self.ask(functions.SetClientDHParamsRequest(NONCE, self.server_nonce, sealed))


@pytest.fixture
async def begun(server: MtprotoServer, dial: Dial) -> Shaker:
    shaker = Shaker(server, *await dial())
    await shaker.begin()
    return shaker


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("kind", [types.PQInnerData, types.PQInnerDataTemp, types.PQInnerDataDc])
async def test_a_key_is_made_by_either_padding_and_with_every_inner_data(
    begun: Shaker, kind: Any, *, padded: bool
) -> None:
    begun.padded = padded
    more = {types.PQInnerDataTemp: {"expires_in": 60}, types.PQInnerDataDc: {"dc": 2}}.get(kind, {})
    made = await begun.finish(await begun.show(kind, **more))
    assert isinstance(made, types.DhGenOk)
    assert made.new_nonce_hash1 == AuthKey(begun.secret).calc_new_nonce_hash(NEW_NONCE, 1)


async def test_a_half_out_of_range_makes_no_key_and_may_be_followed_by_a_better_one(begun: Shaker) -> None:
    offer = await begun.show()
    assert isinstance(await begun.finish(offer, half=2), types.DhGenFail)
    assert isinstance(await begun.finish(offer), types.DhGenOk)


async def test_a_key_id_that_is_taken_asks_for_another_half(begun: Shaker, server: MtprotoServer) -> None:
    offer = await begun.show()
    secret = server._datacentre
    key, iv = generate_key_data_from_nonce(begun.server_nonce, NEW_NONCE)
    theirs = schema.decode(AES.decrypt_ige(offer.encrypted_answer, key, iv)[20:])
    shared = primes.to_256(pow(int.from_bytes(theirs.g_a, "big"), begun.exponent, primes.DH_PRIME))
    secret.keys.add(ServersKey(secret=shared, salts=Salts(1, int(time.time()))))
    assert isinstance(await begun.finish(offer), types.DhGenRetry)
    begun.exponent += 1
    assert isinstance(await begun.finish(offer), types.DhGenOk)


@pytest.mark.parametrize("changes", [{"nonce": 8}, {"server_nonce": 8}, {"pq": b"\x15"}, {"p": b"\3"}])
async def test_an_inner_data_that_does_not_fit_is_refused(begun: Shaker, changes: dict[str, Any]) -> None:
    assert await begun.show(**changes) == REFUSED


async def test_an_inner_data_that_is_something_else_is_refused(begun: Shaker) -> None:
    locked = begun.lock(bytes(functions.PingRequest(1)))
    request = functions.ReqDHParamsRequest(NONCE, begun.server_nonce, P, Q, begun.server.fingerprint, locked)
    assert await begun.ask(request) == REFUSED


async def test_a_client_of_another_data_centre_is_told_so(begun: Shaker) -> None:
    assert await begun.show(types.PQInnerDataDc, dc=4) == WRONG_DC


async def test_a_half_that_is_broken_is_refused(begun: Shaker) -> None:
    assert await begun.finish(await begun.show(), spoil=True) == REFUSED


async def test_a_temporary_key_is_forgotten_when_it_expires(begun: Shaker, server: MtprotoServer) -> None:
    await begun.finish(await begun.show(types.PQInnerDataTemp, expires_in=60))
    keys, key_id = server._datacentre.keys, AuthKey(begun.secret).key_id
    assert keys.find(key_id, now=time.time())
    assert keys.find(key_id, now=time.time() + 61) is None
