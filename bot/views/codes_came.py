"""A login code came: somebody asks to be let in; the code itself is in no message."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.alerts import StopCodes
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.keyboards import list_apart, settled_keyboard
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.contract.account_events import CodeCame

#: What such a code is worth, by whether the account has a 2FA password; None is not known.
WORTH = {
    True: "Whoever has that code gets past the first door; the 2FA password is the second.",
    False: "2FA is off: whoever has that code gets in.",
    None: "Whoever has that code gets past the first door; with 2FA on, its password is the second.",
}
HEAD = Bold("🔔 Somebody asked for a login code: ")
MEANING = (
    "If it is you who logs in just now, all is well. Tell the code to nobody: Telegram never asks for it, and neither "
    "does Doorman."
)
TO_DO = (
    "\n\nIf it was not you, kill the code. If codes go on coming, lock logins with /lock: while the lock "
    "is on, every code is killed as it comes."
)
SPENT = (
    " too old by now to let anybody in. If it was not you who asked for it, look who is logged in: whoever came in by "
    "it is on the list."
)
UNWATCHED = ", while Doorman was not watching"
OURS = " Doorman itself logged in within minutes after it came: it may be the code of that very login."
NOT_KILLED = (
    "\n\nTelegram did not take Doorman's word in time. If it was not you, press below, and again if that fails."
)


def code_came(
    event: CodeCame,
    *,
    account_name: str,
    count: int = 1,
    since: datetime | None = None,
    has_password: bool | None = None,
) -> Screen:
    """The last of so many that were told within minutes, of which the first was at `since`."""
    when = _when(event, count, since)
    ours = OURS if event.may_be_ours else ""
    if event.was_killed:
        text = Text(
            Bold("A login code was killed: " if event.sent_at else "A login code was killed as it came: "),
            named(account_name),
            f"\n\nWhen: {when}. The login lock is on: nobody can log in by code, and neither can you.{ours}",
        )
        return Screen(text=text, keyboard=settled_keyboard(event.account))
    if event.is_spent:
        which = "It is" if count == 1 else "The last is"
        text = Text(HEAD, named(account_name), f"\n\nWhen: {when}\n{which}{SPENT}{ours}")
        if count == 1:
            return Screen(text=text, keyboard=settled_keyboard(event.account))
    else:
        text = Text(
            Bold("🚨 The login lock could not kill a code: ") if event.is_locked else HEAD,
            named(account_name),
            f"\n\nWhen: {when}\n{WORTH[has_password]} {MEANING}{ours}{NOT_KILLED if event.is_locked else TO_DO}",
        )
    kill = button(
        "🚫 Kill this code" if count == 1 else "🚫 Kill these codes", StopCodes(account=event.account, guide=False)
    )
    return Screen(text=text, keyboard=keyboard([kill], [list_apart(event.account)]))


def _when(event: CodeCame, count: int, since: datetime | None) -> str:
    if event.sent_at is None:
        last = moment(event.at)
        return last if count == 1 else f"{count} times since {moment(since or event.at)}, the last at {last}"
    last = f"{moment(event.sent_at)}{UNWATCHED}"
    return last if count == 1 else f"{count} times, the last at {last}"
