"""Why a session is gone: worked out from the looks before and after, with the evidence, never more than it shows."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.changes import Ended, compare
from core.domain.sessions import MAY_END_OTHERS_AFTER, Roster, Session, check_aware

#: What is missing between two looks as close as this went together; a poll takes seconds.
AT_ONCE = timedelta(minutes=5)
#: Between two looks further apart than this the worker was away, and anything may have happened.
AWAY = timedelta(hours=1)
#: A guard that was thrown out sees again only once a person has logged it in: those looks can't be close.
RELOGIN = timedelta(days=1)
#: Telegram notes activity late and ends idle sessions in its own time; of a short limit it is a tenth.
TOLERANCE = timedelta(days=1)


class Why(StrEnum):
    """Why a session is gone."""

    BY_DOORMAN = "by doorman"
    RESET_OF_OTHERS = "reset of others"  # one session ended all others (auth.resetAuthorizations)
    RAN_OUT = "ran out"
    NEVER_COMPLETED = "never completed"  # the 2FA password was not entered: given up, refused or ended meanwhile
    ELSEWHERE = "elsewhere"  # logged out there, or ended from another device: Telegram doesn't say which
    ACCOUNT_TROUBLE = "account trouble"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a session is gone, and the evidence for it.

    `idle` runs from its last known activity to the look that missed it, and `ttl_days` is the lower limit of the two
    looks. `went` is how many are gone since the look before with neither Doorman, nor the limit, nor a missing password
    to explain it, this one among them; `stayed` is how many outlived that, the guard and incomplete logins apart, and
    `survivor` the hash of the only one. `youngest_stayed` is whether all that stayed are younger than this one.
    `guard_stayed` is False where Doorman had to log in anew. `apart` is the time between the two looks.
    """

    why: Why
    by: int | None = None
    last_active: datetime
    idle: timedelta
    ttl_days: int
    went: int
    stayed: int
    survivor: str | None
    youngest_stayed: bool
    guard_stayed: bool
    apart: timedelta

    def __post_init__(self) -> None:
        check_aware(self.last_active)


def endings_of(
    before: Roster, after: Roster, *, by: Mapping[str, int] | None = None, in_trouble: bool = False
) -> dict[str, Ending]:
    """The endings of all that are listed no more, by hash; `by` are the owners for whom Doorman ended some.

    Raises TornRosterError, ValueError, as `compare`.
    """
    by = by or {}
    return {
        session.hash: why_ended(
            session, before=before, after=after, by=by.get(session.hash), ours=by.keys(), in_trouble=in_trouble
        )
        for session in _gone(before, after)
    }


def why_ended(
    session: Session,
    *,
    before: Roster,
    after: Roster,
    by: int | None,
    ours: AbstractSet[str] = frozenset(),
    in_trouble: bool = False,
) -> Ending:
    """Why this session of `before` is gone in `after`.

    `by` is the owner for whom Doorman ended it, `ours` are the hashes of all that it ended between these looks.
    `in_trouble` is whether Telegram said in between that the account was deactivated or banned.
    Raises TornRosterError, ValueError, as `compare`.
    """
    apart = after.taken_at - before.taken_at
    ours = ours | {session.hash} if by is not None else ours
    unexplained = [s for s in _gone(before, after) if s.hash not in ours and not _is_explained(s, before, after)]
    stayed = [s for s in before.sessions if s.hash in after.hashes() and not s.current and not s.password_pending]
    survivor = stayed[0] if len(stayed) == 1 else None
    ending = Ending(
        why=Why.UNKNOWN,
        by=by,
        last_active=session.active_at,
        idle=max(timedelta(), after.taken_at - session.active_at),
        ttl_days=min(before.ttl_days, after.ttl_days),
        went=len(unexplained),
        stayed=len(stayed),
        survivor=survivor.hash if survivor else None,
        youngest_stayed=bool(stayed) and all(s.created_at > session.created_at for s in stayed),
        guard_stayed=_guard_stayed(before, after),
        apart=apart,
    )
    may_reset = survivor is not None and after.taken_at - survivor.created_at >= MAY_END_OTHERS_AFTER
    return replace(ending, why=_judged(ending, session, may_reset=may_reset, in_trouble=in_trouble))


def _judged(ending: Ending, session: Session, *, may_reset: bool, in_trouble: bool) -> Why:
    if ending.by is not None:
        return Why.BY_DOORMAN
    if in_trouble and not ending.stayed:
        return Why.ACCOUNT_TROUBLE
    if session.password_pending:  # unseen, it may have been completed and logged out
        return Why.NEVER_COMPLETED if ending.apart <= AWAY else Why.UNKNOWN
    reset = _reset(ending, may_reset=may_reset)
    if _ran_out(ending.idle, ending.ttl_days):
        # Unseen, it may have been used and logged out; and in a reset of the others it went one way or the other.
        is_seen = _ran_out(_seen_idle(ending.idle, ending.apart), ending.ttl_days)
        return Why.RAN_OUT if is_seen and reset is Why.ELSEWHERE else Why.UNKNOWN
    return reset


def _reset(ending: Ending, *, may_reset: bool) -> Why:
    """A reset of others, if all the evidence is there; unknown, if it can't be told from several endings one by one."""
    if ending.guard_stayed:
        # Another device's reset would have ended the guard too, so while anybody else stayed it was none. Where nobody
        # did, only a reset by the guard's own key, in Doorman's hands or another's, can have done it at a stroke.
        if ending.stayed or ending.went < 2:  # noqa: PLR2004 - one alone is no reset
            return Why.ELSEWHERE
        return Why.RESET_OF_OTHERS if ending.apart <= AT_ONCE else Why.UNKNOWN
    if ending.stayed > 1 or not ending.went:  # a reset leaves but one, and ends more than the guard
        return Why.ELSEWHERE
    # All but one went, the guard too; that one did it, if Telegram let it by its age.
    return Why.RESET_OF_OTHERS if may_reset and ending.apart <= RELOGIN else Why.UNKNOWN


def _gone(before: Roster, after: Roster) -> list[Session]:
    return [change.session for change in compare(before, after) if isinstance(change, Ended)]


def _guard_stayed(before: Roster, after: Roster) -> bool:
    # The guard's own row has no hash to go by, and once it is not the asker's any more it has another.
    old = before.guard
    return old is not None and any(
        (s.created_at, s.api_id, s.device_model) == (old.created_at, old.api_id, old.device_model)
        for s in after.sessions
    )


def _is_explained(session: Session, before: Roster, after: Roster) -> bool:
    idle = _seen_idle(after.taken_at - session.active_at, after.taken_at - before.taken_at)
    return session.password_pending or _ran_out(idle, min(before.ttl_days, after.ttl_days))


def _seen_idle(idle: timedelta, apart: timedelta) -> timedelta:
    """Less the time in which nobody looked: nobody knows whether it was used then."""
    return idle - max(timedelta(), apart - AWAY)


def _ran_out(idle: timedelta, ttl_days: int) -> bool:
    limit = timedelta(days=ttl_days)
    return ttl_days > 0 and idle >= limit - min(TOLERANCE, limit / 10)
