"""A press is what its owner asks for, kept so that it comes back as that and as nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway import PRESSES
from bot.press import PATIENCE, PATIENCE_A_SESSION, Press
from bot.views.buttons.sessions import Origin
from core.contract.codec import MalformedError
from core.contract.commands import Command, EndSessions, GetCheckup, GetRoster
from core.contract.replies import Carried, NotCarried, Outcome, Result, RosterFetched, Trouble
from tests.deeds import ADJUSTING, DEEDS, ON_A_SESSION, ON_THE_ACCOUNT, named, pressed
from tests.domain_values import NOW, commands, hashes, roster, session

EVERY_DEED = pytest.mark.parametrize("command", DEEDS, ids=named)
EACH_ON_A_SESSION = pytest.mark.parametrize("command", [*ON_A_SESSION, *ADJUSTING], ids=named)
EACH_ON_THE_ACCOUNT = pytest.mark.parametrize("command", ON_THE_ACCOUNT, ids=named)
NOTHING = (GetRoster(), GetCheckup(), EndSessions(hashes=()))


def carried(*of: str) -> Carried:
    return Carried(results=tuple(Result(hash=hash_, outcome=Outcome.DONE, at=NOW) for hash_ in of))


@given(commands.filter(lambda command: command not in NOTHING), st.sampled_from(Origin))
def test_a_press_asks_for_what_it_was_made_of_and_a_note_of_it_too(command: Command, origin: Origin) -> None:
    press = replace(
        pressed(command, session("7"), session("8"), origin=origin, name="shop.example"),
        account=2**52,
        message_id=2**31,
        deadline=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert press.command == command
    assert PRESSES.load(PRESSES.dump(press)) == press


@pytest.mark.parametrize("command", NOTHING, ids=named)
def test_what_asks_for_nothing_is_no_press(command: Command) -> None:
    with pytest.raises(ValueError, match="a press"):
        pressed(command)


@given(st.lists(hashes, min_size=1, max_size=20, unique=True))
def test_of_several_sessions_each_is_named_and_has_its_time(several: list[str]) -> None:
    press = pressed(EndSessions(hashes=tuple(several)))
    assert press.hashes == tuple(several)
    assert press.patience == PATIENCE + PATIENCE_A_SESSION * len(several)
    assert press.is_answered_by(carried(*several))
    assert not press.is_answered_by(carried(*several, "1", "1"))


@EACH_ON_A_SESSION
def test_of_one_session_that_one_is_named_and_answered_for(command: Command) -> None:
    press = pressed(command)
    assert press.hashes == ("7",)
    assert press.patience == PATIENCE
    assert press.is_answered_by(carried("7"))
    assert not any(press.is_answered_by(carried(*other)) for other in ((), ("",), ("8",), ("7", "7")))


@EACH_ON_THE_ACCOUNT
def test_of_the_account_no_session_is_named_and_one_result_answers(command: Command) -> None:
    press = pressed(command)
    assert press.hashes == ()
    assert press.patience == PATIENCE
    assert press.is_answered_by(carried(""))
    assert not any(press.is_answered_by(carried(*other)) for other in ((), ("5",), ("", "")))


@EVERY_DEED
def test_that_it_could_not_be_begun_answers_everything_and_a_roster_nothing(command: Command) -> None:
    assert pressed(command).is_answered_by(NotCarried(trouble=Trouble.UNREACHABLE))
    assert not pressed(command).is_answered_by(RosterFetched(roster=roster()))


@pytest.mark.parametrize(
    "change",
    [
        {"asked": "GetRoster", "body": "{}"},
        {"asked": "GetCheckup", "body": "{}"},
        {"asked": "EndSessions", "body": '{"hashes": []}'},
        {"asked": "NoSuchThing"},
        {"asked": ""},
        {"asked": "\ud800"},
        {"asked": None},
        {"body": ""},
        {"body": "{"},
        {"body": "\ud800"},
        {"body": {"hash": "7"}},
        {"body": '{"hash": "07"}'},
        {"body": '{"hash": 7}'},
        {"asked": "SetTtl", "body": '{"days": 0}'},
        {"asked": "LabelSession", "body": json.dumps({"hash": "7", "label": "x" * 41})},
        {"asked": "Prefer", "body": '{"fields": ["x"], "preferences": {}}'},
        {
            "asked": "Prefer",
            "body": '{"fields": [], "preferences": {"quiet": {"start": "1", "end": "2", "zone": "/"}}}',
        },
    ],
    ids=str,
)
def test_a_note_of_no_command_is_malformed_when_it_is_read(change: dict[str, Any]) -> None:
    note = json.loads(PRESSES.dump(pressed(ON_A_SESSION[0])))
    with pytest.raises(MalformedError):
        PRESSES.load(json.dumps(note | change))


@given(st.text(), st.text())
def test_a_note_of_whatever_is_read_or_malformed_and_nothing_worse(asked: str, body: str) -> None:
    note = json.loads(PRESSES.dump(pressed(ON_A_SESSION[0])))
    with pytest.raises(MalformedError):
        PRESSES.load(json.dumps(note | {"asked": asked, "body": body}))


def test_a_deadline_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(pressed(ON_A_SESSION[0]), deadline=datetime(2026, 1, 1) + timedelta())  # noqa: DTZ001 - on purpose


def test_a_press_is_made_of_its_command_alone() -> None:
    press = pressed(ON_A_SESSION[0])
    assert (
        Press.of(
            press.command,
            account=press.account,
            owner=press.owner,
            message_id=press.message_id,
            origin=press.origin,
            sessions=press.sessions,
        )
        == press
    )
