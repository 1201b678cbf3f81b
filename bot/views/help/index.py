"""The help's first page, with the commands and the way to all other pages; and the pages themselves."""

from __future__ import annotations

from aiogram.types import BotCommand, InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.help import ShowHelp
from bot.views.help import codes, contents, dropped, ends, life, limits, place, session, several
from bot.views.screen import Screen
from bot.views.welcome import COMMANDS

PAGES = (
    session.PAGE,
    contents.PAGE,
    life.PAGE,
    ends.PAGE,
    place.PAGE,
    several.PAGE,
    dropped.PAGE,
    codes.PAGE,
    limits.PAGE,
)
#: A command that is in none of them is listed below the last.
GROUPS = {
    "Who is inside": ("sessions", "review", "history", "timeline", "export", "digest"),
    "The account": ("checkup", "websites", "passkeys", "bots", "ttl"),
    "Logins": ("lock", "killcodes", "adding", "travel"),
    "Doorman": ("accounts", "settings", "status", "cancel", "help"),
}


def help_page(name: str = "") -> Screen:
    """The page of that name; the first where there is none."""
    at = next((at for at, page in enumerate(PAGES) if page.name == name), None)
    if at is None:
        return _index()
    turning = [_to(number, mark) for number, mark in ((at - 1, "◀ {}"), (at + 1, "{} ▶")) if 0 <= number < len(PAGES)]
    return Screen(text=PAGES[at].text(), keyboard=keyboard(turning, [button("All of the help", ShowHelp(page=""))]))


def _index() -> Screen:
    text = Text(
        Bold("What Doorman does"),
        "\nIt tells you of each new login within a second, and of each session that ends or changes.\n\n",
        Bold("When a login is yours"),
        "\nPress “✅ It was me”: Telegram is told, if it waits for that, and you are not reminded of it.\n\n",
        Bold("When a login is not yours"),
        "\nPress “End session”, then “Yes, end this session”. Then, in Telegram: "
        "Settings → Privacy and Security → Two-Step Verification: set a new password. "
        "Once you have ended it, Doorman shows what else may be open, as first aid.",
        *[_commands(group, commands) for group, commands in _grouped().items() if commands],
    )
    numbers = range(len(PAGES))
    return Screen(text=text, keyboard=keyboard(*[[_to(n, "{}") for n in numbers[at : at + 2]] for at in numbers[::2]]))


def _to(number: int, mark: str) -> InlineKeyboardButton:
    return button(mark.format(PAGES[number].title), ShowHelp(page=PAGES[number].name))


def _commands(group: str, commands: list[BotCommand]) -> Text:
    return Text("\n\n", Bold(group), *[f"\n/{one.command} — {one.description}" for one in commands])


def _grouped() -> dict[str, list[BotCommand]]:
    listed = {command for group in GROUPS.values() for command in group}
    grouped = {group: [one for one in COMMANDS if one.command in names] for group, names in GROUPS.items()}
    grouped["More"] = [one for one in COMMANDS if one.command not in listed]
    return grouped
