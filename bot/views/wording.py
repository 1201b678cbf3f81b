"""How names, places and times are put into words; whatever a device says of itself is cleaned and isolated here."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from aiogram.utils.formatting import Code, Text

from core.domain.sessions import Session, place_of

NAME_MOST = 40  # code points, at most two UTF-16 units each; what of a flood goes unread is not worth its time
READ_MOST = NAME_MOST * 20
MARKS_MOST = 2  # over or under one letter, as Vietnamese or Thai need; more of them run into the lines around
SYMBOLS_MOST = 3
# First-strong isolate and its end: a name in another direction can't reorder the words around it.
ISOLATE, END_ISOLATE = "\u2068", "\u2069"
#: Left out: format (bidi overrides, zero-width), enclosing marks (a circle with a stroke makes ours of any letter).
LEFT_OUT = {"Cf", "Me"}
#: Shown as a space: control, surrogate, private, unassigned, line and paragraph separators.
SPACED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
#: Symbols that Doorman speaks in (a test holds them against its texts) and their likes: in a name they would be its.
MARKS = frozenset("✅☑✔✓❎❌✖⚠❗❕🚫⛔🛑🚷🔄🔃🔁🔔🔕🚨🛡🏷🔐🔒🔓🔏🔑◀▶⬅➡←→⏳⌛⏰")
#: Letters, marks and symbols by their category, and blank to the eye: fillers, the empty Braille pattern and note.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159\U00013441\U00013442")
#: Marks that nobody sees: joiners, inherent vowels, variation selectors.
INVISIBLE = frozenset(map(chr, (0x34F, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))
INVISIBLE |= frozenset(map(chr, range(0xE0100, 0xE01F0)))
QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»❝❞〝〞〟\uff02', "'"))
#: What clients make links of: an address's "://" and its dots (all four) before letters, a mention's @, a command's /.
LINKING = re.compile(r":(?=//)|[.\u3002\uff0e\uff61](?=[^\W\d_])|@(?=\w)|(?<![\w/])/(?=\w)")
IP = re.compile(r"[0-9a-fA-F.:]{1,45}")
JUST_NOW = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cleaned(raw: str, *, most: int = NAME_MOST) -> str:
    """One line of what can be shown, at most `most` code points, none of Doorman's marks; "" where nothing is left."""
    # Composed when what is between is gone: of what stays, nothing composes anew, so cleaning twice changes nothing.
    visible = unicodedata.normalize("NFC", "".join(map(_visible, raw[:READ_MOST])))
    line = " ".join(_without_floods(visible).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in LEFT_OUT or char in INVISIBLE:
        return ""
    return " " if category in SPACED or char in BLANK or char in MARKS else char


def _without_floods(line: str) -> str:
    """Without marks that have no letter of their own, and without all beyond what one name needs."""
    shown: list[str] = []
    room = symbols = 0
    for char in line:
        kind = unicodedata.category(char)[0]
        if kind == "M":
            room -= 1
            shown += [char] if room >= 0 else []
            continue
        symbols += kind == "S" and not char.isascii()  # a plus, a pipe or a caret is in many models' names
        kept = " " if kind == "S" and not char.isascii() and symbols > SYMBOLS_MOST else char
        room = 0 if kept.isspace() else MARKS_MOST
        shown.append(kept)
    return "".join(shown)


def named(raw: str, *, unknown: str = "unknown") -> Text:
    """A device's own words, set apart from ours: isolated, and as code, in which Telegram makes no links."""
    line = cleaned(raw)
    return Text(Code(f"{ISOLATE}{line}{END_ISOLATE}")) if line else Text(unknown)


def quoted(raw: str, *, most: int = NAME_MOST, unknown: str = "unknown") -> str:
    """A device's own words where there is no formatting: a button's notice, an e-mail, a push.

    At most twice `most` and four code points.

    Mail and push clients make links of whatever looks like one. What makes it one is put in square brackets, as those
    do who write of harmful addresses: "https[:]//telegram[.]example" is read as what it was and leads nowhere, while
    leaving it out, or putting a look-alike in, would hide what the device said. "12.1.1" has no such dot.
    """
    line = LINKING.sub(r"[\g<0>]", cleaned(raw, most=most).translate(QUOTES)).replace("](", "] (")
    if any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in line):
        line = f"{ISOLATE}{line}{END_ISOLATE}"  # only there: old mail clients show a box for each
    return f"“{line}”" if line else unknown


def labelled(label: str) -> Text:
    """The owner's own name for a session, marked as that: a device can't give itself one."""
    return Text("🏷 ", named(label))


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
    """The IP, bare, to copy with a tap; what is none is a name like any other."""
    return Text(Code(session.ip)) if IP.fullmatch(session.ip) else named(session.ip, unknown="unknown IP")


def moment(at: datetime) -> str:
    """A time to the minute."""
    return f"{at:%-d %b %Y, %H:%M} UTC"


def day(at: datetime) -> str:
    """A time to the day."""
    return f"{at:%-d %b %Y}"


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
