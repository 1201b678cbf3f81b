"""The bot's first words and its help."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.views.welcome import COMMANDS, help_page, unknown_command, welcome
from tests.screens import fits_telegram, plain, shown


def test_the_answer_to_start() -> None:
    assert shown(welcome(watching=True, only_owner_is_account=False)) == snapshot("""\
<b>Doorman</b> stands at the door of your Telegram account.

A new login is told to you here at once, with a button that ends it. /sessions shows who is logged in.\
""")


def test_the_answer_to_start_before_there_is_an_account() -> None:
    assert shown(welcome(watching=False, only_owner_is_account=False)) == snapshot("""\
<b>Doorman</b> stands at the door of your Telegram account.

A new login is told to you here at once, with a button that ends it. /sessions shows who is logged in.

It watches no account yet: run `doorman login` where Doorman runs.\
""")


def test_the_answer_to_start_when_the_only_owner_is_the_watched_account() -> None:
    assert shown(welcome(watching=True, only_owner_is_account=True)) == snapshot("""\
<b>Doorman</b> stands at the door of your Telegram account.

A new login is told to you here at once, with a button that ends it. /sessions shows who is logged in.

⚠️ The only owner is the watched account itself. Who breaks into it sees this chat too: better add a second account of yours, or a person you trust, to OWNER_IDS. Until then, run `doorman enroll` where Doorman runs: what an intruder would want done here asks for a code of your app's.\
""")


def test_the_answer_to_help() -> None:
    assert shown(help_page()) == snapshot("""\
<b>What Doorman does</b>
A session is one device or app that is logged in to your account; it can read what you can. Doorman tells you of each new one within a second, and of each that ends or changes.

<b>When a login is not yours</b>
Press “End session”, then “Yes, end this session”. After that, in Telegram: Settings → Privacy and Security → Two-Step Verification: set a new password.

<b>One-time codes</b>
If the watched account itself is an owner, ending an old or trusted session, ending all others, and trusting or confirming one ask for a code: whoever broke into the account sees this chat too. `doorman enroll`, where Doorman runs, sets that up.

<b>Commands</b>
/sessions — Who is logged in, and ending who should not be
/status — Whether Doorman is watching
/cancel — Drop what waits for a one-time code
/help — What Doorman does and what to press
""")


def test_the_answer_to_anything_else() -> None:
    assert shown(unknown_command()) == snapshot("I know /sessions, /status and /help.")


def test_help_names_every_command_of_the_menu() -> None:
    assert all(f"/{command.command}" in plain(help_page()) for command in COMMANDS)
    fits_telegram(help_page())
