"""The bot's first words."""

from __future__ import annotations

from inline_snapshot import snapshot

from bot.views.welcome import unknown_command, welcome
from tests.screens import shown


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


def test_the_answer_to_anything_else() -> None:
    assert shown(unknown_command()) == snapshot("I know /sessions, /checkup, /status and what /help lists.")
