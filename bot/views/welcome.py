"""The bot's first words, its help, and its command menu."""

from __future__ import annotations

from aiogram.types import BotCommand
from aiogram.utils.formatting import Bold, Text

from bot.views.screen import Screen

COMMANDS = [
    BotCommand(command="sessions", description="Who is logged in, and ending who should not be"),
    BotCommand(command="status", description="Whether Doorman is watching"),
    BotCommand(command="cancel", description="Drop what waits for a one-time code"),
    BotCommand(command="help", description="What Doorman does and what to press"),
]


def welcome(*, watching: bool, only_owner_is_account: bool) -> Screen:
    """The answer to /start."""
    nodes = [
        Text(Bold("Doorman"), " stands at the door of your Telegram account.\n\n"),
        Text("A new login is told to you here at once, with a button that ends it. /sessions shows who is logged in."),
    ]
    if not watching:
        nodes.append(Text("\n\nIt watches no account yet: run `doorman login` where Doorman runs."))
    if only_owner_is_account:
        nodes.append(
            Text(
                "\n\n⚠️ The only owner is the watched account itself. Who breaks into it sees this chat too: "
                "better add a second account of yours, or a person you trust, to OWNER_IDS. Until then, run `doorman "
                "enroll` where Doorman runs: what an intruder would want done here asks for a code of your app's."
            )
        )
    return Screen(text=Text(*nodes))


def help_page() -> Screen:
    """The answer to /help."""
    commands = [f"/{c.command} — {c.description}\n" for c in COMMANDS]
    text = Text(
        Bold("What Doorman does"),
        "\nA session is one device or app that is logged in to your account; it can read what you can. "
        "Doorman tells you of each new one within a second, and of each that ends or changes.\n\n",
        Bold("When a login is not yours"),
        "\nPress “End session”, then “Yes, end this session”. After that, in Telegram: "
        "Settings → Privacy and Security → Two-Step Verification: set a new password.\n\n",
        Bold("One-time codes"),
        "\nIf the watched account itself is an owner, ending an old or trusted session, ending all others, and "
        "trusting or confirming one ask for a code: whoever broke into the account sees this chat too. "
        "`doorman enroll`, where Doorman runs, sets that up.\n\n",
        Bold("Commands"),
        "\n",
        *commands,
    )
    return Screen(text=text)


def unknown_command() -> Screen:
    """The answer to anything else."""
    return Screen(text=Text("I know /sessions, /status and /help."))
