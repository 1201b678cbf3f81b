"""When unused sessions end: a date for each, and what a shorter limit would end at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.lifetime import LISTED_MOST, ending_at_once, lifetime_page, shorter_question
from core.domain.sessions import Roster, Session
from tests.crowds import LONGEST, crowd
from tests.domain_values import NOW, roster, rosters, session
from tests.screens import fits_telegram, plain, shown


def idle(hash_: str, days: int, **particulars: object) -> Session:
    return session(hash_, active_at=NOW - timedelta(days=days), **particulars)


LISTED = roster(
    idle("1", 2, device_model="iPhone 17", platform="iOS"),
    idle("2", 170),
    idle("3", 40, device_model="Nokia"),
    ttl_days=180,
)


def test_each_session_has_its_own_date_soonest_first() -> None:
    page = lifetime_page(LISTED, account_name="Ada", now=NOW, trusted=frozenset({"1"}), labels={"2": "old phone"})
    assert shown(page) == snapshot("""\
<b>Unused sessions of </b><code>⟦Ada⟧</code>
They end after 180 days. Telegram does that by itself, whoever's they are; each use begins the time anew.

1. 🤖 🏷 <code>⟦old phone⟧</code> · <code>⟦Pixel 9⟧</code> · 24 Mar 2026, in 10 days
2. 🤖 <code>⟦Nokia⟧</code> · 1 Aug 2026, in 140 days
3. 📱 <code>⟦iPhone 17⟧</code> · 8 Sep 2026, in 178 days · 🛡 trusted

Any other limit: /ttl and a number of days, as in /ttl 45.
[1 week → da:1001:7] [1 month → da:1001:30] [3 months → da:1001:90]
[✅ 6 months → da:1001:180] [1 year → da:1001:365]
[All sessions → p:1001:0]\
""")


@pytest.mark.parametrize(
    ("unused", "said"),
    [(0, "in 7 days"), (6, "in 1 day"), (7, "at any time now"), (400, "at any time now")],
)
def test_how_long_is_left_is_said(unused: int, said: str) -> None:
    assert said in plain(lifetime_page(roster(idle("1", unused), ttl_days=7), account_name="Ada", now=NOW))


def test_doormans_own_session_and_one_that_is_not_logged_in_yet_have_no_date() -> None:
    page = plain(lifetime_page(roster(idle("1", 3, password_pending=True)), account_name="Ada", now=NOW))
    assert "1." not in page


@pytest.mark.parametrize("days", [0, -1, 367, 2**31 - 1])
def test_a_limit_that_telegram_does_not_know_is_no_reason_to_fail(days: int) -> None:
    page = plain(lifetime_page(roster(idle("1", 3), ttl_days=days), account_name="Ada", now=NOW))
    assert "Their limit is not known." in page
    assert "1." not in page


def test_those_that_a_shorter_limit_ends_are_named_before_it_is_set() -> None:
    asked = shorter_question(
        LISTED, 30, account_name="Ada", now=NOW, trusted=frozenset({"3"}), labels={"2": "old phone"}
    )
    assert shown(asked) == snapshot("""\
<b>End unused sessions after 30 days? </b><code>⟦Ada⟧</code>

⚠️ These 2 sessions have been unused for longer than that, and may be ended at once:

1. 🤖 🏷 <code>⟦old phone⟧</code> · <code>⟦Pixel 9⟧</code> · last used 170 d ago
2. 🤖 <code>⟦Nokia⟧</code> · last used 40 d ago · 🛡 trusted
[Yes, after 30 days → dc:1001:30:29558349]
[No, leave it → ds:1001]\
""")


def test_where_none_ends_the_question_says_so() -> None:
    assert "none ends at once" in plain(shorter_question(LISTED, 366, account_name="Ada", now=NOW))


@given(rosters(), st.integers(1, 366))
def test_what_ends_at_once_has_been_unused_for_that_long_and_nothing_else(listed: Roster, days: int) -> None:
    ending = ending_at_once(listed, days, now=NOW)
    assert {s.hash for s in ending} == {
        s.hash
        for s in listed.sessions
        if not s.current and not s.password_pending and s.active_at + timedelta(days=days) <= NOW
    }


def test_the_longest_page_and_question_fit_a_message_and_say_how_many_they_leave_out() -> None:
    listed = crowd(3 * LISTED_MOST)
    labels = {s.hash: "ж" * 40 for s in listed.sessions}
    trusted = frozenset(labels)
    left_out = sum(not s.current and not s.password_pending for s in listed.sessions) - LISTED_MOST
    later = NOW + timedelta(days=400)
    page = lifetime_page(listed, account_name=LONGEST, now=NOW, trusted=trusted, labels=labels, line="w" * 200)
    asked = shorter_question(listed, 1, account_name=LONGEST, now=later, trusted=trusted, labels=labels)
    for screen in (page, asked):
        fits_telegram(screen)
        assert f"…and {left_out} more" in plain(screen)
