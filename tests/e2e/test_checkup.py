"""The owner looks after the whole account: what it hangs on, what is connected to it, and who may log in by a code."""

from __future__ import annotations

import time
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.e2e.house import House, Message, until

DAY = 86_400


def account(home: House, path: str = "") -> str:
    return f"/api/accounts/{home.account}{path}"


def connect_website(home: House, domain: str, **fields: Any) -> str:
    """Its hash."""
    return str(home.api("POST", account(home, "/websites"), {"domain": domain, **fields})["hash"])


def connect_bot(home: House, name: str, **fields: Any) -> int:
    """Its id."""
    bot = {"first_name": name, "username": f"{name.lower()}_bot"}
    body = {"bot": bot, "unconfirmed": False, **fields}
    return int(home.api("POST", account(home, "/business-bots"), body)["bot"]["id"])


def is_live(home: House) -> bool:
    """Whether the last login code would still sign somebody in."""
    return bool(home.api("GET", account(home, "/login-code"))["live"])


def somebody_signs_in(home: House, asked: dict[str, Any], code: str) -> str:
    """Telegram's word to whoever enters that code; "" if they are in."""
    body = {"phone_code_hash": asked["phone_code_hash"], "code": code, "device_model": "Stranger's phone"}
    try:
        home.api("POST", account(home, "/sign-ins"), body)
    except HTTPError as refusal:
        return refusal.read().decode()
    return ""


def asked_for_a_code(home: House) -> tuple[dict[str, Any], str]:
    """What its asker was told, and the code, which they have from somewhere."""
    asked = home.api("POST", account(home, "/login-codes"), {})
    code = str(home.api("GET", account(home, "/login-code"))["code"])
    home.secrets.mark("login code", code)
    return asked, code


def checkup(home: House) -> Message:
    return home.owner.ask("/checkup", "Checkup of")


def test_2fa_that_is_off_comes_first_and_on_it_is_told_in_a_row_with_the_good(home: House) -> None:
    home.change_account(password=None)
    page = checkup(home)
    assert "🚨 2FA is off" in page.text
    assert page.text.index("🚨 2FA is off") < page.text.index("✅ In order")
    home.change_account(password="not-a-password", recovery_email="owner@example.org")
    home.secrets.mark("password", "not-a-password")
    home.owner.press(page, "Refresh")
    assert "2FA on; recovery e-mail set" in home.owner.sees_on(page, "2FA on").text


def test_a_reset_that_somebody_asked_for_is_called_off_with_one_press(home: House) -> None:
    home.change_account(password="not-a-password", pending_reset_date=int(time.time()) + 5 * DAY)
    page = checkup(home)
    assert "Somebody asked for a reset of the 2FA password" in page.text
    home.owner.press(page, "Call off the reset")
    home.owner.see("The reset of the 2FA password is called off", after=page.id)
    home.owner.sees_on(page, "no 2FA reset under way")


def test_an_unconfirmed_and_a_login_email_are_shown_as_telegram_gives_them(home: House) -> None:
    home.change_account(unconfirmed_email="stranger@example.net", login_email="owner@example.org")
    text = checkup(home).text
    assert "A recovery e-mail waits to be confirmed" in text
    assert "login e-mail" in text
    assert "stranger@example.net" not in text
    home.change_account(unconfirmed_email=None)


def test_an_unofficial_session_is_reviewed_from_the_checkup_to_its_card(home: House) -> None:
    home.somebody_logs_in("A script of somebody's", official_app=False, unconfirmed=False)
    home.owner.see("New login", "A script of somebody's")
    page = checkup(home)
    home.owner.press(page, "Unofficial apps")
    listed = home.owner.sees_on(page, "Unofficial apps of", "A script of somebody's")
    home.owner.press(listed, "A script of somebody's")
    home.owner.sees_on(page, "Logged in:", "End session")


def test_one_website_is_logged_out_in_two_presses(home: House) -> None:
    kept = connect_website(home, "kept.example")
    connect_website(
        home,
        "forgotten.example",
        browser="Firefox 138",
        platform="Linux",
        region="Malmo, Sweden",
        ip="192.0.2.44",
        date_created=int(time.time()) - 300 * DAY,
        date_active=int(time.time()) - 200 * DAY,
    )
    page = checkup(home)
    assert "1 of 2 connected websites was not used for 90 days" in page.text
    home.owner.press(page, "Websites")
    listed = home.owner.sees_on(page, "2 connected websites", "Firefox 138", "Malmo, Sweden", "192.0.2.44")
    home.owner.press(listed, "forgotten.example")
    question = home.owner.sees_on(page, "Log this website out?", "forgotten.example")
    home.owner.press(question, "Yes, log it out")
    home.owner.see("forgotten.example", "Logged out by you", after=page.id)
    left = home.owner.sees_on(page, "1 connected website of")
    assert "forgotten.example" not in left.text
    assert ", done by you" in home.owner.ask("/history", "Website gone").text
    assert not [news for news in home.owner.bots() if "A website was disconnected" in news.text]
    home.api("DELETE", account(home, f"/websites/{kept}"))


def test_a_website_that_is_gone_meanwhile_is_said_to_be(home: House) -> None:
    gone = connect_website(home, "gone.example")
    listed = home.owner.ask("/websites", "1 connected website of")
    home.owner.press(listed, "gone.example")
    question = home.owner.sees_on(listed, "Log this website out?")
    home.api("DELETE", account(home, f"/websites/{gone}"))
    home.owner.press(question, "Yes, log it out")
    home.owner.sees_on(listed, "No website is logged in.")


def test_all_websites_are_logged_out_in_two_presses(home: House) -> None:
    for domain in ("one.example", "two.example", "three.example"):
        connect_website(home, domain)
    listed = home.owner.ask("/websites", "3 connected websites")
    home.owner.press(listed, "Log out all")
    question = home.owner.sees_on(listed, "Log out 3 connected websites?", "one.example", "three.example")
    home.owner.press(question, "Yes, log all out")
    home.owner.see("All websites were logged out by you", after=listed.id)
    home.owner.sees_on(listed, "No website is logged in.")


def test_a_bot_that_reads_the_chats_is_disconnected_in_two_presses(home: House) -> None:
    connect_bot(home, "Eavesdropper", rights=["reply"])
    page = checkup(home)
    assert "1 business bot reads this account's chats" in page.text
    home.owner.press(page, "Business bots")
    listed = home.owner.sees_on(page, "Eavesdropper", "Reads your chats, and can reply in your name")
    home.owner.press(listed, "Eavesdropper")
    home.owner.press(home.owner.sees_on(page, "Disconnect this bot?"), "Yes, disconnect it")
    home.owner.see("Eavesdropper", "Disconnected by you", after=page.id)
    home.owner.sees_on(page, "No bot reads this account's chats.")


def test_passkeys_are_listed_with_their_dates_and_where_one_is_removed(home: House) -> None:
    home.api("POST", account(home, "/passkeys"), {"name": "Owner's key", "date": int(time.time()) - 100 * DAY})
    assert "1 passkey, none new" in checkup(home).text
    home.api("POST", account(home, "/passkeys"), {"name": "Stranger's key"})
    assert "1 of 2 passkeys was made within the last 7 days" in checkup(home).text
    listed = home.owner.ask("/passkeys", "2 passkeys of")
    assert listed.text.index("Stranger's key") < listed.text.index("Owner's key")
    assert "Last used: never" in listed.text
    assert "Settings → Privacy and Security → Passkeys" in listed.text


@pytest.fixture
def unlocked(home: House) -> House:
    """Whoever enters a code is in."""
    home.change_account(password=None)
    return home


def test_while_the_lock_is_on_a_code_is_killed_as_it_comes(unlocked: House) -> None:
    home = unlocked
    page = home.owner.ask("/lock", "Login lock of")
    assert "It is off" in page.text
    home.owner.press(page, "Lock 8 h")
    home.owner.sees_on(page, "It is on until", "Switch it off")
    assert "The login lock is on until" in home.owner.ask("/status", "Doorman").text
    asked, code = asked_for_a_code(home)
    until("the code to be killed", lambda: not is_live(home))
    assert "PHONE_CODE" in somebody_signs_in(home, asked, code)
    assert "Stranger's phone" not in {row["device_model"] for row in home.sessions().values()}

    home.owner.press(page, "Switch it off")
    home.owner.sees_on(page, "It is off")
    assert "login lock" not in home.owner.ask("/status", "Doorman").text


def test_codes_that_came_are_killed_when_the_owner_says_so(unlocked: House) -> None:
    home = unlocked
    before = home.owner.last_id()
    asked, code = asked_for_a_code(home)
    home.owner.see("code", after=before)
    assert is_live(home)
    home.owner.ask("/killcodes", "The login codes that came lately are worthless now")
    assert "PHONE_CODE" in somebody_signs_in(home, asked, code)


def test_without_the_lock_a_code_is_good(unlocked: House) -> None:
    """Else the tests above would prove nothing."""
    asked, code = asked_for_a_code(unlocked)
    assert somebody_signs_in(unlocked, asked, code) == ""
