"""Parse mode HTML: tags to spans, with Telegram's own errors [tdlib/td, parse_html]."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.text.errors import TextError
from sandbox.text.spans import Span, in_order, utf16_length
from sandbox.text.tags import TAGS, described

SPACE = " \t\r\n\0\v"  # a NUL stands for the end of the text, and ends a name as a space does
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<dec>[0-9]+)|(?P<name>lt|gt|amp|quot)(?![A-Za-z]));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LONGEST_REFERENCE = 10
MOST_CODE_POINT = 0x10FFFF


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


@dataclass(slots=True)
class _Html:
    text: str  # with a NUL at its end
    at: int = 0
    out: list[str] = field(default_factory=list)
    offset: int = 0
    open: list[_Open] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def byte(self, position: int) -> int:
        return len(self.text[:position].encode())

    def emit(self, chars: str) -> None:
        self.out.append(chars)
        self.offset += utf16_length(chars)


def parse_html(text: str) -> tuple[str, list[Span]]:
    """The plain text and its spans; raises TextError."""
    state = _Html(text + "\0")
    while state.at < len(text):
        char = state.text[state.at]
        if char == "<":
            _end_tag(state) if state.text[state.at + 1] == "/" else _start_tag(state)
        elif char == "&" and (decoded := _decode(state.text, state.at)):
            state.emit(decoded[0])
            state.at = decoded[1]
        else:
            state.emit(char)
            state.at += 1
    if state.open:
        raise TextError(f'Can\'t find end tag corresponding to start tag "{state.open[-1].tag}"')
    return "".join(state.out), in_order(_plain_code(span) for span in state.spans)


def _decode(text: str, at: int) -> tuple[str, int] | None:
    match = REFERENCE.match(text, at)
    if match is None:
        return None
    if match["name"]:
        return NAMED[match["name"]], match.end()
    code = int(match["hex"], 16) if match["hex"] else int(match["dec"])
    digits_end = match.end() - match[0].endswith(";")
    if not 0 < code < MOST_CODE_POINT or digits_end - at >= LONGEST_REFERENCE:
        return None
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004  # half of a surrogate pair
        raise TextError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code), match.end()


def _start_tag(state: _Html) -> None:
    text, begin = state.text, state.at
    at = _until(text, begin + 1, SPACE + ">")
    if text[at] == "\0":
        raise TextError(f"Unclosed start tag at byte offset {state.byte(begin)}")
    tag = text[begin + 1 : at].lower()
    if tag not in TAGS:
        raise TextError(f'Unsupported start tag "{tag}" at byte offset {state.byte(begin)}')
    attributes: dict[str, str] = {}
    while text[at] != ">":
        at = _over_space(text, at)
        if text[at] == ">":
            break
        name_begin, at = at, _until(text, at, SPACE + "=>/\"'")
        name = text[name_begin:at]
        if not name:
            raise TextError(f'Empty attribute name in the tag "{tag}" at byte offset {state.byte(begin)}')
        at = _over_space(text, at)
        if text[at] == "=":
            at = _over_space(text, at + 1)
            attributes[name], at = _value(state, at, begin, tag)
        elif text[at] == "\0":
            raise TextError(f'Unclosed start tag "{tag}" at byte offset {state.byte(begin)}')
        else:
            attributes[name] = ""
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise TextError(f'Tag "span" must have class "tg-spoiler" at byte offset {state.byte(begin)}')
    state.open.append(_Open(tag, attributes, state.offset, len(state.out)))
    state.at = at + 1


def _value(state: _Html, at: int, begin: int, tag: str) -> tuple[str, int]:
    text = state.text
    if text[at] == "\0":
        raise TextError(f'Unclosed start tag "{tag}" at byte offset {state.byte(begin)}')
    if text[at] in "'\"":
        value, at = _quoted(text, at)
    else:
        token = re.compile(r"[A-Za-z0-9.\-]*").match(text, at)
        value = token[0].lower() if token else ""
        if text[at + len(value)] not in SPACE + ">":
            raise TextError(f"Unexpected end of name token at byte offset {state.byte(at)}")
        at += len(value)
    if text[at] == "\0":
        raise TextError(f"Unclosed start tag at byte offset {state.byte(begin)}")
    return value, at


def _quoted(text: str, at: int) -> tuple[str, int]:
    quote, at, value = text[at], at + 1, ""
    while text[at] not in (quote, "\0"):
        decoded = _decode(text, at) if text[at] == "&" else None
        char, at = decoded or (text[at], at + 1)
        value += char
    return value, at + (text[at] == quote)


def _end_tag(state: _Html) -> None:
    text, begin = state.text, state.at
    if not state.open:
        raise TextError(f"Unexpected end tag at byte offset {state.byte(begin)}")
    at = _until(text, begin + 2, SPACE + ">")
    tag = text[begin + 2 : at].lower()
    at = _over_space(text, at)
    if text[at] != ">":
        raise TextError(f"Unclosed end tag at byte offset {state.byte(begin)}")
    started = state.open[-1]
    if tag and tag != started.tag:
        raise TextError(
            f'Unmatched end tag at byte offset {state.byte(begin)}, expected "</{started.tag}>", found "</{tag}>"'
        )
    if state.offset > started.offset:
        _close(state, started)
    state.open.pop()
    state.at = at + 1


def _close(state: _Html, started: _Open) -> None:
    """Write down the span that an end tag completes."""
    meaning = described(started.tag, started.attributes, "".join(state.out[started.begin :]))
    if meaning is None:
        return
    kind, extra = meaning
    span = Span(offset=started.offset, length=state.offset - started.offset, type=kind, extra=extra)
    if started.tag in ("pre", "code") and state.spans:
        last = state.spans[-1]
        same = (last.offset, last.length) == (span.offset, span.length)
        language = span.extra or last.extra
        if same and {last.type, span.type} == {"pre", "code"} and language:
            state.spans.pop()
            span = Span(offset=span.offset, length=span.length, type="pre", extra=dict(language))
    state.spans.append(span)


def _plain_code(span: Span) -> Span:
    if span.type == "code" and span.extra:
        return Span(offset=span.offset, length=span.length, type="code")
    return span


def _until(text: str, at: int, stops: str) -> int:
    while text[at] not in stops:
        at += 1
    return at


def _over_space(text: str, at: int) -> int:
    while text[at] in SPACE and text[at] != "\0":
        at += 1
    return at
