"""What an owner expects just now, a new device or travel: what is on, what that quiets, and what it does not."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Code, Text

from bot.views.buttons.basics import button
from bot.views.buttons.settings import Choose, Topic
from bot.views.wording import moment
from core.domain.preferences import Preferences

ADDING = (10, 30, 60)  # minutes
TRAVEL = (3, 7, 14, 30)  # days
ADDING_QUIETS = (
    "While it is on, a login is told quietly: that its app is new or not official, or that a code was asked for just "
    "before, does not count against it. A new country does as ever, and what is an alarm by itself stays one."
)
TRAVEL_QUIETS = (
    "While it is on, another country or network does not count against a login or a session: it is told all the "
    "same. An unknown app, a code that was asked for, or a session that turns into another device counts as ever."
)
RULES_WAIT = "The rules that end logins wait meanwhile; the one for idle sessions goes on."


def expectations(preferences: Preferences, *, now: datetime) -> list[str]:
    """A line for each that is on."""
    lines = []
    if preferences.adding_until and preferences.expects_login(now):
        lines.append(f"A new device is expected until {moment(preferences.adding_until)}")
    if preferences.travel_until and preferences.expects_travel(now):
        lines.append(f"Travel is expected until {moment(preferences.travel_until)}")
    return lines


def adding(preferences: Preferences, *, now: datetime) -> Text:
    """What the page on a new device says."""
    until = preferences.adding_until if preferences.expects_login(now) else None
    state = f"On until {moment(until)}." if until else "Off. Switch it on just before you log a new device in."
    return Text(f"{state}\n\n{ADDING_QUIETS}\n{RULES_WAIT}\n\nOr type, say, ", Code("/adding 20"), ", in minutes.")


def travel(preferences: Preferences, *, now: datetime) -> Text:
    """What the page on travel says."""
    until = preferences.travel_until if preferences.expects_travel(now) else None
    state = f"On until {moment(until)}." if until else "Off. Switch it on before you leave."
    return Text(f"{state}\n\n{TRAVEL_QUIETS}\n{RULES_WAIT}\n\nOr type, say, ", Code("/travel 10"), ", in days.")


def adding_rows(account: int, preferences: Preferences, *, now: datetime) -> list[list[InlineKeyboardButton]]:
    """For how long; and off, while it is on."""
    choices = [(f"{each} min", str(each)) for each in ADDING]
    return _rows(account, Topic.ADDING, choices, is_on=preferences.expects_login(now))


def travel_rows(account: int, preferences: Preferences, *, now: datetime) -> list[list[InlineKeyboardButton]]:
    """For how long; and off, while it is on."""
    choices = [(f"{each} days", str(each)) for each in TRAVEL]
    return _rows(account, Topic.TRAVEL, choices, is_on=preferences.expects_travel(now))


def _rows(
    account: int, topic: Topic, choices: list[tuple[str, str]], *, is_on: bool
) -> list[list[InlineKeyboardButton]]:
    off = button("Off", Choose(account=account, topic=topic, value="off"))
    return [
        [button(text, Choose(account=account, topic=topic, value=value)) for text, value in choices],
        [off] if is_on else [],
    ]
