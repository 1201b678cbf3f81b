"""Sessions that Doorman ended count as gone, for as long as Telegram may go on listing them."""

from __future__ import annotations

from datetime import timedelta

from core.domain.tombstones import Tombstone, still_needed, without_ended
from tests.domain_values import NOW, OWNER, guard_session, roster, session


def test_an_ended_session_that_is_still_listed_counts_as_gone() -> None:
    listed = roster(session("1"), session("2"))
    assert without_ended(listed, [Tombstone(hash="2", at=NOW, by=OWNER)]) == roster(session("1"))


def test_without_tombstones_nothing_is_taken_away() -> None:
    assert without_ended(roster(session("1")), []) == roster(session("1"))


def test_the_guards_own_session_is_never_taken_away() -> None:
    assert without_ended(roster(), [Tombstone(hash="0", at=NOW, by=OWNER)]).sessions == (guard_session(),)


def test_a_session_that_ended_otherwise_and_is_listed_is_there() -> None:
    assert without_ended(roster(session("2")), [Tombstone(hash="2", at=NOW, by=None)]) == roster(session("2"))


def test_a_session_that_is_listed_an_hour_after_its_end_is_alive_whatever_telegram_said() -> None:
    listed = roster(session("2", created_at=NOW - timedelta(days=1)))
    just_before = Tombstone(hash="2", at=NOW - timedelta(minutes=59, seconds=59), by=OWNER)
    assert without_ended(listed, [just_before]) == roster()
    assert without_ended(listed, [Tombstone(hash="2", at=NOW - timedelta(hours=1), by=OWNER)]) == listed


def test_a_session_that_was_created_after_its_namesakes_end_is_another() -> None:
    grave = Tombstone(hash="2", at=NOW - timedelta(minutes=5), by=OWNER)
    another = roster(session("2", created_at=NOW - timedelta(minutes=4)))
    assert without_ended(another, [grave]) == another
    assert without_ended(roster(session("2", created_at=grave.at)), [grave]) == roster()


def test_tombstones_are_kept_for_a_day() -> None:
    young = Tombstone(hash="1", at=NOW - timedelta(hours=23, minutes=59), by=OWNER)
    old = Tombstone(hash="2", at=NOW - timedelta(days=1), by=OWNER)
    assert still_needed([young, old], now=NOW) == (young,)
