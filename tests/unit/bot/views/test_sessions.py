"""The list of all sessions: in Telegram's order, each on exactly one page, and no page too long for a message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.views.answers import NO_REPLY_TO_LOOK
from bot.views.buttons.ending import AskEndOthers
from bot.views.buttons.sessions import ShowCard
from bot.views.sessions import PER_PAGE, sessions_page, sessions_unavailable
from core.domain.sessions import Roster, in_order
from sandbox.botapi.keyboards import read_markup
from tests.crowds import LONGEST, crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, rosters, session, torn_roster
from tests.screens import data_of, fits_telegram, plain, shown

ENTITIES_MOST = 100  # what is over loses its formatting (core.telegram.org/bots/api#messageentity)


def test_sessions_in_their_sections() -> None:
    listed = roster(
        session("1", active_at=NOW - timedelta(minutes=59)),
        session("2", device_model="MacBook Pro", platform="macOS", active_at=NOW - timedelta(days=2), region=""),
        session("3", device_model="iPhone 17", platform="iOS", unconfirmed=True, active_at=NOW - timedelta(hours=23)),
        session("4", device_model="", password_pending=True, country="", region="", app_name="", app_version=""),
    )
    assert shown(sessions_page(listed, account_name="Ada Lovelace", page=0, now=NOW)) == snapshot("""\
<b>5 sessions of </b><code>⟦Ada Lovelace⟧</code>
As of 14 Mar 2026, 15:09 UTC
Unused for 180 days, a session ends by itself

<b>This session (Doorman's own)</b>
1. 🤖 <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago

<b>Incomplete login attempts</b>
Code entered, 2FA password not: no access to messages yet
2. 🤖 Unknown device · unknown app
    unknown place · 1 min ago

<b>Unconfirmed logins</b>
Telegram waits for your word on these
3. 📱 <code>⟦iPhone 17⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 23 h ago

<b>Active sessions</b>
4. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 59 min ago
5. 💻 <code>⟦MacBook Pro⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Sweden⟧</code> · 2 d ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[2 · ⟦Unknown device⟧ → c:1001:4]
[3 · ⟦iPhone 17⟧ → c:1001:3]
[4 · ⟦Pixel 9⟧ → c:1001:1]
[5 · ⟦MacBook Pro⟧ → c:1001:2]
[🔄 Refresh → p:1001:0]
[Review one by one → rn:1001:]
[🚫 End all others → E:1001]\
""")


def test_trusted_sessions_are_told_from_the_others_and_never_doormans_own() -> None:
    listed = roster(session("1"), session("2"))
    page = plain(sessions_page(listed, account_name="Ada", page=0, now=NOW, trusted=frozenset({"2"})))
    own, first, second = re.findall(r"\n    .*", page)
    assert second.endswith("1 min ago · 🛡 trusted")
    assert "🛡" not in own + first


def test_a_session_that_the_owner_named_has_that_name_first_and_its_own_beside_it() -> None:
    listed = roster(session("1"), session("2"))
    named = sessions_page(listed, account_name="Ada", page=0, now=NOW, labels={"2": "My\nphone 🏷", "9": "Gone"})
    assert shown(named).splitlines()[8:] == snapshot(
        [
            "<b>Active sessions</b>",
            "2. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>",
            "    <code>⟦Malmo, Sweden⟧</code> · 1 min ago",
            "3. 🤖 🏷 <code>⟦My phone⟧</code> · <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>",
            "    <code>⟦Malmo, Sweden⟧</code> · 1 min ago",
            "[1 · ⟦Doorman (session guard)⟧ → c:1001:0]",
            "[2 · ⟦Pixel 9⟧ → c:1001:1]",
            "[3 · 🏷 ⟦My phone⟧ → c:1001:2]",
            "[🔄 Refresh → p:1001:0]",
            "[Review one by one → rn:1001:]",
            "[🚫 End all others → E:1001]",
        ]
    )


@pytest.mark.parametrize("label", ["", " ", "\u200b"])
def test_an_empty_label_is_none(label: str) -> None:
    listed = roster(session("1"))
    labelled = sessions_page(listed, account_name="Ada", page=0, now=NOW, labels={"1": label})
    assert shown(labelled) == shown(sessions_page(listed, account_name="Ada", page=0, now=NOW))


@pytest.mark.parametrize(("days", "said"), [(1, "Unused for 1 day,"), (366, "Unused for 366 days,"), (0, "")])
def test_the_limit_for_unused_sessions_is_said_where_there_is_one(days: int, said: str) -> None:
    page = plain(sessions_page(roster(ttl_days=days), account_name="Ada", page=0, now=NOW))
    assert said in page
    assert ("ends by itself" in page) is bool(said)


def test_a_button_opens_telegrams_own_screen_for_the_account_itself_as_others_would_see_their_own() -> None:
    def links(viewer: int | None) -> list[str | None]:
        markup = sessions_page(roster(session()), account_name="Ada", page=0, now=NOW, viewer=viewer).keyboard
        assert markup
        assert read_markup(markup.model_dump(exclude_none=True))  # Telegram takes it
        return [each.url for row in markup.inline_keyboard for each in row if each.url]

    assert links(ACCOUNT) == ["tg://settings/devices"]
    assert links(OWNER) == links(None) == []


@pytest.mark.parametrize(
    ("trusted", "labels", "is_offered"),
    [
        (frozenset(), {}, True),
        (frozenset({"1"}), {"9": "Gone"}, True),
        (frozenset({"1"}), {"2": " "}, True),
        (frozenset({"1"}), {"2": "My phone"}, False),
        (frozenset({"1", "2"}), {}, False),
    ],
)
def test_a_review_is_offered_while_some_session_is_neither_trusted_nor_named(
    trusted: frozenset[str], labels: dict[str, str], is_offered: bool
) -> None:
    listed = roster(session("1"), session("2"))
    page = sessions_page(listed, account_name="Ada", page=0, now=NOW, trusted=trusted, labels=labels)
    assert ("rn:1001:" in data_of(page)) is is_offered


def test_an_account_without_other_sessions() -> None:
    assert shown(sessions_page(roster(), account_name="Ada", page=0, now=NOW)) == snapshot("""\
<b>1 session of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC
Unused for 180 days, a session ends by itself

<b>This session (Doorman's own)</b>
1. 🤖 <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[🔄 Refresh → p:1001:0]\
""")


def test_a_page_in_the_middle_leads_both_ways() -> None:
    listed = roster(*[session(str(n)) for n in range(1, 3 * PER_PAGE)])
    assert shown(sessions_page(listed, account_name="Ada", page=1, now=NOW)).splitlines()[-3] == snapshot(
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
Unused for 180 days, a session ends by itself

<b>This session (Doorman's own)</b>
1. 🤖 <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago

<b>Active sessions</b>
2. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[2 · ⟦Pixel 9⟧ → c:1001:1]
[🔄 Refresh → p:1001:0]
[Review one by one → rn:1001:]
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
    listed = replace(crowd(number), ttl_days=2**31 - 1)
    most: dict[str, Any] = {"account_name": LONGEST, "now": NOW, "labels": dict.fromkeys(listed.hashes(), LONGEST)}
    for page in range(-(-number // PER_PAGE)):
        for screen in (
            sessions_page(listed, **most, page=page, trusted=listed.hashes()),
            sessions_unavailable(listed, **most, why="w" * 200),
        ):
            fits_telegram(screen)
            assert len(screen.text.render()[1]) <= ENTITIES_MOST


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
