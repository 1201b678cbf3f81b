"""Two accounts in one Doorman, as their owner lives with them: each is told apart, and neither blinds the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from doorman.demo import environment_without_settings
from tests.e2e.house import GUARD, House, until

SECOND, PHONE = 700_000_051, "99966200051"


@contextmanager
def in_second(home: House) -> Iterator[None]:
    """What is done to the house's account is done to the second one."""
    first = home.account, home.phone
    home.account, home.phone = SECOND, PHONE
    try:
        yield
    finally:
        home.account, home.phone = first


@pytest.fixture(scope="module", autouse=True)
def _second_account(home: House) -> None:
    """It comes while Doorman runs."""
    home.api("POST", "/api/accounts", {"id": SECOND, "phone": PHONE, "first_name": "Second account"})
    with in_second(home):
        home.somebody_logs_in("Second's own phone", unconfirmed=False)
        home.log_guard_in()
    home.owner.see("Doorman now watches", "Second account")


def doorman(home: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doorman", *arguments],
        cwd=home.folder,
        env={**environment_without_settings(), **home.settings},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_an_alert_names_the_account_and_its_buttons_act_there(home: House) -> None:
    home.somebody_logs_in("In the first")
    assert "Demo account" in home.owner.see("New login", "In the first").text
    with in_second(home):
        hash_ = home.somebody_logs_in("In the second")
        alert = home.owner.see("New login", "In the second")
        assert "Second account" in alert.text
        home.owner.press(alert, "End session")
        home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
        home.owner.sees_on(alert, "Ended by you")
        assert hash_ not in home.sessions()


def test_accounts_are_listed_and_the_one_that_is_chosen_is_what_commands_are_about(home: House) -> None:
    listed = home.owner.ask("/accounts", "Accounts")
    for words in ("Demo account", "Second account", "Watching", "about all of them"):
        assert words in listed.text
    first = home.owner.ask("/sessions", "Demo account")
    home.owner.see("Second's own phone", after=first.id - 1)
    home.owner.press(listed, "Second account")
    home.owner.sees_on(listed, "are about \u2068Second account\u2069")
    alone = home.owner.ask("/sessions", "Second's own phone")
    home.owner.ask("/status", "Second account")
    assert [m.id for m in home.owner.bots() if m.id > alone.id and "sessions of" in m.text] == []
    home.owner.press(listed, "All accounts")
    home.owner.sees_on(listed, "about all of them")


def test_one_lost_guard_does_not_blind_the_other_and_a_new_login_brings_it_back(home: House) -> None:
    home.end_elsewhere(home.guard_hash())
    lost = home.owner.see("own session was logged out", "Demo account")
    with in_second(home):
        home.somebody_logs_in("While the first was blind")
    home.owner.see("New login", "While the first was blind", "Second account")
    home.owner.ask("/accounts", "own session was logged out")
    home.log_guard_in()
    home.owner.see("Doorman watches again", after=lost.id)
    home.somebody_logs_in("After the new login")
    home.owner.see("New login", "After the new login", "Demo account")


def test_doctor_looks_at_each(home: House) -> None:
    found = doorman(home, "doctor").stdout
    for name in (f"Demo account ({home.account})", f"Second account ({SECOND})"):
        assert f"The guard session of {name} is good and may end others. Doorman is running." in found


def test_the_help_answers_page_by_page(home: House) -> None:
    page = home.owner.ask("/help", "What Doorman does")
    home.owner.press(page, "Why sessions end")
    page = home.owner.sees_on(page, "One key in two places")
    home.owner.press(page, "◀ Its life")
    page = home.owner.sees_on(page, "Unconfirmed")
    home.owner.press(page, "All of the help")
    home.owner.sees_on(page, "/accounts — ")


def test_a_logout_of_one_lets_the_other_go_on(home: House) -> None:
    unsaid = doorman(home, "logout", "--yes")
    assert unsaid.returncode == 1
    assert "Say which with --account" in unsaid.stderr
    assert f"Second account ({SECOND})" in unsaid.stderr
    gone = doorman(home, "logout", "--yes", "--account", str(SECOND))
    assert gone.returncode == 0, gone.stderr
    assert f"goes on watching Demo account ({home.account})" in gone.stdout
    with in_second(home):
        assert GUARD not in {row["device_model"] for row in home.sessions().values()}
    home.somebody_logs_in("After the logout")
    home.owner.see("New login", "After the logout", "Demo account")
    until("the list without it", lambda: "Second account" not in home.owner.ask("/accounts", "Accounts").text)
