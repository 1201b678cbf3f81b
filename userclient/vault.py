"""The guard session at rest: encrypted and authenticated under SECRET_KEY, good for one account only."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class WrongKeyError(ValueError):
    """The session was encrypted under another SECRET_KEY, for another account, or was tampered with."""


def seal(session: str, *, account: int, secret_key: str) -> bytes:
    """Encrypt a StringSession for Redis."""
    return _fernet(account, secret_key).encrypt(session.encode())


def unseal(sealed: bytes, *, account: int, secret_key: str) -> str:
    """The StringSession. Raises WrongKeyError."""
    try:
        return _fernet(account, secret_key).decrypt(sealed).decode()
    except InvalidToken:
        raise WrongKeyError from None


def _fernet(account: int, secret_key: str) -> Fernet:
    # The account is in the derivation, so that one account's session can't be put in another's place.
    # HKDF suffices: SECRET_KEY is random, not a password.
    info = f"doorman guard session of {account}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
