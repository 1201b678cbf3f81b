"""How loud each event is to be told, and what it counts as among those that came quietly."""

from __future__ import annotations

from collections.abc import Mapping

from bot.views import account_changes
from bot.views.whys import is_by_our_key
from core.contract.account_events import AccountAltered, BaselineTaken, CodeCame, GuardLost, TamperingFound
from core.contract.events import Event
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginUnanswered,
    RuleWouldEnd,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
)
from core.domain.risk.assessment import Level


def level_of(event: Event) -> Level:
    """QUIET comes without a sound, NOTICE without one in quiet hours, ALARM always with one."""
    match event:
        case SessionAppeared(assessment=found) | SessionAltered(assessment=found):
            return max(found.level, _of_ours(event)) if isinstance(event, SessionAltered) else found.level
        case SessionEnded():
            return Level.ALARM if is_by_our_key(event) else _of_ended(event)
        case AccountAltered(changes=changes):
            return account_changes.loudness(changes)
        # The last two: nothing has judged that login yet, and the login lock did not hold.
        case (
            GuardLost()
            | TamperingFound()
            | BaselineTaken(history_lost=True)
            | LoginAnnounced()
            | CodeCame(is_locked=True, was_killed=False)
        ):
            return Level.ALARM
        case (
            CodeCame(was_killed=True)
            | RuleWouldEnd(error="", not_before=None)
            | SessionAdjusted()
            | EndingAwaited(was_moved=False)
        ):
            return Level.QUIET
        case _:  # who asked for an ending may think better of it
            return Level.QUIET if isinstance(event, EndingDropped) and event.by == event.wanted_by else Level.NOTICE


def _of_ours(event: SessionAltered) -> Level:
    """Any change of Doorman's own session is worth a look, unless it only logged in anew."""
    is_ours = event.after.current and event.before.created_at == event.after.created_at
    return Level.NOTICE if is_ours else Level.QUIET


def _of_ended(event: SessionEnded) -> Level:
    return Level.QUIET if event.rule is None else Level.NOTICE


def kind_of(event: Event) -> str:
    """What several of them are counted under."""
    return KINDS.get(type(event), "other messages")


KINDS: Mapping[type[Event], str] = {
    SessionAppeared: "new logins",
    LoginAnnounced: "new logins",
    LoginUnanswered: "reminders of logins that nobody answered for",
    SessionEnded: "sessions that ended",
    SessionAdjusted: "sessions that changed",
    SessionAltered: "sessions that changed",
    EndingAwaited: "endings that were asked for or called off",
    EndingDropped: "endings that were asked for or called off",
    CodeCame: "login codes that came",
    AccountAltered: "changes of the account's safety",
}
