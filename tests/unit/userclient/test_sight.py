"""How well the watcher sees: which condition, and when that is news."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from core.contract.mishaps import GuardLoss
from core.contract.state import Condition
from tests.domain_values import NOW, guard_session, roster
from tests.waiting import running, within_patience
from userclient.sight import Sight
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    UnreachableError,
)


async def is_news(sight: Sight) -> bool:
    """Whether something changed since this was last asked."""
    async with running(sight.changed(seconds=20)) as waiting:
        for _ in range(5):
            await asyncio.sleep(0)
        return waiting.done()


def test_at_first_nothing_is_seen() -> None:
    assert Sight().condition is Condition.UNREACHABLE
    assert Sight().last_roster_at is None


def test_a_whole_roster_is_seen() -> None:
    sight = Sight()
    sight.see(roster())
    assert sight.condition is Condition.WATCHING
    assert (sight.last_roster_at, sight.guard_created_at) == (NOW, guard_session().created_at)


@pytest.mark.parametrize(
    ("trouble", "condition", "detail"),
    [
        (UnreachableError("TimeoutError"), Condition.UNREACHABLE, "TimeoutError"),
        (FloodWaitError(30), Condition.FLOOD_WAIT, "FLOOD_WAIT_30"),
        (RefusedError("FROZEN_METHOD_INVALID"), Condition.FROZEN, "FROZEN_METHOD_INVALID"),
        (RefusedError("INTERNAL"), Condition.REFUSED, "INTERNAL"),
        (NotAllowedYetError(), Condition.UNREACHABLE, ""),
        (GuardLostError(GuardLoss.SESSION_REVOKED), Condition.UNREACHABLE, "SESSION_REVOKED"),
    ],
)
def test_each_trouble_is_called_by_its_name(trouble: TelegramTrouble, condition: Condition, detail: str) -> None:
    sight = Sight()
    sight.see(roster())
    sight.lose(trouble, now=NOW)
    assert (sight.condition, sight.detail) == (condition, detail)
    assert sight.until == (NOW + timedelta(seconds=30) if condition is Condition.FLOOD_WAIT else None)
    assert sight.last_roster_at == NOW  # how long ago is for others to judge


def test_what_was_wrong_is_over_with_the_next_roster() -> None:
    sight = Sight()
    sight.lose(FloodWaitError(30), now=NOW)
    sight.see(roster())
    assert (sight.condition, sight.until, sight.detail) == (Condition.WATCHING, None, "")


def test_a_torn_roster_is_no_sight() -> None:
    sight = Sight()
    sight.see(roster())
    sight.lose(FloodWaitError(30), now=NOW)
    sight.tear()
    assert (sight.condition, sight.until, sight.detail) == (Condition.INCOMPLETE, None, "")


@pytest.mark.parametrize(
    ("trouble", "condition"),
    [
        (UnreachableError("TimeoutError"), Condition.UNREACHABLE),
        (FloodWaitError(30), Condition.FLOOD_WAIT),
        (RefusedError("FROZEN_METHOD_INVALID"), Condition.FROZEN),
        (RefusedError("INTERNAL"), Condition.REFUSED),
        (None, None),
    ],
)
def test_checkups_that_fail_are_told_apart_from_the_watching(
    trouble: TelegramTrouble | None, condition: Condition | None
) -> None:
    sight, later = Sight(), NOW + timedelta(hours=1)
    sight.see(roster())
    sight.check(NOW)
    sight.miss_check(UnreachableError("TimeoutError"), now=NOW)
    sight.miss_check(trouble, now=later)
    assert (sight.checked_at, sight.unchecked_since, sight.checkup_trouble) == (NOW, NOW, condition)
    assert sight.condition is Condition.WATCHING
    sight.check(later)
    assert (sight.checked_at, sight.unchecked_since, sight.checkup_trouble) == (later, None, None)


def test_since_when_missed_codes_cannot_be_read_is_kept_until_they_can() -> None:
    sight = Sight()
    sight.miss_codes(now=NOW)
    sight.miss_codes(now=NOW + timedelta(hours=1))
    assert sight.codes_unread_since == NOW
    sight.read_codes()
    assert sight.codes_unread_since is None


async def test_better_and_worse_are_news_and_more_of_the_same_is_not() -> None:
    sight = Sight()
    sight.see(roster())
    assert await is_news(sight)
    sight.see(roster(taken_at=NOW + timedelta(minutes=1)))
    assert not await is_news(sight)
    sight.tear()
    assert await is_news(sight)
    sight.tear()
    assert not await is_news(sight)
    sight.lose(RefusedError("INTERNAL"), now=NOW)
    assert await is_news(sight)
    sight.see(roster())
    assert await is_news(sight)


async def test_without_news_the_wait_ends_all_the_same() -> None:
    await within_patience(Sight().changed(seconds=0.01))
