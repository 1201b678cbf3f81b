"""The Bot API's refusals: a code, a description in the server's own words, and parameters."""

from __future__ import annotations

from typing import Any

REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class ApiError(Exception):
    """What the bot gets instead of a result."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def as_json(self) -> dict[str, Any]:
        """The answer's body."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(text: object) -> ApiError:
    """A 400 whose text begins in lower case, unless it begins with a word in capitals, as the server has it."""
    message = str(text)
    if message[1:2] != "_" and not message[1:2].isupper():
        message = message[:1].lower() + message[1:]
    return ApiError(400, f"Bad Request: {message}")


def forbidden(text: str) -> ApiError:
    """A 403."""
    return ApiError(403, f"Forbidden: {text}")
