"""What the account's safety hangs on is another: each change in words."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views.account_changes import WORDS, account_altered, loudness
from bot.views.codes_came import code_came
from bot.views.first_aid import first_aid, instead_of_guard
from bot.views.rules import preferences_changed, rule_would_end
from core.contract.account_events import AccountAltered, CodeCame, PreferencesChanged
from core.contract.commands import EndSession
from core.contract.replies import Outcome, Result
from core.contract.session_events import RuleWouldEnd, SessionEnded
from core.contract.state import Snapshot
from core.domain.account_state import QUIET, AccountChange, AccountState, BusinessBot, How, Website
from core.domain.automation import Rule
from core.domain.labels import Label, Labels
from core.domain.preferences import Preferences
from core.domain.risk.assessment import Level
from core.domain.standing import Standings, Trust
from tests.deeds import pressed
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.screens import data_of, fits_telegram, plain, shown

SITE = Website(
    hash="5",
    domain="shop.example",
    bot="ShopBot",
    browser="Chrome",
    platform="Linux",
    created_at=NOW,
    active_at=NOW,
    ip="192.0.2.1",
    region="Malmo",
)
STATE = AccountState(
    taken_at=NOW,
    has_password=True,
    reset_at=NOW,
    websites=(SITE,),
    bots=(BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=True),),
)
NO_STATE = AccountState(taken_at=NOW)


def changed(what: str, before: str, after: str) -> AccountChange:
    return AccountChange(what=what, before=before, after=after)


def added(what: str, name: str) -> AccountChange:
    return AccountChange(what=what, after=name, how=How.ADDED)


def removed(what: str, name: str) -> AccountChange:
    return AccountChange(what=what, before=name, how=How.REMOVED)


def altered(*changes: AccountChange, state: AccountState = STATE) -> AccountAltered:
    return AccountAltered(account=ACCOUNT, at=NOW, changes=changes, state=state)


EITHER_WAY = [
    *[
        changed(what, before, after)
        for what in ("has_password", "has_recovery")
        for before, after in (("no", "yes"), ("yes", "no"))
    ],
    changed("unconfirmed_email", "", "a***@x.org"),
    changed("unconfirmed_email", "a***@x.org", ""),
    changed("login_email", "", "a***@x.org"),
    changed("login_email", "a***@x.org", "b***@x.org"),
    changed("login_email", "a***@x.org", ""),
    changed("reset_at", "", NOW.isoformat()),
    changed("reset_at", NOW.isoformat(), ""),
    changed("account_ttl_days", "365", "30"),
    added("websites", "shop.example"),
    removed("websites", "shop.example"),
    added("bots", "Helper"),
    removed("bots", "Helper"),
    added("passkeys", "MacBook"),
    removed("passkeys", "MacBook"),
]


def test_every_field_has_words() -> None:
    assert set(WORDS) == {field.name for field in fields(AccountState)} - QUIET
    assert [
        plain(account_altered(altered(change, state=NO_STATE), account_name="Ada"))
        .replace("\n\n", "\n")
        .splitlines()[:2]
        for change in EITHER_WAY
    ] == snapshot(
        [
            [
                "⚠️ Two-step verification was switched on: \u2068Ada\u2069",
                "A login needs its password from now on. Somebody who set it without you wants to keep you out.",
            ],
            [
                "🚨 Two-step verification was switched off: \u2068Ada\u2069",
                "From now on a login code alone lets anybody in. Switch it on again: Telegram → Settings → Privacy and Security → Two-Step Verification.",
            ],
            [
                "⚠️ A recovery e-mail was set: \u2068Ada\u2069",
                "Whoever reads its mail can reset the 2FA password. See which it is: Telegram → Settings → Privacy and Security → Two-Step Verification.",
            ],
            [
                "⚠️ The recovery e-mail was removed: \u2068Ada\u2069",
                "A forgotten 2FA password then takes a week to reset. Set one: Telegram → Settings → Privacy and Security → Two-Step Verification.",
            ],
            [
                "⚠️ A recovery e-mail waits to be confirmed: \u2068Ada\u2069",
                "\u2068a***@x.org\u2069 is to be the recovery e-mail once its owner enters the code sent there.",
            ],
            [
                "No recovery e-mail waits to be confirmed any more: \u2068Ada\u2069",
                "\u2068a***@x.org\u2069 was confirmed, or is wanted no more.",
            ],
            ["⚠️ A login e-mail was set: \u2068Ada\u2069", "Login codes can now go to \u2068a***@x.org\u2069."],
            [
                "⚠️ The login e-mail is another: \u2068Ada\u2069",
                "Login codes can now go to \u2068b***@x.org\u2069 (before: \u2068a***@x.org\u2069).",
            ],
            ["⚠️ The login e-mail was removed: \u2068Ada\u2069", "Login codes go to \u2068a***@x.org\u2069 no more."],
            [
                "🚨 A reset of the 2FA password was asked for: \u2068Ada\u2069",
                "Telegram removes the password on 14 Mar 2026, 15:09 UTC unless this is called off. Somebody who is logged in and does not know the password asked for it.",
            ],
            [
                "⚠️ No reset of the 2FA password is under way any more: \u2068Ada\u2069",
                "It was called off, or is done: /checkup says whether there is a password.",
            ],
            [
                "⚠️ The time after which the unused account is deleted was changed: \u2068Ada\u2069",
                "Telegram deletes the account once nobody has used it for \u206830\u2069 days; it was \u2068365\u2069.",
            ],
            [
                "⚠️ A website was logged in to with Telegram: \u2068Ada\u2069",
                "\u2068shop.example\u2069 knows your name, and may write to you by its bot; it can't read your chats.",
            ],
            ["A website was disconnected: \u2068Ada\u2069", "\u2068shop.example\u2069."],
            [
                "⚠️ A business bot was connected: \u2068Ada\u2069",
                "\u2068Helper\u2069 reads your chats from now on. Disconnect it unless you set it up yourself.",
            ],
            ["A business bot was disconnected: \u2068Ada\u2069", "\u2068Helper\u2069 reads your chats no more."],
            [
                "⚠️ A passkey was added: \u2068Ada\u2069",
                "Whoever holds \u2068MacBook\u2069 logs in without any code. Remove it there: Telegram → Settings → Privacy and Security → Passkeys.",
            ],
            [
                "A passkey was removed: \u2068Ada\u2069",
                "Nobody can log in with \u2068MacBook\u2069 any more. If you did not remove it, see Telegram → Settings → Privacy and Security → Passkeys.",
            ],
        ]
    )


def test_the_password_and_its_reset_are_alarms() -> None:
    loud = [change for change in EITHER_WAY if loudness((change,)) is Level.ALARM]
    assert [(change.what, change.after) for change in loud] == [("has_password", "no"), ("reset_at", NOW.isoformat())]


def test_several_changes_are_one_message_the_loudest_first_with_what_undoes_each() -> None:
    event = altered(
        added("websites", "shop.example"), added("bots", "Helper"), changed("reset_at", "", NOW.isoformat())
    )
    screen = account_altered(event, account_name="Ada")
    fits_telegram(screen)
    assert shown(screen) == snapshot("""\
<b>🚨 A reset of the 2FA password was asked for: </b><code>⟦Ada⟧</code>

Telegram removes the password on 14 Mar 2026, 15:09 UTC unless this is called off. Somebody who is logged in and does not know the password asked for it.

<b>A website was logged in to with Telegram. </b><code>⟦shop.example⟧</code> knows your name, and may write to you by its bot; it can't read your chats.

<b>A business bot was connected. </b><code>⟦Helper⟧</code> reads your chats from now on. Disconnect it unless you set it up yourself.

If it was not you, look who is logged in, end what you don't know, and change the 2FA password.
[🚫 Call it off → ar:1001:0]
[🚫 Disconnect ⟦Helper⟧ → ab:1001:77:0]
[🚫 Disconnect ⟦shop.example⟧ → aw:1001:5:0]
[All sessions → l:1001]\
""")


@pytest.mark.parametrize("change", [removed("bots", "Helper"), changed("reset_at", NOW.isoformat(), "")])
def test_what_another_owner_had_done_says_so_and_asks_about_them(change: AccountChange) -> None:
    said = plain(account_altered(replace(altered(change), by=OWNER), account_name="Ada"))
    assert said.endswith(
        "Another owner did that: 14 Mar 2026, 15:09 UTC. If it was not them, somebody else is in their account."
    )
    assert "not you" not in said


def test_what_is_gone_by_now_has_no_button() -> None:
    event = altered(added("bots", "Helper"), changed("reset_at", "", NOW.isoformat()), state=NO_STATE)
    assert data_of(account_altered(event, account_name="Ada")) == [f"l:{ACCOUNT}"]


def test_a_change_that_this_version_has_not_heard_of_is_told_all_the_same() -> None:
    said = plain(account_altered(altered(changed("moon", "full", "new")), account_name="Ada"))
    assert "full" in said


@pytest.mark.parametrize(
    ("has_password", "said"),
    [
        (None, "with 2FA on, its password is the second."),
        (True, "the 2FA password is the second."),
        (False, "2FA is off: whoever has that code gets in."),
    ],
)
def test_what_a_login_code_is_worth_hangs_on_the_password(*, has_password: bool | None, said: str) -> None:
    event = CodeCame(account=ACCOUNT, at=NOW)
    assert said in plain(code_came(event, account_name="Ada", has_password=has_password))


def test_a_login_code_came() -> None:
    event = CodeCame(account=ACCOUNT, at=NOW)
    assert shown(code_came(event, account_name="Ada")) == snapshot("""\
<b>🔔 Somebody asked for a login code: </b><code>⟦Ada⟧</code>

When: 14 Mar 2026, 15:09 UTC
Whoever has that code gets past the first door; with 2FA on, its password is the second. If it is you who logs in just now, all is well. Tell the code to nobody: Telegram never asks for it, and neither does Doorman.

If it was not you, kill the code. If codes go on coming, lock logins with /lock: while the lock is on, every code is killed as it comes.
[🚫 Kill this code → ak:1001:0]
[All sessions → l:1001]\
""")
    assert "3 times since 14 Mar 2026, 15:09 UTC" in plain(code_came(event, account_name="Ada", count=3, since=NOW))


def test_a_code_that_the_lock_killed_leaves_nothing_to_do() -> None:
    screen = code_came(CodeCame(account=ACCOUNT, at=NOW, was_killed=True), account_name="Ada")
    assert "killed as it came" in plain(screen)
    assert data_of(screen) == [f"l:{ACCOUNT}"]


def missed(minutes: int, **fields: bool) -> CodeCame:
    return CodeCame(account=ACCOUNT, at=NOW, sent_at=NOW - timedelta(minutes=minutes), **fields)


def test_a_code_that_came_while_nobody_watched_says_when_and_may_be_killed_yet() -> None:
    screen = code_came(missed(5), account_name="Ada")
    assert "When: 14 Mar 2026, 15:04 UTC, while Doorman was not watching\n" in plain(screen)
    assert f"ak:{ACCOUNT}:0" in data_of(screen)
    several = plain(code_came(missed(5), account_name="Ada", count=3, since=NOW))
    assert "3 times, the last at 14 Mar 2026, 15:04 UTC, while Doorman was not watching" in several


def test_one_that_is_too_old_to_be_good_leaves_nothing_to_kill() -> None:
    screen = code_came(missed(11), account_name="Ada")
    assert "It is too old by now" in plain(screen)
    assert data_of(screen) == [f"l:{ACCOUNT}"]
    several = code_came(missed(11), account_name="Ada", count=2, since=NOW)
    assert "The last is too old by now" in plain(several)
    assert f"ak:{ACCOUNT}:0" in data_of(several)  # another may be younger


def test_one_that_was_killed_late_was_not_killed_as_it_came() -> None:
    said = plain(code_came(missed(5, was_killed=True, is_locked=True), account_name="Ada"))
    assert said.startswith("A login code was killed: ")
    assert "15:04 UTC, while Doorman was not watching. The login lock is on" in said


@pytest.mark.parametrize(
    "event", [missed(5), missed(5, is_locked=True), missed(5, is_locked=True, was_killed=True), missed(11)]
)
def test_a_code_that_may_have_let_doorman_itself_in_says_so(event: CodeCame) -> None:
    ours = plain(code_came(replace(event, may_be_ours=True), account_name="Ada"))
    assert "it may be the code of that very login" in ours
    assert "Doorman itself" not in plain(code_came(event, account_name="Ada"))


def test_a_business_bot_without_a_name_that_came_is_not_told_as_gone() -> None:
    nameless = replace(STATE, bots=(BusinessBot(id=77, name="", username="", can_reply=True),))
    screen = account_altered(altered(added("bots", ""), state=nameless), account_name="Ada")
    assert "A business bot was connected" in plain(screen)
    assert f"ab:{ACCOUNT}:77:0" in data_of(screen)
    assert "was disconnected" in plain(account_altered(altered(removed("bots", "")), account_name="Ada"))


@pytest.mark.parametrize("error", ["", "FRESH_RESET_AUTHORISATION_FORBIDDEN"])
def test_what_a_rule_would_do_or_could_not(error: str) -> None:
    event = RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.UNANSWERED, error=error)
    screen = rule_would_end(event, account_name="Ada")
    assert ("Nothing was done" in plain(screen)) is not bool(error)
    assert "because nobody had said in time whose login it was" in plain(screen).replace("Because", "because")
    assert f"e:{ACCOUNT}:7:d" in data_of(screen)


def test_a_session_that_too_many_endings_spare_is_told_with_until_when() -> None:
    later = NOW + timedelta(minutes=30)
    event = RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.COUNTRY, not_before=later)
    screen = rule_would_end(event, account_name="Ada")
    assert plain(screen).startswith("⚠️ Not ended: ")
    assert "3 were ended within the hour, the most that rules may; from 14 Mar 2026, 15:39 UTC on" in plain(screen)
    assert f"e:{ACCOUNT}:7:d" in data_of(screen)


def test_another_owners_settings_are_told_field_by_field() -> None:
    event = PreferencesChanged(
        account=ACCOUNT, at=NOW, fields=("is_locked",), preferences=Preferences(is_locked=True), by=OWNER
    )
    said = plain(preferences_changed(event, account_name="Ada"))
    assert "Login lock: on" in said
    assert "Weekly digest" not in said


def test_first_aid_names_all_that_may_be_open_with_a_button_for_each() -> None:
    event = SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=OWNER)
    screen = first_aid(event, account_name="Ada", state=STATE)
    fits_telegram(screen)
    assert shown(screen) == snapshot("""\
<b>First aid: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> is out. If that was not you, see that nobody comes back:

1. Kill the login codes that came lately: one may still be good.
2. Change the 2FA password: whoever came in may know it. Telegram → Settings → Privacy and Security → Two-Step Verification.
3. ⚠️ A reset of the 2FA password is under way, for 14 Mar 2026, 15:09 UTC: call it off.
4. Bots that read your chats: <code>⟦Helper⟧</code>. Disconnect what isn't yours.
5. Websites that you are logged in to: <code>⟦shop.example⟧</code> (/checkup).
6. If you are not sure of every other session, end all others.
[🚫 Kill the login codes → ak:1001:1]
[🚫 Call the reset off → ar:1001:1]
[🚫 Disconnect ⟦Helper⟧ → ab:1001:77:1]
[🚫 End all others → ae:1001]
[All sessions → l:1001]\
""")


def test_first_aid_without_a_password_says_to_set_one() -> None:
    event = SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=OWNER)
    off = AccountState(taken_at=NOW, has_password=False)
    assert "Two-step verification is off" in plain(first_aid(event, account_name="Ada", state=off))
    pending = SessionEnded(account=ACCOUNT, at=NOW, session=session(password_pending=True), ended_by=OWNER)
    assert "did not know your 2FA password" in plain(first_aid(pending, account_name="Ada", state=None))


def test_while_doorman_may_not_end_a_device_that_may_is_named() -> None:
    old = session("8", created_at=NOW.replace(year=2024), device_model="Old phone", official_app=True)
    known = Snapshot(roster=roster(session(), old))
    young = Result(hash="7", outcome=Outcome.NOT_ALLOWED_YET, at=NOW)
    press = pressed(EndSession(hash="7"))
    screen = instead_of_guard(press, young, known)
    assert screen
    assert "Old phone" in plain(screen)
    named = Snapshot(
        roster=known.roster,
        standings=Standings(trusted=(Trust(hash="8", at=NOW, by=OWNER),)),
        labels=Labels(given=(Label(hash="8", text="my phone", by=OWNER, at=NOW),)),
    )
    screen = instead_of_guard(press, young, named)
    assert screen
    assert "my phone" in plain(screen)
    assert instead_of_guard(press, Result(hash="7", outcome=Outcome.FAILED, at=NOW), known) is None
    nobody = instead_of_guard(press, young, Snapshot(roster=roster(session())))
    assert nobody
    assert "can end it now" not in plain(nobody)
