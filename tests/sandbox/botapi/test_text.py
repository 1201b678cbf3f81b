"""The rules of formatted text by themselves: whatever comes in, a well-formed text goes out, or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.text.detection import found
from sandbox.text.errors import TextError
from sandbox.text.formatted import FormattedText, fixed, formatted
from sandbox.text.links import check_link, user_of_link
from sandbox.text.spans import PRIORITY, Span, utf16_length

PIECES = [
    *"a😀 \n\r\t*_~|`[]()!>\\&;<=\"'/.#-", "<b>", "</b>", "<i>", "</i>", "<a href='t.me/x'>", "</a>", "<pre>", "</pre>",
    '<code class="language-x">', "</code>", "<blockquote expandable>", "</blockquote>", "```", "||", "__", "&lt;",
    "](t.me/y)", "\n>", "\u202e", "\u200f", "&#x1f600;", "evil.com", "<", "</",
]  # fmt: skip
sources = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
spans = st.builds(
    Span,
    offset=st.integers(0, 12),
    length=st.integers(0, 8),
    type=st.sampled_from([kind for kind in PRIORITY if kind not in {"text_mention", "date_time", "custom_emoji"}]),
)


def well_formed(result: FormattedText) -> None:
    length = utf16_length(result.text)
    units = result.text.encode("utf-16-le")
    assert [s.offset for s in result.spans] == sorted(s.offset for s in result.spans)
    for span in result.spans:
        assert 0 <= span.offset < span.end <= length
        units[span.offset * 2 : span.end * 2].decode("utf-16-le")  # cuts no character in two
    for index, span in enumerate(result.spans):
        for other in result.spans[index + 1 :]:
            assert other.offset >= span.end or other.end <= span.end, "entities cross"
    assert result.text.strip(" \n")
    assert not result.text.endswith((" ", "\n"))


@pytest.mark.parametrize("mode", ["", "HTML", "Markdown", "MarkdownV2"])
@settings(max_examples=250, deadline=None)
@given(source=sources)
@example(source="<")
@example(source="</")
@example(source="<a href='")
@example(source="\\")
@example(source="[x](")
@example(source="```")
@example(source="||")
@example(source=">||")
@example(source="&#")
@example(source="")
def test_any_source_becomes_a_well_formed_text_or_is_refused(mode: str, source: str) -> None:
    try:
        result = formatted(source, parse_mode=mode)
    except TextError:
        return
    well_formed(result)


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="abcd \n\r\u202eé", min_size=12, max_size=20), given_=st.lists(spans, max_size=6))
def test_any_entities_are_arranged_once_and_for_all(text: str, given_: list[Span]) -> None:
    try:
        result = fixed(text, given_)
    except TextError:
        return
    well_formed(result)
    assert fixed(result.text, list(result.spans)) == result


@pytest.mark.parametrize(
    "text",
    ["evil.com", "sub.evil.com/path?q=1#x", "http://localhost.test", "192.0.2.1:8080/x", "a.b.c.museum.org", "t.me/x"],
)
def test_links_are_found(text: str) -> None:
    assert [(s.type, s.offset, s.length) for s in found(f"😀 {text}, ")] == [("url", 3, len(text))]


@pytest.mark.parametrize(
    "text", ["v1.2.3", "1.2.3.4.5", "file.txt", "e.g", "192.0.2.256", "a..com", "x-.com", "5.13.1"]
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("EXAMPLE.org", "http://example.org/"),
        ("https://u:p@example.org:443?x", "https://u:p@example.org:443/?x"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ("tg:resolve?domain=x", "tg://resolve?domain=x"),
    ],
)
def test_a_link_is_kept_as_telegram_writes_it(link: str, kept: str) -> None:
    assert check_link(link) == kept


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", "URL host is empty"),
        ("http://", "URL host is empty"),
        ("localhost", "Wrong HTTP URL"),
        ("mailto://x.org", "Unsupported URL protocol"),
        ("x.org:0", "Wrong port number specified in the URL"),
        ("x.org:99999", "Wrong port number specified in the URL"),
        ("x%zz.org", "Wrong percent-encoded symbol in URL host"),
        ("x y.org", "Disallowed character in URL host"),
        ("[::x]", "Wrong IPv6 address specified in the URL"),
        ("tg://a.b", "Unallowed characters in URL host"),
    ],
)
def test_a_wrong_link_says_why(link: str, reason: str) -> None:
    with pytest.raises(TextError) as caught:
        check_link(link)
    assert str(caught.value) == f"URL '{link}' is invalid: {reason}"


def test_user_links_name_a_user() -> None:
    assert [user_of_link(link) for link in ("tg://user?id=5", "TG:user?id=7&x", "tg://user?id=x", "t.me/x")] == [
        5,
        7,
        None,
        None,
    ]
