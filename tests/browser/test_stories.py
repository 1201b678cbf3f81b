"""Each ready story, played by a click in a real browser, until the owner's message is there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.demo import Screen


def test_a_strangers_login_is_told_and_ended_by_buttons(home: Screen) -> None:
    home.play("A stranger abroad")
    alert = home.sees("New login", "Unknown client", "Chile")
    expect(home.sessions().filter(has_text="Unknown client")).to_have_count(1)
    home.press(alert, "End session")
    home.press(alert, "Yes, end")
    home.sees("Unknown client", "Ended by you")
    expect(home.sessions().filter(has_text="Unknown client")).to_have_count(0)


def test_the_owners_own_phone_is_confirmed(home: Screen) -> None:
    home.play("Your new phone")
    alert = home.sees("New login", "Pixel 9")
    expect(home.sessions().filter(has_text="Pixel 9")).to_contain_text("unconfirmed")
    home.press(alert, "It was me")
    expect(home.sessions().filter(has_text="Pixel 9")).not_to_contain_text("unconfirmed")


def test_half_a_login_is_told_and_then_its_password_is_entered(home: Screen) -> None:
    home.play("Half a login")
    home.sees("iPhone 15", "password")
    home.page.get_by_role("button", name="Enter password: iPhone 15").click()
    expect(home.sessions().filter(has_text="iPhone 15")).not_to_contain_text("password pending")


def test_a_code_that_is_asked_for_is_told_without_the_code(home: Screen) -> None:
    home.play("Somebody asks for a code")
    home.sees("login code")


def test_a_key_that_another_device_uses_is_told(home: Screen) -> None:
    home.play("A stolen key")
    home.sees("Xiaomi 13", "Lisbon")


def test_a_website_is_told_by_the_checkup(home: Screen) -> None:
    home.play("A website is signed in to")
    home.sees("tickets.example")


def test_more_ways_in_are_told_as_well(home: Screen) -> None:
    home.page.get_by_text("More ways in").click()
    home.play("A bot is connected")
    home.sees("Sales assistant")
    home.play("A passkey is made")
    home.sees("Somebody's phone")


def test_a_login_of_ones_own_may_be_called_anything(home: Screen) -> None:
    hostile = "<script>document.title='gone'</script><img src=x onerror=alert(1)>"
    home.page.get_by_text("A login of your own").click()
    form = home.page.get_by_role("form", name="A login of your own")
    form.get_by_label("Device").fill(hostile)
    form.get_by_role("button", name="Log in").click()
    home.sees("New login", "<script>")
    expect(home.sessions().filter(has_text=hostile)).to_have_count(1)
    assert home.page.title() == "Doorman, live"
    assert home.page.locator("main script, main img").count() == 0


def test_all_others_are_ended_and_doorman_logs_in_again(home: Screen) -> None:
    home.play("Your new phone")
    home.play("All others are ended")
    home.sees("Doorman", "ended")
    expect(home.sessions()).not_to_have_count(0)
    home.play("Log Doorman in again")
    expect(home.sessions().filter(has_text="Doorman (session guard)")).to_contain_text("connected")


def test_a_banned_account_is_told_and_the_ban_is_lifted(home: Screen) -> None:
    home.play("The account is banned")
    home.sees("banned")
    home.play("Lift the ban")
    home.play("Log Doorman in again")
    expect(home.sessions().filter(has_text="Doorman (session guard)").first).to_contain_text("connected")
