"""What is done to a session for an owner: told to Telegram, written down and published, and taken for no news."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from core.contract.commands import Request
from core.contract.events import Event
from core.contract.session_events import EndingDropped, LoginConfirmed, SessionEnded, TrustChanged
from core.contract.state import BEGUN_MOST, Begun, Snapshot
from core.domain.automation import Rule
from core.domain.endings import why_ended
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings, Trust
from core.domain.tombstones import Tombstone, still_needed
from userclient.clock import now
from userclient.records import Records
from userclient.telegram.guard import Guard
from userclient.telegram.line import ANSWER_SECONDS
from userclient.trouble import TooLateError, UnreachableError

#: Tells the seconds that are left of an owner's request.
Left = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """`turn` is the watcher's: no look falls into the middle of a deed, and takes it for somebody else's."""

    guard: Guard
    records: Records
    turn: asyncio.Lock

    async def end(
        self, session: Session, *, by: int, left: Left, rule: Rule | None = None, was_awaited: bool = False
    ) -> None:
        """End a session for an owner, or for DOORMAN by a rule, and publish that; Telegram may list it for a while.

        `left` tells the seconds left to do it in when its turn comes. Raises TooLateError if there are none, the other
        errors of `trouble`, RedisError.
        """
        async with self.turn:
            begun = await self._begin_ending(session, by=by, was_awaited=was_awaited)
            before = replace(begun, ending=begun.ending[:-1])
            try:
                await self.guard.end(session.hash, seconds=await seconds_of(left))
            except Exception as trouble:
                # If it may have been done, what was begun stays written.
                if not isinstance(trouble, UnreachableError) or not trouble.was_sent:
                    with suppress(RedisError):  # what Telegram answered matters more
                        await self.records.write(before, [], since=begun)
                raise
            at = now()
            others = tuple(s for s in before.roster.sessions if s.hash != session.hash)
            roster = replace(before.roster, sessions=others, taken_at=max(at, before.roster.taken_at))
            ending = why_ended(session, before=before.roster, after=roster, by=by, ours={session.hash})
            await self.write(
                begun,
                SessionEnded(
                    account=roster.account,
                    at=at,
                    session=session,
                    ended_by=by,
                    ending=ending,
                    rule=rule,
                    was_awaited=was_awaited,
                    label=before.labels.of(session.hash),
                ),
                history=[Entry(at=at, kind=Kind.ENDED, session=session, ending=ending, by=by)],
                labels=before.labels.after(gone=(session,)),
                roster=replace(before.roster, sessions=others),
                ended=(*still_needed(before.ended, now=at), Tombstone(hash=session.hash, at=at, by=by)),
                ending=before.ending,
                standings=before.standings.called_off(session.hash),
            )

    async def _begin_ending(self, session: Session, *, by: int, was_awaited: bool) -> Snapshot:
        """Write down what is about to be done, and for whom, as the last of `ending`. Raises RedisError."""
        before = await self.before()
        intent = Tombstone(hash=session.hash, at=now(), by=by, was_awaited=was_awaited)
        return await self.write(before, ending=(*before.ending, intent))

    async def write(self, before: Snapshot, *events: Event, history: Sequence[Entry] = (), **changes: Any) -> Snapshot:
        """What follows from the snapshot by these changes; written by then, in the turn that it was read in.

        Raises RedisError.
        """
        after = replace(before, **changes)
        await self.records.write(after, events, since=before, history=history)
        return after

    async def confirm(self, session: Session, *, by: int, left: Left) -> None:
        """Note for an owner that a login was theirs, tell Telegram if that waits for it, and publish it; as `end` in
        everything else.
        """
        async with self.turn:
            roster, known = await self._vouched(session, left=left)
            before = await self.before()
            event = LoginConfirmed(
                account=roster.account,
                at=now(),
                session=known,
                confirmed_by=by,
                told_telegram=session.unconfirmed,
            )
            standings = before.standings.answered(session.hash)
            entry = Entry(at=event.at, kind=Kind.CONFIRMED, session=known, by=by)
            off = dropped(before, known, by=by, at=event.at)
            await self.write(before, event, *off, history=[entry], roster=roster, standings=standings)

    async def trust(self, session: Session, *, by: int, left: Left) -> None:
        """Note for an owner that a session is theirs and is to stay, which confirms its login too; as `confirm`."""
        async with self.turn:
            roster, known = await self._vouched(session, left=left)
            before = await self.before()
            event = TrustChanged(account=roster.account, at=now(), session=known, trusted=True, by=by)
            standings = before.standings.trusting(Trust(hash=session.hash, at=event.at, by=by))
            entry = Entry(at=event.at, kind=Kind.TRUSTED, session=known, by=by)
            off = dropped(before, known, by=by, at=event.at)
            await self.write(before, event, *off, history=[entry], roster=roster, standings=standings)

    async def distrust(self, session: Session, *, by: int, left: Left) -> None:
        """Note for an owner that a session is trusted no more, and publish that. Raises TooLateError, RedisError."""
        async with self.turn:
            await seconds_of(left)
            before = await self.before()
            event = TrustChanged(account=before.roster.account, at=now(), session=session, trusted=False, by=by)
            entry = Entry(at=event.at, kind=Kind.DISTRUSTED, session=session, by=by)
            standings = before.standings.distrusting(session.hash)
            await self.write(before, event, history=[entry], standings=standings)

    async def _vouched(self, session: Session, *, left: Left) -> tuple[Roster, Session]:
        """The roster with the login confirmed, at Telegram too if that waits for it; and that session."""
        seconds = await seconds_of(left)
        if session.unconfirmed:
            await self.guard.confirm(session.hash, seconds=seconds)
        known = replace(session, unconfirmed=False)
        roster = (await self.before()).roster
        return replace(roster, sessions=tuple(known if s.hash == session.hash else s for s in roster.sessions)), known

    async def begin(self, request: Request, *, kept_since: datetime) -> bool:
        """Note that a request is begun, whatever comes of it; False if it was begun before, by whatever process.

        Requests whose deadline was before `kept_since` are forgotten: no copy of one is good any more. Raises
        RedisError.
        """
        async with self.turn:
            before = await self.before()
            if any(begun.id == request.id for begun in before.begun):
                return False
            kept = tuple(begun for begun in before.begun if begun.deadline >= kept_since)[-BEGUN_MOST:]
            await self.write(before, begun=(*kept, Begun(id=request.id, deadline=request.deadline)))
            return True

    async def standings(self) -> Standings:
        """How the sessions stand. Raises RedisError."""
        known = await self.records.snapshot()
        return known.standings if known else Standings()

    async def before(self) -> Snapshot:
        """The last snapshot, to be changed in this turn. Raises RedisError."""
        before = await self.records.snapshot()
        if before is None:
            raise RedisError("the last roster was lost since the look")
        return before

    async def tombstone(self, hash_: str) -> Tombstone | None:
        """Whether Doorman itself ended this session lately, when and for whom."""
        known = await self.records.snapshot()
        return next((t for t in known.ended if t.hash == hash_), None) if known else None


def dropped(before: Snapshot, session: Session, *, by: int, at: datetime) -> tuple[EndingDropped, ...]:
    """What is told of an ending that waited, when an owner wants the session to stay; of their own wish too, for other
    owners may count on it, and an earlier snapshot that is put back must not pass for this one.
    """
    wanted = before.standings.awaited(session.hash)
    if wanted is None:
        return ()
    return (EndingDropped(account=before.roster.account, at=at, session=session, wanted_by=wanted.by, by=by),)


async def seconds_of(left: Left) -> float:
    """How long a request to Telegram may take. Raises TooLateError if there is no time left."""
    seconds = await left()
    if seconds <= 0:
        raise TooLateError
    return min(seconds, ANSWER_SECONDS)
