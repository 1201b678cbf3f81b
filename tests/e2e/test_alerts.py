"""The owner hears of what happens to the account, as loud as it matters, and does what helps with one press."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from tests.e2e.house import House, Message

DAY = 86_400


def account(home: House, path: str = "") -> str:
    return f"/api/accounts/{home.account}{path}"


def somebody_asks_for_a_code(home: House) -> None:
    home.api("POST", account(home, "/login-codes"), {})
    home.secrets.mark("login code", home.api("GET", account(home, "/login-code"))["code"])


def looked_after(home: House) -> int:
    """The last message before Doorman looks at the whole account."""
    last = home.owner.last_id()
    home.owner.ask("/checkup", "Checkup of")
    return last


def alert_of(home: House, device: str) -> Message:
    home.somebody_logs_in(device)
    return home.owner.see("New login", device)


def test_a_login_says_why_it_matters_and_is_put_off_for_an_hour(home: House) -> None:
    alert = alert_of(home, "Put off phone")
    assert "•" in alert.text
    home.owner.press(alert, "Remind me in an hour")
    home.owner.see("Put off phone", "You are reminded of this login at", after=alert.id)
    assert "It was me" in " ".join(home.owner.sees_on(alert, "Remind me in an hour").buttons)


def test_after_no_comes_first_aid(home: House) -> None:
    alert = alert_of(home, "Thief's phone")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.sees_on(alert, "Ended by you")
    aid = home.owner.see("First aid", "Thief's phone", "login codes", "Two-step verification is off", after=alert.id)
    home.owner.press(aid, "End all others")
    home.owner.see("Each of these devices is logged out", after=aid.id)
    home.owner.press(aid, "Kill the login codes")
    home.owner.see("No login code to kill is known", after=aid.id)
    assert "🚫 End all others" in home.owner.now(aid).buttons


def test_while_doorman_is_too_young_a_device_that_can_is_named(home: House) -> None:
    old = home.somebody_logs_in("Old trusty", official_app=True, date_active=int(time.time()))
    home.change(old, date_created=int(time.time() - 90 * DAY), unconfirmed=False)
    trusty = home.owner.see("New login", "Old trusty")
    home.owner.press(trusty, "It was me")
    home.owner.sees_on(trusty, "You said that it was you")
    alert = alert_of(home, "Stranger's tablet")
    home.age_guard(0.5)
    try:
        home.owner.press(alert, "End session")
        home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
        home.owner.see("Not ended", "It may from", after=alert.id)
        home.owner.see("This device can end it now", after=alert.id)
    finally:
        home.age_guard(2)


def test_codes_that_somebody_asks_for_are_counted_on_one_message_and_killed(home: House) -> None:
    before = home.owner.last_id()
    somebody_asks_for_a_code(home)
    alert = home.owner.see("Somebody asked for a login code", after=before)
    somebody_asks_for_a_code(home)
    home.owner.sees_on(alert, "2 times since", "Kill these codes")
    home.owner.press(alert, "Kill these codes")
    home.owner.see("worthless now", after=alert.id)
    assert not home.api("GET", account(home, "/login-code"))["live"]


def test_2fa_that_is_switched_off_and_a_reset_are_alarms_with_a_way_out(home: House) -> None:
    home.change_account(password="not-a-password")
    home.secrets.mark("password", "not-a-password")
    before = looked_after(home)
    home.owner.see("Two-step verification was switched on", after=before)
    home.change_account(pending_reset_date=int(time.time()) + 5 * DAY)
    before = looked_after(home)
    alert = home.owner.see("🚨 A reset of the 2FA password was asked for", after=before)
    home.owner.press(alert, "Call it off")
    home.owner.see("The reset of the 2FA password is called off", after=alert.id)
    home.change_account(password=None)
    before = looked_after(home)
    home.owner.see("🚨 Two-step verification was switched off", after=before)


def test_a_bot_that_reads_the_chats_is_told_and_disconnected(home: House) -> None:
    bot = {"first_name": "Snoop", "username": "snoop_bot"}
    home.api("POST", account(home, "/business-bots"), {"bot": bot, "unconfirmed": False})
    before = looked_after(home)
    alert = home.owner.see("A business bot was connected", "reads your chats", after=before)
    home.owner.press(alert, "Disconnect")
    home.owner.see("Snoop", "Disconnected by you", after=alert.id)


def test_an_end_is_told_with_its_evidence(home: House) -> None:
    alert = alert_of(home, "Passing laptop")
    [hash_] = [h for h, row in home.sessions().items() if row["device_model"] == "Passing laptop"]
    home.end_elsewhere(hash_)
    home.owner.sees_on(alert, "It ended elsewhere", "Telegram doesn't say which", "Last active")


def test_quiet_hours_hold_back_all_but_alarms_until_they_are_over(home: House) -> None:
    now = datetime.now(UTC)
    start, end = (now - timedelta(hours=1)).strftime("%H:%M"), (now + timedelta(hours=1)).strftime("%H:%M")
    looked_after(home)
    home.owner.ask(f"/quiet {start}-{end}", start)
    site = {"domain": "night.example", "bot": {"id": 4711, "first_name": "Night", "username": "night_bot"}}
    home.api("POST", account(home, "/websites"), site)
    before = looked_after(home)
    home.change_account(password="not-a-password", pending_reset_date=int(time.time()) + 5 * DAY)
    home.secrets.mark("password", "not-a-password")
    looked_after(home)
    alarm = home.owner.see("🚨 A reset of the 2FA password was asked for", after=before)
    assert not any("night.example" in message.text for message in home.owner.messages() if message.id < alarm.id)
    home.owner.ask("/quiet off", "Off")
    home.owner.see("A website was logged in to", "night.example", after=alarm.id)


def test_logins_in_a_row_are_one_message_on_which_each_is_answered_for(home: House) -> None:
    home.stop("bot")
    home.start("bot", LOGINS_TOGETHER_MINUTES="10")
    before = home.owner.last_id()
    for device in ("First of three", "Second of three", "Third of three"):
        home.somebody_logs_in(device)
        group = home.owner.see("New login", device, after=before)
    home.owner.press(group, "End all of these")
    home.owner.see("End these 3 logins?", "First of three", "Third of three", after=group.id)
    home.owner.press(group, "2: ✅ It was me")
    home.owner.sees_on(group, "You said that it was you")
    home.owner.press(group, "1: 🚫 End session")
    question = home.owner.see("End this session?", "First of three", after=group.id)
    home.owner.press(question, "Yes, end")
    home.owner.sees_on(group, "Ended by you")
    assert [text for text in home.owner.now(group).buttons if ": " in text] == [
        "3: 🚫 End session",
        "3: ✅ It was me",
    ]
