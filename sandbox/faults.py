"""Faults ordered in advance: the next calls of a method fail as told, then all is well again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.calls import Layer


@dataclass(slots=True, kw_only=True)
class Fault:
    """`times` calls of `method` on `layer` fail with `code` and `message`; `method` "*" is any.

    `message` is what the wire says, e.g. "FLOOD_WAIT_30" or "Too Many Requests: retry after 3".
    `parameters` is Bot API's `ResponseParameters`, such as {"retry_after": 3}.
    """

    layer: Layer
    method: str
    code: int
    message: str
    times: int = 1
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Faults:
    """The faults still to come, first ordered first served."""

    ordered: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        """Let the next calls fail."""
        self.ordered.append(fault)

    def take(self, layer: Layer, method: str) -> Fault | None:
        """The fault that this call meets, used up by one; None when it is to succeed."""
        for fault in self.ordered:
            if fault.layer == layer and fault.method in (method, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self.ordered.remove(fault)
                return fault
        return None
