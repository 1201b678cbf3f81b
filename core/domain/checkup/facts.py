"""All that a rule of the checkup may look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.account_state import AccountState
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a rule may look at."""

    state: AccountState
    roster: Roster
    standings: Standings
    preferences: Preferences
    now: datetime

    @property
    def inside(self) -> tuple[Session, ...]:
        """The sessions that can read messages, the guard's own apart."""
        return tuple(s for s in self.roster.sessions if not s.current and not s.password_pending)
