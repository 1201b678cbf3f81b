"""One session: its particulars in lines, and the card that shows it whole."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons import back_keyboard, card_keyboard, settled_keyboard
from bot.views.screen import Screen
from bot.views.wording import address, ago, app_of, device_of, estimated, moment, system_of
from core.domain.sessions import Session, place_of
from core.domain.standing import Trust

NO_ACCESS_YET = "The login code was entered, the 2FA password not yet: it can't read any messages."
UNCONFIRMED = "Telegram waits for your word on this login."


def particulars(session: Session) -> Text:
    """Device, app, place and IP, a line each."""
    official = "official app id" if session.official_app else "not an official app id"
    return Text(
        device_of(session),
        " · ",
        system_of(session),
        "\nApp: ",
        app_of(session),
        f" ({official})\nWhere: ",
        estimated(place_of(session)),
        "\nIP: ",
        address(session),
        "\n",
    )


def standing(session: Session) -> str:
    """What is unfinished about it, a line each; "" for a session like any other."""
    lines = [NO_ACCESS_YET] if session.password_pending else []
    lines += [UNCONFIRMED] if session.unconfirmed else []
    return "".join(f"\n{line}" for line in lines)


def card(
    account: int, session: Session, *, trust: Trust | None, viewer: int, now: datetime, outcome: str = ""
) -> Screen:
    """One session whole, with the way to end it and to trust it; the guard's own can't be ended by a button.

    `outcome` is what became of it, and takes the place of what there was to decide.
    """
    text = Text(
        particulars(session),
        f"Logged in: {moment(session.created_at)}\n",
        f"Last active: {moment(session.active_at)} ({ago(session.active_at, now=now)})",
        "" if outcome else standing(session),
        f"\n{trusted(trust, viewer=viewer)}" if trust and not outcome else "",
    )
    if outcome:
        return Screen(text=Text(text, "\n\n", Bold(outcome)), keyboard=settled_keyboard(account))
    if session.current:
        own = "\n\nThis is Doorman's own session. To give it up, run `doorman logout` where Doorman runs."
        return Screen(text=Text(text, own), keyboard=back_keyboard(account))
    return Screen(text=text, keyboard=card_keyboard(account, session.hash, trusted=trust is not None))


def trusted(trust: Trust, *, viewer: int) -> str:
    """Who trusts a session, since when."""
    return f"🛡 Trusted by {'you' if trust.by == viewer else 'another owner'} since {moment(trust.at)}."


def card_gone(account: int) -> Screen:
    """The session of that card is not listed any more."""
    return Screen(text=Text("This session is gone: it is no longer logged in."), keyboard=back_keyboard(account))
