"""A text as it is sent to its text as it arrives: parsed, cleaned, trimmed, its entities checked and arranged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.text.detection import found
from sandbox.text.errors import TextError
from sandbox.text.html import parse_html
from sandbox.text.markdown import parse_markdown
from sandbox.text.markdown_v2 import parse_markdown_v2
from sandbox.text.spans import Span, arranged, in_order, utf16_length, with_found

MOST_OFFSET = 1_000_000
# Removed: line and paragraph separators, the old bidirectional controls (U+2066 to 2069 stay), lines over letters.
REMOVED = frozenset("\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a")
INVISIBLE = " \n\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u180e"

PARSERS: dict[str, Callable[[str], tuple[str, list[Span]]]] = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedText:
    """A text and its entities, ready to stand in a `Message`."""

    text: str
    spans: tuple[Span, ...] = ()


def formatted(text: str, *, parse_mode: str = "", entities: list[Span] | None = None) -> FormattedText:
    """Raises TextError. With a parse mode, `entities` are ignored, as Telegram does."""
    spans = list(entities or [])
    mode = parse_mode.lower()
    if mode and mode != "none":
        if mode not in PARSERS:
            raise TextError("Unsupported parse_mode")
        try:
            text, spans = PARSERS[mode](text)
        except TextError as error:
            raise TextError(f"Can't parse entities: {error}") from None
    return fixed(text, spans)


def fixed(text: str, spans: list[Span]) -> FormattedText:
    """Clean, trim and arrange; raises TextError."""
    for span in spans:
        if not 0 <= span.offset <= MOST_OFFSET:
            raise TextError(f"Receive an entity with incorrect offset {span.offset}")
        if not 0 <= span.length <= MOST_OFFSET:
            raise TextError(f"Receive an entity with incorrect length {span.length}")
    text, spans = _cleaned(text, arranged(span for span in spans if span.length))
    if not text.strip(INVISIBLE):
        raise TextError("Text must be non-empty")
    text, spans = _trimmed(text, arranged(spans))
    return FormattedText(text=text, spans=tuple(with_found(spans, found(text))))


def _cleaned(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Without the characters that Telegram drops; the spans moved along."""
    moved = {0: 0}  # UTF-16 offset before → after
    out, offset, new_offset = [], 0, 0
    for char in text:
        width = 1 + (char > "\uffff")
        offset += width
        if char not in REMOVED:
            out.append(" " if char < " " and char != "\n" else char)
            new_offset += width
        moved[offset] = new_offset
    kept = []
    for span in spans:
        _check_edges(text, span, moved, offset)
        begin, end = moved[span.offset], moved[span.end]
        if end > begin:
            kept.append(replace(span, offset=begin, length=end - begin))
    return _joined_marks("".join(out)), kept


def _check_edges(text: str, span: Span, moved: dict[int, int], length: int) -> None:
    if span.offset > length:
        raise TextError(f"Entity begins after the end of the text at UTF-16 offset {span.offset}")
    if span.offset not in moved:
        raise TextError(f"Entity begins in a middle of a UTF-16 symbol at byte offset {_byte_after(text, span.offset)}")
    if span.end > length:
        raise TextError(
            f"Entity beginning at UTF-16 offset {span.offset} ends after the end of the text "
            f"at UTF-16 offset {span.end}"
        )
    if span.end not in moved:
        raise TextError(
            f"Entity beginning at UTF-16 offset {span.offset} ends in a middle of a UTF-16 symbol "
            f"at byte offset {_byte_after(text, span.end)}"
        )


def _byte_after(text: str, offset: int) -> int:
    """Where the character ends, in bytes, that the UTF-16 offset falls into."""
    units = size = 0
    for char in text:
        units += 1 + (char > "\uffff")
        size += len(char.encode())
        if units > offset:
            break
    return size


def _joined_marks(text: str) -> str:
    """Of several direction marks in a row only the last one stays."""
    chars = list(text)
    for index in range(len(chars) - 1):
        if chars[index] in "\u200e\u200f" and chars[index + 1] in "\u200e\u200f":
            chars[index] = "\u200c"
    return "".join(chars)


def _trimmed(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Without spaces and newlines at the end, and at the beginning as far as no entity stands there."""
    text = text.rstrip(" \n")
    end = utf16_length(text)
    spans = [replace(s, length=min(s.end, end) - s.offset) for s in spans if s.offset < end]
    lead = len(text) - len(text.lstrip(" \n"))
    lead = min([lead, *(s.offset for s in spans)])
    return text[lead:], in_order(replace(s, offset=s.offset - lead) for s in spans)
