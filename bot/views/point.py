"""The sessions that one point of the checkup is about, each with the way to its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.checkup import Review, ShowCheckup
from bot.views.buttons.sessions import ShowCard
from bot.views.checkup_words import REVIEWED
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS
from bot.views.wording import END_ISOLATE, ISOLATE, ago, app_of, cleaned, device_of, labelled, named, place
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
    account: int,
    topic: Topic,
    sessions: Sequence[Session],
    *,
    account_name: str,
    now: datetime,
    why: str = "",
    labels: Mapping[str, str] = NO_LABELS,
) -> Screen:
    """The first of them; `why` they could not be fetched anew, "" if they were; `labels` are the owner's own names by
    hash.
    """
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
        *[_entry(number, session, labels.get(session.hash, ""), now=now) for number, session in shown],
        f"\n\nAnd {more} more: these first, then look again." if more else "",
    )
    rows = [
        [
            button(
                _button_text(number, session, labels.get(session.hash, "")),
                ShowCard(account=account, hash=session.hash),
            )
        ]
        for number, session in shown
    ]
    return Screen(text=text, keyboard=keyboard(*rows, [again, back]))


def _entry(number: int, session: Session, label: str, *, now: datetime) -> Text:
    return Text(
        f"\n{number}. {icon_of(session)} ",
        Text(labelled(label), " · ") if cleaned(label) else "",
        device_of(session),
        " · ",
        app_of(session),
        "\n    ",
        place(session),
        f" · {ago(session.active_at, now=now)}",
    )


def _button_text(number: int, session: Session, label: str) -> str:
    called = cleaned(label, most=LABEL_MOST)
    name = called or cleaned(session.device_model, most=LABEL_MOST) or "Unknown device"
    return f"{number} · {'🏷 ' if called else ''}{ISOLATE}{name}{END_ISOLATE}"
