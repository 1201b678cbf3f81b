"""What is told of each change between two looks, and what speaks against it; pure, with no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.contract.account_events import TtlChanged
from core.contract.events import Event
from core.contract.session_events import SessionAltered, SessionAppeared, SessionEnded
from core.domain.changes import Altered, Appeared, Change, Ended, TtlAltered
from core.domain.endings import Ending
from core.domain.labels import Labels
from core.domain.preferences import Preferences
from core.domain.recognition import recognised
from core.domain.risk.assessment import Level
from core.domain.risk.changes import assess_change
from core.domain.risk.expectations import as_expected
from core.domain.risk.logins import assess_login
from core.domain.risk.past import Past
from core.domain.sessions import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """By what is known at the second look. By the hashes of sessions, `called` is what owners call those of the first,
    `endings` are why those are gone, `awaited` those that an owner had asked to have ended before Telegram allowed it.
    """

    preferences: Preferences
    labels: Labels
    called: Mapping[str, str]
    roster: Roster
    past: Past
    endings: Mapping[str, Ending]
    awaited: frozenset[str]
    now: datetime

    def event(self, change: Change) -> Event | None:
        """What is told of it; None of what happens on any day."""
        account, at, preferences = self.roster.account, self.roster.taken_at, self.preferences
        match change:
            case Appeared(session=session):
                found = assess_login(session, self.past, now=self.now)
                return SessionAppeared(
                    account=account,
                    at=at,
                    session=session,
                    assessment=as_expected(found, preferences, is_login=True, now=self.now),
                    former_label=recognised(session, ((f.session, f.text) for f in self.labels.former)) or "",
                    autoconfirm_seconds=self.roster.autoconfirm_seconds,
                )
            case Ended(session=session):
                ending = self.endings.get(session.hash)
                by = ending.by if ending else None
                return SessionEnded(
                    account=account,
                    at=at,
                    session=session,
                    ended_by=by,
                    ending=ending,
                    was_awaited=by is not None and session.hash in self.awaited,
                    label=self.called.get(session.hash, ""),
                )
            case Altered(before=before, after=after):
                found = assess_change(before, after, self.past, now=self.now)
                found = as_expected(found, preferences, is_login=False, now=self.now)
                if not change.significant and found.level is Level.QUIET:
                    return None
                return SessionAltered(
                    account=account,
                    at=at,
                    before=before,
                    after=after,
                    assessment=found,
                    label=self.called.get(after.hash, ""),
                    autoconfirm_seconds=self.roster.autoconfirm_seconds,
                )
            case TtlAltered(before=old, after=new):
                return TtlChanged(account=account, at=at, before=old, after=new)
