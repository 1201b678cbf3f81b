"""The keys that follow from SECRET_KEY, one for each purpose; what they protect is in other modules."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class Keyring:
    """The parts of SECRET_KEY: the first is used; the others still open what they made, until it is made anew."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = secrets

    def derive(self, purpose: str) -> tuple[bytes, ...]:
        """A key of 32 bytes from each part, in their order; no purpose's key tells anything of another's."""
        # HKDF suffices: SECRET_KEY is random, not a password.
        return tuple(
            HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
            for secret in self._secrets
        )

    def __repr__(self) -> str:  # they are secret
        return f"Keyring({len(self._secrets)} keys)"
