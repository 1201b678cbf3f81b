"""What the owner is told unasked: a new login, a session that ended or changed, the list for review."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text, as_list

from bot.views.answers import confirmed, ended
from bot.views.buttons import alert_keyboard, settled_keyboard
from bot.views.card import UNCONFIRMED, particulars, standing
from bot.views.screen import Screen
from bot.views.sessions import sessions_page
from bot.views.wording import estimated, moment, named
from core.contract.events import (
    BaselineTaken,
    LoginAnnounced,
    LoginConfirmed,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TtlChanged,
)
from core.domain.changes import Altered
from core.domain.sessions import Session

ADVICE = "\n\nIf this was not you, end it now; then change your 2FA password in Telegram."


def login_alert(event: SessionAppeared, *, account_name: str, outcome: str = "") -> Screen:
    """A new login; `outcome` is what became of it, and takes the place of what there was to decide."""
    session = event.session
    text = Text(
        Bold("🔔 New login to "),
        named(account_name),
        "\n\n",
        particulars(session),
        f"When: {moment(session.created_at)}",
        "" if outcome else Text(standing(session), ADVICE),
    )
    return _with_outcome(text, event.account, session.hash, outcome)


def announced_login_alert(event: LoginAnnounced, *, account_name: str) -> Screen:
    """A new login of which only Telegram's push is known."""
    text = Text(
        Bold("🔔 New login to "),
        named(account_name),
        "\n\n",
        named(event.device, unknown="Unknown device"),
        "\nWhere: ",
        estimated(event.location),
        f"\nWhen: {moment(event.logged_in_at)}\n",
        "Telegram announced it, but it can't be seen in the list of sessions yet, so this is all that is known.",
        ADVICE,
    )
    return _with_outcome(text, event.account, event.hash, "")


def _with_outcome(text: Text, account: int, hash_: str, outcome: str) -> Screen:
    if outcome:
        return Screen(text=with_line(text, outcome), keyboard=settled_keyboard(account))
    return Screen(text=text, keyboard=alert_keyboard(account, hash_))


def with_line(text: Text, line: str) -> Text:
    """A message that something came of, with what it was at its end."""
    return Text(text, "\n\n", Bold(line))


def ended_line(event: SessionEnded, *, viewer: int) -> str:
    """How a session ended, for one owner."""
    if event.ended_by is None:
        return f"It ended elsewhere, seen at {moment(event.at)}."
    return ended(event.at, by=event.ended_by, viewer=viewer)


def confirmed_line(event: LoginConfirmed, *, viewer: int) -> str:
    """Who said that a login was theirs."""
    return confirmed(event.at, by=event.confirmed_by, viewer=viewer)


def session_ended(event: SessionEnded, *, account_name: str, viewer: int) -> Screen:
    """A session is gone; said quietly."""
    text = Text(
        Bold("A session ended: "),
        named(account_name),
        "\n\n",
        particulars(event.session),
        ended_line(event, viewer=viewer),
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def session_altered(event: SessionAltered, *, account_name: str) -> Screen | None:
    """A session is not what it was; None where only its address or version moved, as on any day."""
    before, after = event.before, event.after
    changed = Altered(before=before, after=after).significant
    if not changed:
        return None
    if after.current and "created_at" in changed:
        return _watching_again(event, account_name)
    said: list[Text] = []
    if "unconfirmed" in changed and before.unconfirmed:
        said.append(Text("This login was confirmed at Telegram. If it was not by you, end it."))
        changed -= {"unconfirmed"}
    if "unconfirmed" in changed and after.unconfirmed:
        said.append(Text(UNCONFIRMED))
        changed -= {"unconfirmed"}
    if "password_pending" in changed and before.password_pending:
        said.append(Text("The 2FA password was entered: this login is now complete and can read messages."))
        changed -= {"password_pending"}
    said += [Text(f"{f.replace('_', ' ')}: ", _value(before, f), " → ", _value(after, f)) for f in sorted(changed)]
    text = Text(Bold("A session changed: "), named(account_name), "\n\n", particulars(after), as_list(*said))
    return Screen(text=text, keyboard=alert_keyboard(event.account, after.hash) if not after.current else None)


def _watching_again(event: SessionAltered, account_name: str) -> Screen:
    text = Text(
        Bold("✅ Doorman watches again: "),
        named(account_name),
        f"\n\nIt has a new session of its own, logged in {moment(event.after.created_at)}. "
        "What happened in between is told here as well.",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def _value(session: Session, field: str) -> Text:
    value = getattr(session, field)
    return Text("yes" if value else "no") if isinstance(value, bool) else named(str(value), unknown="none")


def baseline(event: BaselineTaken, *, account_name: str) -> Screen:
    """Doorman begins to watch, or begins anew: the list for review, and no alarm for what is on it."""
    page = sessions_page(event.roster, account_name=account_name, page=0, now=event.at)
    if event.history_lost:
        head = Text(
            Bold("⚠️ Doorman's memory was lost: "),
            named(account_name),
            "\n\nIts Redis was emptied, or dropped what was in it. What happened before is gone, and what happened "
            "just now may be: nothing is told twice, and something may not have been told at all. ",
        )
    else:
        head = Text(Bold("Doorman now watches "), named(account_name), "\n\n")
    review = "Look through these sessions now: whatever you don't know, end. From here on you hear of every new login."
    return Screen(text=Text(head, review, "\n\n", page.text), keyboard=page.keyboard)


def missed(count: int, account: int) -> Screen:
    """Messages that could not be sent, for a day or until others took their place."""
    what = "1 message was" if count == 1 else f"{count} messages were"
    text = Text(f"⚠️ Doorman could not write here for long: {what} dropped. Look at who is logged in now.")
    return Screen(text=text, keyboard=settled_keyboard(account))


def ttl_changed(event: TtlChanged, *, account_name: str) -> Screen:
    """The limit for idle sessions is another."""
    text = Text(
        Bold(f"Idle sessions now end after {event.after} days: "),
        named(account_name),
        f"\n\nIt was {event.before} days. If that was not you, look at your sessions.",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))
