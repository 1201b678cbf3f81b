"""The bot's private chats as they stand now, and the updates waiting for the bot; no HTTP here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Chats:
    """Messages by user id, oldest first, each a Bot API `Message` object; and the bot's update queue."""

    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
