"""What authenticates our words in Redis: whoever can write there, but has no SECRET_KEY, can't speak for us."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from core.contract.codec import MalformedError, Packing

T = TypeVar("T")
MAC = b"mac"
SIZE_BYTES = 8


class ForgedError(MalformedError):
    """Not signed, changed since, meant for another place, or signed under another SECRET_KEY."""


def place_of(key: str, field: str) -> str:
    """The place that a hash's field is."""
    return f"{key} {field}"


class Signer:
    """Signs bytes for the place where they are read: a key in Redis, so that nothing can be moved to another.

    An older word put back in its own place can't be told from a new one here; numbers and times within tell that.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def wrap(self, place: str, data: bytes) -> bytes:
        """The data behind its signature, for a plain value."""
        return self._mac(self._keys[0], place, [data]) + b" " + data

    def unwrap(self, place: str, wrapped: bytes) -> bytes:
        """The data. Raises ForgedError."""
        mac, _, data = wrapped.partition(b" ")
        self._check(mac, place, [data])
        return data

    def is_current(self, place: str, wrapped: bytes) -> bool:
        """Whether it is signed under the newest key, so that the others can be thrown away."""
        mac, _, data = wrapped.partition(b" ")
        return hmac.compare_digest(mac, self._mac(self._keys[0], place, [data]))

    def sign(self, place: str, fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """The fields of a stream entry, with one more that signs them all."""
        return {**fields, MAC: self._mac(self._keys[0], place, _in_order(fields))}

    def check(self, place: str, fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """The fields without their signature. Raises ForgedError."""
        signed = {name: value for name, value in fields.items() if name != MAC}
        self._check(fields.get(MAC, b""), place, _in_order(signed))
        return signed

    def _check(self, mac: bytes, place: str, parts: Iterable[bytes]) -> None:
        parts = list(parts)
        if not any(hmac.compare_digest(mac, self._mac(key, place, parts)) for key in self._keys):
            raise ForgedError("signature")

    def _mac(self, key: bytes, place: str, parts: Iterable[bytes]) -> bytes:
        # Each part behind its size: no two lists of parts are the same message.
        sized = [len(part).to_bytes(SIZE_BYTES) + part for part in (place.encode(), *parts)]
        return hmac.digest(key, b"".join(sized), "sha256").hex().encode()


class Signed(Generic[T]):
    """A packing whose entries are signed for the stream that they are in."""

    def __init__(self, packing: Packing[T], signer: Signer, place: str) -> None:
        self._packing = packing
        self._signer = signer
        self._place = place

    def pack(self, value: T) -> dict[bytes, bytes]:
        """The fields of a stream entry."""
        return self._signer.sign(self._place, self._packing.pack(value))

    def unpack(self, entry: Mapping[bytes, bytes]) -> T:
        """Raises ForgedError, or MalformedError for what we signed and can't read."""
        return self._packing.unpack(self._signer.check(self._place, entry))


def _in_order(fields: Mapping[bytes, bytes]) -> list[bytes]:
    return [part for name in sorted(fields) for part in (name, fields[name])]
