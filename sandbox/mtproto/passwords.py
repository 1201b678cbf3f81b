"""Two-step verification by SRP: the password itself never travels [core.telegram.org/api/srp]."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from typing import Any

from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.flood import FloodLimit
from sandbox.mtproto.primes import DH_PRIME, GENERATOR, half_key, is_safe, to_256, xor

ITERATIONS = 100_000
MOST_WRONG = 10
WITHIN = 600.0
PRIME, GENERATOR_256 = to_256(DH_PRIME), to_256(GENERATOR)
MULTIPLIER = int.from_bytes(sha256(PRIME + GENERATOR_256).digest(), "big")


def _salted(data: bytes, salt: bytes) -> bytes:
    return sha256(salt + data + salt).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """What is kept of one password: it can check it, and doesn't tell it."""

    salt1: bytes
    salt2: bytes
    value: int

    @classmethod
    def of(cls, password: str) -> Verifier:
        """With fresh salts; takes some 50 ms."""
        salt1, salt2 = os.urandom(8), os.urandom(16)
        inner = _salted(_salted(password.encode(), salt1), salt2)
        slow = pbkdf2_hmac("sha512", inner, salt1, ITERATIONS)
        exponent = int.from_bytes(_salted(slow, salt2), "big")
        return cls(salt1=salt1, salt2=salt2, value=pow(GENERATOR, exponent, DH_PRIME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One question to one client: `offer` is what it gets to see, srp_B."""

    user_id: int
    verifier: Verifier
    secret: int
    offer: int

    @classmethod
    def to(cls, user_id: int, verifier: Verifier) -> Challenge:
        """A fresh one."""
        secret, half = half_key()
        return cls(
            user_id=user_id, verifier=verifier, secret=secret, offer=(MULTIPLIER * verifier.value + half) % DH_PRIME
        )

    def proof(self, their_half: int) -> bytes:
        """The M1 of whoever knows the password."""
        a, b = to_256(their_half), to_256(self.offer)
        scramble = int.from_bytes(sha256(a + b).digest(), "big")
        shared = pow(their_half * pow(self.verifier.value, scramble, DH_PRIME), self.secret, DH_PRIME)
        salts = sha256(self.verifier.salt1).digest() + sha256(self.verifier.salt2).digest()
        head = xor(sha256(PRIME).digest(), sha256(GENERATOR_256).digest())
        return sha256(head + salts + a + b + sha256(to_256(shared)).digest()).digest()


@dataclass(slots=True)
class Passwords:
    """The verifiers, made as they are needed, and the questions still open, one per account and asker."""

    _verifiers: dict[int, tuple[str, Verifier]] = field(default_factory=dict)
    _open: dict[int, Challenge] = field(default_factory=dict)
    _id_by_asker: dict[int, int] = field(default_factory=dict)
    _wrong: FloodLimit = field(default_factory=lambda: FloodLimit(most=MOST_WRONG, within=WITHIN))

    def ask(self, asker: int, user_id: int, password: str) -> tuple[int, Challenge]:
        """A fresh question to the auth key `asker`, and its id; the one before it is void."""
        known = self._verifiers.get(user_id)
        if not known or known[0] != password:
            known = self._verifiers[user_id] = password, Verifier.of(password)
        self._open.pop(self._id_by_asker.get(asker, 0), None)
        srp_id = secrets.randbits(62)
        self._open[srp_id] = challenge = Challenge.to(user_id, known[1])
        self._id_by_asker[asker] = srp_id
        return srp_id, challenge

    def check(self, user_id: int, answer: Any) -> None:
        """Raises RpcError unless it is the right `inputCheckPasswordSRP`; each question is answered once."""
        self._wrong.check(user_id)
        challenge = self._open.pop(getattr(answer, "srp_id", 0), None)
        if not challenge or challenge.user_id != user_id:
            raise RpcError(400, "SRP_ID_INVALID")
        half = int.from_bytes(answer.A, "big")
        if not is_safe(half) or not secrets.compare_digest(challenge.proof(half), answer.M1):
            self._wrong.count(user_id)
            raise RpcError(400, "PASSWORD_HASH_INVALID")
        self._wrong.forgive(user_id)
