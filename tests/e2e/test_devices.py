"""The Devices screen in the owner's hands: names, trust, switches, the end of unused sessions, a review of all."""

from __future__ import annotations

import time

from tests.e2e.house import House, Message, until

DAY = 86400


def listed(home: House, device: str, **fields: object) -> str:
    """A session that the owner knows of, and that is first in the list; its hash."""
    hash_ = home.somebody_logs_in(device, unconfirmed=False, date_active=2_147_000_000, **fields)
    home.owner.see("New login", device)
    return hash_


def card_of(home: House, device: str) -> Message:
    shown = home.owner.ask("/sessions", "sessions of")
    home.owner.press(shown, device)
    return home.owner.sees_on(shown, "Logged in:", device)


def test_a_session_gets_a_name_and_is_offered_trust(home: House) -> None:
    listed(home, "Pixel of mine")
    home.owner.press(card_of(home, "Pixel of mine"), "Name")
    question = home.owner.see("What do you call this session?", "Pixel of mine")
    assert question.asks_for_reply
    home.owner.send("my phone", reply_to=question)
    named = home.owner.see("🏷 \u2068my phone\u2069", "It has that name now", "trust it too", after=question.id)
    home.owner.press(named, "🛡 Trust")
    trusted = home.owner.sees_on(named, "Trusted by you", "my phone")
    assert "Trust no more" in trusted.buttons
    shown = home.owner.ask("/sessions", "sessions of")
    assert "🏷 \u2068my phone\u2069 · \u2068Pixel of mine\u2069" in shown.text
    assert any("🏷" in button and "my phone" in button for button in shown.buttons)


def test_an_answer_that_is_no_name_loses_nothing_and_a_dash_takes_the_name_away(home: House) -> None:
    listed(home, "Nokia of mine")
    home.owner.press(card_of(home, "Nokia of mine"), "Name")
    question = home.owner.see("What do you call this session?", "Nokia of mine")
    home.owner.send("x" * 41, reply_to=question)
    refused = home.owner.see("That was not taken as a name", "longer than 40 characters", after=question.id)
    home.owner.send("old brick", reply_to=refused)
    named = home.owner.see("old brick", "It has that name now", after=refused.id)
    home.owner.press(named, "Name")
    again = home.owner.see("Its name now", "old brick", after=named.id)
    home.owner.send("-", reply_to=again)
    home.owner.see("It has no name of yours any more", after=again.id)


def test_a_question_from_before_a_restart_says_to_press_again(home: House) -> None:
    listed(home, "Restarted upon")
    home.owner.press(card_of(home, "Restarted upon"), "Name")
    question = home.owner.see("What do you call this session?", "Restarted upon")
    home.stop("bot")
    home.start("bot")
    home.owner.send("too late", reply_to=question)
    home.owner.see("Press “Name” on the card again", after=question.id)


def test_calls_and_secret_chats_are_switched_at_telegram(home: House) -> None:
    hash_ = listed(home, "Switchboard")
    card = card_of(home, "Switchboard")
    home.owner.press(card, "Calls: on")
    home.owner.sees_on(card, "Calls: off", "Secret chats: on", "It now accepts secret chats, but no calls")
    assert home.sessions()[hash_]["call_requests_disabled"]
    home.owner.press(card, "Secret chats: on")
    home.owner.sees_on(card, "Calls: off", "Secret chats: off")
    home.owner.press(card, "Calls: off")
    home.owner.sees_on(card, "Calls: on", "Secret chats: off")
    row = home.sessions()[hash_]
    assert (row["call_requests_disabled"], row["encrypted_requests_disabled"]) == (False, True)


def test_ttl_shows_when_each_ends_and_sets_another_limit(home: House) -> None:
    idle = home.somebody_logs_in("Forgotten tablet", unconfirmed=False, date_active=int(time.time()) - 20 * DAY)
    home.owner.see("New login", "Forgotten tablet")
    page = home.owner.ask("/ttl", "Unused sessions of")
    assert "Forgotten tablet" in page.text.partition("\n1. ")[2].partition("\n")[0]  # it is the soonest
    home.owner.press(page, "3 months")
    home.owner.sees_on(page, "They end after 90 days", "Unused sessions end after 90 days now")
    home.owner.press(page, "1 week")
    asked = home.owner.sees_on(page, "may be ended at once", "Forgotten tablet")
    assert _ttl(home) == 90
    home.owner.press(asked, "No, leave it")
    home.owner.sees_on(page, "They end after 90 days")
    typed = home.owner.ask("/ttl 45", "They end after 45 days")
    assert "in 24 days" in typed.text or "in 25 days" in typed.text
    assert _ttl(home) == 45
    home.owner.ask("/ttl 367", "Send a number of days from 1 to 366")
    question = home.owner.ask("/ttl 10", "may be ended at once")
    home.owner.press(question, "Yes, after 10 days")
    home.owner.sees_on(question, "They end after 10 days")
    assert _ttl(home) == 10
    home.end_elsewhere(idle)


def _ttl(home: House) -> int:
    [account] = [a for a in home.api("GET", "/api/world")["accounts"] if a["id"] == home.account]
    return int(account["ttl_days"])


def test_a_review_leads_through_all_that_nobody_trusts(home: House) -> None:
    for hash_ in set(home.sessions()) - {home.guard_hash()}:
        home.end_elsewhere(hash_)
    hashes = sorted((listed(home, f"Reviewed {n}") for n in range(4)), key=int)
    names = [home.sessions()[hash_]["device_model"] for hash_ in hashes]
    shown = home.owner.ask("/sessions", "5 sessions of")
    home.owner.press(shown, "Review one by one")
    home.owner.press(home.owner.sees_on(shown, "3 more after this one", names[0]), "🛡 Trust")
    home.owner.press(home.owner.sees_on(shown, "Trusted by you", names[0]), "Next")
    home.owner.press(home.owner.sees_on(shown, "2 more after this one", names[1]), "Skip")
    home.owner.press(home.owner.sees_on(shown, "1 more after this one", names[2]), "End session")
    home.owner.press(home.owner.sees_on(shown, "Yes, end this session"), "Yes, end")
    home.owner.press(home.owner.sees_on(shown, "Ended by you"), "Next")
    last = home.owner.sees_on(shown, "the last one", names[3])
    home.owner.press(last, "Name")
    question = home.owner.see("What do you call this session?", names[3], after=shown.id)
    home.owner.send("laptop", reply_to=question)
    named = home.owner.see("🏷 \u2068laptop\u2069", "It has that name now", after=question.id)
    home.owner.press(named, "Skip")
    over = home.owner.sees_on(named, "The review is over", "2 sessions are not trusted")
    assert set(home.sessions()) == {home.guard_hash(), hashes[0], hashes[1], hashes[3]}
    home.owner.press(over, "All sessions")
    assert home.owner.sees_on(over, "sessions of").text.count("🛡 trusted") == 1


def test_all_but_the_trusted_can_be_ended(home: House) -> None:
    before = home.sessions()
    shown = home.owner.ask("/sessions", "sessions of")
    home.owner.press(shown, "End all others")
    question = home.owner.sees_on(shown, "1 of them is trusted:", "End all but the trusted")
    trusted = next(row for row in before.values() if row["device_model"] in question.text.partition("trusted:")[2])
    home.owner.press(question, "End all but the trusted")
    home.owner.sees_on(shown, "2 sessions ended")
    left = until("two sessions", lambda: set(home.sessions()) if len(home.sessions()) == 2 else None)
    assert left == {home.guard_hash(), trusted["hash"]}
