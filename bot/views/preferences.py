"""The pages of what owners set in the chat: one of all, and one of each thing, with buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.choices import RULE_OF
from bot.views import automation, expecting, quiet_hours
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.settings import Choose, ShowSettings, Topic
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.domain.preferences import Preferences
from core.domain.sessions import Session

TITLES = {
    Topic.QUIET: "Quiet hours",
    Topic.ADDING: "Adding a device",
    Topic.TRAVEL: "Travel",
    **{topic: automation.TITLES[rule] for topic, rule in RULE_OF.items()},
}
#: Which page shows a field. The login lock has a page of its own elsewhere.
TOPIC_OF = {
    "quiet": Topic.QUIET,
    "is_weekly": Topic.ALL,
    "adding_until": Topic.ADDING,
    "travel_until": Topic.TRAVEL,
    "end_unanswered": Topic.UNANSWERED,
    "unanswered_minutes": Topic.UNANSWERED,
    "end_idle": Topic.IDLE,
    "idle_days": Topic.IDLE,
    "only_countries": Topic.COUNTRIES,
    "countries": Topic.COUNTRIES,
}


def settings_page(
    account: int, preferences: Preferences, *, account_name: str, now: datetime, note: str = ""
) -> Screen:
    """All that is set now; `note` is what came of a press, or why this may be old."""
    quiet = preferences.quiet
    zone = quiet.zone if quiet else "UTC"
    expected = expecting.expectations(preferences, now=now) or ["Nothing (/adding a device, /travel)"]
    text = Text(
        Bold("Settings of "),
        named(account_name),
        _noted(note),
        "\n\nQuiet hours: ",
        quiet_hours.hours(quiet) + (", on now" if quiet and quiet.are_on(now) else ""),
        f"\nWeekly digest: {f'Sundays at 10:00, {zone}' if preferences.is_weekly else 'off'}",
        f"\nLogin lock: {_lock(preferences, now=now)}\n\n",
        Bold("Expected now"),
        *[f"\n{line}" for line in expected],
        "\n\n",
        Bold("Ended by Doorman itself"),
        *[Text("\n", automation.summary(rule, preferences)) for rule in automation.TITLES],
        f"\n{automation.LIMITS}",
    )
    weekly = button(
        "Weekly digest off" if preferences.is_weekly else "Weekly digest on",
        Choose(account=account, topic=Topic.WEEKLY, value="off" if preferences.is_weekly else "on"),
    )
    return Screen(
        text=text,
        keyboard=keyboard(
            [_to(account, Topic.QUIET), weekly],
            [_to(account, Topic.ADDING), _to(account, Topic.TRAVEL)],
            [_to(account, Topic.UNANSWERED, "Unanswered logins")],
            [_to(account, Topic.COUNTRIES, "Countries"), _to(account, Topic.IDLE)],
            [button("🔄 Refresh", ShowSettings(account=account, topic=Topic.ALL))],
        ),
    )


def topic_page(
    account: int,
    topic: Topic,
    preferences: Preferences,
    *,
    account_name: str,
    would_end: Sequence[Session] | None,
    held_until: datetime | None = None,
    now: datetime,
    note: str = "",
) -> Screen:
    """One thing that can be set; `would_end` is what a rule would end now, None where that is not known, and
    `held_until` from when on it may, if not now.
    """
    if topic not in TITLES:
        return settings_page(account, preferences, account_name=account_name, now=now, note=note)
    match topic:
        case Topic.QUIET:
            text, rows = quiet_hours.page(preferences, now=now), quiet_hours.rows_of(account, preferences)
        case Topic.ADDING:
            text, rows = expecting.adding(preferences, now=now), expecting.adding_rows(account, preferences, now=now)
        case Topic.TRAVEL:
            text, rows = expecting.travel(preferences, now=now), expecting.travel_rows(account, preferences, now=now)
        case _:
            rule = RULE_OF[topic]
            text = automation.page(rule, preferences, would_end=would_end, held_until=held_until, now=now)
            rows = automation.rows_of(account, rule, preferences)
    head = Text(Bold(f"{TITLES[topic]} · "), named(account_name), _noted(note), "\n\n")
    back = button("All settings", ShowSettings(account=account, topic=Topic.ALL))
    return Screen(text=Text(head, text), keyboard=keyboard(*rows, [back]))


def settings_unknown(*, account_name: str) -> Screen:
    """Its worker has never looked."""
    return Screen(
        text=Text(
            Bold("Settings of "), named(account_name), "\n⚠️ Its worker has not reported yet: look again when it has."
        )
    )


def _noted(note: str) -> str:
    return f"\n{note}" if note else ""


def _lock(preferences: Preferences, *, now: datetime) -> str:
    if not preferences.locks(now):
        return "off"
    return f"on until {moment(preferences.lock_until)}" if preferences.lock_until else "on"


def _to(account: int, topic: Topic, text: str = "") -> InlineKeyboardButton:
    return button(text or TITLES[topic], ShowSettings(account=account, topic=topic))
