"""Each rule for a session in another place: what a traveller, a VPN and a mobile network look like."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight
from core.domain.risk.changes import assess_change
from core.domain.risk.moves import MoveReason
from core.domain.risk.past import Past
from tests.domain_values import NOW
from tests.unit.core.domain.risk.household import HOUR, MINUTE, found, household, past, phone, tablet, why

SECOND = timedelta(seconds=1)


def moved(known: Past | None = None, *, after: timedelta = 5 * HOUR, **particulars: Any) -> Assessment:
    """The phone, that long after it was last active."""
    moved_phone = phone(**({"active_at": NOW + after} | particulars))
    return assess_change(phone(active_at=NOW), moved_phone, household() if known is None else known, now=NOW + after)


def test_a_session_that_moved_to_a_country_where_none_was_is_worth_a_look() -> None:
    assessment = moved(country="Norway", region="Oslo")
    assert found(assessment, MoveReason.MOVED_COUNTRY) == Finding(
        reason=MoveReason.MOVED_COUNTRY, weight=Weight.WEAK, before="Sweden", after="Norway", benign=Benign.VPN
    )
    assert why(assessment) == {MoveReason.MOVED_COUNTRY}
    assert assessment.level is Level.NOTICE


def test_a_session_that_moved_to_where_others_are_is_told_quietly() -> None:
    known = household().with_session(tablet(country="Norway"))
    assessment = moved(known, country="Norway")
    assert found(assessment, MoveReason.MOVED_COUNTRY)
    assert assessment.level is Level.QUIET


def test_where_only_the_guard_or_a_doubted_session_is_nobody_was() -> None:
    assert moved(country="Ireland").level is Level.NOTICE
    assert moved(household().with_session(tablet(country="Norway")).doubting("2"), country="Norway").level


@pytest.mark.parametrize(
    "same",
    [{"country": " SWEDEN"}, {"country": "Malmo, Sweden", "region": ""}, {"country": "", "region": ""}, {"ip": ""}],
)
def test_a_place_that_is_written_otherwise_or_not_told_is_no_other(same: dict[str, str]) -> None:
    assert moved(**same) == Assessment()


@pytest.mark.parametrize(
    ("after", "fires"),
    [(timedelta(), True), (12 * MINUTE, True), (HOUR - SECOND, True), (HOUR, False), (-HOUR, False), (-SECOND, True)],
)
def test_within_the_hour_it_was_faster_than_a_person_travels(after: timedelta, *, fires: bool) -> None:
    assert (found(moved(after=after, country="Norway"), MoveReason.MOVED_TOO_FAST) is not None) is fires


def test_a_fast_move_tells_from_where_and_how_long_it_took_and_is_no_alarm_by_itself() -> None:
    assessment = moved(after=12 * MINUTE, country="Norway")
    assert found(assessment, MoveReason.MOVED_TOO_FAST) == Finding(
        reason=MoveReason.MOVED_TOO_FAST,
        weight=Weight.WEAK,
        before="Sweden",
        after="Norway",
        minutes=12,
        benign=Benign.VPN,
    )
    assert assessment.level is Level.NOTICE


def test_a_vpn_that_is_switched_on_every_day_is_quiet() -> None:
    known = household().with_session(phone(country="Norway")).with_session(phone())
    assessment = moved(known, after=MINUTE, country="Norway")
    assert why(assessment) == {MoveReason.MOVED_COUNTRY, MoveReason.MOVED_TOO_FAST}
    assert assessment.level is Level.QUIET


def test_a_fast_move_to_where_only_others_were_is_worth_a_look() -> None:
    known = household().with_session(tablet(country="Norway"))
    assert moved(known, after=MINUTE, country="Norway").level is Level.NOTICE


def test_what_a_doubted_session_did_before_does_not_make_it_likely() -> None:
    known = household().with_session(phone(country="Norway")).doubting("1")
    assert moved(known, after=MINUTE, country="Norway").level is Level.NOTICE


def test_a_network_where_none_was_is_said_quietly() -> None:
    assessment = moved(ip="198.51.100.9")
    assert assessment.findings == (
        Finding(
            reason=MoveReason.MOVED_NETWORK,
            weight=Weight.SAID,
            before="192.0.0.0/16",
            after="198.51.0.0/16",
            benign=Benign.MOBILE_NETWORK,
        ),
    )
    assert assessment.level is Level.QUIET


def test_a_network_that_is_known_is_not_worth_a_line() -> None:
    known = household().with_session(tablet(ip="198.51.100.9"))
    assert moved(known, ip="198.51.100.9") == moved(past(phone()), ip="192.0.200.1") == Assessment()


def test_in_another_country_the_network_is_not_told_as_well() -> None:
    assert found(moved(ip="198.51.100.9", country="Norway"), MoveReason.MOVED_NETWORK) is None
