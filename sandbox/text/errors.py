"""What is wrong with a text, in the words of Telegram's own server."""

from __future__ import annotations


class TextError(ValueError):
    """A text, an entity or a link that Telegram refuses; the message is Telegram's."""
