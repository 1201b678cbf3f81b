"""A session's card once more, after something was done to it: as the worker has written down by then that it stands."""

from __future__ import annotations

from datetime import datetime

from bot.press import Press
from bot.views.buttons.sessions import ALERTS, Origin
from bot.views.card import card
from bot.views.screen import Screen
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.sessions import AUTOCONFIRM_SECONDS, Session
from core.domain.standing import Trust


def judged(press: Press, session: Session, snapshot: Snapshot | None, *, trust: Trust | None, at: datetime) -> Screen:
    """After a word on whether it is trusted; `session` is how it is since."""
    return card(
        press.account,
        session,
        trust=trust,
        viewer=press.owner,
        now=at,
        label=called(snapshot, session.hash),
        ttl_days=ttl_of(snapshot),
        autoconfirm_seconds=snapshot.roster.autoconfirm_seconds if snapshot else AUTOCONFIRM_SECONDS,
        in_review=press.origin is Origin.REVIEW,
        wanted=snapshot.standings.awaited(session.hash) if snapshot else None,
    )


def changed(press: Press, result: Result, snapshot: Snapshot | None, *, remark: str) -> Screen | None:
    """After anything else; None where it was not done, or the message is no card."""
    session = result.session or press.session(result.hash)
    if snapshot is None or session is None or result.outcome is not Outcome.DONE or press.origin in ALERTS:
        return None
    return card(
        press.account,
        session,
        trust=snapshot.standings.trust_in(result.hash),
        viewer=press.owner,
        now=result.at,
        label=called(snapshot, result.hash),
        ttl_days=ttl_of(snapshot),
        autoconfirm_seconds=snapshot.roster.autoconfirm_seconds,
        remark=remark,
        wanted=snapshot.standings.awaited(result.hash),
        in_review=press.origin is Origin.REVIEW,
    )


def called(snapshot: Snapshot | None, hash_: str) -> str:
    """The owner's name for a session, one that is gone included; "" if it has none."""
    if snapshot is None:
        return ""
    former = (each.text for each in reversed(snapshot.labels.former) if each.session.hash == hash_)
    return snapshot.labels.of(hash_) or next(former, "")


def ttl_of(snapshot: Snapshot | None) -> int | None:
    """Telegram's limit for unused sessions, as it was last seen."""
    return snapshot.roster.ttl_days if snapshot else None
