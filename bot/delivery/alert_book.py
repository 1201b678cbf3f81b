"""Which message told which owner of what, so that it is edited and not repeated; kept in Redis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.delivery.notes import Notes
from core.connection import Store
from core.contract import keys

#: Who is told of something: an owner, by their user id, or a channel, by its consumer group.
Reader = int | str

#: What is kept for one owner beside their messages, to spare them some.
NOTES = ("quietly", "burst", "codes", "reset", "aided")
NUMBER_MOST = 19  # digits
ALARM = b" alarm"
ALERTS_MOST = 1_000  # a session's alert is struck out with its end; some that were only announced never end


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The last report that an owner was told: its number, the entry of the stream that it was, and when it had happened
    by the worker's clock.
    """

    number: int
    entry: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What decides how a login is told: the message that told of it, and whether as an alarm; the message that was sent
    for this very event; and what was kept of the logins before it.
    """

    message_id: int | None
    is_alarm: bool
    sent: int | None
    burst: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """The alerts, one entry a session and owner; and for each owner the last report told and the last message sent.

    One is enough: an owner's events are told in order, so none but the last can be delivered again.
    What somebody else wrote into it counts as not being there: a message is then sent again.
    """

    redis: Store

    async def message(self, account: int, hash_: str, owner: int) -> int | None:
        """The message that told this owner of this session."""
        noted = await self._notes.read(keys.alerts(account), _alert(hash_, owner))
        return _number((noted or b"").removesuffix(ALARM))

    async def known(self, account: int, hash_: str, owner: int, entry: str) -> Known:
        """All that an alert waits for, at once."""
        alert, sent, burst = await self._notes.read_all(
            (keys.alerts(account), _alert(hash_, owner)),
            (keys.sent(account), f"{owner}"),
            (keys.sent(account), f"{owner} burst"),
        )
        return Known(
            message_id=_number(alert.removesuffix(ALARM)),
            is_alarm=alert.endswith(ALARM),
            sent=_sent(sent, entry),
            burst=burst.decode(errors="replace"),
        )

    async def enter(self, account: int, hash_: str, owner: int, message_id: int, *, is_alarm: bool) -> None:
        """Note the message."""
        key = keys.alerts(account)
        await self._notes.write(account, key, _alert(hash_, owner), f"{message_id}{ALARM.decode() if is_alarm else ''}")
        if await self.redis.hlen(key) > ALERTS_MOST:
            await self.redis.hdel(key, *[field async for field, _ in self.redis.hscan_iter(key, count=50)][:50])

    async def strike(self, account: int, hash_: str, owner: int) -> None:
        """Forget the message of a session that is gone."""
        await self.redis.hdel(keys.alerts(account), _alert(hash_, owner))

    async def sent(self, account: int, reader: Reader, entry: str) -> int | None:
        """The message that was sent to this owner for this event, if its delivery was cut short after that."""
        return _sent(await self._notes.read(keys.sent(account), f"{reader}") or b"", entry)

    async def mark_sent(self, account: int, reader: Reader, entry: str, message_id: int) -> None:
        """Note the message."""
        await self._notes.write(account, keys.sent(account), f"{reader}", f"{entry} {message_id}")

    async def miss(self, account: int, reader: Reader, number: int = 1) -> None:
        """Count messages that this owner could not be sent in time."""
        count = await self.missed(account, reader) + number
        await self._notes.write(account, keys.sent(account), f"{reader} missed", f"{count}")

    async def missed(self, account: int, reader: Reader) -> int:
        """How many those are."""
        return _number(await self._notes.read(keys.sent(account), f"{reader} missed")) or 0

    async def told_of_missed(self, account: int, reader: Reader) -> None:
        """The owner knows."""
        await self.redis.hdel(keys.sent(account), f"{reader} missed")

    async def reached(self, account: int, reader: Reader) -> Mark | None:
        """The last report that this owner was told."""
        noted = await self._notes.read(keys.sent(account), f"{reader} reached")
        if not noted:
            return None
        number, entry, at = noted.decode().split(" ")
        return Mark(number=int(number), entry=entry, at=datetime.fromisoformat(at))

    async def reach(self, account: int, reader: Reader, mark: Mark) -> None:
        """Note the report."""
        await self._notes.write(
            account, keys.sent(account), f"{reader} reached", f"{mark.number} {mark.entry} {mark.at.isoformat()}"
        )

    async def noted(self, account: int, reader: Reader, what: str) -> str:
        """What was kept under that name, one of NOTES; "" if nothing was."""
        return (await self._notes.read(keys.sent(account), f"{reader} {what}") or b"").decode(errors="replace")

    async def note(self, account: int, reader: Reader, what: str, value: str) -> None:
        """Keep it; "" drops it."""
        if value:
            await self._notes.write(account, keys.sent(account), f"{reader} {what}", value)
        else:
            await self.redis.hdel(keys.sent(account), f"{reader} {what}")

    async def forget(self, account: int, reader: Reader) -> None:
        """Drop the notes of one who is told no more: should they come back, they begin anew."""
        await self.redis.hdel(keys.sent(account), *_notes_of(reader))

    async def rename(self, account: int, former: Reader, reader: Reader) -> None:
        """Keep the notes under another name. Raises RedisError, and leaves what Redis did not take where it was."""
        key = keys.sent(account)
        for old, new in zip(_notes_of(former), _notes_of(reader), strict=True):
            if noted := await self._notes.read(key, old):
                await self.redis.hset_signed(key, new, noted)
                await self.redis.hdel(key, old)

    @property
    def _notes(self) -> Notes:
        return Notes(redis=self.redis)


def _alert(hash_: str, owner: int) -> str:
    return f"{hash_}:{owner}"


def _sent(noted: bytes, entry: str) -> int | None:
    last, _, message_id = noted.partition(b" ")
    return _number(message_id) if last == entry.encode() else None


def _notes_of(reader: Reader) -> list[str]:
    return [f"{reader}", *(f"{reader} {what}" for what in ("missed", "reached", *NOTES))]


def _number(noted: bytes | str | None) -> int | None:
    """What was noted; None for what is no number of ours."""
    return int(noted) if noted and noted.isdigit() and len(noted) < NUMBER_MOST else None
