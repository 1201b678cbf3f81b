"""What an owner sets in the chat: rules that say and then do, windows that quiet, and pages that show what is so."""

from __future__ import annotations

import time

from tests.e2e.house import House, Message, until

HOME = {"country": "Sweden", "region": "Malmo", "ip": "192.0.2.50"}
ABROAD = {"country": "Brazil", "region": "Recife", "ip": "198.51.100.60"}
ALARM = "🚨"
MODES = {"Off": "Now: off", "Dry run": "Now: dry run"}


def ask(home: House, text: str, *words: str) -> Message:
    return home.owner.see(*words, after=home.owner.send(text))


def open_page(home: House, topic: str, says: str) -> Message:
    page = ask(home, "/settings", "Settings of")
    home.owner.press(page, topic)
    return home.owner.sees_on(page, says)


def switch(home: House, topic: str, says: str, mode: str) -> None:
    page = open_page(home, topic, says)
    if mode == "On":
        home.owner.press(page, "On…")
        home.owner.press(home.owner.sees_on(page, "Switch this rule on?"), "Yes, switch it on")
        home.owner.sees_on(page, "Now: on", "changed by you")
    else:
        home.owner.press(page, mode)
        home.owner.sees_on(page, MODES[mode], "changed by you")


def trust(home: House, device: str) -> None:
    listed = ask(home, "/sessions", "sessions of")
    home.owner.press(listed, device)
    card = home.owner.sees_on(listed, "🛡 Trust")
    home.owner.press(card, "🛡 Trust")
    home.owner.sees_on(listed, "Trusted by you")


def test_settings_show_what_is_so_and_refresh_in_place(home: House) -> None:
    page = ask(home, "/settings", "Settings of", "Demo account", "Quiet hours: off")
    home.owner.press(page, "Weekly digest off")
    home.owner.sees_on(page, "Weekly digest: off", "changed by you")
    home.owner.press(page, "Weekly digest on")
    home.owner.sees_on(page, "Weekly digest: Sundays at 10:00, UTC")


def test_quiet_hours_by_a_button_and_by_words(home: House) -> None:
    page = open_page(home, "Quiet hours", "Off.")
    home.owner.press(page, "22 to 7")
    home.owner.sees_on(page, "22:00 to 07:00, UTC")
    ask(home, "/quiet 22:30-07:15 Europe/Berlin", "22:30 to 07:15, Europe/Berlin")
    ask(home, "/quiet 22-7 Atlantis", "no such time zone")
    home.owner.press(page, "All settings")
    home.owner.sees_on(page, "Quiet hours: 22:30 to 07:15, Europe/Berlin")
    ask(home, "/quiet off", "Off.")


def test_a_dry_rule_says_what_it_would_end_and_ends_nothing(home: House) -> None:
    switch(home, "Idle sessions", "Idle sessions ·", "Dry run")
    hash_ = home.somebody_logs_in("Dusty tablet", date_active=int(time.time()) - 200 * 86400, **HOME)
    home.owner.see("Dry run", "Dusty tablet")
    assert hash_ in home.sessions()
    switch(home, "Idle sessions", "Idle sessions ·", "Off")
    home.end_elsewhere(hash_)


def test_a_rule_that_is_on_ends_a_login_from_elsewhere_but_no_trusted_session(home: House) -> None:
    kept = home.somebody_logs_in("Known abroad", **ABROAD)
    home.owner.see("New login", "Known abroad")
    trust(home, "Known abroad")
    ask(home, "/countries sweden, Atlantis", "Sweden", "Atlantis")
    home.owner.see("seen no session from", "Atlantis")
    switch(home, "Countries", "Logins from other countries ·", "On")
    ended = home.somebody_logs_in("Stranger abroad", **ABROAD)
    stays = home.somebody_logs_in("Friend at home", **HOME)
    until("the end of the stranger", lambda: ended not in home.sessions())
    home.owner.see("by itself", "Stranger abroad")
    assert kept in home.sessions()
    assert stays in home.sessions()
    switch(home, "Countries", "Logins from other countries ·", "Off")
    home.end_elsewhere(stays)
    home.end_elsewhere(kept)


def test_a_login_has_the_time_that_was_set_for_its_answer(home: House) -> None:
    hash_ = home.somebody_logs_in("Nobody's phone", **HOME)
    home.owner.see("New login", "Nobody's phone")
    ask(home, "/unanswered 5", "within 5 minutes")
    switch(home, "Unanswered logins", "Logins that nobody answers for ·", "On")
    ask(home, "/settings", "Logins unanswered for 5 minutes: on")
    assert hash_ in home.sessions(), "there is time left to answer"
    switch(home, "Unanswered logins", "Logins that nobody answers for ·", "Off")
    home.end_elsewhere(hash_)


def test_before_a_rule_is_switched_on_it_names_what_would_end(home: House) -> None:
    hash_ = home.somebody_logs_in("Forgotten laptop", date_active=int(time.time()) - 200 * 86400, **HOME)
    home.owner.see("New login", "Forgotten laptop")
    page = open_page(home, "Idle sessions", "Idle sessions ·")
    home.owner.press(page, "On…")
    asked = home.owner.sees_on(page, "Switch this rule on?", "It would end", "Forgotten laptop", "Never a trusted")
    home.owner.press(asked, "No")
    home.owner.sees_on(page, "Now: off")
    assert hash_ in home.sessions()
    home.end_elsewhere(hash_)


def test_travel_quiets_a_new_country_and_status_shows_it(home: House) -> None:
    unexpected = home.somebody_logs_in("Before the trip", country="Japan", region="Kyoto", ip="203.0.113.70")
    loud = home.owner.see("New login", "Before the trip")
    ask(home, "/travel 10", "On until")
    ask(home, "/status", "Travel is expected until")
    expected = home.somebody_logs_in("On the trip", country="Peru", region="Lima", ip="203.0.113.170")
    eased = home.owner.see("New login", "On the trip")
    assert loud.text.startswith(ALARM)
    assert not eased.text.startswith(ALARM)
    ask(home, "/travel off", "Off.")
    ask(home, "/settings", "Nothing (/adding a device, /travel)")
    for hash_ in (unexpected, expected):
        home.end_elsewhere(hash_)


def test_adding_a_device_is_expected_for_as_long_as_was_said(home: House) -> None:
    page = ask(home, "/adding", "Adding a device", "Off.")
    home.owner.press(page, "10 min")
    home.owner.sees_on(page, "On until", "changed by you")
    hash_ = home.somebody_logs_in("My new phone", **HOME)
    assert not home.owner.see("New login", "My new phone").text.startswith(ALARM)
    home.owner.press(page, "Off")
    home.owner.sees_on(page, "Off. Switch it on")
    home.end_elsewhere(hash_)


def test_the_digest_tells_the_week_so_far(home: House) -> None:
    ask(home, "/digest", "The week to", "Logged in")
