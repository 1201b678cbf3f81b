"""What the owner is told unasked: a new login, a session that ended or changed, the list for review."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text, as_list

from bot.views.answers import NOT_YOURS, confirmed, ended, not_yet
from bot.views.buttons import alert_keyboard, settled_keyboard
from bot.views.card import UNCONFIRMED, particulars, standing
from bot.views.screen import Screen
from bot.views.sessions import sessions_page
from bot.views.wording import estimated, moment, named
from core.contract.events import (
    BaselineTaken,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
    TtlChanged,
)
from core.domain.changes import Altered
from core.domain.sessions import Session

ADVICE = "\n\nIf this was not you, end it now; then change your 2FA password in Telegram."
END_UNKNOWN = ": whatever you don't know, end"
FROM_HERE_ON = "From here on you hear of every new login."
SELDOM = "\n\nA device seldom changes like this. If you did not expect it, end the session."
SELDOM_OURS = (
    "\n\nThis is Doorman's own session. If Doorman was not moved or updated just now, somebody else may be using it: "
    "end it in Telegram → Settings → Devices, then run `doorman login` where Doorman runs."
)


def login_alert(event: SessionAppeared, *, account_name: str, outcome: str = "", was_ended: bool = False) -> Screen:
    """A new login; `outcome` is what became of it, and takes the place of what there was to decide. `was_ended` is
    whether an owner had it ended: that alone keeps nobody out who knows the password.
    """
    session = event.session
    text = Text(
        Bold("🔔 New login to "),
        named(account_name),
        "\n\n",
        particulars(session),
        f"When: {moment(session.created_at)}",
        "" if outcome else Text(standing(session), ADVICE),
    )
    return _with_outcome(text, event.account, session.hash, outcome, advice=NOT_YOURS if was_ended else "")


def unanswered_login_alert(event: LoginUnanswered, *, account_name: str) -> Screen:
    """A login that was told before, and of which nobody has said whose it was."""
    session = event.session
    text = Text(
        Bold("🔔 Not answered yet: the login to "),
        named(account_name),
        "\n\n",
        particulars(session),
        f"When: {moment(session.created_at)}",
        standing(session),
        f"\n\nFirst told at {moment(event.since)}. Say whether it was you: until then you are reminded.",
        ADVICE,
    )
    return Screen(text=text, keyboard=alert_keyboard(event.account, session.hash))


def trust_changed(event: TrustChanged, *, account_name: str) -> Screen:
    """Another owner trusts a session, or no more."""
    text = Text(
        Bold("🛡 A session is trusted now: " if event.trusted else "🛡 A session is trusted no more: "),
        named(account_name),
        "\n\n",
        particulars(event.session),
        f"Another owner said so: {moment(event.at)}. If it was not them, somebody else is in their account.",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


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


def _with_outcome(text: Text, account: int, hash_: str, outcome: str, *, advice: str = "") -> Screen:
    if outcome:
        settled = Text(text, "\n\n", Bold(outcome), f"\n\n{advice}" if advice else "")
        return Screen(text=settled, keyboard=settled_keyboard(account))
    return Screen(text=text, keyboard=alert_keyboard(account, hash_))


def ended_line(event: SessionEnded, *, viewer: int) -> str:
    """How a session ended, for one owner."""
    if event.ended_by is None:
        return f"It ended elsewhere, seen at {moment(event.at)}."
    return ended(event.at, by=event.ended_by, viewer=viewer)


def confirmed_line(event: LoginConfirmed, *, viewer: int) -> str:
    """Who said that a login was theirs."""
    return confirmed(event.at, by=event.confirmed_by, viewer=viewer, told_telegram=event.told_telegram)


def trusted_line(event: TrustChanged, *, viewer: int) -> str:
    """Who trusts a session now, which answers for its login."""
    who = "You trust" if event.by == viewer else "Another owner trusts"
    return f"{who} this session now: {moment(event.at)}."


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
    advice = ""
    if "unconfirmed" in changed and before.unconfirmed:
        said.append(Text("This login was confirmed at Telegram. If it was not by you, end it."))
        changed -= {"unconfirmed"}
    if "unconfirmed" in changed and after.unconfirmed:
        said.append(Text(UNCONFIRMED))
        changed -= {"unconfirmed"}
    if "password_pending" in changed and before.password_pending:
        said.append(Text("The 2FA password was entered: this login is now complete and can read messages."))
        changed -= {"password_pending"}
        advice = ADVICE
    said += [Text(f"{f.replace('_', ' ')}: ", _value(before, f), " → ", _value(after, f)) for f in sorted(changed)]
    if after.current:
        advice = SELDOM_OURS
    elif changed and not advice:
        advice = SELDOM
    text = Text(Bold("A session changed: "), named(account_name), "\n\n", particulars(after), as_list(*said), advice)
    return Screen(text=text, keyboard=alert_keyboard(event.account, after.hash) if not after.current else None)


def _watching_again(event: SessionAltered, account_name: str) -> Screen:
    young = not_yet(event.after, now=event.at)
    text = Text(
        Bold("✅ Doorman watches again: "),
        named(account_name),
        f"\n\nIt has a new session of its own, logged in {moment(event.after.created_at)}. "
        "What happened in between is told here as well.",
        f"\n\n{young}" if young else "",
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
    young = not_yet(event.roster.guard, now=event.at)
    review = f"Look through these sessions now{'' if young else END_UNKNOWN}. {FROM_HERE_ON}"
    text = Text(head, review, f"\n\n{young}" if young else "", "\n\n", page.text)
    return Screen(text=text, keyboard=page.keyboard)


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
