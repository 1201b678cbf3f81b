"""What the tags of parse mode HTML mean, and what a link makes in any parse mode."""

from __future__ import annotations

import re
from typing import Any

from sandbox.text.errors import TextError
from sandbox.text.links import link_or_none, user_of_link

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "pre": "pre", "code": "code", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip


def described(tag: str, given: dict[str, str], inner: str) -> tuple[str, dict[str, Any]] | None:
    """The type and fields of a tag's span, None for a tag that makes none."""
    if tag == "a":
        return link_span(given.get("href") or inner)
    if tag == "tg-emoji":
        if not re.fullmatch(r"-?[1-9]\d{0,18}", given.get("emoji-id", "")):
            raise TextError("Invalid custom emoji identifier specified")
        return "custom_emoji", {"custom_emoji_id": given["emoji-id"]}
    if tag == "tg-time":
        if not re.fullmatch(r"[1-9]\d{0,9}", given.get("unix", "")):
            return None
        form = {"date_time_format": given["format"]} if given.get("format") else {}
        return "date_time", {"unix_time": int(given["unix"]), **form}
    if tag == "code" and given.get("class", "").startswith("language-"):
        return "code", {"language": given["class"].removeprefix("language-")}
    expandable = tag == "blockquote" and "expandable" in given
    return "expandable_blockquote" if expandable else TAGS[tag], {}


def link_span(url: str) -> tuple[str, dict[str, Any]] | None:
    """The type and fields of a link's entity: a user's, a page's, or None for what is no link."""
    if user_id := user_of_link(url):
        return "text_mention", {"user": {"id": user_id}}
    checked = link_or_none(url)
    return ("text_link", {"url": checked}) if checked else None
