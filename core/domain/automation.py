"""What Doorman would end by itself, by the rules that the owners have switched on; how much of it, and never whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.preferences import Mode, Preferences
from core.domain.sessions import Roster, Session, check_hash
from core.domain.standing import Standings
from core.domain.traits import country_of, is_same

#: Endings by rule in an hour: a rule that is wrong does no great harm until its owner looks.
CAP = 3
CAP_PER = timedelta(hours=1)


class Rule(StrEnum):
    """Why Doorman would end a session by itself."""

    UNANSWERED = "unanswered"  # nobody has said in time whose login it was
    IDLE = "idle"
    COUNTRY = "country"  # its login is not from a listed country


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A session that a rule would end; `is_dry` is whether the rule only says so, `is_held` whether too many ended."""

    session: Session
    rule: Rule
    is_dry: bool
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An owner was told that a rule would end this session, or that it was to and could not, or was not yet allowed."""

    hash: str
    rule: Rule
    has_failed: bool
    is_held: bool = False

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    session: Session
    standings: Standings
    preferences: Preferences
    looked_at: datetime
    answerable_since: datetime | None
    now: datetime

    @property
    def waits_since(self) -> datetime | None:
        return next((w.since for w in self.standings.unanswered if w.hash == self.session.hash), None)


def _unanswered(facts: _Facts) -> bool:
    if facts.waits_since is None:
        return False
    since = max(facts.waits_since, facts.answerable_since or facts.waits_since)
    return facts.now - since >= timedelta(minutes=facts.preferences.unanswered_minutes)


def _idle(facts: _Facts) -> bool:
    # By the look that says so: since then it may have been used, if nobody could look.
    return facts.looked_at - facts.session.active_at >= timedelta(days=facts.preferences.idle_days)


def _country(facts: _Facts) -> bool:
    # Of logins alone, and of those that say where they are from: places are estimates, and people travel.
    country = country_of(facts.session)
    is_listed = any(is_same(country, listed) for listed in facts.preferences.countries)
    return facts.waits_since is not None and bool(country) and bool(facts.preferences.countries) and not is_listed


RULES: dict[Rule, tuple[Callable[[Preferences], Mode], Callable[[_Facts], bool]]] = {
    Rule.UNANSWERED: (lambda preferences: preferences.end_unanswered, _unanswered),
    Rule.COUNTRY: (lambda preferences: preferences.only_countries, _country),
    Rule.IDLE: (lambda preferences: preferences.end_idle, _idle),
}


def due(
    roster: Roster,
    standings: Standings,
    preferences: Preferences,
    *,
    ended_lately: int,
    now: datetime,
    answerable_since: datetime | None = None,
) -> tuple[Due, ...]:
    """What the rules would end now: never the guard's own, nor a trusted session. Above CAP, with what was
    `ended_lately` by rules, within `CAP_PER`, they are held. A session is due by the first rule that is on, else by the
    first dry one.

    While an owner adds a device or travels, logins wait. Before `answerable_since` no worker was there to take an
    answer.
    """
    found: list[Due] = []
    room = CAP - ended_lately
    for session in roster.sessions:
        if session.current or standings.trust_in(session.hash):
            continue
        looked_at = min(roster.taken_at, now)
        facts = _Facts(
            session=session,
            standings=standings,
            preferences=preferences,
            looked_at=looked_at,
            answerable_since=answerable_since,
            now=now,
        )
        each = _due(facts)
        if each:
            found.append(replace(each, is_held=not each.is_dry and room <= 0))
            room -= not each.is_dry
    return tuple(found)


def room_from(ended: Iterable[datetime], *, now: datetime) -> datetime | None:
    """From when on the rules may end one more, by when they `ended` others; None if they may now."""
    lately = sorted(at for at in ended if now - at < CAP_PER)
    return lately[-CAP] + CAP_PER if len(lately) >= CAP else None


def still_said(
    said: tuple[Said, ...], roster: Roster, standings: Standings, preferences: Preferences, *, now: datetime
) -> tuple[Said, ...]:
    """What need not be said again: of the sessions that a rule would end still, were nothing expected just now."""
    unpaused = replace(preferences, adding_until=None, travel_until=None)
    hashes = {each.session.hash for each in due(roster, standings, unpaused, ended_lately=0, now=now)}
    return tuple(each for each in said if each.hash in hashes)


def _due(facts: _Facts) -> Due | None:
    expected = facts.preferences.expects_login(facts.now) or facts.preferences.expects_travel(facts.now)
    for mode in (Mode.ON, Mode.DRY):
        for rule, (mode_of, applies) in RULES.items():
            if expected and rule is not Rule.IDLE:
                continue
            if mode_of(facts.preferences) is mode and applies(facts):
                return Due(session=facts.session, rule=rule, is_dry=mode is Mode.DRY)
    return None
