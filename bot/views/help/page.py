"""What a page of the help is made of."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`name` is in the buttons' data and stays; `parts` are headings, "" for none, each with its lines."""

    name: str
    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]

    def text(self) -> Text:
        """The whole page."""
        return Text(Bold(self.title), *[_part(heading, lines) for heading, lines in self.parts])


def _part(heading: str, lines: tuple[str, ...]) -> Text:
    return Text("\n\n", *([Bold(heading), "\n"] if heading else []), "\n".join(lines))
