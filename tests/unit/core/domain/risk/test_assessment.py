"""How findings are weighed: the table, border by border, and what a mode that expects something takes away."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.risk.assessment import Assessment, Finding, Level, Weight, level_of, lowered, weighed
from core.domain.risk.changes import ChangeReason
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason

REASONS = [*LoginReason, *ChangeReason, *MoveReason]
findings = st.builds(Finding, reason=st.sampled_from(REASONS), weight=st.sampled_from(Weight))
several = st.lists(findings, max_size=6)


def finding(weight: int) -> Finding:
    return Finding(reason=LoginReason.NEW_APP, weight=Weight(weight))


@pytest.mark.parametrize(
    ("weights", "level"),
    [
        ([], Level.QUIET),
        ([0], Level.QUIET),
        ([0, 0, 0, 0], Level.QUIET),
        ([1], Level.NOTICE),
        ([2], Level.NOTICE),
        ([1, 1], Level.NOTICE),
        ([1, 1, 1], Level.ALARM),
        ([2, 1], Level.ALARM),
        ([3], Level.ALARM),
        ([3, 3, 2], Level.ALARM),
    ],
)
def test_weights_add_up_to_a_level(weights: list[int], level: Level) -> None:
    assert weighed(map(finding, weights), floor=Level.QUIET).level is level


def test_levels_are_ordered() -> None:
    assert Level.QUIET < Level.NOTICE < Level.ALARM


def test_a_finding_has_the_level_that_it_would_have_alone() -> None:
    assert [finding(weight).level for weight in range(4)] == [Level.QUIET, Level.NOTICE, Level.NOTICE, Level.ALARM]


def test_nothing_found_is_as_loud_as_the_floor() -> None:
    assert weighed([None, None], floor=Level.NOTICE) == Assessment(floor=Level.NOTICE)
    assert Assessment(floor=Level.NOTICE).level is Level.NOTICE
    assert Assessment().level is Level.QUIET


def test_the_weightiest_comes_first_and_else_the_order_of_the_rules_stays() -> None:
    rules = (LoginReason.SEVERAL, LoginReason.NEW_APP, LoginReason.ELSEWHERE, LoginReason.UNOFFICIAL)
    weights = (Weight.WEAK, Weight.WEAK, Weight.STRONG, Weight.SAID)
    assessment = weighed(
        (Finding(reason=reason, weight=weight) for reason, weight in zip(rules, weights, strict=True)),
        floor=Level.QUIET,
    )
    assert [each.reason for each in assessment.findings] == [rules[2], rules[0], rules[1], rules[3]]


@given(several, st.sampled_from(Level))
def test_the_level_is_that_of_the_sum_or_the_floor(some: list[Finding], floor: Level) -> None:
    assert weighed(some, floor=floor).level == max(floor, level_of(sum(each.weight for each in some)))


@given(st.lists(findings, max_size=4))
def test_the_order_of_the_findings_changes_no_level(some: list[Finding]) -> None:
    levels = {weighed(order, floor=Level.QUIET).level for order in permutations(some)}
    assert len(levels) == 1


@given(several, findings)
def test_another_finding_never_makes_it_quieter(some: list[Finding], other: Finding) -> None:
    assert weighed([*some, other], floor=Level.QUIET).level >= weighed(some, floor=Level.QUIET).level


def test_what_was_expected_is_said_and_not_counted() -> None:
    country = Finding(reason=LoginReason.NEW_COUNTRY, weight=Weight.STRONG, after="Nigeria")
    app = Finding(reason=LoginReason.NEW_APP, weight=Weight.WEAK)
    assessment = weighed([country, app], floor=Level.NOTICE)
    abroad = lowered(assessment, expected={LoginReason.NEW_COUNTRY})
    assert (assessment.level, abroad.level) == (Level.ALARM, Level.NOTICE)
    assert abroad.findings == (app, Finding(reason=LoginReason.NEW_COUNTRY, weight=Weight.SAID, after="Nigeria"))


def test_what_is_alarming_by_itself_is_expected_by_nobody() -> None:
    assessment = weighed([Finding(reason=ChangeReason.OTHER_DEVICE, weight=Weight.ALARMING)], floor=Level.QUIET)
    assert lowered(assessment, expected=REASONS) == assessment


@given(several, st.sets(st.sampled_from(REASONS)), st.sampled_from(Level))
def test_an_expectation_takes_away_no_finding_and_never_makes_it_louder(
    some: list[Finding], expected: set, floor: Level
) -> None:
    assessment = weighed(some, floor=floor)
    after = lowered(assessment, expected=expected)
    assert floor <= after.level <= assessment.level
    assert sorted(each.reason for each in after.findings) == sorted(each.reason for each in some)


def test_no_two_reasons_have_one_name() -> None:
    assert len({str(reason) for reason in REASONS}) == len(REASONS)
