"""The quiet hours: how they stand, and the buttons that set them."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Code, Text

from bot.views.buttons.basics import button
from bot.views.buttons.settings import Choose, Topic
from core.domain.preferences import Preferences, QuietHours

QUIET = (("22 to 7", "22-7"), ("23 to 8", "23-8"))


def hours(quiet: QuietHours | None) -> str:
    """In a line."""
    return f"{quiet.start:%H:%M} to {quiet.end:%H:%M}, {quiet.zone}" if quiet else "off"


def page(preferences: Preferences, *, now: datetime) -> Text:
    """How they stand, and what they do."""
    quiet = preferences.quiet
    state = f"{hours(quiet)}{'. They are on now' if quiet.are_on(now) else ''}." if quiet else "Off."
    zone = quiet.zone if quiet else "UTC"
    return Text(
        f"{state}\n\nIn quiet hours everything but alarms is held back; when they end, one message tells what came, "
        f"and logins that wait for your answer follow. The buttons below are in {zone}. Other hours, in your zone:\n",
        Code("/quiet 22:30-07:15 Europe/Berlin"),
    )


def rows_of(account: int, preferences: Preferences) -> list[list[InlineKeyboardButton]]:
    """The buttons that set them."""
    off = button("Off", Choose(account=account, topic=Topic.QUIET, value="off"))
    return [
        [button(text, Choose(account=account, topic=Topic.QUIET, value=value)) for text, value in QUIET],
        [off] if preferences.quiet else [],
    ]
