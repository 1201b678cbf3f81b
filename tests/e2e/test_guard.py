"""The guard session's own life: too young, gone, and logged in again."""

from __future__ import annotations

from tests.e2e.house import GUARD, House, Person, until


def test_a_guard_under_a_day_old_says_from_when_it_may_end_others(home: House) -> None:
    home.age_guard(0.5)
    hash_ = home.somebody_logs_in("Must wait")
    alert = home.owner.see("Must wait")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    told = home.owner.see("Not ended", "younger than 24 hours", after=alert.id)
    assert "It may from" in told.text
    assert hash_ in home.sessions()
    home.age_guard(2)


def test_a_second_owner_is_told_too_and_learns_who_ended_it(home: House) -> None:
    second = Person(home.api, 700_000_099)
    second.send("hello")  # a person must open the chat before a bot may write
    home.settings["OWNER_IDS"] = f"{home.owner.id}, {second.id}"
    home.stop("bot")
    home.start("bot")
    home.somebody_logs_in("Seen by two")
    first_alert, second_alert = home.owner.see("Seen by two"), second.see("Seen by two")
    second.press(second_alert, "End session")
    second.press(second.sees_on(second_alert, "Yes, end"), "Yes, end")
    second.sees_on(second_alert, "Ended by you")
    home.owner.sees_on(first_alert, "Ended by another owner")


def test_a_guard_that_is_ended_is_told_with_what_to_do_and_a_new_login_is_picked_up(home: House) -> None:
    home.end_elsewhere(home.guard_hash())
    lost = home.owner.see("own session was logged out", "doorman login")
    home.owner.ask("/status", "own session was logged out")
    home.log_guard_in()
    home.owner.see("Doorman watches again", after=lost.id)
    home.somebody_logs_in("After the new login")
    home.owner.see("New login", "After the new login", after=lost.id)
    assert [row["device_model"] for row in home.sessions().values()].count(GUARD) == 1
    until("the worker to watch again", lambda: "Watching" in home.owner.ask("/status", "Doorman").text)
