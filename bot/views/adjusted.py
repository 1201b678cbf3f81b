"""An owner named a session, or set what it accepts: for the others, and quietly."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.keyboards import settled_keyboard
from bot.views.card import particulars
from bot.views.doers import ANOTHER, did_that
from bot.views.screen import Screen
from bot.views.wording import cleaned, labelled, named
from core.contract.session_events import SessionAdjusted


def session_adjusted(event: SessionAdjusted, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """What is as it was is not said."""
    text = Text(
        Bold(_head(event)),
        named(account_name),
        "\n\n",
        particulars(event.session),
        *(Text(line, "\n") for line in _lines(event)),
        f"\n{did_that(doer, event.at)}",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def _head(event: SessionAdjusted) -> str:
    if event.label is None:
        return "What a session accepts was set anew: "
    return "A session was named: " if cleaned(event.label) else "A session's name was taken away: "


def _lines(event: SessionAdjusted) -> list[Text]:
    label, switches = event.label or "", (("Calls", event.calls), ("Secret chats", event.secret_chats))
    return [
        *([Text("Its name: ", labelled(label))] if cleaned(label) else []),
        *(Text(f"{what}: {'accepted' if accepts else 'refused'}") for what, accepts in switches if accepts is not None),
    ]
