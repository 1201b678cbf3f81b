"""The server's RSA key: how clients know it, and how it opens what they lock with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha1, sha256

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from telethon.crypto import AES
from telethon.tl import TLObject

from sandbox.mtproto.primes import NUMBER_BYTES, to_bytes, xor
from sandbox.mtproto.schema import MALFORMED, decode

BITS = 2048
PUBLIC_EXPONENT = 65537
PADDED_DATA = (
    192  # RSA_PAD pads the data to this many bytes [core.telegram.org/mtproto/auth_key#presenting-proof-of-work]
)
SHA1_BYTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RsaKey:
    """A private key by its parts; `pem` is the public one as PKCS#1, `fingerprint` is signed 64 bits."""

    p: int
    q: int
    d_p: int
    d_q: int
    q_inverse: int
    modulus: int
    pem: str
    fingerprint: int

    def open(self, locked: bytes) -> bytes | None:
        """What a client locked by RSA_PAD or, older, by SHA1 and noise; None if by neither."""
        number = int.from_bytes(locked, "big")
        if number >= self.modulus:
            return None
        raw = self._decrypt(number).to_bytes(NUMBER_BYTES, "big")
        return _open_padded(raw) or _open_old(raw)

    def _decrypt(self, number: int) -> int:
        by_p, by_q = pow(number, self.d_p, self.p), pow(number, self.d_q, self.q)
        return by_q + self.q * (self.q_inverse * (by_p - by_q) % self.p)


def _open_padded(raw: bytes) -> bytes | None:
    body = raw[32:]
    key = xor(raw[:32], sha256(body).digest())
    plain: bytes = AES.decrypt_ige(body, key, bytes(32))
    data = plain[:PADDED_DATA][::-1]
    return data if sha256(key + data).digest() == plain[PADDED_DATA:] else None


def _open_old(raw: bytes) -> bytes | None:
    """Only the object inside tells how long the hashed part is, so it has to be read to be checked."""
    digest, data = raw[1 : 1 + SHA1_BYTES], raw[1 + SHA1_BYTES :]
    try:
        known = bytes(decode(data))
    except MALFORMED:
        return None
    return known if sha1(known).digest() == digest else None  # noqa: S324 (the protocol's choice)


@cache
def server_key() -> RsaKey:
    """This process's key: made once, for making one takes long."""
    private = generate_private_key(PUBLIC_EXPONENT, BITS)
    numbers = private.private_numbers()
    public = numbers.public_numbers
    serialised = b"".join(TLObject.serialize_bytes(to_bytes(number)) for number in (public.n, public.e))
    return RsaKey(
        p=numbers.p,
        q=numbers.q,
        d_p=numbers.dmp1,
        d_q=numbers.dmq1,
        q_inverse=numbers.iqmp,
        modulus=public.n,
        pem=private.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
        fingerprint=int.from_bytes(sha1(serialised).digest()[-8:], "little", signed=True),  # noqa: S324 (likewise)
    )
