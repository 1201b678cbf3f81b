"""A year of one account, lived through by the rules: every intruder is an alarm, and hardly anything else."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from core.domain.changes import Altered, Appeared, compare
from core.domain.history import Entry, Kind
from core.domain.risk.assessment import Assessment, Level
from core.domain.risk.changes import assess_change
from core.domain.risk.logins import LoginReason, assess_login
from core.domain.risk.memory import recalled, remembered
from core.domain.risk.past import Past
from core.domain.sessions import Roster, Session
from tests.unit.core.domain.risk.household import why
from tests.year import BROWSER, INTRUDER, LAPTOP, PHONE, TABLET, a_year

OFFICIAL = {device["api_id"] for device in (PHONE, LAPTOP, TABLET, BROWSER)}
SEEDS = pytest.mark.parametrize("seed", [0, 1])


class Told(NamedTuple):
    """What the rules made of a year, and all that is remembered of it."""

    logins: list[tuple[Session, Assessment]]
    changes: list[tuple[Session, Assessment]]
    past: Past


@lru_cache
def lived_through(seed: int) -> Told:
    rosters = [with_official_ids(roster) for roster in a_year(seed).rosters]
    past = recalled(Entry(at=rosters[0].taken_at, kind=Kind.BASELINE, session=each) for each in rosters[0].sessions)
    told = Told([], [], past)
    for before, after in pairwise(rosters):
        for change in compare(before, after):
            if isinstance(change, Appeared):
                told.logins.append((change.session, assess_login(change.session, past, now=after.taken_at)))
                past = answered(past, change.session, after)
            if isinstance(change, Altered):
                assessment = assess_change(change.before, change.after, past, now=after.taken_at)
                told.changes.append((change.after, assessment))
                past = past.with_session(change.after)
        past = replace(past, roster=after)
    return told._replace(past=past)


def with_official_ids(roster: Roster) -> Roster:
    sessions = (replace(s, official_app=s.api_id in OFFICIAL and not s.current) for s in roster.sessions)
    return replace(roster, sessions=tuple(sessions))


def answered(past: Past, session: Session, roster: Roster) -> Past:
    """The owner answers for each login of theirs."""
    past = remembered(past, Entry(at=roster.taken_at, kind=Kind.LOGIN, session=session))
    return past if is_intruder(session) else past.believing(session.hash)


def is_intruder(session: Session) -> bool:
    return session.api_id == INTRUDER["api_id"]


@SEEDS
def test_every_intruder_is_an_alarm(seed: int) -> None:
    levels = [assessment.level for session, assessment in lived_through(seed).logins if is_intruder(session)]
    assert levels
    assert set(levels) == {Level.ALARM}


@SEEDS
def test_the_owners_logins_are_no_alarm_but_where_their_phone_was_abroad_just_then(seed: int) -> None:
    own = [assessment for session, assessment in lived_through(seed).logins if not is_intruder(session)]
    alarms = [assessment for assessment in own if assessment.level is Level.ALARM]
    assert all(LoginReason.ELSEWHERE in why(assessment) for assessment in alarms)
    assert len(alarms) <= len(own) / 10


@SEEDS
def test_a_years_moves_and_updates_are_no_alarm_and_mostly_quiet(seed: int) -> None:
    levels = [assessment.level for _, assessment in lived_through(seed).changes]
    assert Level.ALARM not in levels
    assert levels.count(Level.NOTICE) < len(levels) / 100


@SEEDS
def test_what_is_remembered_of_a_year_is_small(seed: int) -> None:
    assert len(pickle.dumps(lived_through(seed).past)) < 32_000
