"""A guard that may not end others yet does it by itself as soon as it may, unless the owner takes that back."""

from __future__ import annotations

from tests.e2e.house import House, Message, until


def too_early(home: House, device: str) -> tuple[str, Message]:
    """A login that its owner could not have ended: its hash, and Doorman's offer."""
    hash_ = home.somebody_logs_in(device)
    alert = home.owner.see("New login", device)
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    return hash_, home.owner.see("Doorman may from", device, after=alert.id)


def test_what_telegram_does_not_allow_yet_is_done_as_soon_as_it_does_unless_it_is_called_off(home: House) -> None:
    home.age_guard(0.5)
    wanted, offer = too_early(home, "Not for long")
    home.owner.press(offer, "End it as soon as allowed")
    home.owner.sees_on(offer, "To be ended on", "as you asked", "Don't end it")
    spared, other_offer = too_early(home, "Spared")
    home.owner.press(other_offer, "End it as soon as allowed")
    home.owner.press(home.owner.sees_on(other_offer, "Don't end it"), "Don't end it")
    called_off = home.owner.sees_on(other_offer, "Doorman does not end it")
    assert called_off.buttons == ["All sessions"]
    home.owner.ask("/status", "1 session is to be ended from")
    assert {wanted, spared} <= home.sessions().keys()
    home.age_guard(2)
    told = home.owner.see("A session ended", "Not for long", "as you had asked")
    assert wanted not in home.sessions()
    assert spared in home.sessions()
    assert "is to be ended" not in home.owner.ask("/status", "It may end other sessions.").text
    assert told.id > other_offer.id


def test_it_is_done_by_the_worker_that_comes_after(home: House) -> None:
    home.age_guard(0.5)
    hash_, offer = too_early(home, "Outlives a worker")
    home.owner.press(offer, "End it as soon as allowed")
    home.owner.sees_on(offer, "To be ended on")
    home.stop("userclient")
    home.age_guard(2)
    home.start("userclient")
    until("the session to be ended", lambda: hash_ not in home.sessions(), seconds=30)
    home.owner.see("A session ended", "Outlives a worker", "as you had asked")
