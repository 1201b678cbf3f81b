"""What the owner is told unasked, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.views import alerts
from bot.views.altered import session_altered as altered_view
from bot.views.buttons.ending import AskEndOthers
from bot.views.buttons.sessions import ShowPage
from bot.views.loudness import level_of
from bot.views.whys import ended_line, session_ended
from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.session_events import (
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain.risk.assessment import Assessment, Finding, Level, Weight
from core.domain.risk.guard import GuardReason
from core.domain.risk.logins import LoginReason
from core.domain.sessions import Roster, Session
from tests.crowds import LONGEST, crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session
from tests.screens import data_of, fits_telegram, plain, shown


def appeared(**particulars: Any) -> SessionAppeared:
    return SessionAppeared(account=ACCOUNT, at=NOW, session=session(**particulars))


def ended(by: int | None) -> SessionEnded:
    return SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=by)


def altered(before: Session, after: Session) -> SessionAltered:
    return SessionAltered(account=ACCOUNT, at=NOW, before=before, after=after)


def test_a_new_login() -> None:
    assert shown(alerts.login_alert(appeared(), account_name="Ada Lovelace")) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada Lovelace⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:a] [✅ It was me → m:1001:7]
[Remind me in an hour → rl:1001:7] [All sessions → l:1001]\
""")


def test_a_new_login_with_the_password_still_to_come() -> None:
    pending = appeared(password_pending=True, unconfirmed=True, official_app=True)
    assert shown(alerts.login_alert(pending, account_name="Ada")) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word on this login. Without it, Telegram confirms the login by itself on 21 Mar 2026.

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:a] [✅ It was me → m:1001:7]
[Remind me in an hour → rl:1001:7] [All sessions → l:1001]\
""")


def test_a_new_login_of_which_next_to_nothing_is_known() -> None:
    blank = appeared(
        device_model="", platform="", system_version="", app_name="", app_version="", ip="", country="", region=""
    )
    assert shown(alerts.login_alert(blank, account_name="")) == snapshot("""\
<b>🔔 New login to </b>unknown

Unknown device · unknown system
App: unknown app (not an official app id)
Where: unknown place
IP: unknown IP
When: 14 Mar 2026, 15:06 UTC

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:a] [✅ It was me → m:1001:7]
[Remind me in an hour → rl:1001:7] [All sessions → l:1001]\
""")


def test_a_new_login_that_something_came_of() -> None:
    screen = alerts.login_alert(appeared(), account_name="Ada", outcome="Ended by you: 14 Mar 2026, 15:09 UTC.")
    assert shown(screen) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

<b>Ended by you: 14 Mar 2026, 15:09 UTC.</b>
[All sessions → l:1001]\
""")


def test_a_new_login_that_only_the_push_told_of() -> None:
    event = LoginAnnounced(
        account=ACCOUNT, at=NOW, hash="-7", device="Pixel 9, Android", location="Malmo, Sweden", logged_in_at=NOW
    )
    assert shown(alerts.announced_login_alert(event, account_name="Ada")) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9, Android⟧</code>
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
When: 14 Mar 2026, 15:09 UTC
Telegram announced it, but it can't be seen in the list of sessions yet, so this is all that is known.

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:-7:h] [✅ It was me → m:1001:-7]
[All sessions → l:1001]\
""")


@pytest.mark.parametrize("by", [None, OWNER, OWNER + 1])
def test_how_a_session_ended(by: int | None) -> None:
    assert (
        ended_line(ended(by), viewer=OWNER)
        == {
            None: "It ended elsewhere, seen at 14 Mar 2026, 15:09 UTC.",
            OWNER: "Ended by you: 14 Mar 2026, 15:09 UTC.",
            OWNER + 1: "Ended by another owner: 14 Mar 2026, 15:09 UTC.",
        }[by]
    )


@pytest.mark.parametrize("by", [OWNER, OWNER + 1])
def test_who_said_that_a_login_was_theirs(by: int) -> None:
    event = LoginConfirmed(account=ACCOUNT, at=NOW, session=session(), confirmed_by=by)
    assert (
        alerts.confirmed_line(event, viewer=OWNER)
        == {
            OWNER: "You said that it was you: 14 Mar 2026, 15:09 UTC. Telegram was told.",
            OWNER + 1: "Another owner said that it was theirs: 14 Mar 2026, 15:09 UTC. Telegram was told.",
        }[by]
    )


def test_a_session_that_ended_elsewhere() -> None:
    assert shown(session_ended(ended(None), account_name="Ada", viewer=OWNER)) == snapshot("""\
<b>A session ended: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
It ended elsewhere, seen at 14 Mar 2026, 15:09 UTC.
[All sessions → l:1001]\
""")


def test_a_new_login_that_an_owner_had_ended_keeps_its_advice() -> None:
    screen = alerts.login_alert(appeared(), account_name="Ada", outcome="Ended by you: …", was_ended=True)
    assert plain(screen).splitlines()[-3:] == [
        "Ended by you: …",
        "",
        "If that login was not yours, set or change your 2FA password now.",
    ]


def test_a_login_that_was_confirmed_at_telegram() -> None:
    screen = altered_view(altered(session(unconfirmed=True), session()), account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>A session changed: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
This login was confirmed at Telegram. If it was not by you, end it.
[🚫 End session → e:1001:7:h] [✅ It was me → m:1001:7]
[All sessions → l:1001]\
""")


def test_a_login_that_the_password_completed() -> None:
    screen = altered_view(altered(session(password_pending=True), session()), account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>A session changed: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
The 2FA password was entered: this login is now complete and can read messages.

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:h] [✅ It was me → m:1001:7]
[All sessions → l:1001]\
""")


def test_a_completed_login_that_telegram_doubts_says_so_once_and_until_when() -> None:
    event = replace(
        altered(session(password_pending=True), session(unconfirmed=True)),
        assessment=Assessment(findings=(Finding(reason=LoginReason.UNCONFIRMED, weight=Weight.SAID),)),
    )
    screen = altered_view(event, account_name="Ada")
    assert screen
    assert plain(screen).count("your word") == 1
    assert "Without it, Telegram confirms the login by itself on 21 Mar 2026." in plain(screen)


def test_what_an_owner_calls_a_session_is_said_when_it_changes_and_when_it_ends() -> None:
    moved = replace(altered(session(), session(device_model="iPhone 17")), label="my phone")
    screen = altered_view(moved, account_name="Ada")
    assert screen
    for each in (screen, session_ended(replace(ended(OWNER), label="my phone"), account_name="Ada", viewer=1)):
        assert "🏷 \u2068my phone\u2069\n" in plain(each)


def test_any_change_of_doormans_own_session_makes_a_sound_unless_it_only_logged_in_anew() -> None:
    ours = guard_session()
    assert level_of(altered(ours, guard_session(country="Norway"))) is Level.NOTICE
    assert level_of(altered(ours, guard_session(created_at=NOW + timedelta(days=1)))) is Level.QUIET
    assert level_of(altered(session(), session(country="Norway"))) is Level.QUIET


def test_who_has_no_other_session_is_not_told_to_look_through_them() -> None:
    alone = BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(), history_lost=False)
    assert "There is no other session than Doorman's own. From here on" in plain(
        alerts.baseline(alone, account_name="Ada")
    )


def test_a_session_that_calls_itself_something_else() -> None:
    after = session(device_model="iPhone 17", country="", official_app=True)
    screen = altered_view(altered(session(), after), account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>A session changed: </b><code>⟦Ada⟧</code>

<code>⟦iPhone 17⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (official app id)
Where: <code>⟦Malmo⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Country: <code>⟦Sweden⟧</code> → none
Device: <code>⟦Pixel 9⟧</code> → <code>⟦iPhone 17⟧</code>
Official app id: no → yes

A device seldom changes like this. If you did not expect it, end the session.
[🚫 End session → e:1001:7:h] [✅ It was me → m:1001:7]
[All sessions → l:1001]\
""")


def test_what_else_changed_with_the_password_is_not_kept_back() -> None:
    before, after = session(password_pending=True), session(device_model="iPhone 17", country="Norway")
    screen = altered_view(altered(before, after), account_name="Ada")
    assert screen
    assert "can read messages" in plain(screen)
    assert "Pixel 9" in plain(screen)
    assert "Sweden" in plain(screen)


def test_a_session_that_moved_as_on_any_day_is_not_told_of() -> None:
    after = session(ip="203.0.113.9", region="Lund", app_version="13", system_version="17", active_at=NOW)
    assert altered_view(altered(session(), after), account_name="Ada") is None


def test_doormans_own_session_gets_no_button_that_ends_it() -> None:
    moved = Finding(reason=GuardReason.COUNTRY, weight=Weight.STRONG, before="Sweden", after="Norway")
    event = replace(altered(guard_session(), guard_session(country="Norway")), assessment=Assessment(findings=(moved,)))
    screen = altered_view(event, account_name="Ada")
    assert screen
    assert data_of(screen) == [f"l:{ACCOUNT}"]
    assert plain(screen).startswith("🔔 Doorman's own session changed: ")
    assert plain(screen).splitlines()[-3:] == snapshot(
        [
            "• Doorman's own session moved from \u2068Sweden\u2069 to \u2068Norway\u2069, estimated from the IP. Somebody may be using a copy of Doorman's key.",
            "",
            "This is Doorman's own session. If Doorman was not moved or updated just now, somebody else may be using it: end it in Telegram → Settings → Devices, then run `doorman login` where Doorman runs.",
        ]
    )


@pytest.mark.parametrize("history_lost", [False, True])
def test_the_first_look_of_a_guard_under_a_day_old(history_lost: bool) -> None:
    young = guard_session(created_at=NOW - timedelta(hours=1))
    listed = Roster(account=ACCOUNT, sessions=(young, session("1")), ttl_days=180, taken_at=NOW)
    event = BaselineTaken(account=ACCOUNT, at=NOW, roster=listed, history_lost=history_lost)
    said = plain(alerts.baseline(event, account_name="Ada"))
    assert "whatever you don't know, end" not in said
    assert said[said.index("Look through") : said.index("2 sessions")] == snapshot("""\
Look through these sessions now. From here on you hear of every new login.

⚠️ Doorman may end sessions from 15 Mar 2026, 14:09 UTC: Telegram makes new sessions wait 24 hours. Until then, end what you don't know in Telegram → Settings → Devices.

""")


def test_the_first_look_at_an_account() -> None:
    event = BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(session("1"), session("2", device_model="Nokia")))
    assert shown(alerts.baseline(event, account_name="Ada")) == snapshot("""\
<b>Doorman now watches </b><code>⟦Ada⟧</code>

Look through these sessions now: whatever you don't know, end. From here on you hear of every new login.

<b>3 sessions of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC
Unused for 180 days, a session ends by itself

<b>This session (Doorman's own)</b>
1. 🤖 <code>⟦Doorman (session guard)⟧</code> · <code>⟦My app 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago

<b>Active sessions</b>
2. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
3. 🤖 <code>⟦Nokia⟧</code> · <code>⟦Telegram Android 12.1.1⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · 1 min ago
[1 · ⟦Doorman (session guard)⟧ → c:1001:0]
[2 · ⟦Pixel 9⟧ → c:1001:1]
[3 · ⟦Nokia⟧ → c:1001:2]
[🔄 Refresh → p:1001:0]
[Review one by one → rn:1001:]
[🚫 End all others → E:1001]\
""")


def test_a_look_after_the_history_was_lost() -> None:
    event = BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(session("1")), history_lost=True)
    assert shown(alerts.baseline(event, account_name="Ada")) == snapshot("""\
<b>⚠️ Doorman's memory was lost: </b><code>⟦Ada⟧</code>

Its Redis was emptied, or dropped what was in it. What happened before is gone, and what happened just now may be: nothing is told twice, and something may not have been told at all. Look through these sessions now: whatever you don't know, end. From here on you hear of every new login.

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


def test_the_list_for_review_offers_every_session_that_a_message_holds() -> None:
    event = BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(*[session(str(n)) for n in range(1, 40)]))
    screen = alerts.baseline(event, account_name="Ada")
    assert ShowPage(account=ACCOUNT, page=1).pack() in data_of(screen)
    assert AskEndOthers(account=ACCOUNT).pack() in data_of(screen)


@pytest.mark.parametrize("history_lost", [False, True])
def test_the_longest_list_for_review_fits_a_message(history_lost: bool) -> None:
    event = BaselineTaken(account=2**52, at=NOW, roster=crowd(200), history_lost=history_lost)
    fits_telegram(alerts.baseline(event, account_name=LONGEST))


def test_what_a_closed_chat_has_missed() -> None:
    assert shown(alerts.missed(1, ACCOUNT)) == snapshot("""\
⚠️ Doorman could not write here for long: 1 message was dropped. Look at who is logged in now.
[All sessions → l:1001]\
""")
    assert "5 messages were" in plain(alerts.missed(5, ACCOUNT))


def test_another_limit_for_idle_sessions() -> None:
    event = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=365)
    assert shown(alerts.ttl_changed(event, account_name="Ada")) == snapshot("""\
<b>Unused sessions now end after 365 days: </b><code>⟦Ada⟧</code>

It was 180 days. If that was not you, look at your sessions.
[All sessions → l:1001]\
""")
    by_an_owner = plain(alerts.ttl_changed(replace(event, by=OWNER), account_name="Ada"))
    assert "It was 180 days. Another owner did that: 14 Mar 2026, 15:09 UTC. If it was not them" in by_an_owner
    assert "not you" not in by_an_owner


def test_times_are_told_in_utc_wherever_they_were_taken() -> None:
    late = NOW + timedelta(hours=9)
    assert "15 Mar 2026, 00:09 UTC" in plain(alerts.login_alert(appeared(created_at=late), account_name="Ada"))


def test_a_new_session_of_doormans_own() -> None:
    before = guard_session()
    after = guard_session(created_at=before.created_at + timedelta(days=3))
    assert shown(altered_view(altered(before, after), account_name="Ada")) == snapshot("""\
<b>✅ Doorman watches again: </b><code>⟦Ada⟧</code>

It has a new session of its own, logged in 14 Mar 2026, 15:09 UTC. What happened in between is told here as well.

⚠️ Doorman may end sessions from 15 Mar 2026, 15:09 UTC: Telegram makes new sessions wait 24 hours. Until then, end what you don't know in Telegram → Settings → Devices.
[All sessions → l:1001]\
""")


def test_a_login_that_nobody_has_answered_for() -> None:
    event = LoginUnanswered(account=ACCOUNT, at=NOW + timedelta(hours=1), session=session(unconfirmed=True), since=NOW)
    assert shown(alerts.unanswered_login_alert(event, account_name="Ada")) == snapshot("""\
<b>🔔 Not answered yet: the login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC
Telegram waits for your word on this login. Without it, Telegram confirms the login by itself on 21 Mar 2026.

First told at 14 Mar 2026, 15:09 UTC. Say whether it was you: until then you are reminded.

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:a] [✅ It was me → m:1001:7]
[Remind me in an hour → rl:1001:7] [All sessions → l:1001]\
""")


@pytest.mark.parametrize("trusted", [True, False])
def test_that_another_owner_judged_a_session_leaves_nothing_to_decide(trusted: bool) -> None:
    event = TrustChanged(account=ACCOUNT, at=NOW, session=session(), trusted=trusted, by=OWNER)
    screen = alerts.trust_changed(event, account_name="Ada")
    assert plain(screen).startswith(f"🛡 A session is trusted {'now' if trusted else 'no more'}: ")
    assert data_of(screen) == [f"l:{ACCOUNT}"]


def test_the_words_of_a_session_that_another_owner_trusts() -> None:
    event = TrustChanged(account=ACCOUNT, at=NOW, session=session(), trusted=True, by=OWNER)
    assert plain(alerts.trust_changed(event, account_name="Ada")).splitlines()[-1] == snapshot(
        "Another owner said so: 14 Mar 2026, 15:09 UTC. If it was not them, somebody else is in their account."
    )
    assert [alerts.trusted_line(event, viewer=viewer) for viewer in (OWNER, OWNER + 1)] == snapshot(
        [
            "You trust this session now: 14 Mar 2026, 15:09 UTC.",
            "Another owner trusts this session now: 14 Mar 2026, 15:09 UTC.",
        ]
    )


@pytest.mark.parametrize(("told", "says"), [(True, " Telegram was told."), (False, "")])
def test_that_telegram_was_told_is_said_only_where_it_was(told: bool, says: str) -> None:
    event = LoginConfirmed(account=ACCOUNT, at=NOW, session=session(), confirmed_by=OWNER, told_telegram=told)
    assert alerts.confirmed_line(event, viewer=OWNER) == f"You said that it was you: 14 Mar 2026, 15:09 UTC.{says}"


def test_the_day_on_which_telegram_confirms_a_login_is_by_the_period_that_it_told() -> None:
    waiting = session(unconfirmed=True, created_at=NOW)
    appeared = SessionAppeared(account=ACCOUNT, at=NOW, session=waiting, autoconfirm_seconds=86_400)
    reminder = LoginUnanswered(account=ACCOUNT, at=NOW, session=waiting, since=NOW, autoconfirm_seconds=86_400)
    for screen in (
        alerts.login_alert(appeared, account_name="Ada"),
        alerts.unanswered_login_alert(reminder, account_name="Ada"),
    ):
        assert "Telegram confirms the login by itself on 15 Mar 2026." in plain(screen)
