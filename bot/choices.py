"""What an owner picked by a button, or typed, as the fields of the preferences that it sets; what a rule would do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from bot.views.buttons.settings import Topic
from core.contract.commands import Prefer
from core.domain.automation import Rule, due
from core.domain.preferences import Mode, Preferences, QuietHours
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings
from core.domain.traits import folded

MODE_OF: Mapping[Rule, str] = {Rule.UNANSWERED: "end_unanswered", Rule.COUNTRY: "only_countries", Rule.IDLE: "end_idle"}
RULE_OF: Mapping[Topic, Rule] = {
    Topic.UNANSWERED: Rule.UNANSWERED,
    Topic.COUNTRIES: Rule.COUNTRY,
    Topic.IDLE: Rule.IDLE,
}
MINUTES, IDLE_DAYS = range(5, 1441), range(1, 367)
ADDING_MINUTES, TRAVEL_DAYS = range(1, 121), range(1, 91)
COUNTRIES_MOST, COUNTRY_MOST = 30, 40  # so many, of so many characters
NONE = frozenset({"off", "none", "no"})

CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
QUIET = re.compile(rf"{CLOCK}\s*[-\u2013\u2014]\s*{CLOCK}(?:\s+(\S+))?")


class Mistake(StrEnum):
    """What is wrong with what was typed."""

    FORM = "form"
    HOURS = "hours"  # no times of a day, or both the same
    ZONE = "zone"
    RANGE = "range"
    TOO_MANY = "too many"


class MistakeError(ValueError):
    """Nothing was taken from it."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake)
        self.mistake = mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The fields that are set, and the preferences with them; `unseen` are countries that no session was ever in."""

    fields: tuple[str, ...]
    preferences: Preferences
    unseen: tuple[str, ...] = field(default=())

    @property
    def command(self) -> Prefer:
        """What the worker is asked."""
        return Prefer(fields=self.fields, preferences=self.preferences)


def picked(topic: Topic, value: str, preferences: Preferences, *, now: datetime) -> Choice:
    """What a button sets. Raises MistakeError for a button that we do not make."""
    match topic:
        case Topic.WEEKLY:
            return _set(preferences, is_weekly=value != "off")
        case Topic.UNANSWERED | Topic.COUNTRIES | Topic.IDLE if value in set(Mode):
            return _set(preferences, **{MODE_OF[RULE_OF[topic]]: Mode(value)})
        case _:
            return typed(topic, value, preferences, now=now)


def typed(topic: Topic, words: str, preferences: Preferences, *, now: datetime, seen: Iterable[str] = ()) -> Choice:
    """What an owner's own words set; `seen` are the countries that sessions were in, by Telegram's own names.

    Raises MistakeError.
    """
    words = words.strip()
    is_off = words.casefold() in NONE
    match topic:
        case Topic.QUIET:
            return _set(preferences, quiet=None if is_off else _quiet(words, preferences))
        case Topic.COUNTRIES:
            return _countries(preferences, "" if is_off else words, seen)
        case Topic.UNANSWERED:
            return _set(preferences, unanswered_minutes=_number(words, MINUTES))
        case Topic.IDLE:
            return _set(preferences, idle_days=_number(words, IDLE_DAYS))
        case Topic.ADDING:
            until = None if is_off else now + timedelta(minutes=_number(words, ADDING_MINUTES))
            return _set(preferences, adding_until=until)
        case Topic.TRAVEL:
            until = None if is_off else now + timedelta(days=_number(words, TRAVEL_DAYS))
            return _set(preferences, travel_until=until)
        case _:
            raise MistakeError(Mistake.FORM)


def _set(preferences: Preferences, **changed: Any) -> Choice:
    return Choice(fields=tuple(changed), preferences=replace(preferences, **changed))


def _number(words: str, allowed: range) -> int:
    digits = words.split(" ", 1)[0]  # "10 days" is as good
    if not (digits.isascii() and digits.isdecimal()):
        raise MistakeError(Mistake.FORM)
    if len(digits) > len(str(allowed[-1])) or int(digits) not in allowed:
        raise MistakeError(Mistake.RANGE)
    return int(digits)


def _quiet(words: str, preferences: Preferences) -> QuietHours:
    found = QUIET.fullmatch(words)
    if found is None:
        raise MistakeError(Mistake.FORM)
    from_hour, from_minute, to_hour, to_minute, zone = found.groups()
    former = preferences.quiet.zone if preferences.quiet else "UTC"
    named = _zone(zone) if zone else former
    try:
        start, end = time(int(from_hour), int(from_minute or 0)), time(int(to_hour), int(to_minute or 0))
    except ValueError:
        raise MistakeError(Mistake.HOURS) from None
    if start == end:
        raise MistakeError(Mistake.HOURS)
    try:
        return QuietHours(start=start, end=end, zone=named)
    except ValueError:  # on a machine without the database of time zones
        raise MistakeError(Mistake.ZONE) from None


def _zone(words: str) -> str:
    """A zone by its name in the IANA database, or by its city where only one has that."""
    wanted = words.casefold()
    names = available_timezones()
    exact = [name for name in names if name.casefold() == wanted]
    found = exact or [name for name in names if name.casefold().endswith(f"/{wanted}")]
    if len(found) != 1:
        raise MistakeError(Mistake.ZONE)
    return found[0]


def _countries(preferences: Preferences, words: str, seen: Iterable[str]) -> Choice:
    names = [" ".join(name.split()) for name in re.split(r"[,;\n]", words)]
    known = {folded(name): name for name in seen if name}
    wanted = {folded(name): known.get(folded(name), name) for name in names if name}
    if len(wanted) > COUNTRIES_MOST:
        raise MistakeError(Mistake.TOO_MANY)
    if any(len(name) > COUNTRY_MOST or not name.isprintable() for name in wanted.values()):
        raise MistakeError(Mistake.FORM)
    choice = _set(preferences, countries=tuple(wanted.values()))
    return replace(choice, unseen=tuple(name for key, name in wanted.items() if key not in known))


def would_end(
    rule: Rule, roster: Roster, standings: Standings, preferences: Preferences, *, now: datetime
) -> tuple[Session, ...]:
    """What this rule alone would end now, were it on and nothing expected."""
    modes: dict[str, Any] = dict.fromkeys(MODE_OF.values(), Mode.OFF) | {MODE_OF[rule]: Mode.DRY}
    alone = replace(preferences, **modes, adding_until=None, travel_until=None)
    return tuple(each.session for each in due(roster, standings, alone, ended_lately=0, now=now))
