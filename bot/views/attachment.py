"""A file to be sent: its name, its content, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The caption has at most 1024 UTF-16 units (core.telegram.org/bots/api#senddocument)."""

    name: str
    content: bytes
    caption: Screen
