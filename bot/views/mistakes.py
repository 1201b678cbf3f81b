"""What is wrong with a setting that was typed, and what a good one looks like."""

from __future__ import annotations

from aiogram.utils.formatting import Code, Text

from bot.choices import COUNTRIES_MOST, Mistake
from bot.views.buttons.settings import Topic
from bot.views.screen import Screen
from bot.views.wording import named

EXAMPLES = {
    Topic.QUIET: "/quiet 22:30-07:15 Europe/Berlin",
    Topic.COUNTRIES: "/countries Sweden, Norway",
    Topic.UNANSWERED: "/unanswered 45",
    Topic.IDLE: "/idle 45",
    Topic.ADDING: "/adding 20",
    Topic.TRAVEL: "/travel 10",
}
RANGES = {
    Topic.UNANSWERED: "5 to 1440 minutes",
    Topic.IDLE: "1 to 366 days",
    Topic.ADDING: "1 to 120 minutes",
    Topic.TRAVEL: "1 to 90 days",
}


def mistaken(topic: Topic, mistake: Mistake) -> Screen:
    """The answer to what could not be taken."""
    example = EXAMPLES.get(topic, "/settings")
    return Screen(text=Text(f"Nothing was changed: {_why(topic, mistake)}. For example:\n", Code(example)))


def unseen(countries: tuple[str, ...]) -> Screen:
    """They were taken, and no session was ever in them."""
    names = [part for each in countries for part in (", ", named(each))]
    return Screen(
        text=Text(
            "⚠️ Doorman has seen no session from ",
            *names[1:],
            " yet. If that is not how Telegram writes it, in English, a login from there counts as from another "
            "country: compare it with what /sessions shows.",
        )
    )


def _why(topic: Topic, mistake: Mistake) -> str:
    match mistake:
        case Mistake.HOURS:
            return "it takes two different times of day, 00:00 to 23:59"
        case Mistake.ZONE:
            return "Doorman knows no such time zone; they are named by region and city"
        case Mistake.RANGE:
            return f"it takes {RANGES.get(topic, 'another number')}"
        case Mistake.TOO_MANY:
            return f"it takes at most {COUNTRIES_MOST} countries"
        case Mistake.FORM:
            return "this can't be read"
