"""What is said of Doorman's own settings: each field that would change, and to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views.answers import NOTHING_NOTED, change_result
from bot.views.buttons.settings import Topic
from bot.views.deeds.words import DeedWords
from bot.views.locking import LOCK_FIELDS, lock_page
from bot.views.preferences import TOPIC_OF, topic_page
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.contract.commands import Prefer
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.preferences import Mode, Preferences

#: So many countries fit the message; of more, their number is told.
COUNTRIES_MOST = 30
MODES = {Mode.OFF: "off", Mode.DRY: "dry run: only say what would have ended", Mode.ON: "on"}


def _quiet(preferences: Preferences) -> Text:
    quiet = preferences.quiet
    return Text(f"{quiet.start:%H:%M} to {quiet.end:%H:%M}, {quiet.zone}" if quiet else "none")


def _switched(is_on: bool) -> Text:
    return Text("on" if is_on else "off")


def _until(at: datetime | None, *, never: str) -> Text:
    return Text(f"until {moment(at)}" if at else never)


def _countries(preferences: Preferences) -> Text:
    shown = [part for country in preferences.countries[:COUNTRIES_MOST] for part in (", ", named(country))]
    more = len(preferences.countries) - COUNTRIES_MOST
    return Text(*(shown[1:] or ["none"]), f", and {more} more" if more > 0 else "")


FIELDS: Mapping[str, tuple[str, Callable[[Preferences], Text]]] = {
    "quiet": ("Quiet hours", _quiet),
    "is_weekly": ("Weekly digest", lambda p: _switched(p.is_weekly)),
    "is_locked": ("Login lock", lambda p: _switched(p.is_locked)),
    "lock_until": ("Login lock lasts", lambda p: _until(p.lock_until, never="until it is switched off")),
    "adding_until": ("A new device is expected", lambda p: _until(p.adding_until, never="no")),
    "travel_until": ("Travel is expected", lambda p: _until(p.travel_until, never="no")),
    "end_unanswered": ("End logins that nobody answers for", lambda p: Text(MODES[p.end_unanswered])),
    "unanswered_minutes": ("An answer is due within", lambda p: Text(f"{p.unanswered_minutes} minutes")),
    "end_idle": ("End idle sessions", lambda p: Text(MODES[p.end_idle])),
    "idle_days": ("Idle means unused for", lambda p: Text("1 day" if p.idle_days == 1 else f"{p.idle_days} days")),
    "only_countries": ("End logins from countries that are not listed", lambda p: Text(MODES[p.only_countries])),
    "countries": ("Listed countries", _countries),
}


def _about(press: Press) -> Text:
    match press.command:
        case Prefer(fields=names, preferences=preferences):
            said = ((title, show(preferences)) for name, (title, show) in FIELDS.items() if name in names)
            lines = [part for title, value in said for part in ("\n", f"{title}: ", value)]
            return Text(*lines[1:])
    return Text()


def _line(_: Prefer, result: Result, _viewer: int) -> str:
    done, so_already = "Doorman's settings were changed by you", "That is set already."
    return change_result(result, done=done, gone=so_already, undone=NOTHING_NOTED)


def _page(press: Press, results: Sequence[Result], account_name: str, _: Snapshot | None) -> Screen | None:
    """The page that shows what was set; None for what was not done."""
    command, result = press.command, results[0]
    if not isinstance(command, Prefer) or result.outcome is not Outcome.DONE:
        return None
    if {*command.fields} == {*LOCK_FIELDS}:  # the page says by itself how it stands
        return lock_page(press.account, command.preferences, account_name=account_name, now=result.at)
    if not TOPIC_OF.keys() >= {*command.fields}:
        return None
    topic = TOPIC_OF[command.fields[0]] if command.fields else Topic.ALL
    note = _line(command, result, press.owner)
    preferences, now = command.preferences, result.at
    return topic_page(press.account, topic, preferences, account_name=account_name, would_end=None, now=now, note=note)


PREFERENCES: DeedWords[Prefer] = DeedWords(
    title=lambda _: "Change Doorman's settings?",
    line=_line,
    about=_about,
    subject=lambda *_: None,
    settles=frozenset(),
    screen=_page,
)
