"""How names, places and times are put into words; whatever a device says of itself is cleaned and isolated here."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from aiogram.utils.formatting import Code, Text

from core.domain.sessions import Session, place_of

NAME_MOST = 40
# First-strong isolate and its end: a name in another direction can't reorder the words around it.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
#: Control, format (bidi overrides, zero-width), surrogate, private, unassigned, line and paragraph separators.
UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
#: Letters and symbols by their category, and blank to the eye: Hangul fillers, the empty Braille pattern.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
JUST_NOW = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cleaned(raw: str, *, most: int = NAME_MOST) -> str:
    """One line of what can be shown, at most `most` characters; "" where nothing is left."""
    shown = "".join(" " if c in BLANK or unicodedata.category(c) in UNSHOWN else c for c in raw[: most * 20])
    line = " ".join(shown.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def named(raw: str, *, unknown: str = "unknown") -> Text:
    """A device's own words, set apart from ours: isolated, and as code, in which Telegram makes no links."""
    line = cleaned(raw)
    return Text(Code(f"{ISOLATE}{line}{END_ISOLATE}")) if line else Text(unknown)


def device_of(session: Session) -> Text:
    """The device by its own name."""
    return named(session.device_model, unknown="Unknown device")


def app_of(session: Session) -> Text:
    """The app and its version."""
    return named(f"{session.app_name} {session.app_version}", unknown="unknown app")


def system_of(session: Session) -> Text:
    """The operating system and its version."""
    version = session.system_version.removeprefix(session.platform)  # some apps say it twice
    return named(f"{session.platform} {version}", unknown="unknown system")


def place(session: Session) -> Text:
    """Where it is, as far as Telegram guesses from the IP."""
    return named(place_of(session), unknown="unknown place")


def estimated(place_name: str) -> Text:
    """A place, with what it is worth."""
    return Text(named(place_name), ", estimated from the IP") if cleaned(place_name) else Text("unknown place")


def address(session: Session) -> Text:
    """The IP, to copy with a tap."""
    line = cleaned(session.ip)
    return Text(Code(line)) if line else Text("unknown IP")


def moment(at: datetime) -> str:
    """A time to the minute."""
    return f"{at:%-d %b %Y, %H:%M} UTC"


def ago(at: datetime, *, now: datetime) -> str:
    """How long since, roughly; a clock ahead of ours counts as now."""
    passed = now - at
    if passed < JUST_NOW:
        return "just now"
    if passed < HOUR:
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < DAY:
        return f"{passed // HOUR} h ago"
    return f"{passed // DAY} d ago"
