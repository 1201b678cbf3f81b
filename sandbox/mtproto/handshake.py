"""The making of an auth key with a client, request by request [core.telegram.org/mtproto/auth_key]."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, Final

from telethon.crypto import AES
from telethon.crypto import AuthKey as TelethonKey
from telethon.helpers import generate_key_data_from_nonce
from telethon.tl import functions, types

from sandbox.mtproto.errors import KEY_NOT_FOUND, WRONG_DC, ConnectionRefusedByServerError
from sandbox.mtproto.keys import AuthKey, KeyRing
from sandbox.mtproto.primes import DH_PRIME, GENERATOR, P, Q, half_key, is_safe, to_256, to_bytes, xor
from sandbox.mtproto.rsa_key import RsaKey
from sandbox.mtproto.salts import Salts
from sandbox.mtproto.schema import MALFORMED, decode

DC_ID = 2
#: A client may mean this data centre, its test twin or its media twin [core.telegram.org/mtproto/auth_key].
DC_NAMES = frozenset({DC_ID, DC_ID + 10_000, -DC_ID, -DC_ID - 10_000})
SHA1_BYTES = 20
OK, RETRY, FAIL = 1, 2, 3  # which new_nonce_hash an answer carries
INNER: Final = (types.PQInnerData, types.PQInnerDataDc, types.PQInnerDataTemp, types.PQInnerDataTempDc)


def _refused(why: str) -> ConnectionRefusedByServerError:
    return ConnectionRefusedByServerError(KEY_NOT_FOUND, why)


@dataclass(slots=True)
class Handshake:
    """One connection's handshake; a new `req_pq` begins it anew. Raises ConnectionRefusedByServerError on rubbish."""

    rsa: RsaKey
    keys: KeyRing
    _nonce: int | None = None
    _server_nonce: int = 0
    _new_nonce: int | None = None
    _lifetime: int | None = None
    _secret: int = 0

    def answer(self, request: Any) -> Any:
        """The answer to the next plain message."""
        if isinstance(request, functions.ReqPqMultiRequest | functions.ReqPqRequest):
            return self._begin(request)
        if isinstance(request, types.MsgsAck):  # some clients acknowledge plain answers too
            return None
        if self._nonce is None or (getattr(request, "nonce", None), getattr(request, "server_nonce", None)) != (
            self._nonce,
            self._server_nonce,
        ):
            raise _refused("not this handshake's nonces")
        if isinstance(request, functions.ReqDHParamsRequest):
            return self._offer(request)
        if isinstance(request, functions.SetClientDHParamsRequest) and self._new_nonce is not None:
            return self._finish(request, self._new_nonce)
        raise _refused("not a step of the handshake")

    def _begin(self, request: Any) -> Any:
        self._nonce, self._new_nonce = request.nonce, None
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        return types.ResPQ(self._nonce, self._server_nonce, to_bytes(P * Q), [self.rsa.fingerprint])

    def _offer(self, request: Any) -> Any:
        opened = (
            self.rsa.open(request.encrypted_data) if request.public_key_fingerprint == self.rsa.fingerprint else None
        )
        if opened is None:
            raise _refused("the inner data isn't locked with our key")
        try:
            inner = decode(opened)
        except MALFORMED:
            inner = None
        if not isinstance(inner, INNER) or (inner.nonce, inner.server_nonce) != (self._nonce, self._server_nonce):
            raise _refused("the inner data is another handshake's")
        if (inner.pq, inner.p, inner.q) != (to_bytes(P * Q), to_bytes(P), to_bytes(Q)):
            raise _refused("pq isn't split")
        if getattr(inner, "dc", DC_ID) not in DC_NAMES:
            raise ConnectionRefusedByServerError(WRONG_DC, "a client of another data centre")
        self._new_nonce, self._lifetime = inner.new_nonce, getattr(inner, "expires_in", None)
        self._secret, half = half_key()
        data = bytes(
            types.ServerDHInnerData(
                self._nonce, self._server_nonce, GENERATOR, to_bytes(DH_PRIME), to_bytes(half), int(time.time())
            )
        )
        data = sha1(data).digest() + data  # noqa: S324 (the protocol's choice)
        data += os.urandom(-len(data) % 16)
        sealed = AES.encrypt_ige(data, *generate_key_data_from_nonce(self._server_nonce, self._new_nonce))
        return types.ServerDHParamsOk(self._nonce, self._server_nonce, sealed)

    def _finish(self, request: Any, new_nonce: int) -> Any:
        sealed = request.encrypted_data
        if not sealed or len(sealed) % 16:
            raise _refused("no whole blocks")
        plain = AES.decrypt_ige(sealed, *generate_key_data_from_nonce(self._server_nonce, new_nonce))
        try:
            inner = decode(plain[SHA1_BYTES:])
            intact = sha1(bytes(inner)).digest() == plain[:SHA1_BYTES]  # noqa: S324 (likewise)
        except MALFORMED:
            inner, intact = None, False
        if not intact or not isinstance(inner, types.ClientDHInnerData) or inner.nonce != self._nonce:
            raise _refused("the client's half is broken")
        half = int.from_bytes(inner.g_b, "big")
        secret = to_256(pow(half, self._secret, DH_PRIME))
        if not is_safe(half):
            return self._result(types.DhGenFail, secret, new_nonce, FAIL)
        key = self._key(secret, new_nonce)
        if self.keys.find(key.id, now=time.time()):  # an id means one key: the client is to choose another half
            return self._result(types.DhGenRetry, secret, new_nonce, RETRY)
        self.keys.add(key)
        answer = self._result(types.DhGenOk, secret, new_nonce, OK)
        self._nonce = self._new_nonce = None
        return answer

    def _key(self, secret: bytes, new_nonce: int) -> AuthKey:
        new = new_nonce.to_bytes(32, "little", signed=True)
        server = self._server_nonce.to_bytes(16, "little", signed=True)
        now = int(time.time())
        salt = int.from_bytes(xor(new[:8], server[:8]), "little", signed=True)
        expires_at = None if self._lifetime is None else float(now + self._lifetime)
        return AuthKey(secret=secret, salts=Salts(salt, now), expires_at=expires_at)

    def _result(self, kind: Any, secret: bytes, new_nonce: int, number: int) -> Any:
        proof = TelethonKey(secret).calc_new_nonce_hash(new_nonce, number)
        return kind(self._nonce, self._server_nonce, proof)
