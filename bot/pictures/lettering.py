"""Text in a picture: one plain line, in fonts that this machine has, cut to fit; what no font has is a box."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FaceFlags, FT2Font
from matplotlib.text import Text

READ_MOST = 200  # code points; no picture is wide enough for more
MARKS_MOST = 2  # over or under one letter; more of them run into the lines around
HOUSE_FONT = "DejaVu Sans"  # comes with the library
#: Its glyphs are boxes that name a script: it would pass for a font that has everything.
NO_FONT = "Last Resort"
BOX, ELLIPSIS = "\N{WHITE SQUARE}", "…"
SPACED = {"Cc", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
LEFT_OUT = {"Cf", "Me"}
#: Say how the character before them is to look, and look like nothing themselves.
SELECTORS = frozenset(map(chr, (0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def plain(text: str) -> str:
    """One line without what governs lines: line breaks, directions, joiners, towers of marks."""
    kept: list[str] = []
    room = 0
    for char in unicodedata.normalize("NFC", text[:READ_MOST]):
        category = unicodedata.category(char)
        if category in LEFT_OUT or char in SELECTORS:
            continue
        room = room - 1 if category == "Mn" else MARKS_MOST
        if room >= 0:
            kept.append(" " if category in SPACED else char)
    return " ".join("".join(kept).split())


class Lettering:
    """Writes on one figure. `texts` are all that are not the picture's own: fonts are sought for them at once."""

    def __init__(self, figure: Figure, texts: Iterable[str]) -> None:
        self._figure = figure
        self._families, self._nowhere = _fonts_for(set("".join(map(plain, texts))))

    def write(self, x: float, y: float, line: str, *, most: float | None = None, **style: Any) -> Text:
        """Write the line, of which `most` pixels are shown; x and y are the figure's, style is the library's."""
        drawable = "".join(BOX if char in self._nowhere else char for char in plain(line))
        # A dollar begins a formula, unless told otherwise.
        settings = {"family": self._families, "parse_math": False, "usetex": False, **style}
        text = self._figure.text(x, y, drawable, **settings)
        if most is not None and width(text) > most:
            fits, too_long = 0, len(drawable)
            while too_long - fits > 1:
                middle = (fits + too_long) // 2
                text.set_text(drawable[:middle].rstrip() + ELLIPSIS)
                fits, too_long = (middle, too_long) if width(text) <= most else (fits, middle)
            text.set_text(drawable[:fits].rstrip() + ELLIPSIS)
        return text


def width(text: Text) -> float:
    """The pixels that a text takes."""
    return float(text.get_window_extent().width)


def _fonts_for(chars: set[str]) -> tuple[list[str], set[str]]:
    """The fonts that have them, by the order in which to try them, and the characters that none has."""
    families = [HOUSE_FONT]
    missing = chars - _had(_resolved(HOUSE_FONT), chars)
    entries = {
        entry.name: entry
        for entry in fontManager.ttflist
        if (entry.style, entry.weight) == ("normal", 400) and NO_FONT not in entry.name
    }
    for name in sorted(entries, key=lambda name: ("Sans" not in name, name)):
        if not missing:
            break
        # What the library takes for this name may be another file; to ask that for every name would take long.
        if had := _had(entries[name].fname, missing) and _had(_resolved(name), missing):
            families.append(name)
            missing = missing - had
    return families, missing


def _resolved(name: str) -> str:
    return str(fontManager.findfont(FontProperties(family=[name])))


def _had(path: str, chars: set[str]) -> set[str]:
    """Which of them the font can draw; none, where it is broken or of coloured pictures."""
    try:
        font = FT2Font(path)
    except (OSError, RuntimeError):
        return set()
    if FaceFlags.SCALABLE not in font.face_flags or FaceFlags.COLOR in font.face_flags:
        return set()
    return {char for char in chars if font.get_char_index(ord(char))}
