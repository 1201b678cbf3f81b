"""A login code came: somebody asks to be let in; the code itself is in no message."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.alerts import StopCodes
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.keyboards import list_apart, settled_keyboard
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.contract.events import CodeCame

MEANING = (
    "Whoever has that code gets past the first door; with 2FA on, its password is the second. If it is you who logs in "
    "just now, all is well. Tell the code to nobody: Telegram never asks for it, and neither does Doorman."
)
TO_DO = (
    "\n\nIf it was not you, kill the code. If codes go on coming, lock logins: while the lock is on, every code is "
    "killed as it comes."
)
NOT_KILLED = (
    "\n\nTelegram did not take Doorman's word in time. If it was not you, press below, and again if that fails."
)


def code_came(event: CodeCame, *, account_name: str, count: int = 1, since: datetime | None = None) -> Screen:
    """The last of so many within minutes, of which the first came at `since`."""
    when = f"{moment(event.at)}" if count == 1 else f"{count} times since {moment(since or event.at)}"
    if event.was_killed:
        text = Text(
            Bold("A login code was killed as it came: "),
            named(account_name),
            f"\n\nWhen: {when}. The login lock is on: nobody can log in by code, and neither can you.",
        )
        return Screen(text=text, keyboard=settled_keyboard(event.account))
    text = Text(
        Bold(
            "🚨 The login lock could not kill a code: " if event.is_locked else "🔔 Somebody asked for a login code: "
        ),
        named(account_name),
        f"\n\nWhen: {when}\n{MEANING}{NOT_KILLED if event.is_locked else TO_DO}",
    )
    kill = button(
        "🚫 Kill this code" if count == 1 else "🚫 Kill these codes", StopCodes(account=event.account, guide=False)
    )
    return Screen(text=text, keyboard=keyboard([kill], [list_apart(event.account)]))
