"""Formatting over the wire: every way to say it comes to the same entities; errors are Telegram's."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Message
from aiogram.utils.formatting import Bold, Code, Italic, Spoiler, Strikethrough, Text, Underline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.people import Person

STYLES = [Bold, Italic, Underline, Strikethrough, Spoiler]
words = st.text(alphabet="ab😀é\u0627\u2066\u2069 \n_*[]()~`>#+-=|{}.!<&\\", min_size=1, max_size=6)
nodes = st.recursive(
    words | words.map(Code),
    lambda inner: st.builds(
        lambda style, content: style(*content), st.sampled_from(STYLES), st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def dumped(message: Message) -> list[dict[str, Any]]:
    return [entity.model_dump() for entity in message.entities or []]


def coverage(text: str, entities: list[dict[str, Any]]) -> list[set[str]]:
    """What each UTF-16 unit wears; code wears nothing else."""
    worn: list[set[str]] = [set() for _ in range(len(text.encode("utf-16-le")) // 2)]
    for entity in entities:
        if entity["type"] in ("bold", "italic", "underline", "strikethrough", "spoiler", "code"):
            for unit in range(entity["offset"], entity["offset"] + entity["length"]):
                worn[unit].add(entity["type"])
    return [{"code"} if "code" in unit else unit for unit in worn]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(content=st.lists(nodes, min_size=1, max_size=4))
async def test_what_aiogram_formats_arrives_as_it_was_formatted(bot: Bot, owner: Person, content: Any) -> None:
    node = Text("x", *content, "x")
    text, entities = node.render()
    expected = coverage(text, [entity.model_dump() for entity in entities])
    message = await bot.send_message(owner.id, **node.as_kwargs())
    assert message.text == text
    assert coverage(text, dumped(message)) == expected
    again = await bot.send_message(owner.id, message.html_text, parse_mode="HTML")
    assert (again.text, dumped(again)) == (message.text, dumped(message))


@pytest.mark.parametrize(
    "case",
    [
        ("HTML", "<b>a</b> &lt;&#128512;&amp;&nope;", "a <😀&&nope;", [("bold", 0, 1)]),
        ("HTML", '<a href="https://example.org/?a=1&amp;b=2">l</a>', "l", [("text_link", 0, 1)]),
        ("HTML", '<a href="nonsense">l</a>', "l", []),
        ("HTML", '<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("HTML", '<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st", [("spoiler", 0, 2)]),
        ("HTML", "<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("HTML", "<b>a<i>b</i></b>", "ab", [("bold", 0, 1), ("bold", 1, 1), ("italic", 1, 1)]),
        ("HTML", "  <b> a </b>  ", " a", [("bold", 0, 2)]),
        ("html", "a\tb\rc\u202ed\u2066e", "a bcd\u2066e", []),
        ("MarkdownV2", "*a _b_* ||s|| ~t~ __u__ `c`", "a b s t u c", None),
        ("MarkdownV2", "```py\nx = 1```", "x = 1", [("pre", 0, 5)]),
        ("MarkdownV2", ">q\n>r\nend", "q\nr\nend", [("blockquote", 0, 4)]),
        ("MarkdownV2", ">q\n>r||", "q\nr", [("expandable_blockquote", 0, 3)]),
        ("MarkdownV2", r"1\.5 \*no\* [l](https://example.org/\))", "1.5 *no* l", [("text_link", 9, 1)]),
        ("MarkdownV2", "😀*b*", "😀b", [("bold", 2, 1)]),
        ("Markdown", "*a* _b_ `c` [l](example.org) ```x``` \\*", "a b c l x *", None),
        (None, "<b>*a*</b>", "<b>*a*</b>", []),
    ],
)
async def test_every_parse_mode_is_parsed(call: Any, owner: Person, case: tuple[Any, ...]) -> None:
    mode, source, text, entities = case
    params = {"parse_mode": mode} if mode else {}
    result = (await call("sendMessage", chat_id=owner.id, text=source, **params))["result"]
    assert result["text"] == text
    if entities is not None:
        assert [(e["type"], e["offset"], e["length"]) for e in result.get("entities", [])] == entities


@pytest.mark.parametrize(
    ("mode", "source", "error"),
    [
        ("HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "ä<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 2'),
        ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
        ("HTML", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("HTML", "1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("HTML", "<b", "Unclosed start tag at byte offset 0"),
        ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("HTML", '<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("MarkdownV2", "v1.2", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "a *b", "Can't find end of Bold entity at byte offset 2"),
        ("MarkdownV2", "[x](y", "Can't find end of a URL at byte offset 4"),
        ("MarkdownV2", "`x", "Can't find end of Code entity at byte offset 0"),
        ("Markdown", "a _b", "Can't find end of the entity starting at byte offset 2"),
    ],
)
async def test_what_cannot_be_parsed_is_refused_in_telegrams_words(
    call: Any, owner: Person, mode: Any, source: str, error: Any
) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text=source, parse_mode=mode)
    assert answer["description"] == f"Bad Request: can't parse entities: {error}"


@pytest.mark.parametrize(
    ("entity", "error"),
    [
        ({"type": "bold", "offset": 1, "length": 1}, "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        (
            {"type": "bold", "offset": 0, "length": 1},
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4",
        ),
        (
            {"type": "bold", "offset": 0, "length": 9},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
        ),
        ({"type": "bold", "offset": 7, "length": 1}, "entity begins after the end of the text at UTF-16 offset 7"),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "length": 1}, "can't parse MessageEntity: Can't find field \"offset\""),
        ({"type": "loud", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "text_link", "offset": 0, "length": 2}, "can't parse MessageEntity: Can't find field \"url\""),
        (
            {"type": "text_link", "offset": 0, "length": 2, "url": "nonsense"},
            "entity URL 'nonsense' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_wrong_entities_are_refused(call: Any, owner: Person, entity: Any, error: Any) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text="😀abc", entities=[entity])
    assert answer["description"] == f"Bad Request: {error}"


async def test_overlaps_are_arranged_as_telegram_arranges_them(call: Any, owner: Person) -> None:
    entities = [
        {"type": "code", "offset": 2, "length": 2},
        {"type": "text_link", "offset": 3, "length": 3, "url": "https://example.org"},
        {"type": "bold", "offset": 0, "length": 6},
        {"type": "italic", "offset": 5, "length": 0},
        {"type": "url", "offset": 0, "length": 1},
    ]
    result = (await call("sendMessage", chat_id=owner.id, text="abcdef", entities=entities))["result"]
    assert [(e["type"], e["offset"], e["length"]) for e in result["entities"]] == [
        ("bold", 0, 2),
        ("code", 2, 2),
        ("bold", 4, 2),
    ]


async def test_a_mention_carries_a_user_whom_the_bot_knows(call: Any, owner: Person) -> None:
    text = f'<a href="tg://user?id={owner.id}">you</a> <a href="tg://user?id=5">who</a>'
    result = (await call("sendMessage", chat_id=owner.id, text=text, parse_mode="HTML"))["result"]
    assert [(e["type"], e["user"]["id"]) for e in result["entities"]] == [("text_mention", owner.id)]
