"""What a view returns: a text of formatting nodes and a keyboard, ready for any message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiogram.types import ForceReply, InlineKeyboardMarkup, LinkPreviewOptions
from aiogram.utils.formatting import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One message's content; where it `asks`, it has no keyboard, and is sent so that the chat is ready to answer it,
    with that for an example.
    """

    text: Text
    keyboard: InlineKeyboardMarkup | None = None
    asks: str = ""

    def as_kwargs(self) -> dict[str, Any]:
        """The arguments that sendMessage and editMessageText share."""
        return {
            **self.text.as_kwargs(),
            "reply_markup": ForceReply(input_field_placeholder=self.asks) if self.asks else self.keyboard,
            # A device may call itself by a link: let no preview of it be fetched.
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
        }
