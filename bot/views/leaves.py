"""Pages of entries that stand still whatever comes later, and each entry's line on them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from aiogram.utils.formatting import Bold, Text

from bot.views.happenings import what_happened
from bot.views.icons import icon_of
from bot.views.wording import cleaned, day, device_of, labelled
from core.domain.history import Entry
from core.domain.sessions import Session

PER_PAGE = 8  # a row holds as many buttons, and eight of the longest entries stay below 4096 characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is on one page, `of` how many; `until` is for the buttons that lead to the other pages."""

    entries: tuple[Entry, ...]
    of: int
    number: int
    count: int
    until: int

    @property
    def is_last(self) -> bool:
        """Whether nothing older follows."""
        return self.number == self.count - 1


def page_of(found: Sequence[Entry], *, until: int, number: int) -> Page:
    """A page of those that were known before `until`, newest first; one beyond the end is the last."""
    until = until or _second_after(found)
    known = sorted((entry for entry in found if entry.at.timestamp() < until), key=lambda entry: entry.at)
    count = max(1, -(-len(known) // PER_PAGE))
    number = min(number, count - 1)
    newest_first = known[::-1]
    shown = newest_first[number * PER_PAGE : (number + 1) * PER_PAGE]
    return Page(entries=tuple(shown), of=len(known), number=number, count=count, until=until)


def _second_after(found: Sequence[Entry]) -> int:
    newest = max((entry.at.timestamp() for entry in found), default=0)
    return math.floor(newest) + 1


def told(
    entries: Sequence[Entry], labels: Mapping[str, str], *, viewer: int, with_name: bool = True
) -> list[Text | str]:
    """Their lines under a heading for each day; `with_name` is for those of more than one session."""
    nodes: list[Text | str] = []
    heading = ""
    for number, entry in enumerate(entries, start=1):
        at = entry.at.astimezone(UTC)
        if day(at) != heading:
            heading = day(at)
            nodes.append(Text("\n\n", Bold(heading), ", UTC" if not nodes else ""))
        numbered = f"{number}. " if with_name and entry.session else ""
        name = _name(entry.session, labels) if with_name and entry.session else ""
        nodes.append(Text(f"\n{numbered}{at:%H:%M} ", name, what_happened(entry, viewer=viewer)))
    return nodes


def _name(session: Session, labels: Mapping[str, str]) -> Text:
    label = labels.get(session.hash, "")
    return Text(f"{icon_of(session)} ", labelled(label) if cleaned(label) else device_of(session), "\n    ")


def counted(count: int) -> str:
    """How many entries, in words."""
    return "1 entry" if count == 1 else f"{count} entries"
