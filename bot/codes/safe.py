"""Where owners' codes are kept in Redis: the enrolment encrypted, what has been used of it signed, changed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.codes.enrolment import Enrolment
from bot.codes.judging import Uses
from core import scripts
from core.connection import Store
from core.contract import keys
from core.contract.codec import Document, MalformedError
from core.keyring import Keyring
from core.vault import Vault, WrongKeyError

ENROLMENTS: Document[Enrolment] = Document(Enrolment)
USES: Document[Uses] = Document(Uses)


class NotEnrolledError(Exception):
    """The owner has no one-time codes."""


class UnreadableError(Exception):
    """What is kept of an owner's codes is under another SECRET_KEY, is not all there, or was tampered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What Redis holds, as it is there and as it reads; `is_current` tells whether all is under the newest key."""

    raw: tuple[bytes, bytes]
    enrolment: Enrolment
    uses: Uses
    is_current: bool


class Safe:
    """One document and one state an owner; neither fits another owner, nor the state another document."""

    def __init__(self, redis: Store, keyring: Keyring) -> None:
        self._redis = redis
        self._keyring = keyring

    async def has(self, owner: int) -> bool:
        """Whether there is anything, readable or not. Raises RedisError."""
        return bool(await self._redis.exists(keys.codes(owner)))

    async def read(self, owner: int) -> Kept:
        """Raises NotEnrolledError, UnreadableError, RedisError."""
        found: Any = await self._redis.mget(_names(owner))
        sealed, wrapped = found
        if sealed is None:
            raise NotEnrolledError
        if wrapped is None:  # the two are written together: somebody took it away
            raise UnreadableError("what was used is not known")
        vault, place, signer = self._vault(owner), keys.codes_used(owner), self._redis.signer
        try:
            enrolment = ENROLMENTS.load(vault.unseal(sealed))
            uses = USES.load(signer.unwrap(place, wrapped))
        except (WrongKeyError, MalformedError):
            raise UnreadableError("it is under another SECRET_KEY, or was changed") from None
        if uses.enrolment != enrolment.id:
            raise UnreadableError("what was used is another enrolment's")
        is_current = vault.is_current(sealed) and signer.is_current(place, wrapped)
        return Kept(raw=(sealed, wrapped), enrolment=enrolment, uses=uses, is_current=is_current)

    async def change(self, owner: int, kept: Kept, uses: Uses) -> bool:
        """Keep other uses, and all under the newest key; not if anything has changed since it was read.

        Raises RedisError.
        """
        sealed, wrapped = self._packed(owner, kept.enrolment, uses)
        if kept.is_current:
            sealed = kept.raw[0]
        script = scripts.load(self._redis, __name__, "swap")
        return bool(await script(keys=_names(owner), args=[*kept.raw, sealed, wrapped]))

    async def put(self, owner: int, enrolment: Enrolment, uses: Uses) -> None:
        """In place of whatever there is. Raises RedisError."""
        await self._redis.mset(dict(zip(_names(owner), self._packed(owner, enrolment, uses), strict=True)))

    async def clear(self, owner: int) -> None:
        """Raises RedisError."""
        await self._redis.delete(*_names(owner))

    def _packed(self, owner: int, enrolment: Enrolment, uses: Uses) -> tuple[bytes, bytes]:
        return (
            self._vault(owner).seal(ENROLMENTS.dump(enrolment).decode()),
            self._redis.signer.wrap(keys.codes_used(owner), USES.dump(uses)),
        )

    def _vault(self, owner: int) -> Vault:
        return Vault(self._keyring, purpose=f"doorman one-time codes of {owner}")


def _names(owner: int) -> list[str]:
    return [keys.codes(owner), keys.codes_used(owner)]
