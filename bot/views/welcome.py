"""The bot's first words and its command menu."""

from __future__ import annotations

from aiogram.types import BotCommand
from aiogram.utils.formatting import Bold, Text

from bot.views.screen import Screen

COMMANDS = [
    BotCommand(command="sessions", description="Who is logged in, and ending who should not be"),
    BotCommand(command="ttl", description="When unused sessions end by themselves"),
    BotCommand(command="history", description="What happened, newest first"),
    BotCommand(command="timeline", description="A picture of who was inside when, over 30 or 90 days"),
    BotCommand(command="export", description="The history and the sessions as files"),
    BotCommand(command="checkup", description="How safe the account is, and what to do about it"),
    BotCommand(command="websites", description="The websites that the account is logged in to"),
    BotCommand(command="bots", description="The bots that read the account's chats"),
    BotCommand(command="passkeys", description="The passkeys that log in without a code"),
    BotCommand(command="lock", description="Let nobody log in by a code: on, off, or for some hours"),
    BotCommand(command="killcodes", description="Make the login codes that came lately worthless"),
    BotCommand(command="accounts", description="The accounts that are watched, and choosing one"),
    BotCommand(command="status", description="Whether Doorman is watching"),
    BotCommand(command="settings", description="Quiet hours, digest, and what Doorman ends by itself"),
    BotCommand(command="adding", description="Expect a new device for a while"),
    BotCommand(command="travel", description="Expect other countries for some days"),
    BotCommand(command="digest", description="The last seven days in one message"),
    BotCommand(command="cancel", description="Drop what waits for a one-time code"),
    BotCommand(command="help", description="What Doorman does, and what to know of sessions"),
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


def unknown_command() -> Screen:
    """The answer to anything else."""
    return Screen(text=Text("I know /sessions, /checkup, /status and what /help lists."))
