"""Logins that came one after another, on one message: each with its device, what speaks against it, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.alerts import ADVICE
from bot.views.buttons.alerts import GiveFormerLabel, RemindMe
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.keyboards import confirm_keyboard, list_apart, settled_keyboard
from bot.views.buttons.sessions import Origin
from bot.views.buttons.together import AskEndApart, AskEndThese, ConfirmEndThese, WasMeToo
from bot.views.card import NO_ACCESS_YET, UNCONFIRMED, confirmed_on, particulars
from bot.views.ending_all import listed
from bot.views.icons import icon_of
from bot.views.reasons import SAID_OF_A_LOGIN, reasons
from bot.views.screen import Screen
from bot.views.wording import cleaned, day, device_of, labelled, moment, named, place
from core.contract.session_events import LoginAnnounced, LoginUnanswered, SessionAppeared
from core.domain.risk.assessment import Level
from core.domain.risk.logins import LoginReason
from core.domain.sessions import Session

#: "New login" begins each, as it begins the alert of one.
HEADS = {
    Level.QUIET: "New logins, as you expect, to ",
    Level.NOTICE: "🔔 New logins to ",
    Level.ALARM: "🚨 New logins, look at them now: ",
}
REMINDER = "🔔 Not answered yet: logins to "
NOT_YOURS = "If one of them was not yours, set or change your 2FA password now."
LATER = "\n⏰ reminds you of one in an hour."
MOVED = "Told again in a newer message."
OLD_QUESTION = "That question was an old one. Nothing was ended: press “End all of these” once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One login on a message; `outcome` is what became of it, and takes the place of what there was to decide.
    `was_ended` is whether Doorman ended it: that alone keeps nobody out who knows the password. `since` is when a
    reminder's was first told.
    """

    event: SessionAppeared
    outcome: str = ""
    was_ended: bool = False
    since: datetime | None = None

    @property
    def hash(self) -> str:
        """Its session's."""
        return self.event.session.hash

    @property
    def as_told(self) -> SessionAppeared | LoginUnanswered:
        """What it was told by."""
        event, since = self.event, self.since
        return event if since is None else LoginUnanswered(**_shared(event), since=since)

    def altered(self, after: Session) -> Told:
        """With what is unfinished about it by now; all else stays as it was when it logged in."""
        event = self.event
        now = replace(event.session, password_pending=after.password_pending, unconfirmed=after.unconfirmed)
        return replace(self, event=replace(event, session=now))


def told_of(event: SessionAppeared | LoginAnnounced | LoginUnanswered) -> Told | None:
    """As one of several; None for what is only announced, and has a message of its own until more is known."""
    match event:
        case SessionAppeared():
            return Told(event=event)
        case LoginUnanswered(since=since):
            return Told(event=SessionAppeared(**_shared(event)), since=since)
        case LoginAnnounced():
            return None


def _shared(event: SessionAppeared | LoginUnanswered) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("account", "at", "session", "autoconfirm_seconds")}


def several_logins(account: int, logins: Sequence[Told], *, account_name: str, are_reminders: bool = False) -> Screen:
    """All of them in their order; what is left to decide has its buttons, by its number."""
    left = [login for login in logins if not login.outcome]
    level = max((login.event.assessment.level for login in left), default=Level.NOTICE)
    numbered = list(enumerate(logins, start=1))
    text = Text(
        Bold(REMINDER if are_reminders else HEADS[level]),
        named(account_name),
        *[_entry(number, login) for number, login in numbered],
        _advice(logins, left=len(left)),
    )
    rows = [_buttons(account, number, login) for number, login in numbered if not login.outcome]
    all_of_them = [button("🚫 End all of these", AskEndThese(account=account))] if len(left) > 1 else []
    later = [_later(account, number, login, is_only=len(left) == 1) for number, login in numbered if not login.outcome]
    return Screen(text=text, keyboard=keyboard(*rows, later, all_of_them, [list_apart(account)]))


def _entry(number: int, login: Told) -> Text:
    session = login.event.session
    return Text(
        f"\n\n{number}. {icon_of(session)} ",
        device_of(session),
        " · ",
        place(session),
        f" · {moment(session.created_at)}",
        Text("\n", Bold(login.outcome)) if login.outcome else _to_decide(login.event),
    )


def _to_decide(event: SessionAppeared) -> Text:
    """What an alert of it alone says, in short."""
    why, session = _strongest(event), event.session
    by_itself = confirmed_on(session, event.autoconfirm_seconds, now=event.at)
    waits = (
        f"Telegram waits for your word, and confirms it by itself on {day(by_itself)}." if by_itself else UNCONFIRMED
    )
    again = Text("\nIt may be ", labelled(event.former_label), " again, as it says itself.")
    return Text(
        Text("\n", why) if why.render()[0] else "",
        again if cleaned(event.former_label) else "",
        f"\n{NO_ACCESS_YET}" if session.password_pending else "",
        f"\n{waits}" if session.unconfirmed else "",
    )


def _strongest(event: SessionAppeared) -> Text:
    """The weightiest reason that there are words for, and that is not said beside it."""
    said = SAID_OF_A_LOGIN | ({LoginReason.KNOWN_NAME} if cleaned(event.former_label) else set())
    for finding in event.assessment.findings:
        only = replace(event.assessment, findings=(replace(finding, benign=None),))
        if (line := reasons(only, said_already=said)).render()[0]:
            return line
    return Text()


def _advice(logins: Sequence[Told], *, left: int) -> str:
    if left:
        return ADVICE.replace("this was not you, end it", "one was not you, end it") + (LATER if left > 1 else "")
    return f"\n\n{NOT_YOURS}" if any(login.was_ended for login in logins) else ""


def _buttons(account: int, number: int, login: Told) -> list[InlineKeyboardButton]:
    name = button(f"{number}: 🏷 Name it so", GiveFormerLabel(account=account, hash=login.hash))
    return [
        button(f"{number}: 🚫 End session", AskEndApart(account=account, hash=login.hash)),
        button(f"{number}: ✅ It was me", WasMeToo(account=account, hash=login.hash)),
        *([name] if cleaned(login.event.former_label) else []),
    ]


def _later(account: int, number: int, login: Told, *, is_only: bool) -> InlineKeyboardButton:
    """All of them are in one row: a third on each login's own would leave none room for its words."""
    text = "Remind me in an hour" if is_only else f"⏰ {number}"
    return button(text, RemindMe(account=account, hash=login.hash))


def folded(account: int) -> Screen:
    """In the place of a message whose logins a newer one tells of."""
    text = Text("Told again in a newer message, together with what came after it.")
    return Screen(text=text, keyboard=settled_keyboard(account))


def end_apart(account: int, session: Session, *, account_name: str, now: datetime) -> Screen:
    """Whether to end one of several."""
    text = Text(
        Bold("End this session? "),
        named(account_name),
        "\n\n",
        particulars(session),
        f"Logged in: {moment(session.created_at)}\n\nThat device is logged out.",
    )
    return Screen(text=text, keyboard=confirm_keyboard(account, session.hash, Origin.ALERT, now=now))


def end_these(account: int, sessions: Sequence[Session], *, list_name: str, account_name: str, not_yet: str) -> Screen:
    """Whether to end those that nobody has answered for; `not_yet` is why it can't be done before long."""
    count = len(sessions)
    text = Text(
        Bold(f"End {'this login' if count == 1 else f'these {count} logins'}? "),
        named(account_name),
        "\n\nEach of these devices is logged out; every other session stays.\n",
        listed(sessions),
        f"\n\n{not_yet}" if not_yet else "",
    )
    yes = button(
        f"Yes, end {'it' if count == 1 else f'these {count}'}", ConfirmEndThese(account=account, list=list_name)
    )
    return Screen(text=text, keyboard=keyboard([yes], [list_apart(account)]))
