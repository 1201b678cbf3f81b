"""Keeps in Redis, for each owner, which message tells of which logins together."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.delivery.alert_book import AlertBook
from bot.delivery.burst import Burst
from bot.delivery.notes import Notes
from core.contract import keys
from core.contract.codec import Document, MalformedError
from core.domain.sessions import Session

log = structlog.get_logger()

BURSTS: Document[Burst] = Document(Burst)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """One owner's, of one account: the latest, and each message that tells of several logins for as long as one of
    those is there. What somebody else wrote counts as not being there.
    """

    book: AlertBook
    account: int
    owner: int

    async def latest(self) -> Burst | None:
        """The last one."""
        return read(await self.book.noted(self.account, self.owner, "burst"))

    async def set_latest(self, burst: Burst) -> None:
        """Note the last one."""
        await self.book.note(self.account, self.owner, "burst", BURSTS.dump(burst).decode())

    async def on(self, message_id: int) -> Burst | None:
        """The logins that this message tells of together; None where it tells of one."""
        return read((await self._notes.read(self._key, self._field(message_id)) or b"").decode(errors="replace"))

    async def keep(self, burst: Burst) -> bool:
        """Note what is on a message that tells of several; whether Redis has taken that."""
        words = BURSTS.dump(burst).decode()
        return await self._notes.write(self.account, self._key, self._field(burst.message_id), words)

    async def settle(self, message_id: int, hash_: str, outcome: str, *, was_ended: bool) -> Burst | None:
        """Note what became of one; what is on its message now, None where that tells of no other."""
        latest = await self.latest()
        if latest and latest.message_id == message_id:
            await self.set_latest(latest.settled(hash_, outcome, was_ended=was_ended))
        several = await self.on(message_id)
        if several is None:
            return None
        await self.keep(after := several.settled(hash_, outcome, was_ended=was_ended))
        return after

    async def alter(self, message_id: int, after: Session) -> Burst | None:
        """Note what is unfinished about one by now; what is on its message, None where that is not known."""
        latest = await self.latest()
        known = latest.altered(after) if latest and latest.message_id == message_id else None
        if known:
            await self.set_latest(known)
        several = await self.on(message_id)
        if several is None:
            return known
        await self.keep(several := several.altered(after))
        return several

    async def strike(self, message_id: int, burst: Burst) -> None:
        """Forget a message once all of its logins are gone, or told elsewhere."""
        told = [await self.book.message(self.account, login.hash, self.owner) for login in burst.logins]
        if message_id not in told:
            await self.book.redis.hdel(self._key, self._field(message_id))

    @property
    def _notes(self) -> Notes:
        return Notes(redis=self.book.redis)

    @property
    def _key(self) -> str:
        return keys.alerts(self.account)

    def _field(self, message_id: int) -> str:
        return f"several {message_id}:{self.owner}"


def read(noted: str) -> Burst | None:
    """What was noted."""
    try:
        return BURSTS.load(noted) if noted else None
    except MalformedError as error:
        log.warning("burst_unreadable", reason=str(error))
        return None
