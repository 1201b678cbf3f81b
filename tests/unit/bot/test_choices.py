"""What is picked or typed becomes just the fields that it names, or is refused for a reason."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.choices import Choice, Mistake, MistakeError, picked, typed, would_end
from bot.views.buttons.settings import Topic
from core.contract.commands import Prefer
from core.domain.automation import Rule
from core.domain.preferences import Mode, Preferences, QuietHours
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import NOW, OWNER, preferences, roster, session

BERLIN = QuietHours(start=time(22, 30), end=time(7, 15), zone="Europe/Berlin")
PLAIN = Preferences()


def said(topic: Topic, words: str, before: Preferences = PLAIN) -> Choice:
    return typed(topic, words, before, now=NOW, seen=("Sweden", "Norway"))


def mistake_in(topic: Topic, words: str) -> Mistake:
    with pytest.raises(MistakeError) as caught:
        said(topic, words)
    return caught.value.mistake


@pytest.mark.parametrize(
    "words",
    [
        "22:30-07:15 Europe/Berlin",
        "22.30 - 7.15 europe/berlin",
        "22:30\u201307:15 Berlin",
        "  22:30-7:15   EUROPE/BERLIN ",
    ],
)
def test_quiet_hours_are_read_as_people_write_them(words: str) -> None:
    assert said(Topic.QUIET, words).preferences.quiet == BERLIN


def test_quiet_hours_without_a_zone_stay_in_the_one_that_was_set() -> None:
    before = Preferences(quiet=BERLIN)
    assert said(Topic.QUIET, "23-8", before).preferences.quiet == QuietHours(
        start=time(23), end=time(8), zone="Europe/Berlin"
    )
    assert picked(Topic.QUIET, "22-7", PLAIN, now=NOW).preferences.quiet == QuietHours(start=time(22), end=time(7))


@pytest.mark.parametrize("words", ["off", "OFF", "none"])
def test_quiet_hours_are_switched_off(words: str) -> None:
    choice = said(Topic.QUIET, words, Preferences(quiet=BERLIN))
    assert choice.fields == ("quiet",)
    assert choice.preferences.quiet is None


@pytest.mark.parametrize(
    ("topic", "words", "mistake"),
    [
        (Topic.QUIET, "at night", Mistake.FORM),
        (Topic.QUIET, "22:30", Mistake.FORM),
        (Topic.QUIET, "24-7", Mistake.HOURS),
        (Topic.QUIET, "22:60-7", Mistake.HOURS),
        (Topic.QUIET, "7-7", Mistake.HOURS),
        (Topic.QUIET, "22-7 Europe", Mistake.ZONE),
        (Topic.QUIET, "22-7 ../../etc/passwd", Mistake.ZONE),
        (Topic.QUIET, "22-7 Atlantis", Mistake.ZONE),
        (Topic.UNANSWERED, "4", Mistake.RANGE),
        (Topic.UNANSWERED, "9" * 99, Mistake.RANGE),
        (Topic.UNANSWERED, "soon", Mistake.FORM),
        (Topic.UNANSWERED, "²", Mistake.FORM),
        (Topic.IDLE, "367", Mistake.RANGE),
        (Topic.ADDING, "0", Mistake.RANGE),
        (Topic.ADDING, "121", Mistake.RANGE),
        (Topic.TRAVEL, "91", Mistake.RANGE),
        (Topic.TRAVEL, "-3", Mistake.FORM),
        (Topic.COUNTRIES, ",".join(f"Land {n}" for n in range(31)), Mistake.TOO_MANY),
        (Topic.COUNTRIES, "x" * 41, Mistake.FORM),
        (Topic.COUNTRIES, "Swe\u202eden", Mistake.FORM),
    ],
)
def test_what_cannot_be_taken_is_refused_for_its_reason(topic: Topic, words: str, mistake: Mistake) -> None:
    assert mistake_in(topic, words) is mistake


def test_a_window_ends_by_itself_or_when_it_is_switched_off() -> None:
    assert said(Topic.ADDING, "20").preferences.adding_until == NOW + timedelta(minutes=20)
    assert said(Topic.TRAVEL, "10 days").preferences.travel_until == NOW + timedelta(days=10)
    assert picked(Topic.TRAVEL, "off", Preferences(travel_until=NOW), now=NOW).preferences.travel_until is None


def test_countries_are_taken_by_the_names_that_telegram_gives_them() -> None:
    choice = said(Topic.COUNTRIES, "sweden,  NORWAY ; Atlantis\nSweden")
    assert choice.preferences.countries == ("Sweden", "Norway", "Atlantis")
    assert choice.unseen == ("Atlantis",)
    assert said(Topic.COUNTRIES, "none").preferences.countries == ()


def test_a_rule_is_switched_by_its_button_and_its_number_is_set_apart() -> None:
    assert picked(Topic.IDLE, "on", PLAIN, now=NOW).command == Prefer(
        fields=("end_idle",), preferences=Preferences(end_idle=Mode.ON)
    )
    assert picked(Topic.UNANSWERED, "15", PLAIN, now=NOW).fields == ("unanswered_minutes",)
    assert picked(Topic.COUNTRIES, "dry", PLAIN, now=NOW).preferences.only_countries is Mode.DRY
    assert not picked(Topic.WEEKLY, "off", PLAIN, now=NOW).preferences.is_weekly


@given(preferences, st.sampled_from(Topic), st.text(max_size=30))
def test_whatever_is_typed_changes_what_it_names_and_nothing_else(
    before: Preferences, topic: Topic, words: str
) -> None:
    try:
        choice = typed(topic, words, before, now=NOW)
    except MistakeError:
        return
    [field] = choice.fields
    for name in Preferences.__slots__:
        if name != field:
            assert getattr(choice.preferences, name) == getattr(before, name)


def test_what_a_rule_would_end_leaves_out_whom_no_rule_may_end() -> None:
    listed = roster(*(session(str(n), active_at=NOW - timedelta(days=100)) for n in range(5)))
    standings = Standings(trusted=(Trust(hash="0", at=NOW, by=OWNER), Trust(hash="1", at=NOW, by=OWNER)))
    ends = would_end(Rule.IDLE, listed, standings, Preferences(end_idle=Mode.OFF), now=NOW)
    assert [each.hash for each in ends] == ["2", "3", "4"]  # more than may go in an hour, so that all are named


def test_what_a_rule_would_end_counts_what_travel_only_puts_off() -> None:
    listed = roster(session("7", country="Brazil", region=""))
    standings = Standings(unanswered=(Unanswered(hash="7", since=NOW),))
    away = Preferences(travel_until=NOW + timedelta(days=1), countries=("Sweden",))
    [each] = would_end(Rule.COUNTRY, listed, standings, away, now=NOW)
    assert each.hash == "7"
