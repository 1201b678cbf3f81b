"""What the owners have set: what it can be, and from when until when it holds."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest

from core.domain.preferences import FIELDS, Mode, Preferences, QuietHours, check_fields
from tests.domain_values import NOW

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
NIGHT = QuietHours(start=time(22), end=time(7, 30))
LUNCH = QuietHours(start=time(12), end=time(13))


def at(hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, 14, hour, minute, tzinfo=UTC)


# --- quiet hours ---


@pytest.mark.parametrize(
    ("hours", "now", "quiet"),
    [
        (NIGHT, at(21, 59), False),
        (NIGHT, at(22), True),
        (NIGHT, at(0), True),
        (NIGHT, at(7, 29), True),
        (NIGHT, at(7, 30), False),
        (NIGHT, at(12), False),
        (LUNCH, at(11, 59), False),
        (LUNCH, at(12), True),
        (LUNCH, at(12, 59), True),
        (LUNCH, at(13), False),
        (LUNCH, at(0), False),
    ],
)
def test_it_is_quiet_from_the_start_until_the_end_over_midnight_too(
    hours: QuietHours, now: datetime, *, quiet: bool
) -> None:
    assert hours.are_on(now) is quiet


def test_the_hours_are_by_the_owners_clock_summer_time_included() -> None:
    stockholm = QuietHours(start=time(22), end=time(7), zone="Europe/Stockholm")
    assert not stockholm.are_on(at(20, 59))
    assert stockholm.are_on(at(21))
    assert stockholm.are_on(at(20, month=7))
    assert not stockholm.are_on(at(5, month=7))


def test_from_whatever_zone_the_moment_comes() -> None:
    assert NIGHT.are_on(at(22).astimezone(timezone(5 * HOUR)))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_nobody_knows_is_refused(zone: str) -> None:
    with pytest.raises((ZoneInfoNotFoundError, ValueError, KeyError, OSError)):
        QuietHours(start=time(22), end=time(7), zone=zone)


def test_quiet_hours_end() -> None:
    with pytest.raises(ValueError, match="never end"):
        QuietHours(start=time(7), end=time(7))


# --- what holds until then ---


@pytest.mark.parametrize(
    ("preferences", "locks"),
    [
        (Preferences(), False),
        (Preferences(is_locked=True), True),
        (Preferences(is_locked=True, lock_until=NOW + SECOND), True),
        (Preferences(is_locked=True, lock_until=NOW), False),
        (Preferences(lock_until=NOW + HOUR), False),
    ],
)
def test_the_lock_is_on_until_its_end_or_until_unlocked(preferences: Preferences, *, locks: bool) -> None:
    assert preferences.locks(NOW) is locks


@pytest.mark.parametrize(("until", "holds"), [(None, False), (NOW + SECOND, True), (NOW, False), (NOW - HOUR, False)])
def test_a_device_is_added_and_an_owner_travels_until_then(until: datetime | None, *, holds: bool) -> None:
    assert Preferences(adding_until=until).expects_login(NOW) is holds
    assert Preferences(travel_until=until).expects_travel(NOW) is holds
    assert not Preferences(adding_until=until).expects_travel(NOW)
    assert not Preferences(travel_until=until).expects_login(NOW)


def test_at_first_nothing_is_done_or_expected() -> None:
    first = Preferences()
    assert {first.end_unanswered, first.end_idle, first.only_countries} == {Mode.OFF}
    assert (first.quiet, first.locks(NOW), first.expects_login(NOW), first.expects_travel(NOW)) == (None, *[False] * 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unanswered_minutes": 4},
        {"unanswered_minutes": 1441},
        {"idle_days": 0},
        {"idle_days": 367},
        *({name: datetime(2026, 1, 1)} for name in ("lock_until", "adding_until", "travel_until")),  # noqa: DTZ001 - that
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"not|without"):
        Preferences(**wrong)


@pytest.mark.parametrize("right", [{"unanswered_minutes": 5}, {"unanswered_minutes": 1440}, {"idle_days": 366}])
def test_the_limits_themselves_are_taken(right: dict) -> None:
    assert Preferences(**right)


def test_only_fields_that_there_are_can_be_named() -> None:
    assert {field.name for field in fields(Preferences)} == FIELDS
    check_fields(FIELDS)
    check_fields(())
    with pytest.raises(ValueError, match="no preferences: color, locks"):
        check_fields(["quiet", "color", "locks"])
