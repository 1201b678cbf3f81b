"""What is to be said of an account's safety as it stands: a rule for each thing that it hangs on; a new one is a
function in RULES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.account_state import AccountState
from core.domain.points import Action, Grade, Point, Topic, Where
from core.domain.preferences import Preferences
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings

#: Telegram's own limit, where nobody has set one, is half a year.
TTL_DAYS_MOST = 184
#: An account that is gone after so short an absence can be lost by a long journey or an illness.
ACCOUNT_TTL_DAYS_LEAST = 60
WEBSITE_IDLE_AFTER = timedelta(days=90)
PASSKEY_NEW_FOR = timedelta(days=7)


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


def reset(known: Known) -> Point:
    """Somebody asked for the 2FA password to be reset: whoever did needs only to wait."""
    if known.state.has_password is None:
        return Point(topic=Topic.RESET, grade=Grade.UNKNOWN, where=Where.TWO_STEP)
    if known.state.reset_at is None:
        return Point(topic=Topic.RESET, grade=Grade.GOOD)
    return Point(topic=Topic.RESET, grade=Grade.BAD, at=known.state.reset_at, action=Action.CALL_OFF_RESET)


def unanswered(known: Known) -> Point:
    """Logins of which nobody has said whose they are."""
    waiting = (s for s in known.inside if s.unconfirmed or known.standings.is_unanswered(s.hash))
    return _of_sessions(known, Topic.UNANSWERED, Grade.BAD, waiting)


def incomplete(known: Known) -> Point:
    """Logins that only lack the 2FA password: whoever it is has had a login code."""
    pending = (s for s in known.roster.sessions if s.password_pending and not s.current)
    return _of_sessions(known, Topic.INCOMPLETE, Grade.BAD, pending)


def password(known: Known) -> Point:
    """Whether a login takes more than a code."""
    grades = {None: Grade.UNKNOWN, True: Grade.GOOD, False: Grade.BAD}
    return Point(topic=Topic.PASSWORD, grade=grades[known.state.has_password], where=Where.TWO_STEP)


def unconfirmed_email(known: Known) -> Point | None:
    """A recovery e-mail that is not confirmed yet: the owner's, or whoever's wants the next reset."""
    if not known.state.unconfirmed_email:
        return None
    return Point(
        topic=Topic.UNCONFIRMED_EMAIL, grade=Grade.LOOK, email=known.state.unconfirmed_email, where=Where.TWO_STEP
    )


def recovery(known: Known) -> Point | None:
    """Whether a forgotten 2FA password can be had back; of an address that waits to be confirmed, that says it all."""
    if known.state.has_password is False or (known.state.unconfirmed_email and not known.state.has_recovery):
        return None
    grades = {None: Grade.UNKNOWN, True: Grade.GOOD, False: Grade.LOOK}
    return Point(topic=Topic.RECOVERY, grade=grades[known.state.has_recovery], where=Where.TWO_STEP)


def login_email(known: Known) -> Point:
    """Where login codes go. Without an address a text message may do, which is little without 2FA."""
    email, grade = known.state.login_email, Grade.UNKNOWN
    if known.state.has_password is not None:
        grade = Grade.GOOD if email or known.state.has_password else Grade.LOOK
    return Point(topic=Topic.LOGIN_EMAIL, grade=grade, email=email, where=Where.LOGIN_EMAIL)


def bots(known: Known) -> Point:
    """Business bots: each reads chats, whoever runs it."""
    if known.state.bots is None:
        return Point(topic=Topic.BOTS, grade=Grade.UNKNOWN)
    if not known.state.bots:
        return Point(topic=Topic.BOTS, grade=Grade.GOOD)
    count = len(known.state.bots)
    return Point(topic=Topic.BOTS, grade=Grade.LOOK, count=count, among=count, action=Action.SHOW_BOTS)


def unofficial(known: Known) -> Point:
    """Apps with an id that is none of Telegram's own; those that an owner trusts are known to be theirs."""
    others = (s for s in known.inside if not s.official_app and not known.standings.trust_in(s.hash))
    return _of_sessions(known, Topic.UNOFFICIAL, Grade.LOOK, others)


def idle(known: Known) -> Point:
    """Sessions that nobody has used for as long as the owner calls idle: a phone that was sold is among them."""
    days = known.preferences.idle_days
    unused = (s for s in known.inside if known.now - s.active_at >= timedelta(days=days))
    return _of_sessions(known, Topic.IDLE, Grade.LOOK, unused, days=days)


def untrusted(known: Known) -> Point:
    """Sessions of which no owner has said that they are to stay."""
    unjudged = (s for s in known.inside if not known.standings.trust_in(s.hash))
    return _of_sessions(known, Topic.UNTRUSTED, Grade.LOOK, unjudged)


def websites(known: Known) -> Point:
    """Websites that are logged in still, though nobody goes there any more."""
    listed = known.state.websites
    if listed is None:
        return Point(topic=Topic.WEBSITES, grade=Grade.UNKNOWN)
    unused = sum(known.now - website.active_at >= WEBSITE_IDLE_AFTER for website in listed)
    return Point(
        topic=Topic.WEBSITES,
        grade=Grade.LOOK if unused else Grade.GOOD,
        count=unused,
        among=len(listed),
        days=WEBSITE_IDLE_AFTER.days,
        action=Action.SHOW_WEBSITES if listed else None,
    )


def passkeys(known: Known) -> Point:
    """Passkeys: each is a way in without a code. A new one is worth a look."""
    listed = known.state.passkeys
    if listed is None:
        return Point(topic=Topic.PASSKEYS, grade=Grade.UNKNOWN, where=Where.PASSKEYS)
    new = sum(known.now - passkey.created_at < PASSKEY_NEW_FOR for passkey in listed)
    return Point(
        topic=Topic.PASSKEYS,
        grade=Grade.LOOK if new else Grade.GOOD,
        count=new,
        among=len(listed),
        days=PASSKEY_NEW_FOR.days,
        action=Action.SHOW_PASSKEYS if listed else None,
        where=Where.PASSKEYS,
    )


def session_ttl(known: Known) -> Point:
    """How long an idle session lives; a roster of an unread limit has none."""
    days = known.roster.ttl_days
    if days <= 0:
        return Point(topic=Topic.SESSION_TTL, grade=Grade.UNKNOWN)
    if days <= TTL_DAYS_MOST:
        return Point(topic=Topic.SESSION_TTL, grade=Grade.GOOD, days=days)
    return Point(topic=Topic.SESSION_TTL, grade=Grade.LOOK, days=days, action=Action.SHOW_TTL)


def account_ttl(known: Known) -> Point:
    """After how long an absence Telegram deletes the account."""
    days = known.state.account_ttl_days
    if days is None:
        return Point(topic=Topic.ACCOUNT_TTL, grade=Grade.UNKNOWN, where=Where.ACCOUNT_TTL)
    grade = Grade.LOOK if days < ACCOUNT_TTL_DAYS_LEAST else Grade.GOOD
    return Point(topic=Topic.ACCOUNT_TTL, grade=grade, days=days, where=Where.ACCOUNT_TTL)


def lock(known: Known) -> Point | None:
    """The login lock, while it is on: it keeps its owner out as well."""
    if not known.preferences.locks(known.now):
        return None
    return Point(topic=Topic.LOCK, grade=Grade.GOOD, at=known.preferences.lock_until, action=Action.SHOW_LOCK)


#: What presses first, among points of one grade.
RULES: tuple[Callable[[Known], Point | None], ...] = (
    reset,
    unanswered,
    incomplete,
    password,
    unconfirmed_email,
    recovery,
    login_email,
    bots,
    unofficial,
    idle,
    untrusted,
    websites,
    passkeys,
    session_ttl,
    account_ttl,
    lock,
)


def advice(
    state: AccountState, roster: Roster, standings: Standings, preferences: Preferences, *, now: datetime
) -> tuple[Point, ...]:
    """A point for each rule that has something to say, worst first."""
    known = Known(state=state, roster=roster, standings=standings, preferences=preferences, now=now)
    grades = list(Grade)
    found = (point for rule in RULES if (point := rule(known)))
    return tuple(sorted(found, key=lambda point: grades.index(point.grade)))


def _of_sessions(known: Known, topic: Topic, grade: Grade, found: Iterable[Session], *, days: int = 0) -> Point:
    sessions = tuple(found)
    among = len(known.roster.hashes())
    if not sessions:
        return Point(topic=topic, grade=Grade.GOOD, among=among, days=days)
    return Point(
        topic=topic,
        grade=grade,
        count=len(sessions),
        among=among,
        days=days,
        sessions=sessions,
        action=Action.REVIEW,
    )
