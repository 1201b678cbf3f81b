"""What the roster shows of a press that nobody answered, where it was about an ending that waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.by_roster import can_tell, told_by
from core.contract.commands import CallOffEnding, Command, EndWhenAllowed
from core.contract.replies import Outcome, RosterFetched
from core.contract.state import Snapshot
from core.domain.awaited import Wanted
from core.domain.standing import Standings
from core.domain.tombstones import Tombstone
from tests.deeds import named, pressed
from tests.domain_values import NOW, OWNER, roster, session

LATER, CALL_OFF = EndWhenAllowed(hash="7"), CallOffEnding(hash="7")
WANTED = Wanted(hash="7", by=OWNER, asked_at=NOW - timedelta(minutes=1), allowed_from=NOW + timedelta(hours=1))
BOTH = pytest.mark.parametrize("command", [LATER, CALL_OFF], ids=named)


@BOTH
def test_the_roster_can_tell(command: Command) -> None:
    assert can_tell(pressed(command))


@pytest.mark.parametrize(
    ("command", "wanted", "outcome"),
    [
        (LATER, (WANTED,), Outcome.DONE),
        (LATER, (), Outcome.NOT_DONE),
        (CALL_OFF, (WANTED,), Outcome.NOT_DONE),
        (CALL_OFF, (), Outcome.NOT_PENDING),
    ],
)
def test_whether_it_waits_tells_what_came_of_it(command: Command, wanted: tuple[Wanted, ...], outcome: Outcome) -> None:
    looked = RosterFetched(roster=roster(session("7")), standings=Standings(wanted=wanted))
    [result] = told_by(looked, pressed(command), None).results
    assert result.outcome is outcome
    assert result.allowed_from == (WANTED.allowed_from if wanted else None)


@BOTH
def test_one_that_doorman_ended_meanwhile_is_said_to_be(command: Command) -> None:
    ended = Snapshot(roster=roster(), ended=(Tombstone(hash="7", at=NOW, by=OWNER),))
    [result] = told_by(RosterFetched(roster=roster()), pressed(command), ended).results
    assert (result.outcome, result.ended_by, result.at) == (Outcome.ALREADY_GONE, OWNER, NOW)
