"""The bot's side of Redis: which accounts there are, how their workers fare, and asking them for something."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog

from bot.press import Press
from bot.scope import Scope
from core import accounts, bus
from core.archive import recall
from core.connection import Store
from core.contract import keys
from core.contract.codec import Document, MalformedError, T, from_ms, to_ms
from core.contract.commands import GetCheckup, GetRoster
from core.contract.replies import Reply, RosterFetched
from core.contract.signing import place_of
from core.contract.state import SNAPSHOTS, Pulse, Room, Snapshot, name_of
from core.domain.history import Entry
from core.domain.sessions import Roster, Session
from core.pulse import feel
from core.room import measure

log = structlog.get_logger()

PRESSES: Document[Press] = Document(Press)
LISTS: Document[tuple[Session, ...]] = Document(tuple[Session, ...])

LISTS_MOST = 20
SCANNED_AT_ONCE = 1000
#: How long a question that ends sessions stands; after that it is asked anew.
QUESTION_KEPT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Every method raises RedisError when Redis is away."""

    redis: Store

    async def accounts(self) -> list[int]:
        """The accounts that a worker has ever watched, in order."""
        return await accounts.known(self.redis)

    async def scope(self, owner: int) -> Scope:
        """The accounts that a command of this owner's is about."""
        return Scope(known=tuple(await self.accounts()), chosen=await self.choice(owner))

    async def is_watched(self, account: int) -> bool:
        """Whether a worker keeps it: one that is at work does, though somebody may have taken it off the list."""
        if account in await self.accounts():
            return True
        pulse = await self.pulse(account)
        return pulse is not None and pulse.is_alive

    async def choice(self, owner: int) -> int | None:
        """The account that this owner chose; None if all, or if that can't be read."""
        try:
            data = await self.redis.get_signed(keys.choice(owner))
            return int(data) if data else None
        except ValueError as error:  # forged, or of another version
            log.warning("choice_unreadable", owner=owner, reason=str(error))
            return None

    async def choose(self, owner: int, account: int | None) -> None:
        """Let this owner's commands be about one account from now on; None is all."""
        if account is None:
            await self.redis.delete(keys.choice(owner))
        else:
            await self.redis.set_signed(keys.choice(owner), str(account).encode())

    async def pulse(self, account: int) -> Pulse | None:
        """How the account's worker fares; None if it never told, or that can't be read."""
        return await feel(self.redis, account)

    async def pulses(self) -> list[tuple[int, Pulse | None]]:
        """Every account with its worker's pulse."""
        return [(account, await self.pulse(account)) for account in await self.accounts()]

    async def account_name(self, account: int) -> str:
        """The account's own name, as far as its worker has told; else its number."""
        return name_of(account, await self.pulse(account))

    async def room(self) -> Room:
        """How much room Redis has: a full one takes no event and no command."""
        return await measure(self.redis)

    async def last_roster(self, account: int) -> Roster | None:
        """The last roster known."""
        snapshot = await self.snapshot(account)
        return snapshot.roster if snapshot else None

    async def snapshot(self, account: int) -> Snapshot | None:
        """The last roster, and what ended lately."""
        return await self._read(keys.snapshot(account), SNAPSHOTS)

    async def history(self, account: int) -> tuple[Entry, ...]:
        """Everything that is kept of what happened, oldest first."""
        return await recall(self.redis, account)

    async def now(self) -> datetime:
        """The time by Redis's clock."""
        return await bus.redis_now(self.redis)

    async def seen(self, account: int, *, owner: int) -> RosterFetched | None:
        """The roster and how its sessions stand, fetched now; None if that can't be had."""
        pulse = await self.pulse(account)
        if pulse and not pulse.is_alive:
            return None
        try:
            reply = await self.roster(account, owner=owner)
        except (bus.NoReplyError, MalformedError):
            return None
        return reply if isinstance(reply, RosterFetched) else None

    async def roster(self, account: int, *, owner: int) -> Reply:
        """Have the account's worker fetch the roster. Raises bus.NoReplyError, MalformedError."""
        sent = await bus.new_request(self.redis, GetRoster(), owner=owner)
        return await bus.request(self.redis, account, sent)

    async def checkup(self, account: int, *, owner: int) -> Reply:
        """Have the worker fetch all that the account's safety hangs on. Raises bus.NoReplyError, MalformedError."""
        sent = await bus.new_request(self.redis, GetCheckup(), owner=owner)
        return await bus.request(self.redis, account, sent)

    async def unsettled(self, account: int) -> dict[str, Press]:
        """The presses whose owners have not learned yet what came of them, by the ids of their requests."""
        key = keys.presses(account)
        noted = cast("dict[bytes, bytes]", await self.redis.hgetall(key))
        presses: dict[str, Press] = {}
        for request_id, data in noted.items():
            reason = "under another's name"
            try:
                place = place_of(key, request_id.decode(errors="replace"))
                press = PRESSES.load(self.redis.signer.unwrap(place, data))
            except MalformedError as error:
                press, reason = None, str(error)
            if press and press.account == account and request_id.isalnum():
                presses[request_id.decode()] = press
            else:
                log.error("press_unreadable", account=account, reason=reason)
                await self.redis.hdel(key, request_id)
        return presses

    async def accounts_with_presses(self) -> set[int]:
        """Those with presses that nobody has settled, though they be listed no more; found by looking at every key."""
        found = [key async for key in self.redis.scan_iter(match=keys.PRESSES_OF_ANY, count=SCANNED_AT_ONCE)]
        return {account for key in found if (account := keys.account_in(key)) is not None}

    async def keep_list(self, account: int, sessions: Sequence[Session]) -> str:
        """Keep the list of sessions that an owner is asked about; its name, short enough for a button."""
        key = keys.questions(account)
        name = f"{to_ms(await bus.redis_now(self.redis))}-{secrets.token_hex(4)}"
        await self.redis.hset_signed(key, name, LISTS.dump(tuple(sessions)))
        if old := sorted(await self.redis.hkeys(key))[:-LISTS_MOST]:
            await self.redis.hdel(key, *old)
        return name

    async def kept_list(self, account: int, name: str) -> tuple[Session, ...] | None:
        """The sessions of that list; None if it is kept no more, or is older than ten minutes."""
        try:
            made_at = from_ms(int(name.partition("-")[0]))
            data = await self.redis.hget_signed(keys.questions(account), name)
            if data is None or await bus.redis_now(self.redis) - made_at > QUESTION_KEPT:
                return None
            return LISTS.load(data)
        except MalformedError as error:
            log.error("list_unreadable", account=account, reason=str(error))  # noqa: TRY400
            return None
        except (ValueError, OverflowError):
            return None

    async def _read(self, key: str, document: Document[T]) -> T | None:
        try:
            data = await self.redis.get_signed(key)
            return document.load(data) if data else None
        except MalformedError as error:
            log.warning("unreadable_in_redis", where=key, reason=str(error))
            return None
