"""Signed notes about whom the bot told of what, a field each of a hash in Redis; what they mean, others know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError

from core.connection import Store
from core.contract import keys
from core.contract.signing import ForgedError, place_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What somebody else wrote among them counts as not being there."""

    redis: Store

    async def read_all(self, *places: tuple[str, str]) -> list[bytes]:
        """Each as `read` gives it, in one round trip; b"" where nothing is."""
        async with self.redis.pipeline(transaction=False) as pipe:
            for key, field in places:
                pipe.hget(key, field)
            found: list[Any] = await pipe.execute(raise_on_error=False)
        return [
            await self.read(*place) or b"" if isinstance(value, Exception) else self._unwrapped(*place, value)
            for place, value in zip(places, found, strict=True)
        ]

    def _unwrapped(self, key: str, field: str, wrapped: bytes | None) -> bytes:
        try:
            return self.redis.signer.unwrap(place_of(key, field), wrapped) if wrapped else b""
        except ForgedError:
            log.error("note_forged", where=key, field=field)  # noqa: TRY400
            return b""

    async def read(self, key: str, field: str) -> bytes | None:
        """What is there; None where nothing is, or nothing of ours. Raises RedisError."""
        try:
            return await self.redis.hget_signed(key, field)
        except ForgedError:
            log.error("note_forged", where=key, field=field)  # noqa: TRY400
            return None

    async def write(self, account: int, key: str, field: str, value: str) -> bool:
        """Put it there; whether Redis has taken it."""
        try:
            await self.redis.hset_signed(key, field, value.encode())
        except RedisError as error:  # a full Redis takes no entry; the owner is told all the same, and once
            log.warning("message_not_noted", account=account, error=type(error).__name__)
            return False
        return True

    async def sign_anew(self, account: int) -> bool:
        """What an older part of SECRET_KEY had signed, so that it can be thrown away. Whether all of it was notes: what
        is of another kind is thrown away at once. Raises RedisError.
        """
        are_notes = True
        for key in (keys.alerts(account), keys.sent(account), keys.held(account)):
            try:
                await self._sign_anew(key)
            except ResponseError as error:
                if not str(error).startswith("WRONGTYPE"):
                    raise
                log.error("notes_of_another_kind", where=key)  # noqa: TRY400
                await self.redis.delete(key)  # or nothing could be noted there ever again
                are_notes = False
        return are_notes

    async def _sign_anew(self, key: str) -> None:
        async for name, wrapped in self.redis.hscan_iter(key):
            field = name.decode(errors="replace")
            if not self.redis.signer.is_current(place_of(key, field), wrapped) and (
                value := await self.read(key, field)
            ):
                await self.redis.hset_signed(key, field, value)
