"""TL objects as JSON-ready values, for the call log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.mtproto.schema import is_object


def readable(value: Any) -> Any:
    """Bytes as hex, dates as ISO 8601, 64-bit numbers exact; a `hash` as a string, as a browser would round it."""
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case list() | tuple():
            return [readable(item) for item in value]
        case dict():
            return {
                key: str(item) if key == "hash" and isinstance(item, int) else readable(item)
                for key, item in value.items()
                if item is not None
            }
        case _ if is_object(value):
            return readable(value.to_dict())
        case _:
            return value


def parameters(request: Any) -> dict[str, Any]:
    """The parameters of a request."""
    return {key: value for key, value in readable(request).items() if key != "_"}
