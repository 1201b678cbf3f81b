"""What the owner is told unasked: a new login and what becomes of it, the list for review."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.views.answers import NOT_YOURS, confirmed, not_yet
from bot.views.buttons.keyboards import alert_keyboard, settled_keyboard
from bot.views.card import confirmed_on, particulars, standing
from bot.views.doers import ANOTHER, did_that
from bot.views.reasons import SAID_OF_A_LOGIN, reasons
from bot.views.screen import Screen
from bot.views.sessions import sessions_page
from bot.views.wording import cleaned, estimated, labelled, moment, named
from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.session_events import LoginAnnounced, LoginConfirmed, LoginUnanswered, SessionAppeared, TrustChanged
from core.domain.risk.assessment import Level
from core.domain.risk.logins import LoginReason

#: For so long a login is called new once it is answered.
NEW = timedelta(days=1)
SETTLED_OLD = "🔔 A session of "
ADVICE = "\n\nIf this was not you, end it now; then set or change your 2FA password in Telegram."
EXPECTED = "\n\nYou said that you are adding a device, so this comes without a sound."
HEADS = {
    Level.QUIET: "New login, as you expect, to ",
    Level.NOTICE: "🔔 New login to ",
    Level.ALARM: "🚨 New login, look at it now: ",
}
END_UNKNOWN = ": whatever you don't know, end"
SETTINGS_LOST = (
    "Settings are as at the first start: no login lock, no rules, no quiet hours, no names for sessions; and "
    "nothing waits to be ended as soon as Telegram allows it. "
)
ALONE = "There is no other session than Doorman's own."
FROM_HERE_ON = "From here on you hear of every new login."


def login_alert(
    event: SessionAppeared,
    *,
    account_name: str,
    outcome: str = "",
    was_ended: bool = False,
) -> Screen:
    """A new login; `outcome` is what became of it, and takes the place of what there was to decide. `was_ended` is
    whether an owner had it ended: that alone keeps nobody out who knows the password.
    """
    session = event.session
    reasoned = any(finding.reason == LoginReason.UNOFFICIAL for finding in event.assessment.findings)
    is_old = bool(outcome) and event.at - session.created_at > NEW  # what was answered is a change, or an old alert
    text = Text(
        Bold(SETTLED_OLD if is_old else HEADS[Level.NOTICE if outcome else event.assessment.level]),
        named(account_name),
        "\n\n",
        particulars(session, with_app_id=bool(outcome) or not reasoned),
        f"{'Logged in' if is_old else 'When'}: {moment(session.created_at)}",
        "" if outcome else _to_decide(event),
    )
    if outcome:
        return _settled(text, event.account, outcome, advice=NOT_YOURS if was_ended else "")
    buttons = alert_keyboard(event.account, session.hash, former_label=bool(cleaned(event.former_label)))
    return Screen(text=text, keyboard=buttons)


def _to_decide(event: SessionAppeared) -> Text:
    """Why it matters, what is unfinished about it, and what to do: no fact twice."""
    said = SAID_OF_A_LOGIN | ({LoginReason.KNOWN_NAME} if cleaned(event.former_label) else set())
    why = reasons(event.assessment, said_already=said)
    again = Text("\n\nThis device may be ", labelled(event.former_label), " again: so it says itself, as any could.")
    return Text(
        standing(event.session, confirmed_on=_by_itself(event)),
        Text("\n\n", why) if why.render()[0] else "",
        again if cleaned(event.former_label) else "",
        EXPECTED if event.assessment.level is Level.QUIET else "",
        ADVICE,
    )


def _by_itself(event: SessionAppeared | LoginUnanswered) -> datetime | None:
    return confirmed_on(event.session, event.autoconfirm_seconds, now=event.at)


def unanswered_login_alert(event: LoginUnanswered, *, account_name: str) -> Screen:
    """A login that was told before, and of which nobody has said whose it was."""
    session = event.session
    text = Text(
        Bold("🔔 Not answered yet: the login to "),
        named(account_name),
        "\n\n",
        particulars(session),
        f"When: {moment(session.created_at)}",
        standing(session, confirmed_on=_by_itself(event)),
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
    return Screen(text=text, keyboard=alert_keyboard(event.account, event.hash, waits=False))


def _settled(text: Text, account: int, outcome: str, *, advice: str) -> Screen:
    settled = Text(text, "\n\n", Bold(outcome), f"\n\n{advice}" if advice else "")
    return Screen(text=settled, keyboard=settled_keyboard(account))


def confirmed_line(event: LoginConfirmed, *, viewer: int) -> str:
    """Who said that a login was theirs."""
    return confirmed(event.at, by=event.confirmed_by, viewer=viewer, told_telegram=event.told_telegram)


def trusted_line(event: TrustChanged, *, viewer: int) -> str:
    """Who trusts a session now, which answers for its login."""
    who = "You trust" if event.by == viewer else "Another owner trusts"
    return f"{who} this session now: {moment(event.at)}."


def baseline(event: BaselineTaken, *, account_name: str) -> Screen:
    """Doorman begins to watch, or begins anew: the list for review, and no alarm for what is on it."""
    page = sessions_page(event.roster, account_name=account_name, page=0, now=event.at)
    if event.history_lost:
        head = Text(
            Bold("⚠️ Doorman's memory was lost: "),
            named(account_name),
            "\n\nIts Redis was emptied, or dropped what was in it. What happened before is gone, and what happened "
            "just now may be: nothing is told twice, and something may not have been told at all. ",
            SETTINGS_LOST if event.settings_lost else "",
        )
    else:
        head = Text(Bold("Doorman now watches "), named(account_name), "\n\n")
    young = not_yet(event.roster.guard, now=event.at)
    is_alone = all(session.current for session in event.roster.sessions)
    look = ALONE if is_alone else f"Look through these sessions now{'' if young else END_UNKNOWN}."
    review = f"{look} {FROM_HERE_ON}"
    text = Text(head, review, f"\n\n{young}" if young else "", "\n\n", page.text)
    return Screen(text=text, keyboard=page.keyboard)


def missed(count: int, account: int) -> Screen:
    """Messages that could not be sent, for a day or until others took their place."""
    what = "1 message was" if count == 1 else f"{count} messages were"
    text = Text(f"⚠️ Doorman could not write here for long: {what} dropped. Look at who is logged in now.")
    return Screen(text=text, keyboard=settled_keyboard(account))


def ttl_changed(event: TtlChanged, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """The limit for unused sessions is another; if an owner had that done, for those who did not."""
    whose = "If that was not you, look at your sessions." if event.by is None else did_that(doer, event.at)
    text = Text(
        Bold(f"Unused sessions now end after {_days(event.after)}: "),
        named(account_name),
        f"\n\nIt was {_days(event.before)}. {whose}",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
