"""Screens as their reader sees them, in plain text that a test can hold up against what was meant."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from bot.views.screen import Screen

#: The isolates around a device's own words can't be seen; here they can.
VISIBLE = str.maketrans({"\u2068": "⟦", "\u2069": "⟧"})
MESSAGE_MOST = 4096  # UTF-16 units, after entities were parsed (core.telegram.org/bots/api#sendmessage)
NOTICE_MOST = 200  # characters (core.telegram.org/bots/api#answercallbackquery)
CALLBACK_MOST = 64  # bytes (core.telegram.org/bots/api#inlinekeyboardbutton)


def shown(screen: Screen) -> str:
    """The text as HTML, then a line for each row of buttons with their data."""
    lines = [screen.text.as_html(), *rows(screen.keyboard)]
    return "\n".join(lines).translate(VISIBLE)


def rows(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    """A line for each row."""
    grid = keyboard.inline_keyboard if keyboard else []
    return [" ".join(f"[{button.text} → {button.callback_data}]" for button in row) for row in grid]


def plain(screen: Screen) -> str:
    """The text alone, as Telegram counts and shows it."""
    return screen.text.render()[0]


def data_of(screen: Screen) -> list[str]:
    """The callback data of all buttons."""
    grid = screen.keyboard.inline_keyboard if screen.keyboard else []
    return [button.callback_data or "" for row in grid for button in row]


def utf16_units(text: str) -> int:
    """A text's length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits_telegram(screen: Screen) -> None:
    """Fail where Telegram would refuse the message."""
    text, entities = screen.text.render()
    assert 0 < utf16_units(text.strip()) <= MESSAGE_MOST
    assert all(e.offset >= 0 and e.offset + e.length <= utf16_units(text) for e in entities)
    text.encode()  # a lone surrogate would not go into JSON's UTF-8
    for row in screen.keyboard.inline_keyboard if screen.keyboard else []:
        assert 0 < len(row) <= 8
        for button in row:
            assert button.text.strip()
            button.text.encode()
            assert 0 < len((button.callback_data or "").encode()) <= CALLBACK_MOST
