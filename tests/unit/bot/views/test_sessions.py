"""The list of all sessions: in Telegram's order, each on exactly one page, and no page too long for a message."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.views.answers import NO_REPLY_TO_LOOK
from bot.views.buttons import AskEndOthers, ShowCard
from bot.views.sessions import PER_PAGE, sessions_page, sessions_unavailable
from core.domain.sessions import Roster, in_order
from tests.crowds import LONGEST, crowd
from tests.domain_values import ACCOUNT, NOW, guard_session, roster, rosters, session, torn_roster
from tests.screens import data_of, fits_telegram, plain, shown


def test_sessions_in_their_sections() -> None:
    listed = roster(
        session("1", active_at=NOW - timedelta(minutes=59)),
        session("2", device_model="MacBook Pro", active_at=NOW - timedelta(days=2), country="Malmo, Sweden", region=""),
        session("3", device_model="iPhone 17", unconfirmed=True, active_at=NOW - timedelta(hours=23)),
        session("4", device_model="", password_pending=True, country="", region="", app_name="", app_version=""),
    )
    assert shown(sessions_page(listed, account_name="Ada Lovelace", page=0, now=NOW)) == snapshot("""\
<b>5 sessions of </b><code>⟦Ada Lovelace⟧</code>
As of 14 Mar 2026, 15:09 UTC

<b>This session (Doorman's own)</b>
1. <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago

<b>Incomplete logins (2FA password not entered)</b>
2. Unknown device · unknown app
    unknown place · 1 min ago

<b>Unconfirmed logins</b>
3. <code>⟦iPhone 17⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 23 h ago

<b>Active sessions</b>
4. <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 59 min ago
5. <code>⟦MacBook Pro⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 2 d ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[2 · ⟦Unknown device⟧ → c:1001:4]
[3 · ⟦iPhone 17⟧ → c:1001:3]
[4 · ⟦Pixel 9⟧ → c:1001:1]
[5 · ⟦MacBook Pro⟧ → c:1001:2]
[🔄 Refresh → p:1001:0]
[🚫 End all others → E:1001]\
""")


def test_trusted_sessions_are_told_from_the_others_and_never_doormans_own() -> None:
    listed = roster(session("1"), session("2"))
    page = plain(sessions_page(listed, account_name="Ada", page=0, now=NOW, trusted=frozenset({"2"})))
    own, first, second = re.findall(r"\n    .*", page)
    assert second.endswith("1 min ago · 🛡 trusted")
    assert "🛡" not in own + first


def test_an_account_without_other_sessions() -> None:
    assert shown(sessions_page(roster(), account_name="Ada", page=0, now=NOW)) == snapshot("""\
<b>1 session of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

<b>This session (Doorman's own)</b>
1. <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[🔄 Refresh → p:1001:0]\
""")


def test_a_page_in_the_middle_leads_both_ways() -> None:
    listed = roster(*[session(str(n)) for n in range(1, 3 * PER_PAGE)])
    assert shown(sessions_page(listed, account_name="Ada", page=1, now=NOW)).splitlines()[-2] == snapshot(
        "[◀ 1/3 → p:1001:0] [🔄 Refresh → p:1001:1] [3/3 ▶ → p:1001:2]"
    )


def test_when_nobody_answers_the_last_known_list_is_shown_as_what_it_is() -> None:
    last = roster(session("1"))
    assert shown(sessions_unavailable(last, account_name="Ada", why=NO_REPLY_TO_LOOK, now=NOW)) == snapshot("""\
<b>These sessions can't be fetched now: </b><code>⟦Ada⟧</code>
Doorman's worker did not answer just now. Try again in a minute; if it goes on, /status says since when.

Last known:

<b>2 sessions of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

<b>This session (Doorman's own)</b>
1. <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago

<b>Active sessions</b>
2. <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[2 · ⟦Pixel 9⟧ → c:1001:1]
[🔄 Refresh → p:1001:0]
[🚫 End all others → E:1001]\
""")


def test_an_account_without_other_sessions_offers_to_end_none() -> None:
    alone = sessions_page(roster(), account_name="Ada", page=0, now=NOW)
    assert AskEndOthers(account=ACCOUNT).pack() not in data_of(alone)
    in_company = sessions_page(roster(session()), account_name="Ada", page=0, now=NOW)
    assert AskEndOthers(account=ACCOUNT).pack() in data_of(in_company)


def test_when_nobody_answers_and_nothing_is_known_that_is_said() -> None:
    assert shown(sessions_unavailable(None, account_name="Ada", why=NO_REPLY_TO_LOOK, now=NOW)) == snapshot("""\
<b>These sessions can't be fetched now: </b><code>⟦Ada⟧</code>
Doorman's worker did not answer just now. Try again in a minute; if it goes on, /status says since when.\
""")


@pytest.mark.parametrize("number", [1, 2, PER_PAGE, PER_PAGE + 1, 200])
def test_every_page_of_the_longest_sessions_fits_a_message(number: int) -> None:
    listed = crowd(number)
    for page in range(-(-number // PER_PAGE)):
        screen = sessions_page(listed, account_name=LONGEST, page=page, now=NOW)
        fits_telegram(screen)
        fits_telegram(sessions_unavailable(listed, account_name=LONGEST, why="w" * 200, now=NOW))


@pytest.mark.parametrize("number", [1, 2, PER_PAGE, PER_PAGE + 1, 200])
def test_each_session_is_on_exactly_one_page_in_order(number: int) -> None:
    listed = crowd(number)
    cards = [
        ShowCard.unpack(data).hash
        for page in range(-(-number // PER_PAGE))
        for data in data_of(sessions_page(listed, account_name="Ada", page=page, now=NOW))
        if data.startswith("c:")
    ]
    assert cards == [s.hash for s in in_order(listed.sessions)]


@given(rosters())
def test_whatever_the_roster_holds_can_be_sent(listed: Roster) -> None:
    fits_telegram(sessions_page(listed, account_name="Ada", page=0, now=NOW))


@pytest.mark.parametrize("beyond", [25, 26, 10**9])
def test_a_page_beyond_the_end_is_the_last(beyond: int) -> None:
    listed = crowd(200)
    last = sessions_page(listed, account_name="Ada", page=24, now=NOW)
    assert shown(sessions_page(listed, account_name="Ada", page=beyond, now=NOW)) == shown(last)
    assert "▶" not in shown(last)


def test_a_page_before_the_first_is_the_first() -> None:
    listed = crowd(20)
    assert shown(sessions_page(listed, account_name="Ada", page=-1, now=NOW)) == shown(
        sessions_page(listed, account_name="Ada", page=0, now=NOW)
    )


def test_a_section_that_goes_on_over_the_page_says_its_name_again() -> None:
    listed = roster(*[session(str(n)) for n in range(1, 2 * PER_PAGE)])
    assert "Active sessions" in plain(sessions_page(listed, account_name="Ada", page=1, now=NOW))


def test_an_empty_answer_can_be_shown() -> None:
    fits_telegram(sessions_page(torn_roster(), account_name="Ada", page=0, now=NOW))


def test_doormans_own_session_is_the_first() -> None:
    listed = roster(session(active_at=NOW + timedelta(days=1)))
    first = plain(sessions_page(listed, account_name="Ada", page=0, now=NOW)).split("1. ")[1]
    assert guard_session().device_model in first.splitlines()[0]
