"""The sessions that one point of the checkup is about, each with the way to its card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.checkup import Review, ShowCheckup
from bot.views.buttons.sessions import ShowCard
from bot.views.checkup_words import REVIEWED
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, ago, app_of, cleaned, device_of, named, place
from core.domain.points import Topic
from core.domain.sessions import Session

REVIEWED_MOST = 8
LABEL_MOST = 28
TITLES = {
    Topic.UNANSWERED: "Unanswered logins",
    Topic.INCOMPLETE: "Incomplete logins",
    Topic.UNOFFICIAL: "Unofficial apps",
    Topic.IDLE: "Idle sessions",
    Topic.UNTRUSTED: "Untrusted sessions",
}


def review(
    account: int, topic: Topic, sessions: Sequence[Session], *, account_name: str, now: datetime, why: str = ""
) -> Screen:
    """The first of them; `why` they could not be fetched anew, "" if they were."""
    back = button("Checkup", ShowCheckup(account=account))
    again = button("🔄 Refresh", Review(account=account, topic=topic))
    head = Text(Bold(f"{TITLES.get(topic, 'Sessions')} of "), named(account_name), f"\n{why}" if why else "")
    if not sessions:
        return Screen(text=Text(head, "\n\nThere is none now."), keyboard=keyboard([back]))
    shown = list(enumerate(sessions[:REVIEWED_MOST], start=1))
    more = len(sessions) - len(shown)
    text = Text(
        head,
        f"\n{REVIEWED.get(topic, '')}\n",
        *[_entry(number, session, now=now) for number, session in shown],
        f"\n\nAnd {more} more: these first, then look again." if more else "",
    )
    rows = [
        [button(_label(number, session), ShowCard(account=account, hash=session.hash))] for number, session in shown
    ]
    return Screen(text=text, keyboard=keyboard(*rows, [again, back]))


def _entry(number: int, session: Session, *, now: datetime) -> Text:
    return Text(
        f"\n{number}. {icon_of(session)} ",
        device_of(session),
        " · ",
        app_of(session),
        "\n    ",
        place(session),
        f" · {ago(session.active_at, now=now)}",
    )


def _label(number: int, session: Session) -> str:
    name = cleaned(session.device_model, most=LABEL_MOST) or "Unknown device"
    return f"{number} · {ISOLATE}{name}{END_ISOLATE}"
