"""What is to be said of an account's safety as it stands: a rule for each thing that it hangs on; a new one is a
function in RULES.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.domain.account_state import AccountState
from core.domain.checkup import account, inside
from core.domain.checkup.facts import Known
from core.domain.points import Grade, Point
from core.domain.preferences import Preferences
from core.domain.sessions import Roster
from core.domain.standing import Standings

#: What presses first, among points of one grade.
RULES: tuple[Callable[[Known], Point | None], ...] = (
    account.reset,
    inside.unanswered,
    inside.incomplete,
    account.password,
    account.unconfirmed_email,
    account.recovery,
    account.login_email,
    account.bots,
    inside.unofficial,
    inside.idle,
    inside.untrusted,
    account.websites,
    account.passkeys,
    inside.session_ttl,
    account.account_ttl,
    account.lock,
)


def advice(
    state: AccountState, roster: Roster, standings: Standings, preferences: Preferences, *, now: datetime
) -> tuple[Point, ...]:
    """A point for each rule that has something to say, worst first."""
    known = Known(state=state, roster=roster, standings=standings, preferences=preferences, now=now)
    grades = list(Grade)
    found = (point for rule in RULES if (point := rule(known)))
    return tuple(sorted(found, key=lambda point: grades.index(point.grade)))
