"""One session: its particulars in lines, and the card that shows it whole."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.keyboards import (
    back_keyboard,
    card_keyboard,
    review_keyboard,
    reviewed_keyboard,
    settled_keyboard,
)
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.wording import address, ago, app_of, cleaned, day, device_of, estimated, labelled, moment, system_of
from core.domain.awaited import Wanted
from core.domain.sessions import AUTOCONFIRM_SECONDS, Session, place_of
from core.domain.standing import Trust

NO_ACCESS_YET = "The login code was entered, the 2FA password not yet: it can't read any messages."
UNCONFIRMED = "Telegram waits for your word on this login."
OFFICIAL = "An official app id is no proof: anybody can use one."
NOT_OFFICIAL = "No official app id means another app or a script: is it one of yours?"
OWN = "This is Doorman's own session. To give it up, run `doorman logout` where Doorman runs."


def particulars(session: Session, *, with_app_id: bool = True, label: str = "") -> Text:
    """What an owner calls it, if they do, device, app, place and IP, a line each; `with_app_id` is whether it says what
    the app's id is worth.
    """
    official = "official app id" if session.official_app else "not an official app id"
    return Text(
        Text(labelled(label), "\n") if cleaned(label) else "",
        device_of(session),
        " · ",
        system_of(session),
        "\nApp: ",
        app_of(session),
        f"{f' ({official})' if with_app_id else ''}\nWhere: ",
        estimated(place_of(session)),
        "\nIP: ",
        address(session),
        "\n",
    )


def standing(session: Session, *, confirmed_on: datetime | None = None) -> str:
    """What is unfinished about it, a line each; "" for a session like any other.

    `confirmed_on` is when Telegram confirms the login by itself, None where that is not known, or is over.
    """
    lines = [NO_ACCESS_YET] if session.password_pending else []
    lines += [waiting(confirmed_on)] if session.unconfirmed else []
    return "".join(f"\n{line}" for line in lines)


def waiting(confirmed_on: datetime | None) -> str:
    """That Telegram waits for an answer, and until when, where that is known."""
    by_itself = f" Without it, Telegram confirms the login by itself on {day(confirmed_on)}." if confirmed_on else ""
    return f"{UNCONFIRMED}{by_itself}"


def confirmed_on(session: Session, autoconfirm_seconds: int, *, now: datetime) -> datetime | None:
    """When Telegram confirms the login by itself; None once that is over."""
    at = session.created_at + timedelta(seconds=autoconfirm_seconds)
    return at if at > now else None


def card(
    account: int,
    session: Session,
    *,
    trust: Trust | None,
    viewer: int,
    now: datetime,
    outcome: str = "",
    label: str = "",
    ttl_days: int | None = None,
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS,
    remark: str = "",
    in_review: bool = False,
    wanted: Wanted | None = None,
) -> Screen:
    """One session whole, with the way to end it and to trust it; the guard's own can't be ended by a button.

    `outcome` is what became of it, and takes the place of what there was to decide. `label` is the owner's own name
    for it, `ttl_days` Telegram's limit for unused sessions, None where it is not known, and `autoconfirm_seconds` after
    how long it confirms a login by itself. `remark` is what came of it
    where it can be judged still; `in_review` is whether it is looked at in its turn. `wanted` is who wants it ended as
    soon as Telegram allows it.
    """
    text = Text(
        f"{icon_of(session)} ",
        particulars(session, label=label),
        f"Logged in: {moment(session.created_at)}\n",
        f"Last active: {moment(session.active_at)} ({ago(session.active_at, now=now)})",
    )
    if outcome:
        settled = reviewed_keyboard(account, session.hash) if in_review else settled_keyboard(account)
        return Screen(text=Text(text, "\n\n", Bold(outcome)), keyboard=settled)
    if session.current:
        return Screen(text=Text(text, standing(session), f"\n\n{OWN}"), keyboard=back_keyboard(account))
    more = Text(
        "" if session.password_pending else f"{_end_of_use(session, ttl_days, now=now)}\n{_accepted(session)}",
        f"\n\n{OFFICIAL if session.official_app else NOT_OFFICIAL}",
        standing(session, confirmed_on=confirmed_on(session, autoconfirm_seconds, now=now)),
        f"\n{trusted(trust, viewer=viewer)}" if trust else "",
        f"\n{to_be_ended(wanted, viewer=viewer, now=now)}" if wanted else "",
        Text("\n\n", Bold(remark)) if remark else "",
    )
    if in_review:
        buttons = reviewed_keyboard if trust else review_keyboard
        return Screen(text=Text(text, more), keyboard=buttons(account, session.hash))
    buttons_below = card_keyboard(
        account, session.hash, trusted=trust is not None, session=session, awaited=wanted is not None
    )
    return Screen(text=Text(text, more), keyboard=buttons_below)


def _accepted(session: Session) -> str:
    match session.calls_disabled, session.secret_chats_disabled:
        case False, False:
            return "Accepts: calls and secret chats"
        case False, True:
            return "Accepts: calls, but no secret chats"
        case True, False:
            return "Accepts: secret chats, but no calls"
        case _:
            return "Accepts: neither calls nor secret chats"


def _end_of_use(session: Session, ttl_days: int | None, *, now: datetime) -> str:
    """When Telegram ends it for not being used, a line; "" where that is not known, or lies beyond all calendars."""
    if not ttl_days or ttl_days < 0:
        return ""
    try:
        end = session.active_at + timedelta(days=ttl_days)
    except OverflowError:
        return ""
    if end <= now:
        return f"\nUnused for longer than the {ttl_days} days allowed: it may end by itself at any time"
    return f"\nEnds by itself on {day(end)} if it stays unused"


def trusted(trust: Trust, *, viewer: int) -> str:
    """Who trusts a session, since when."""
    return f"🛡 Trusted by {'you' if trust.by == viewer else 'another owner'} since {moment(trust.at)}."


def to_be_ended(wanted: Wanted, *, viewer: int, now: datetime) -> str:
    """When a session is to be ended, and who wants that."""
    when = f"on {moment(wanted.allowed_from)}" if wanted.allowed_from > now else "as soon as Telegram allows it"
    return f"⏳ To be ended {when}, as {'you' if wanted.by == viewer else 'another owner'} asked."


def card_gone(account: int) -> Screen:
    """The session of that card is not listed any more."""
    return Screen(text=Text("This session is gone: it is no longer logged in."), keyboard=back_keyboard(account))
