"""The checkup: how an account's safety stands, worst first, with a button for what can be done from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.checkup import (
    CallOff,
    Review,
    ShowBots,
    ShowCheckup,
    ShowLock,
    ShowPasskeys,
    ShowWebsites,
)
from bot.views.buttons.lifetime import ShowLifetime
from bot.views.checkup_words import TOPICS, good, pressing
from bot.views.point import TITLES
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS
from bot.views.wording import moment, named
from core.domain.points import Action, Grade, Point

MARKS = {Grade.BAD: "🚨", Grade.LOOK: "⚠️"}
ACTIONS: Mapping[Action, Callable[[int, Point], InlineKeyboardButton]] = {
    Action.CALL_OFF_RESET: lambda account, _: button("🚫 Call off the reset", CallOff(account=account)),
    Action.REVIEW: lambda account, point: button(
        f"{TITLES[point.topic]}: {point.count}", Review(account=account, topic=point.topic)
    ),
    Action.SHOW_TTL: lambda account, _: button("When idle sessions end", ShowLifetime(account=account)),
    Action.SHOW_WEBSITES: lambda account, _: button("Websites", ShowWebsites(account=account)),
    Action.SHOW_BOTS: lambda account, _: button("Business bots", ShowBots(account=account)),
    Action.SHOW_PASSKEYS: lambda account, _: button("Passkeys", ShowPasskeys(account=account)),
}


def checkup_page(
    account: int,
    points: Sequence[Point],
    *,
    account_name: str,
    taken_at: datetime,
    now: datetime,
    why: str = "",
    listed_at: datetime | None = None,
    labels: Mapping[str, str] = NO_LABELS,
) -> Screen:
    """All points, the good ones in one paragraph at the end; `why` they could not be fetched anew, "" if they were.

    `listed_at` is of when its sessions are, None where that is the same; `labels` the owner's own names by hash.
    """
    amiss = [point for point in points if point.grade in MARKS]
    unknown = [TOPICS[point.topic] for point in points if point.grade is Grade.UNKNOWN]
    text = Text(
        Bold("Checkup of "),
        named(account_name),
        as_of(taken_at, why, listed_at=listed_at),
        f"\n\n{_summary(points)}",
        *[Text(f"\n\n{MARKS[point.grade]} ", pressing(point, now=now, labels=labels)) for point in amiss],
        f"\n\nTelegram did not tell: {', '.join(unknown)}." if unknown else "",
        *_in_order([good(point) for point in points if point.grade is Grade.GOOD]),
    )
    urgent = [b for p in points for b in _actions(account, p) if p.grade is Grade.BAD]
    others = [b for p in points for b in _actions(account, p) if p.grade is not Grade.BAD]
    pairs = [others[at : at + 2] for at in range(0, len(others), 2)]
    again = button("🔄 Refresh", ShowCheckup(account=account))
    locking = button("Login lock", ShowLock(account=account))
    return Screen(text=text, keyboard=keyboard(*[[each] for each in urgent], *pairs, [again, locking]))


def as_of(taken_at: datetime, why: str, *, listed_at: datetime | None = None) -> Text:
    """When this was fetched, and its sessions if at another time; where it could not be fetched now, why."""
    when = f"as of {moment(taken_at)}"
    if listed_at and moment(listed_at) != moment(taken_at):
        when = f"{when}; its sessions as of {moment(listed_at)}"
    if not why:
        return Text(f"\nA{when[1:]}")
    return Text(f"\n{why}\n\n", Bold(f"Last known, {when}:"))


def nothing_known(account_name: str, *, why: str) -> Screen:
    """It can't be fetched now, and never was."""
    return Screen(text=Text(Bold("This can't be fetched now: "), named(account_name), f"\n{why}"))


def _actions(account: int, point: Point) -> list[InlineKeyboardButton]:
    """The lock's own button is there in any case."""
    known = ACTIONS.get(point.action) if point.action else None
    return [known(account, point)] if known else []


def _summary(points: Sequence[Point]) -> str:
    bad = sum(point.grade is Grade.BAD for point in points)
    look = sum(point.grade is Grade.LOOK for point in points)
    parts = [f"{bad} to see to now"] if bad else []
    parts += [f"{look} to look at"] if look else []
    if parts:
        return f"{', '.join(parts)}."
    is_known = all(point.grade is not Grade.UNKNOWN for point in points)
    return "Nothing to see to." if is_known else "Nothing to see to, as far as is known."


def _in_order(phrases: Sequence[Text]) -> list[Text]:
    if not phrases:
        return []
    nodes = [Text("\n\n✅ In order: ", phrases[0])]
    return [*nodes, *[Text("; ", phrase) for phrase in phrases[1:]], Text(".")]
