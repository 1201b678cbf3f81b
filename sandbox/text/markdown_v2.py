"""Parse mode MarkdownV2: nesting marks, quotes, and the characters to escape [tdlib/td, parse_markdown_v2]."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.text.errors import TextError
from sandbox.text.markdown import FENCE
from sandbox.text.spans import Span, in_order, utf16_length
from sandbox.text.tags import link_span

RESERVED = "_*[]()~`>#+-=|{}.!\n"
LAST_ESCAPED = "\x7e"  # a backslash escapes any ASCII character up to the tilde
MARKS = {
    "bold": "*", "italic": "_", "underline": "__", "strikethrough": "~", "spoiler": "||",
    "code": "`", "pre": "```", "text_link": "]", "custom_emoji": "]",
}  # fmt: skip
BEGINNINGS = {"*": "bold", "_": "italic", "~": "strikethrough", "[": "text_link", "`": "code"}
NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "spoiler": "Spoiler", "code": "Code", "pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}  # fmt: skip
EMOJI_LINK = re.compile(r"^tg://emoji\?id=([1-9]\d*)$")
TIME_LINK = re.compile(r"^tg://time\?unix=([1-9]\d*)(?:&format=([rRtTdDwW]+))?$")


@dataclass(slots=True)
class _Open:
    type: str
    offset: int
    begin: int  # in the source
    out_begin: int
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Markdown:
    text: str
    at: int = 0
    out: str = ""
    offset: int = 0
    may_quote: bool = True
    open: list[_Open] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    @property
    def quoted(self) -> bool:
        return any(entity.type == "blockquote" for entity in self.open)

    def peek(self, chars: str) -> bool:
        return self.text.startswith(chars, self.at)

    def byte(self, position: int) -> int:
        return len(self.text[:position].encode())

    def emit(self, char: str) -> None:
        self.out += char
        self.offset += utf16_length(char)
        if char != "\r":
            self.may_quote = char == "\n"

    def close(self, kind: str, extra: dict[str, object] | None = None) -> None:
        begun = self.open.pop()
        if self.offset > begun.offset:
            self.spans.append(
                Span(
                    offset=begun.offset, length=self.offset - begun.offset, type=kind, extra=dict(extra or begun.extra)
                )
            )

    def no_end(self) -> TextError:
        begun = self.open[-1]
        name = "PreCode" if begun.type == "pre" and begun.extra else NAMES[begun.type]
        return TextError(f"Can't find end of {name} entity at byte offset {self.byte(begun.begin)}")


def parse_markdown_v2(text: str) -> tuple[str, list[Span]]:
    """The plain text and its spans; raises TextError."""
    state = _Markdown(text)
    while state.at < len(text):
        char, innermost = text[state.at], state.open[-1].type if state.open else None
        escaped = text[state.at + 1 : state.at + 2] if char == "\\" else ""
        if escaped and escaped <= LAST_ESCAPED:
            state.emit(escaped)
            state.at += 2
        elif char not in ("`" if innermost in ("code", "pre") else RESERVED):
            state.emit(char)
            state.at += 1
        elif state.quoted and char == "\n" and text[state.at + 1 : state.at + 2] != ">":
            _end_quote(state)
        elif innermost and _ends(state, innermost):
            _end(state, innermost)
        else:
            _begin(state, char)
    if state.quoted:
        _finish_quote(state, at=len(text))
    if state.open:
        raise state.no_end()
    return state.out, in_order(state.spans)


def _ends(state: _Markdown, innermost: str) -> bool:
    if innermost == "blockquote":
        return False
    if innermost == "italic" and state.peek("__"):
        return False
    return state.peek(MARKS[innermost])


def _begin(state: _Markdown, char: str) -> None:
    begin, extra = state.at, {}
    if char == "\n":
        state.emit(char)
        state.at += 1
        return
    if char == ">" and state.may_quote:
        state.at += 1
        if state.quoted:
            return  # the next line of the same quote
        kind = "blockquote"
    elif fence := FENCE.match(state.text, begin):
        kind, extra = "pre", {"language": fence[1]} if fence[1] else {}
        state.at = fence.end()
    elif two := {"__": "underline", "||": "spoiler", "![": "custom_emoji"}.get(state.text[begin : begin + 2]):
        kind = two
        state.at += 2
    elif char in BEGINNINGS:
        kind = BEGINNINGS[char]
        state.at += 1
    else:
        raise TextError(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
    state.open.append(_Open(kind, state.offset, begin, len(state.out), dict(extra)))


def _end(state: _Markdown, kind: str) -> None:
    state.at += len(MARKS[kind])
    if kind == "text_link":
        url = _url(state) if state.peek("(") else state.out[state.open[-1].out_begin :]
        link = link_span(url)
        if link is None:
            state.open.pop()
        else:
            state.close(*link)
    elif kind == "custom_emoji":
        if not state.peek("("):
            raise TextError("The entity must contain a tg://emoji or tg://time URL")
        url = _url(state)
        if emoji := EMOJI_LINK.match(url):
            state.close("custom_emoji", {"custom_emoji_id": emoji[1]})
        elif time := TIME_LINK.match(url):
            state.close("date_time", {"unix_time": int(time[1])} | ({"date_time_format": time[2]} if time[2] else {}))
        else:
            raise TextError("Invalid tg://emoji or tg://time URL specified")
    else:
        state.close(kind)


def _url(state: _Markdown) -> str:
    """The URL in the parentheses that begin here; the place after them is next."""
    begin = state.at + 1
    match = re.compile(r"((?:\\[\x01-\x7e]|[^)])*?)\)").match(state.text, begin)
    if match is None:
        raise TextError(f"Can't find end of a URL at byte offset {state.byte(begin)}")
    state.at = match.end()
    return re.sub(r"\\([\x01-\x7e])", r"\1", match[1])


def _end_quote(state: _Markdown) -> None:
    """A line that ends and is not followed by another quoted one."""
    _finish_quote(state, at=state.at, newline="\n")
    if state.at < len(state.text):
        state.at += 1


def _finish_quote(state: _Markdown, *, at: int, newline: str = "") -> None:
    """Close the quote that ends at `at`; two bars just before make it one that unfolds."""
    kind = "blockquote"
    if state.open[-1].type == "spoiler" and state.text[state.open[-1].begin : at].rstrip("\r") == "||":
        state.open.pop()
        kind = "expandable_blockquote"
    if state.open[-1].type != "blockquote":
        raise state.no_end()
    if newline:
        state.emit(newline)
    state.close(kind)
