"""The help: every command is found in it, every page is reached from it, and each is short enough to be read."""

from __future__ import annotations

from collections import Counter

import pytest
from aiogram.types import BotCommand
from inline_snapshot import snapshot

from bot.views.buttons.help import ShowHelp
from bot.views.help import index
from bot.views.help.index import GROUPS, PAGES, help_page
from bot.views.welcome import COMMANDS
from tests.screens import data_of, fits_telegram, plain, shown, utf16_units

#: About two screens of a phone.
PAGE_MOST = 1_100
pages = pytest.mark.parametrize("name", [page.name for page in PAGES])


def leads_to(name: str) -> list[str]:
    return [ShowHelp.unpack(data).page for data in data_of(help_page(name))]


def test_the_first_page_names_every_command_of_the_menu_once() -> None:
    lines = Counter(line.split(" — ")[0] for line in plain(help_page()).splitlines() if line.startswith("/"))
    assert lines == Counter(f"/{command.command}" for command in COMMANDS)
    fits_telegram(help_page())


def test_a_command_of_no_group_is_listed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "COMMANDS", [BotCommand(command="new", description="What is new")])
    assert plain(help_page()).endswith("More\n/new — What is new")


def test_no_command_is_in_two_groups() -> None:
    assert max(Counter(name for names in GROUPS.values() for name in names).values()) == 1


def test_the_first_page_begins_with_what_to_press_and_leads_to_all_others() -> None:
    assert plain(help_page()).partition("\n\nWho is inside")[0] == snapshot("""\
What Doorman does
It tells you of each new login within a second, and of each session that ends or changes.

When a login is yours
Press “✅ It was me”: Telegram is told, if it waits for that, and you are not reminded of it.

When a login is not yours
Press “End session”, then “Yes, end this session”. Then, in Telegram: Settings → Privacy and Security → Two-Step Verification: set a new password. Once you have ended it, Doorman shows what else may be open, as first aid.\
""")
    assert leads_to("") == [page.name for page in PAGES]


@pages
def test_a_page_fits_a_phone_screen_or_two(name: str) -> None:
    screen = help_page(name)
    fits_telegram(screen)
    assert utf16_units(plain(screen)) <= PAGE_MOST


@pages
def test_from_a_page_one_gets_to_its_neighbours_and_back_to_the_first(name: str) -> None:
    names = [page.name for page in PAGES]
    at = names.index(name)
    assert leads_to(name) == [*names[max(at - 1, 0) : at], *names[at + 1 : at + 2], ""]


@pages
def test_no_page_promises_a_command_that_is_not_there(name: str) -> None:
    words = plain(help_page(name)).replace("(", " ").replace(")", " ").replace(";", " ").split()
    named = {word.strip(".,:/") for word in words if word.startswith("/")}
    assert named <= {command.command for command in COMMANDS}


def test_what_the_pages_answer() -> None:
    assert [page.title for page in PAGES] == snapshot(
        [
            "What a session is",
            "What it holds",
            "Its life",
            "Why sessions end",
            "IP and region",
            "Several sessions at once",
            "If a session drops",
            "One-time codes",
            "What Doorman can't see",
        ]
    )


def test_a_page_that_is_no_more_is_the_first() -> None:
    assert shown(help_page("of an older version")) == shown(help_page())
