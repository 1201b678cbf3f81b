"""What happened between two rosters: `compare` finds the changes, `apply` replays them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from core.domain.sessions import Roster, Session

EVERYDAY = frozenset({"active_at", "ip", "region", "app_version", "system_version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeared:
    """A session that was not listed before."""

    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A session that is listed no more, as it was last seen."""

    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """The same session with other particulars."""

    before: Session
    after: Session

    @property
    def what(self) -> frozenset[str]:
        """The names of the fields that differ."""
        return frozenset(f.name for f in fields(Session) if getattr(self.before, f.name) != getattr(self.after, f.name))

    @property
    def significant(self) -> frozenset[str]:
        """What an owner wants to hear of: everything but activity, and the address and versions that move daily."""
        return self.what - EVERYDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class TtlAltered:
    """The account's limit for idle sessions was set anew."""

    before: int
    after: int


Change = Appeared | Ended | Altered | TtlAltered


class TornRosterError(ValueError):
    """A roster without the asker's own session: an incomplete answer, not a change."""


def compare(before: Roster, after: Roster) -> tuple[Change, ...]:
    """The changes that lead from `before` to `after`: ended first, then altered, then appeared.

    The guard's own session is compared like any other, by the key `_key` gives it.
    Raises TornRosterError if either is torn, ValueError for rosters of two accounts.
    """
    if before.account != after.account:
        raise ValueError(f"rosters of two accounts: {before.account} and {after.account}")
    if before.is_torn or after.is_torn:
        raise TornRosterError
    before = _seen_from(after, before)
    old, new = _by_key(before), _by_key(after)
    changes: list[Change] = [Ended(session=old[key]) for key in old if key not in new]
    changes += [Altered(before=old[key], after=new[key]) for key in old if key in new and old[key] != new[key]]
    changes += [Appeared(session=new[key]) for key in new if key not in old]
    if before.ttl_days != after.ttl_days:
        changes.append(TtlAltered(before=before.ttl_days, after=after.ttl_days))
    return tuple(changes)


def apply(before: Roster, changes: Iterable[Change]) -> Roster:
    """`before` with the changes made, `taken_at` left as it was; sessions keep their order, new ones come last."""
    sessions, ttl_days = _by_key(before), before.ttl_days
    for change in changes:
        match change:
            case Appeared(session=session):
                sessions[_key(session)] = session
            case Ended(session=session):
                del sessions[_key(session)]
            case Altered(after=after):
                sessions[_key(after)] = after
            case TtlAltered(after=days):
                ttl_days = days
    return replace(before, sessions=tuple(sessions.values()), ttl_days=ttl_days)


def _seen_from(after: Roster, before: Roster) -> Roster:
    """`before` as the asker of `after` would have seen it, if a new login of Doorman's own took the old one's place.

    Its own row was one among the others, and the old one's, now one among them, was not under its hash.
    """
    old, new = before.guard, after.guard
    if old is None or new is None or _is_same(old, new):
        return before
    others = [s for s in before.sessions if not s.current and not _is_same(s, new)]
    former = next((s for s in after.sessions if not s.current and _is_same(s, old)), None)
    if former:
        others.append(replace(former, active_at=old.active_at))
    return replace(before, sessions=(old, *others))


def _is_same(one: Session, other: Session) -> bool:
    # The guard's own row has no hash to go by.
    return (one.created_at, one.api_id, one.device_model) == (other.created_at, other.api_id, other.device_model)


def _key(session: Session) -> str:
    # The guard's own session is listed with hash 0 in practice, but nothing promises that.
    return "current" if session.current else session.hash


def _by_key(roster: Roster) -> dict[str, Session]:
    return {_key(session): session for session in roster.sessions}
