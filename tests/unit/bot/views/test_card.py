"""One session, with all that is known of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.buttons.keyboards import settled_keyboard
from bot.views.card import card, card_gone
from core.domain.sessions import Session
from core.domain.standing import Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, hashes, moments, owners, session, sessions, texts
from tests.screens import fits_telegram, plain, rows, shown


def test_an_ordinary_session() -> None:
    assert shown(card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW, ttl_days=363)) == snapshot("""\
🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)
Ends by itself on 12 Mar 2027 if it stays unused
Accepts: calls and secret chats

No official app id means another app or a script: is it one of yours?
[🚫 End session → e:1001:7:c] [🛡 Trust → t:1001:7:1]
[🏷 Name → n:1001:7:c] [History → y:1001:7:0:0]
[Calls: on → ca:1001:7:c:c:0] [Secret chats: on → ca:1001:7:c:s:0]
[🔄 Refresh → c:1001:7] [All sessions → p:1001:0]\
""")


def test_a_session_that_waits_for_the_password_and_for_a_word() -> None:
    unsettled = session("-7", password_pending=True, unconfirmed=True, active_at=NOW + timedelta(seconds=5))
    assert shown(card(ACCOUNT, unsettled, trust=None, viewer=OWNER, now=NOW)) == snapshot("""\
🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:09 UTC (just now)

No official app id means another app or a script: is it one of yours?
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word on this login. Without it, Telegram confirms the login by itself on 21 Mar 2026.
[🚫 End session → e:1001:-7:c] [🛡 Trust → t:1001:-7:1]
[🏷 Name → n:1001:-7:c] [History → y:1001:-7:0:0]
[🔄 Refresh → c:1001:-7] [All sessions → p:1001:0]\
""")


def test_doormans_own_session_is_not_ended_by_a_button() -> None:
    assert shown(card(ACCOUNT, guard_session(), trust=None, viewer=OWNER, now=NOW)) == snapshot("""\
🤖 <code>⟦Doorman (session guard)⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦My app 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>198.51.100.1</code>
Logged in: 11 Mar 2026, 15:09 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)

This is Doorman's own session. To give it up, run `doorman logout` where Doorman runs.
[All sessions → p:1001:0]\
""")


def test_of_doormans_own_session_too_it_is_said_what_is_unfinished() -> None:
    young = card(ACCOUNT, guard_session(unconfirmed=True), trust=None, viewer=OWNER, now=NOW)
    assert "Telegram waits for your word on this login." in plain(young)


def test_a_session_that_the_owner_named() -> None:
    named = card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW, label="My phone")
    assert shown(named).splitlines()[:2] == snapshot(
        ["🤖 🏷 <code>⟦My phone⟧</code>", "<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>"]
    )


def test_an_official_app_id_is_said_to_prove_nothing() -> None:
    assert plain(card(ACCOUNT, session(official_app=True), trust=None, viewer=OWNER, now=NOW)).splitlines()[-1] == (
        "An official app id is no proof: anybody can use one."
    )


@pytest.mark.parametrize(
    ("calls", "chats", "line"),
    [
        (True, True, "Accepts: calls and secret chats"),
        (True, False, "Accepts: calls, but no secret chats"),
        (False, True, "Accepts: secret chats, but no calls"),
        (False, False, "Accepts: neither calls nor secret chats"),
    ],
)
def test_it_is_said_whether_a_session_takes_calls_and_secret_chats(calls: bool, chats: bool, line: str) -> None:
    set_so = session(calls_disabled=not calls, secret_chats_disabled=not chats)
    assert line in plain(card(ACCOUNT, set_so, trust=None, viewer=OWNER, now=NOW)).splitlines()


@pytest.mark.parametrize(
    ("idle", "ttl_days", "line"),
    [
        (0, 363, "Ends by itself on 12 Mar 2027 if it stays unused"),
        (6, 7, "Ends by itself on 15 Mar 2026 if it stays unused"),
        (7, 7, "Unused for longer than the 7 days allowed: it may end by itself at any time"),
    ],
)
def test_the_day_is_said_on_which_an_unused_session_ends(idle: int, ttl_days: int, line: str) -> None:
    unused = session(active_at=NOW - timedelta(days=idle))
    shown_card = card(ACCOUNT, unused, trust=None, viewer=OWNER, now=NOW, ttl_days=ttl_days)
    assert line in plain(shown_card).splitlines()


@pytest.mark.parametrize("ttl_days", [None, 0, -1, 2**31 - 1])
def test_a_limit_that_is_not_known_or_beyond_all_calendars_is_not_spoken_of(ttl_days: int | None) -> None:
    unlimited = card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW, ttl_days=ttl_days)
    assert "by itself" not in plain(unlimited)


def test_of_what_is_not_logged_in_yet_no_use_is_spoken() -> None:
    pending = card(ACCOUNT, session(password_pending=True), trust=None, viewer=OWNER, now=NOW, ttl_days=7)
    assert "Accepts" not in plain(pending)
    assert "Ends by itself" not in plain(pending)


@pytest.mark.parametrize(
    ("age", "after", "said"),
    [
        (timedelta(days=1), timedelta(days=7), "Without it, Telegram confirms the login by itself on 20 Mar 2026."),
        (timedelta(hours=1), timedelta(days=1), "Without it, Telegram confirms the login by itself on 15 Mar 2026."),
        (timedelta(days=7), timedelta(days=7), "Telegram waits for your word on this login."),
    ],
)
def test_the_day_is_said_on_which_telegram_confirms_a_login_by_itself_until_it_is_over(
    age: timedelta, after: timedelta, said: str
) -> None:
    waiting = session(unconfirmed=True, created_at=NOW - age)
    seconds = int(after.total_seconds())
    shown_card = card(ACCOUNT, waiting, trust=None, viewer=OWNER, now=NOW, autoconfirm_seconds=seconds)
    assert plain(shown_card).endswith(said)


def test_a_session_that_is_gone() -> None:
    assert shown(card_gone(ACCOUNT)) == snapshot("""\
This session is gone: it is no longer logged in.
[All sessions → p:1001:0]\
""")


@pytest.mark.parametrize(("viewer", "who"), [(OWNER, "you"), (OWNER + 1, "another owner")])
def test_a_trusted_session_says_since_when_and_whose_word_that_is(viewer: int, who: str) -> None:
    trust = Trust(hash="7", at=NOW - timedelta(days=2), by=OWNER)
    trusted = card(ACCOUNT, session(), trust=trust, viewer=viewer, now=NOW)
    assert plain(trusted).splitlines()[-1] == f"🛡 Trusted by {who} since 12 Mar 2026, 15:09 UTC."
    assert rows(trusted.keyboard)[0] == "[🚫 End session → e:1001:7:t] [Trust no more → t:1001:7:0]"


def test_of_a_session_that_something_came_of_only_that_is_said() -> None:
    trust = Trust(hash="7", at=NOW, by=OWNER)
    over = card(ACCOUNT, session(unconfirmed=True), trust=trust, viewer=OWNER, now=NOW, outcome="It is over.")
    assert plain(over).endswith("(1 min ago)\n\nIt is over.")
    assert rows(over.keyboard) == rows(settled_keyboard(ACCOUNT))


def test_each_switch_says_what_is_so_and_asks_for_the_contrary() -> None:
    deaf = session(calls_disabled=True)
    assert rows(card(ACCOUNT, deaf, trust=None, viewer=OWNER, now=NOW).keyboard)[2] == (
        "[Calls: off → ca:1001:7:c:c:1] [Secret chats: on → ca:1001:7:c:s:0]"
    )


def test_a_card_that_is_looked_at_in_its_turn_leads_to_the_next_whatever_becomes_of_it() -> None:
    def below(**so: Any) -> list[str]:
        usual: dict[str, Any] = {"trust": None, "viewer": OWNER, "now": NOW, "in_review": True}
        return rows(card(ACCOUNT, session(), **(usual | so)).keyboard)

    assert below() == snapshot(
        [
            "[🛡 Trust → rt:1001:7] [🏷 Name → n:1001:7:r]",
            "[🚫 End session → e:1001:7:r] [Skip ▶ → rn:1001:7]",
            "[All sessions → p:1001:0]",
        ]
    )
    over = ["[Next ▶ → rn:1001:7]", "[All sessions → p:1001:0]"]
    assert below(trust=Trust(hash="7", at=NOW, by=OWNER)) == over
    assert below(outcome="Ended by you.") == over


def test_what_came_of_a_change_is_said_last_and_the_buttons_stay() -> None:
    changed = card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW, remark="It has that name now.")
    assert plain(changed).endswith("\n\nIt has that name now.")
    assert rows(changed.keyboard) == rows(card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW).keyboard)


@given(sessions(), st.none() | st.builds(Trust, hash=hashes, at=moments, by=owners), texts, st.none() | st.integers())
def test_any_session_can_be_shown(any_session: Session, trust: Trust | None, label: str, ttl_days: int | None) -> None:
    fits_telegram(card(2**52, any_session, trust=trust, viewer=OWNER, now=NOW, label=label, ttl_days=ttl_days))
