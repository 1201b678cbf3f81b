"""Asking what a session is to be called, and why an answer is no name."""

from __future__ import annotations

from enum import Enum, auto

from aiogram.utils.formatting import Bold, Text

from bot.views.card import particulars
from bot.views.screen import Screen
from bot.views.wording import cleaned, labelled
from core.domain.labels import LABEL_MOST
from core.domain.sessions import Session

#: By these a question of a former process is known.
QUESTION, REFUSED = "🏷 What do you call this session?", "🏷 That was not taken as a name."
ASKED = "Answer the question below."
HOW = f"Answer this message with a name of at most {LABEL_MOST} characters. Six digits would be taken for a code."


class Unfit(Enum):
    """Why what was typed can't be a name."""

    TOO_LONG = auto()
    BLANK = auto()
    NO_TEXT = auto()


WHY = {
    Unfit.TOO_LONG: f"It is longer than {LABEL_MOST} characters.",
    Unfit.BLANK: "Nothing of it can be shown: Doorman leaves its own signs and invisible characters out of names.",
    Unfit.NO_TEXT: "It has no text.",
}


def name_question(session: Session, *, label: str) -> Screen:
    """To be answered with the name; `label` is what it is called by now."""
    called = cleaned(label)
    text = Text(
        Bold(QUESTION),
        "\n\n",
        particulars(session),
        Text("Its name now: ", labelled(label), "\n") if called else "",
        f"\n{HOW}",
        " A dash (-) takes its name away." if called else "",
    )
    return Screen(text=text, asks="my phone")


def name_refused(why: Unfit) -> Screen:
    """Another answer is waited for."""
    return Screen(text=Text(Bold(REFUSED), f"\n\n{WHY[why]} {HOW}"), asks="my phone")


def question_over() -> Screen:
    """It was put too long ago, or before the bot was started again."""
    return Screen(text=Text("That question is an old one, so nothing was changed. Press “Name” on the card again."))
