"""Entities as values, counted in UTF-16 code units, and the order and nesting that Telegram brings them into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

# Which of two entities over the same stretch comes first [tdlib/td, MessageEntity::get_type_priority].
PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 30,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
FOUND_PRIORITY = 50  # what Telegram finds by itself: links, mentions, commands …

STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
RAW = ("pre", "code", "date_time")  # nothing else may stand in these


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One entity. `extra` is what its type carries: url, user, language, custom_emoji_id, unix_time …"""

    offset: int
    length: int
    type: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The first code unit after it."""
        return self.offset + self.length

    def as_json(self) -> dict[str, Any]:
        """As a Bot API `MessageEntity`."""
        return {"offset": self.offset, "length": self.length, "type": self.type, **self.extra}


def utf16_length(text: str) -> int:
    """The length as Telegram counts it: characters beyond U+FFFF are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def in_order(spans: Iterable[Span]) -> list[Span]:
    """By beginning, then longest first, then by type."""
    return sorted(spans, key=lambda s: (s.offset, -s.length, PRIORITY.get(s.type, FOUND_PRIORITY)))


def arranged(spans: Iterable[Span]) -> list[Span]:
    """The spans as Telegram keeps them: ordered, overlaps dropped, styles split where another span begins or ends."""
    spans = in_order(spans)
    quotes = _without_overlaps(s for s in spans if s.type in QUOTES)
    rest = _without_overlaps(s for s in spans if s.type not in QUOTES and s.type not in STYLES)
    solid = in_order([*quotes, *(s for s in rest if not _crosses_any(s, quotes))])
    return in_order([*solid, *_split([s for s in spans if s.type in STYLES], solid)])


def with_found(spans: list[Span], found: list[Span]) -> list[Span]:
    """Add what was found in the text itself, wherever the sender has put nothing solid."""
    if not found:
        return spans
    quotes = [s for s in spans if s.type in QUOTES]
    solid = [s for s in spans if s.type not in QUOTES and s.type not in STYLES]
    fresh = [
        new
        for new in found
        if not _crosses_any(new, quotes) and all(new.end <= old.offset or old.end <= new.offset for old in solid)
    ]
    return arranged([*spans, *fresh])


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span.offset >= kept[-1].end:
            kept.append(span)
    return kept


def _crosses_any(span: Span, quotes: list[Span]) -> bool:
    """Whether it touches a quote without lying inside it."""
    return any(
        span.offset < quote.end
        and quote.offset < span.end
        and not (quote.offset <= span.offset and span.end <= quote.end)
        for quote in quotes
    )


def _split(styles: list[Span], solid: list[Span]) -> list[Span]:
    """Cut styles at the edges of solid spans and wherever another style begins; drop them inside code."""
    merged = _merged(styles)
    edges = {edge for span in solid for edge in (span.offset, span.end)}
    edges |= {style.offset for style in merged}
    raw = [span for span in solid if span.type in RAW]
    return [
        piece
        for style in merged
        for piece in _cut(style, sorted(edge for edge in edges if style.offset < edge < style.end))
        if not any(code.offset <= piece.offset and piece.end <= code.end for code in raw)
    ]


def _merged(styles: list[Span]) -> list[Span]:
    """Join stretches of one style that overlap or touch."""
    merged: dict[str, list[Span]] = {}
    for style in styles:
        of_type = merged.setdefault(style.type, [])
        if of_type and style.offset <= of_type[-1].end:
            end = max(of_type[-1].end, style.end)
            of_type[-1] = replace(of_type[-1], length=end - of_type[-1].offset)
        else:
            of_type.append(style)
    return [style for of_type in merged.values() for style in of_type]


def _cut(style: Span, edges: list[int]) -> list[Span]:
    starts = [style.offset, *edges]
    ends = [*edges, style.end]
    return [replace(style, offset=start, length=end - start) for start, end in zip(starts, ends, strict=True)]
