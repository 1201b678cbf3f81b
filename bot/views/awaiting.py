"""Endings that Telegram does not allow yet: offered, noted, called off, or not done after all."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.answers import DEVICES, end_result
from bot.views.buttons.keyboards import awaited_keyboard, rule_keyboard, settled_keyboard
from bot.views.card import particulars, to_be_ended
from bot.views.doers import ANOTHER, did_that
from bot.views.screen import Screen
from bot.views.wording import device_of, moment, named
from core.contract.replies import Outcome, Result
from core.contract.session_events import EndingAwaited, EndingDropped
from core.domain.awaited import Wanted
from core.domain.sessions import Session

NOT_NOTED = "Nothing was noted."


def offered(result: Result, session: Session | None) -> Text:
    """After Telegram did not allow it yet: from when it does, and what a press does about that."""
    which = device_of(session) if session else Text("that session")
    since = f"from {moment(result.allowed_from)} on" if result.allowed_from else "once its own session is 24 hours old"
    return Text(f"Doorman may {since}. Press below, and it ends ", which, " then, without being asked again.")


def waits(account: int, session: Session | None, wanted: Wanted, *, viewer: int, now: datetime) -> Screen:
    """It is noted, and can be called off."""
    which = device_of(session) if session else Text("This session")
    said = f"\n{to_be_ended(wanted, viewer=viewer, now=now)} You are told when it is done."
    return Screen(text=Text(which, said), keyboard=awaited_keyboard(account, wanted.hash))


def later_line(result: Result, *, viewer: int) -> str:
    """What came of "End it as soon as allowed"; where there was nothing to wait for, it was ended at once."""
    match result.outcome:
        case Outcome.DONE if result.ended_by is None:
            since = f"on {moment(result.allowed_from)}" if result.allowed_from else "as soon as Telegram allows it"
            return f"It is to be ended {since}."
        case Outcome.NOT_DONE:
            return f"⚠️ {NOT_NOTED} Doorman could not get to it. Press again."
        case _:
            return end_result(result, viewer=viewer)


def called_off(session: Session | None, result: Result, *, account: int) -> Screen:
    """It stays."""
    which = device_of(session) if session else Text("This session")
    return Screen(text=Text(which, f"\n{stays(result.at)}"), keyboard=settled_keyboard(account))


def stays(at: datetime) -> str:
    """That an ending was called off."""
    return f"Doorman does not end it: {moment(at)}."


def ending_awaited(event: EndingAwaited, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """For the owners who did not ask for it; that it is put off is for all of them."""
    if event.was_moved:
        head = "A session is to be ended later than was said: "
        said = (
            "An owner had asked for that. Doorman had to log in anew, and Telegram lets it end others 24 hours after "
            f"its login: it ends this one on {moment(event.allowed_from)}, without being asked again."
        )
    else:
        head = "A session is to be ended as soon as Telegram allows it: "
        said = f"That is on {moment(event.allowed_from)}. {did_that(doer, event.at)}"
    text = Text(Bold(head), named(account_name), "\n\n", particulars(event.session), said)
    return Screen(text=text, keyboard=awaited_keyboard(event.account, event.session.hash))


def ending_dropped(event: EndingDropped, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """For the owners who did not call it off: what one of them, or more, counted on will not be done."""
    if event.error:
        said = Text("Telegram answered: ", named(event.error), f". Doorman does not try again. {DEVICES}")
    else:
        said = Text(f"{doer} called that off, or said that the session is theirs: {moment(event.at)}.")
    if event.by == event.wanted_by:
        head = "An ending was called off: "
    else:
        head = "⚠️ A session is not ended, though an owner had asked for it: "
    text = Text(
        Bold(head),
        named(account_name),
        "\n\n",
        particulars(event.session),
        "It was to be ended as soon as Telegram allows it. ",
        said,
    )
    return Screen(text=text, keyboard=rule_keyboard(event.account, event.session.hash))
