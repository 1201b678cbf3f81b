"""Secrets at rest: encrypted and authenticated under SECRET_KEY, each good for one purpose only."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.keyring import Keyring


class WrongKeyError(ValueError):
    """The secret was encrypted under another SECRET_KEY, for another purpose, or was tampered with."""


class Vault:
    """Locks for one purpose, which says whose secret it is: one account's can't be put in another's place."""

    def __init__(self, keyring: Keyring, *, purpose: str) -> None:
        locks = [Fernet(base64.urlsafe_b64encode(key)) for key in keyring.derive(purpose)]
        self._newest, self._all = locks[0], MultiFernet(locks)

    def seal(self, secret: str) -> bytes:
        """Encrypt it."""
        return self._newest.encrypt(secret.encode())

    def unseal(self, sealed: bytes) -> str:
        """The secret. Raises WrongKeyError."""
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongKeyError from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is encrypted under the newest key, so that the others can be thrown away."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True
