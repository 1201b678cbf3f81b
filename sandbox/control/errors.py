"""What the control API refuses, as a status and a sentence for the person who asked."""

from __future__ import annotations

from typing import Any


class ControlError(Exception):
    """Becomes {"error": …} and whatever else helps."""

    def __init__(self, status: int, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.extra = extra
