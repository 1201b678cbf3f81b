"""What the bot's messages bring to the person's input field, which the Bot API shows in no `Message`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ReplyMarkups:
    """Reply keyboards, their removals and forced replies, by message id."""

    _by_message: dict[int, dict[str, Any]] = field(default_factory=dict)
    _answered: set[int] = field(default_factory=set)

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._by_message

    def put(self, message_id: int, markup: dict[str, Any]) -> None:
        """A message was sent with one."""
        self._by_message[message_id] = markup

    def answer(self, message_id: int) -> None:
        """The person replied to that message."""
        if message_id in self._by_message:
            self._answered.add(message_id)

    def forget(self, message_id: int) -> None:
        """The message is gone."""
        self._by_message.pop(message_id, None)
        self._answered.discard(message_id)

    def shown(self, message: dict[str, Any]) -> dict[str, Any]:
        """The message as the person's app knows it: with `force_reply`, the sandbox's own field, if it asks for one."""
        message_id = message["message_id"]
        markup = self._by_message.get(message_id, {})
        if "force_reply" not in markup:
            return message
        details = {name: value for name, value in markup.items() if name != "force_reply"}
        return {**message, "force_reply": {"answered": message_id in self._answered, **details}}
