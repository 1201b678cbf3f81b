"""Each kind is told at most once in so many seconds."""

from __future__ import annotations

from core.rarely import Rarely


def test_a_kind_is_due_again_when_its_seconds_are_over() -> None:
    rarely: Rarely[str] = Rarely(seconds=600)
    assert rarely.is_due("forged", now=0)
    rarely.told("forged", now=0)
    assert not rarely.is_due("forged", now=599)
    assert rarely.is_due("forged", now=600)


def test_a_kind_is_silent_for_itself_alone() -> None:
    rarely: Rarely[str] = Rarely(seconds=600)
    rarely.told("forged", now=0)
    assert rarely.is_due("old", now=1)


def test_what_was_not_told_stays_due() -> None:
    rarely: Rarely[str] = Rarely(seconds=600)
    assert rarely.is_due("forged", now=0)
    assert rarely.is_due("forged", now=1)
