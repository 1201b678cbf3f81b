"""The pages of Doorman's settings: what is so now, what a rule would end, and a message that always fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.choices import RULE_OF, Mistake
from bot.press import Press
from bot.views.automation import switch_on_question
from bot.views.buttons.sessions import Origin
from bot.views.buttons.settings import Topic
from bot.views.mistakes import mistaken
from bot.views.outcomes import outcome_screen
from bot.views.preferences import TOPIC_OF, settings_page, topic_page
from bot.views.screen import Screen
from bot.views.status import status_page
from core.contract.commands import Prefer
from core.contract.replies import Outcome, Result
from core.contract.state import Room
from core.domain.automation import Rule
from core.domain.preferences import Mode, Preferences, QuietHours
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, preferences, session, sessions
from tests.screens import data_of, fits_telegram, plain, shown

SET = Preferences(
    quiet=QuietHours(start=time(14), end=time(7), zone="UTC"),
    is_weekly=False,
    travel_until=NOW + timedelta(days=3),
    end_unanswered=Mode.ON,
    unanswered_minutes=90,
    only_countries=Mode.DRY,
    countries=("Sweden", "Norway"),
)


def page_of(topic: Topic, known: Preferences = SET, *, would_end: tuple[Session, ...] | None = ()) -> str:
    return plain(topic_page(ACCOUNT, topic, known, account_name="Ada", would_end=would_end, now=NOW))


def test_one_page_shows_all_that_is_set() -> None:
    assert shown(settings_page(ACCOUNT, SET, account_name="Ada", now=NOW)) == snapshot("""\
<b>Settings of </b><code>⟦Ada⟧</code>

Quiet hours: 14:00 to 07:00, UTC, on now
Weekly digest: off
Login lock: off

<b>Expected now</b>
Travel is expected until 17 Mar 2026, 15:09 UTC

<b>Ended by Doorman itself</b>
Logins unanswered for 90 minutes: on
Logins from other countries than <code>⟦Sweden⟧</code>, <code>⟦Norway⟧</code>: dry run
Sessions idle for 90 days: off
Never a trusted session, nor Doorman's own; at most 3 an hour.
[Quiet hours → ss:1001:q] [Weekly digest on → sc:1001:w:on]
[Adding a device → ss:1001:d] [Travel → ss:1001:t]
[Unanswered logins → ss:1001:u]
[Countries → ss:1001:c] [Idle sessions → ss:1001:i]
[🔄 Refresh → ss:1001:a]\
""")


def test_nothing_is_set_at_first() -> None:
    assert plain(settings_page(ACCOUNT, Preferences(), account_name="Ada", now=NOW)) == snapshot("""\
Settings of \u2068Ada\u2069

Quiet hours: off
Weekly digest: Sundays at 10:00, UTC
Login lock: off

Expected now
Nothing (/adding a device, /travel)

Ended by Doorman itself
Logins unanswered for 1 hour: off
Logins from other countries than you list, none so far: off
Sessions idle for 90 days: off
Never a trusted session, nor Doorman's own; at most 3 an hour.\
""")


def test_a_rules_page_says_what_it_would_end() -> None:
    ends = tuple(session(str(n), device_model=f"Device {n}") for n in range(7))
    assert page_of(Topic.IDLE, would_end=ends) == snapshot("""\
Idle sessions · \u2068Ada\u2069

Now: off.

When on, Doorman ends a session that was not used for 90 days.
Never a trusted session, nor Doorman's own; at most 3 an hour.

It would end 7 sessions now:
· \u2068Device 0\u2069, \u2068Malmo, Sweden\u2069, used 1 min ago
· \u2068Device 1\u2069, \u2068Malmo, Sweden\u2069, used 1 min ago
· \u2068Device 2\u2069, \u2068Malmo, Sweden\u2069, used 1 min ago
· \u2068Device 3\u2069, \u2068Malmo, Sweden\u2069, used 1 min ago
· \u2068Device 4\u2069, \u2068Malmo, Sweden\u2069, used 1 min ago
and 2 more

Or type, say, /idle 45, 1 to 366 days.\
""")


def test_a_rule_that_may_end_no_more_within_the_hour_says_from_when_on_it_may() -> None:
    def said(mode: Mode) -> str:
        known, ends, later = Preferences(end_idle=mode), (session(),), NOW + timedelta(minutes=30)
        return plain(
            topic_page(ACCOUNT, Topic.IDLE, known, account_name="Ada", would_end=ends, held_until=later, now=NOW)
        )

    held = "It would end 1 session from 14 Mar 2026, 15:39 UTC on, for 3 were ended within the hour:"
    assert held in said(Mode.ON)
    assert "It would end 1 session now:" in said(Mode.DRY)


def test_before_a_rule_is_switched_on_it_says_whom_it_spares_and_what_puts_it_off() -> None:
    screen = switch_on_question(ACCOUNT, Rule.COUNTRY, SET, account_name="Ada", would_end=(session(),), now=NOW)
    assert shown(screen) == snapshot("""\
<b>Switch this rule on? </b><code>⟦Ada⟧</code>
Logins from other countries

When on, Doorman ends at once a login that nobody answered for, unless its country is one of these: <code>⟦Sweden⟧</code>, <code>⟦Norway⟧</code>. The country is an estimate from the IP: a VPN makes it another.
Never a trusted session, nor Doorman's own; at most 3 an hour.

It would end 1 session now:
· <code>⟦Pixel 9⟧</code>, <code>⟦Malmo, Sweden⟧</code>, used 1 min ago
Travel is expected until 17 Mar 2026, 15:09 UTC: the rule waits until then.
[Yes, switch it on → sc:1001:c:on]
[Dry run first → sc:1001:c:dry]
[No → ss:1001:c]\
""")


def test_a_rule_is_never_switched_on_by_one_press() -> None:
    for topic in RULE_OF:
        screen = topic_page(ACCOUNT, topic, Preferences(), account_name="Ada", would_end=(), now=NOW)
        assert not [data for data in data_of(screen) if data.endswith(":on")]


def test_no_countries_no_rule_about_them() -> None:
    screen = topic_page(ACCOUNT, Topic.COUNTRIES, Preferences(), account_name="Ada", would_end=(), now=NOW)
    assert data_of(screen) == ["ss:1001:a"]
    assert "You list none yet" in plain(screen)


def test_a_preview_that_cannot_be_had_is_said_to_be_unknown() -> None:
    asked = switch_on_question(ACCOUNT, Rule.IDLE, SET, account_name="Ada", would_end=None, now=NOW)
    assert "not known" in plain(asked)


def test_what_is_expected_is_said_with_its_end_and_what_it_does_not_quiet() -> None:
    travel = page_of(Topic.TRAVEL)
    assert "On until 17 Mar 2026, 15:09 UTC" in travel
    assert "counts as ever" in travel
    assert "Off." in page_of(Topic.ADDING)
    room = Room(policy="noeviction", is_full=False)
    status = status_page([(ACCOUNT, None)], version="0.1.0", room=room, preferences={ACCOUNT: SET}, now=NOW)
    assert "Travel is expected until 17 Mar 2026" in plain(status)


@pytest.mark.parametrize("topic", [Topic.QUIET, Topic.ADDING, Topic.TRAVEL])
def test_only_what_is_on_can_be_switched_off(topic: Topic) -> None:
    on = replace(SET, adding_until=NOW + timedelta(minutes=5))
    for known, offered in ((on, 1), (Preferences(), 0)):
        screen = topic_page(ACCOUNT, topic, known, account_name="Ada", would_end=None, now=NOW)
        assert sum(data.endswith(":off") for data in data_of(screen)) == offered


def test_a_window_that_is_over_is_not_on() -> None:
    later = NOW + timedelta(days=3)
    screen = topic_page(ACCOUNT, Topic.TRAVEL, SET, account_name="Ada", would_end=None, now=later)
    assert plain(screen).partition("\n\n")[2].startswith("Off.")


def pressed(command: Prefer, outcome: Outcome = Outcome.DONE) -> Screen | None:
    press = Press.of(command, account=ACCOUNT, owner=OWNER, message_id=1, origin=Origin.LIST)
    return outcome_screen(press, [Result(hash="", outcome=outcome, at=NOW)], account_name="Ada")


@pytest.mark.parametrize(("field", "topic"), TOPIC_OF.items())
def test_what_was_set_is_shown_on_its_page(field: str, topic: Topic) -> None:
    screen = pressed(Prefer(fields=(field,), preferences=SET))
    assert screen is not None
    said = "Doorman's settings were changed by you: 14 Mar 2026, 15:09 UTC."
    page = topic_page(ACCOUNT, topic, SET, account_name="Ada", would_end=None, now=NOW, note=said)
    assert shown(screen) == shown(page)


def test_no_page_is_shown_of_what_was_not_done() -> None:
    assert pressed(Prefer(fields=("quiet",), preferences=SET), Outcome.NOT_DONE) is None


def test_a_mistake_is_answered_with_an_example() -> None:
    assert plain(mistaken(Topic.QUIET, Mistake.ZONE)) == snapshot("""\
Nothing was changed: Doorman knows no such time zone; they are named by region and city. For example:
/quiet 22:30-07:15 Europe/Berlin\
""")
    assert "1 to 90 days" in plain(mistaken(Topic.TRAVEL, Mistake.RANGE))
    for topic in Topic:
        for mistake in Mistake:
            fits_telegram(mistaken(topic, mistake))


@given(preferences, st.none() | st.lists(sessions(), max_size=8))
def test_whatever_is_set_has_pages_that_fit(known: Preferences, ends: list[Session] | None) -> None:
    for topic in Topic:
        fits_telegram(topic_page(2**52, topic, known, account_name="Ada", would_end=ends, now=NOW))
    for rule in Rule:
        fits_telegram(switch_on_question(2**52, rule, known, account_name="Ada", would_end=ends, now=NOW))


def test_the_most_countries_with_the_longest_names_fit() -> None:
    most = Preferences(countries=tuple(str(n) + "\U0001d400" * 38 for n in range(30)))
    for topic in Topic:
        screen = topic_page(2**52, topic, most, account_name="\U0001d400" * 80, would_end=[session()] * 99, now=NOW)
        fits_telegram(screen)
