"""Text as it is drawn: plain, in fonts that have it, and no wider than its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, fontManager

from bot.pictures.lettering import BOX, HOUSE_FONT, Lettering, plain, width

NOBODYS = "\U0001f9ff"  # an amulet, of 2018; the house font is older


@contextmanager
def lettering(*texts: str) -> Iterator[Lettering]:
    figure = Figure(figsize=(10, 1), dpi=72)
    canvas = FigureCanvasAgg(figure)
    yield Lettering(figure, texts)
    canvas.draw()


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("a\x00b\r\nc\u2028d", "a b c d"),
        ("\u202ereversed\u202c", "reversed"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("a" + "\u0336" * 50 + "b", "a\u0336\u0336b"),
        ("  \ufe0f\u200d ", ""),
    ],
)
def test_text_becomes_one_plain_line(raw: str, line: str) -> None:
    assert plain(raw) == line


def test_a_dollar_is_a_dollar() -> None:
    with lettering("$x$") as letters:
        assert width(letters.write(0, 0, "$x$", size=20)) > 2 * width(letters.write(0, 0, "x", size=20))


def test_what_the_house_font_lacks_is_sought_in_others() -> None:
    script = "\N{MATHEMATICAL BOLD SCRIPT CAPITAL A}"  # in a font that comes with the library
    with lettering(script) as letters:
        text = letters.write(0, 0, script, size=20)
        assert text.get_text() == script
        assert text.get_fontfamily()[0] == HOUSE_FONT
        assert len(text.get_fontfamily()) > 1


def test_what_no_font_has_is_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.pictures.lettering._had", lambda _path, chars: {char for char in chars if char.isascii()})
    with lettering(f"a{NOBODYS}b") as letters:
        assert letters.write(0, 0, f"a{NOBODYS}b", size=20).get_text() == f"a{BOX}b"


def test_a_font_that_is_broken_or_gone_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"not a font")
    listed = [
        FontEntry(name=f"A {path.stem} Sans", fname=str(path), weight=400) for path in (broken, tmp_path / "gone.ttf")
    ]
    monkeypatch.setattr(fontManager, "ttflist", [*fontManager.ttflist, *listed])
    script = "\N{MATHEMATICAL BOLD SCRIPT CAPITAL B}"
    with lettering(script) as letters:
        assert letters.write(0, 0, script, size=20).get_text() == script


@pytest.mark.parametrize("most", [30, 100, 333])
def test_a_long_line_is_cut_where_its_place_ends(most: int) -> None:
    raw = "The quick brown fox jumps over the lazy dog"
    with lettering(raw) as letters:
        text = letters.write(0, 0, raw, size=20, most=most)
        assert most - 40 < width(text) <= most
        assert text.get_text().endswith("…")
        assert raw.startswith(text.get_text().removesuffix("…"))


@settings(max_examples=60)
@given(raw=st.text(max_size=60))
def test_any_text_is_drawn_without_a_warning(raw: str) -> None:
    with lettering(raw) as letters:
        assert width(letters.write(0, 0, raw, size=20, most=300)) <= 301
