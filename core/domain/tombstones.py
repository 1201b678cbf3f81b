"""Sessions that ended lately: Telegram may go on listing one for minutes, or tell late of its login."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain.sessions import Roster, check_aware, check_hash

#: In an owner's place: Doorman ended it by itself, by a rule.
DOORMAN = 0
KEPT = timedelta(days=1)
#: No ended session was seen to stay listed for so long: one that is listed still is alive, whatever Telegram said.
LINGERS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One ended session, by hash: when it ended, and for which owner Doorman ended it; None if it ended otherwise.

    `was_awaited` is whether that owner had asked for it before Telegram allowed it.
    """

    hash: str
    at: datetime
    by: int | None
    was_awaited: bool = False

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.at)


def without_ended(roster: Roster, tombstones: Iterable[Tombstone]) -> Roster:
    """The roster less the sessions that Doorman ended within the hour; one that was created after its namesake's end
    is another.
    """
    ended = {t.hash: t.at for t in tombstones if t.by is not None and roster.taken_at - t.at < LINGERS}
    listed = (s for s in roster.sessions if s.current or s.hash not in ended or s.created_at > ended[s.hash])
    return replace(roster, sessions=tuple(listed))


def still_needed(tombstones: Iterable[Tombstone], *, now: datetime) -> tuple[Tombstone, ...]:
    """Those younger than a day: no push comes so late."""
    return tuple(tombstone for tombstone in tombstones if now - tombstone.at < KEPT)
