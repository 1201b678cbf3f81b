"""Faults ordered in advance: the next calls of a method fail as told, then all is well again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.calls import Layer

DELAY = re.compile(r"DELAY_(\d+(?:\.\d+)?)")  # no word of Telegram's: the call is done, its answer so much later
TORN = "TORN"  # nor this: account.getAuthorizations lacks the asker's own row


@dataclass(slots=True, kw_only=True)
class Fault:
    """`times` calls of `method` on `layer` fail with `code` and `message`; `method` "*" is any.

    `message` is what the wire says, e.g. "FLOOD_WAIT_30" or "Too Many Requests: retry after 3".
    `parameters` is Bot API's `ResponseParameters`, such as {"retry_after": 3}. With a `chat`, only calls of the Bot API
    whose `chat_id` it is meet the fault.
    """

    layer: Layer
    method: str
    code: int
    message: str
    times: int = 1
    parameters: dict[str, Any] = field(default_factory=dict)
    chat: int | None = None

    @property
    def delay(self) -> float | None:
        """Seconds by which the answer is late, None if that isn't what fails."""
        match = DELAY.fullmatch(self.message)
        return float(match[1]) if match else None


@dataclass(slots=True)
class Faults:
    """The faults still to come, first ordered first served."""

    ordered: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        """Let the next calls fail."""
        self.ordered.append(fault)

    def take(self, layer: Layer, method: str, *, chat: int | None = None) -> Fault | None:
        """The fault that this call meets, used up by one; None when it is to succeed."""
        for fault in self.ordered:
            if fault.layer == layer and fault.method in (method, "*") and fault.chat in (None, chat):
                fault.times -= 1
                if fault.times <= 0:
                    self.ordered.remove(fault)
                return fault
        return None
