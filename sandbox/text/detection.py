"""What Telegram finds in a text by itself: commands, mentions, hashtags, e-mail addresses and links.

Links follow TDLib's rules in the main (a bare domain needs a known ending, an IPv4 address is a link);
bank cards and phone numbers are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.text.spans import Span, utf16_length

COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")
HASHTAG = re.compile(r"(?<![\w#])#(?=\d*[^\W\d])\w{1,256}(?:@[A-Za-z0-9_]{3,32})?(?!#)")
CASHTAG = re.compile(r"(?<![\w$])\$(?:1INCH|[A-Z]{1,8})(?![\w$])")
EMAIL = re.compile(
    r"(?<![\w.+\-@])[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,8}\b"
)
URL = re.compile(
    r"(?<![\w@/#.\-])(?P<scheme>(?:https?|ftp|tonsite)://)?(?:[^\s/\[\]{}()'`<>\"@«»]+@)?"
    r"(?P<domain>(?:[\w~-]{1,63}\.)+[\w-]{1,63})(?::\d{1,5})?(?P<path>[/?#][^\s<>\"«»]*)?",
    re.IGNORECASE,
)
IPV4 = re.compile(r"^(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])\.){3}(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$")
LONGEST_TLD = 63

# The endings a device or a place is most likely to bring along; every two-letter ASCII ending counts as well.
ENDINGS = """
    app army art bank bar best bet bike bio biz blog blue book boo bot cafe cam camp cars cash cat center chat city
    click cloud club codes coffee com community company cool country dad date day deals design dev digital direct
    dog download earth email energy events exchange expert farm finance fit foo foundation fun fund gay global gold
    group guide guru help host hosting house how icu inc info ink int jobs kim land law life link live lol love ltd
    mail market media mil mobi money mov movie name net network new news ninja one online ooo org page parts party
    phone photo photos pics pink pizza plus porn post press pro pub red rent report rest review run sale school
    science search secure security services sex shop show site social software solutions space store studio style
    support systems tax team tech tel tips today tools top tours town toys trade training travel tube university uno
    ventures video vip vote wang watch web website wedding wiki win work works world wtf xxx xyz yoga zip zone
    google apple amazon android microsoft youtube
"""
TOP_LEVEL = frozenset(ENDINGS.split())


def found(text: str) -> list[Span]:
    """The spans found, ordered, none over another."""
    candidates = sorted((begin, end, kind) for kind, matches in _matches(text) for begin, end in matches if end > begin)
    spans: list[Span] = []
    last_end = 0
    for begin, end, kind in candidates:
        if begin >= last_end:
            spans.append(Span(offset=utf16_length(text[:begin]), length=utf16_length(text[begin:end]), type=kind))
            last_end = end
    return spans


def _matches(text: str) -> Iterator[tuple[str, Iterator[tuple[int, int]]]]:
    if "/" in text:
        yield "bot_command", (m.span() for m in COMMAND.finditer(text))
    if "@" in text:
        yield "email", (m.span() for m in EMAIL.finditer(text))
        yield "mention", (m.span() for m in MENTION.finditer(text))
    if "#" in text:
        yield "hashtag", (m.span() for m in HASHTAG.finditer(text))
    if "$" in text:
        yield "cashtag", (m.span() for m in CASHTAG.finditer(text))
    if "." in text:
        yield "url", (m.span() for m in map(_trimmed_url, URL.finditer(text)) if m)


class _Stretch:
    """A match cut shorter."""

    __slots__ = ("_span",)

    def __init__(self, begin: int, end: int) -> None:
        self._span = (begin, end)

    def span(self) -> tuple[int, int]:
        return self._span


def _trimmed_url(match: re.Match[str]) -> _Stretch | None:
    domain = match["domain"]
    if not _is_domain(domain, has_scheme=bool(match["scheme"])):
        return None
    end = match.end()
    if path := match["path"]:
        kept = _balanced(path).rstrip(".:;,('?!`")
        end -= len(path) - len(kept)
    return _Stretch(match.start(), end)


def _is_domain(domain: str, *, has_scheme: bool) -> bool:
    if IPV4.match(domain):
        return True
    *others, ending = domain.lower().split(".")
    if all(part.isdigit() for part in (*others, ending)) or len(ending) < 2:  # noqa: PLR2004  # a.b is no domain
        return False
    if any(part.endswith("-") for part in others) or "_" in others[-1] or "_" in ending:
        return False
    if ending.startswith("xn--"):
        return len(ending) > len("xn--x")
    if "-" in ending:
        return False
    return has_scheme or ending in TOP_LEVEL or (len(ending) == 2 and ending.isascii() and ending.isalpha())  # noqa: PLR2004


def _balanced(path: str) -> str:
    """The path up to a closing bracket that nothing opened."""
    depth = {")": 0, "]": 0, "}": 0}
    opening = {"(": ")", "[": "]", "{": "}"}
    for index, char in enumerate(path):
        if char in opening:
            depth[opening[char]] += 1
        elif char in depth:
            depth[char] -= 1
            if depth[char] < 0:
                return path[:index]
    return path
