"""The worker's pulse: alive, silent, or ended by its own last words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.contract.state import BEAT_SECONDS, Condition, Pulse, WorkerStatus
from tests.domain_values import ACCOUNT, NOW


def pulse(condition: Condition, *, ago: timedelta = timedelta()) -> Pulse:
    status = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=condition, watching_since=NOW)
    return Pulse(status=status, beat_at=NOW - ago, felt_at=NOW)


def test_it_is_silent_after_three_missed_beats_and_not_before() -> None:
    three = timedelta(seconds=3 * BEAT_SECONDS)
    assert not pulse(Condition.WATCHING, ago=three).is_silent
    assert pulse(Condition.WATCHING, ago=three).is_alive
    assert pulse(Condition.WATCHING, ago=three + timedelta(milliseconds=1)).is_silent
    assert not pulse(Condition.WATCHING, ago=three + timedelta(milliseconds=1)).is_alive


@pytest.mark.parametrize("condition", sorted(set(Condition) - {Condition.STOPPED, Condition.GUARD_LOST}))
def test_a_worker_that_sees_badly_is_alive_all_the_same(condition: Condition) -> None:
    assert pulse(condition).is_alive
    assert not pulse(condition).has_ended


@pytest.mark.parametrize("condition", [Condition.STOPPED, Condition.GUARD_LOST])
@pytest.mark.parametrize("ago", [timedelta(), timedelta(days=3)])
def test_after_its_last_words_a_worker_is_not_alive_but_not_missed_either(condition: Condition, ago: timedelta) -> None:
    assert pulse(condition, ago=ago).has_ended
    assert not pulse(condition, ago=ago).is_alive


def test_a_beat_from_the_future_is_no_silence() -> None:
    """Redis's clock was set back."""
    assert pulse(Condition.WATCHING, ago=-timedelta(days=1)).is_alive
