"""What a view returns: a text of formatting nodes and a keyboard, ready for any message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions
from aiogram.utils.formatting import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One message's content."""

    text: Text
    keyboard: InlineKeyboardMarkup | None = None

    def as_kwargs(self) -> dict[str, Any]:
        """The arguments that sendMessage and editMessageText share."""
        return {
            **self.text.as_kwargs(),
            "reply_markup": self.keyboard,
            # A device may call itself by a link: let no preview of it be fetched.
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
        }
