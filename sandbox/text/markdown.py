"""Parse mode Markdown, the old one: no nesting, few rules [tdlib/td, parse_markdown]."""

from __future__ import annotations

import re

from sandbox.text.errors import TextError
from sandbox.text.spans import Span, utf16_length
from sandbox.text.tags import link_span

FENCE = re.compile(r"```(?:([^\s`]+)(?=\s))?(?:\r\n|\n\r|\n|\r)?")


def parse_markdown(text: str) -> tuple[str, list[Span]]:
    """The plain text and its spans; raises TextError."""
    out, spans, at = "", [], 0
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] in ("_", "*", "`", "["):
            out, at = out + text[at + 1], at + 2
        elif char in "_*`[":
            inner, at, kind = _entity(text, at)
            if inner and kind:
                spans.append(
                    Span(offset=utf16_length(out), length=utf16_length(inner), type=kind[0], extra=dict(kind[1]))
                )
            out += inner
        else:
            out, at = out + char, at + 1
    return out, spans


def _entity(text: str, begin: int) -> tuple[str, int, tuple[str, dict[str, object]] | None]:
    """What stands between the marks, the place after them, and the entity's type and fields."""
    char = text[begin]
    fence = FENCE.match(text, begin)
    mark, inner_begin = ("```", fence.end()) if fence else ("]" if char == "[" else char, begin + 1)
    end = text.find(mark, inner_begin)
    if end < 0:
        raise TextError(f"Can't find end of the entity starting at byte offset {len(text[:begin].encode())}")
    inner, after = text[inner_begin:end], end + len(mark)
    if char == "[":
        url = inner
        if text[after : after + 1] == "(":
            close = text.find(")", after)
            close = len(text) if close < 0 else close
            url, after = text[after + 1 : close], close + 1
        return inner, after, link_span(url)
    if fence:
        return inner, after, ("pre", {"language": fence[1]} if fence[1] else {})
    return inner, after, ({"_": "italic", "*": "bold", "`": "code"}[char], {})
