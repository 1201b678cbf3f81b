"""Percentiles, ratios and the JSON that the bench writes."""

from __future__ import annotations

import json

import pytest

from bench.figures import aims, comparison, memory, percentile


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (1, 1), (50, 50), (50.5, 51), (99, 99), (100, 100)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_a_single_value_is_every_percentile() -> None:
    assert [percentile([7.0], percent) for percent in (0, 50, 100)] == [7.0, 7.0, 7.0]


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_ratios_are_doormans_over_the_bare_scripts() -> None:
    compared = comparison({"doorman": [0.003, 0.006, 0.009], "bare": [0.004, 0.002, 0.005]})
    assert compared == {
        "doorman": {"p50_ms": 6.0, "p99_ms": 9.0, "rounds": 3},
        "bare": {"p50_ms": 4.0, "p99_ms": 5.0, "rounds": 3},
        "p50_ratio": 1.5,
        "p99_ratio": 1.8,
    }


def test_bot_and_userclient_are_added_up_in_megabytes() -> None:
    sizes = memory({"bot": {"rss": 90_000_000}, "userclient": {"rss": 85_550_000}, "redis": {"rss": 7_000_000}})
    assert sizes == {
        "bot": {"rss": 90.0},
        "userclient": {"rss": 85.5},
        "redis": {"rss": 7.0},
        "bot + userclient": {"rss": 175.6},
    }


@pytest.mark.parametrize(("ratio", "megabytes", "met"), [(1.49, 259.9, True), (1.5, 260.0, False)])
def test_an_aim_is_met_below_its_limit_only(ratio: float, megabytes: float, met: bool) -> None:
    judged = aims({"login to alert": {"p50_ratio": ratio}}, {"bot + userclient": {"rss": megabytes}})
    assert list(judged.values()) == [met, met]
    assert json.loads(json.dumps(judged)) == judged
