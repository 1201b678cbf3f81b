"""Endings that wait: due as soon as Telegram allows them, never before, and never what is gone or the guard's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.awaited import Wanted, due, may_end_from
from core.domain.sessions import MAY_END_OTHERS_AFTER
from core.domain.standing import Standings, Trust
from tests.domain_values import NOW, OWNER, guard_session, roster, session, torn_roster

HOUR = timedelta(hours=1)
BORN = guard_session().created_at
ALLOWED_FROM = BORN + MAY_END_OTHERS_AFTER
WANTED = Wanted(hash="7", by=OWNER, asked_at=BORN, allowed_from=ALLOWED_FROM)
AWAITING = Standings(wanted=(WANTED,))
SESSION = session("7")


def test_telegram_allows_it_when_the_guard_is_a_day_old() -> None:
    assert may_end_from(roster()) == ALLOWED_FROM
    assert may_end_from(torn_roster()) is None


def test_it_is_due_from_then_on_and_not_a_second_before() -> None:
    assert due(roster(SESSION), [WANTED], now=ALLOWED_FROM) == ((SESSION, WANTED),)
    assert due(roster(SESSION), [WANTED], now=ALLOWED_FROM - timedelta(seconds=1)) == ()


def test_what_is_gone_is_not_due_nor_is_the_guards_own_nor_anything_on_a_torn_list() -> None:
    assert due(roster(), [WANTED], now=NOW) == ()
    assert due(roster(), [replace(WANTED, hash="0")], now=NOW) == ()
    assert due(torn_roster(SESSION), [WANTED], now=NOW) == ()


@pytest.mark.parametrize(
    "after",
    [
        AWAITING.answered("7"),
        AWAITING.trusting(Trust(hash="7", at=NOW, by=OWNER)),
        AWAITING.called_off("7"),
        AWAITING.after(appeared=(), listed=frozenset({"8"}), at=NOW),
    ],
    ids=["it was an owner", "trusted", "called off", "gone"],
)
def test_it_is_wanted_no_more(after: Standings) -> None:
    assert after.awaited("7") is None


def test_it_is_wanted_still_whatever_happens_to_others() -> None:
    others = AWAITING.answered("8").called_off("8").trusting(Trust(hash="8", at=NOW, by=OWNER)).distrusting("7")
    assert others.after(appeared=("9",), listed=frozenset({"7", "8", "9"}), at=NOW).awaited("7") == WANTED


def test_whoever_wanted_it_first_did() -> None:
    assert AWAITING.awaiting(replace(WANTED, by=OWNER + 1)) == AWAITING


def test_trust_from_before_does_not_outweigh_a_later_wish() -> None:
    trusted = Standings(trusted=(Trust(hash="7", at=BORN, by=OWNER),))
    assert trusted.awaiting(WANTED).awaited("7") == WANTED


def test_a_guard_that_logged_in_anew_has_it_wait_anew() -> None:
    assert AWAITING.allowed_from(NOW + HOUR).wanted == (replace(WANTED, allowed_from=NOW + HOUR),)
