"""What came without a sound while the quiet hours lasted, in one message after them."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.keyboards import settled_keyboard
from bot.views.screen import Screen
from bot.views.wording import named


def meanwhile(account: int, counts: Mapping[str, int], *, account_name: str) -> Screen:
    """How many of each kind; the messages themselves are above."""
    lines = [Text(f"\n• {kind}: {count}") for kind, count in counts.items()]
    text = Text(
        Bold("The quiet hours are over: "),
        named(account_name),
        "\n\nMeanwhile there came, without a sound:",
        *lines,
        "\n\nEach is above in this chat.",
    )
    return Screen(text=text, keyboard=settled_keyboard(account))
