"""A session's life while it is listed: its state, the turns it took between two looks, when it runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.sessions import Session

INACTIVE_AFTER = timedelta(days=7)


class State(StrEnum):
    """How a session is. One that is listed is never ENDED: only its history says that it was."""

    PENDING = "pending"  # the 2FA password was not entered yet: no access to messages
    ACTIVE = "active"
    INACTIVE = "inactive"
    ENDED = "ended"


def state_of(session: Session, *, now: datetime, inactive_after: timedelta = INACTIVE_AFTER) -> State:
    """The state of a listed session. The guard's own is active: it is the one that asks."""
    if session.password_pending:
        return State.PENDING
    if session.current or now < inactive_from(session, inactive_after):
        return State.ACTIVE
    return State.INACTIVE


def inactive_from(session: Session, inactive_after: timedelta = INACTIVE_AFTER) -> datetime:
    """From when on it counts as inactive, if it isn't used meanwhile."""
    return session.active_at + inactive_after


def expires_at(session: Session, ttl_days: int) -> datetime:
    """When Telegram ends it, if it isn't used meanwhile: after `ttl_days` without activity
    (`authorization_ttl_days`; core.telegram.org/constructor/account.authorizations).
    """
    return session.active_at + timedelta(days=ttl_days)


def turns_of(
    before: Session, after: Session, *, looked: datetime, now: datetime, inactive_after: timedelta = INACTIVE_AFTER
) -> tuple[State, ...]:
    """Which of ACTIVE (back again) and INACTIVE it became, in this order, between the look at `looked` and now.

    Only what is certain: of a session that was used at both ends nobody knows whether it rested in between.
    """
    was = state_of(before, now=looked, inactive_after=inactive_after)
    now_is = state_of(after, now=now, inactive_after=inactive_after)
    # Telegram may tell of an activity late: one too old to have counted at the former look brings nothing back.
    is_back = was is State.INACTIVE and state_of(after, now=looked, inactive_after=inactive_after) is State.ACTIVE
    turns = [State.ACTIVE] if is_back else []
    if now_is is State.INACTIVE and (was is not State.INACTIVE or is_back):
        turns.append(State.INACTIVE)
    return tuple(turns)
