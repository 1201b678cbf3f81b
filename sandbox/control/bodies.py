"""Reads JSON bodies, strictly: objects with known fields of the right types, no floats where ids stand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.control.errors import ControlError

INT32 = 2**31
INT64 = 2**63
LARGEST_ID = 2**40  # user ids are below [tdlib/telegram-bot-api]
LONGEST_STRING = 4096

Check = Callable[[str, Any], Any]
Fields = Mapping[str, Check]


async def body(request: web.Request, fields: Fields, *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The checked fields that are there; raises ControlError 400."""
    try:
        value = json.loads(await request.text() or "{}", parse_constant=_no_constant)
    except (ValueError, RecursionError, LookupError, web.RequestPayloadError) as error:  # LookupError: of a charset
        raise ControlError(400, f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ControlError(400, f"the body is {shown(value)}; send a JSON object")
    for name in required:
        if name not in value:
            raise ControlError(400, f"the field {name!r} is missing")
    return checked(value, fields)


def checked(value: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """The fields of an object; raises ControlError 400."""
    unknown = sorted(value.keys() - fields.keys())
    if unknown:
        known = ", ".join(sorted(fields))
        raise ControlError(400, f"unknown field {unknown[0]!r}; known are: {known}")
    return {name: fields[name](name, given) for name, given in value.items()}


def wrong(name: str, value: Any, wanted: str) -> ControlError:
    """What is wrong, with what value, and what would be right."""
    return ControlError(400, f"{name!r} is {shown(value)}; send {wanted}")


def shown(value: Any) -> str:
    """A value as it came, cut short."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else text[:77] + "…"  # noqa: PLR2004  # as much as fits a line


def text(name: str, value: Any) -> str:
    """A string, at most 4096 characters, that UTF-8 can hold."""
    if not isinstance(value, str) or len(value) > LONGEST_STRING:
        raise wrong(name, value, f"a string of at most {LONGEST_STRING} characters")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise wrong(name, value, "a string without unpaired surrogates")
    return value


def filled(name: str, value: Any) -> str:
    """A string with something in it."""
    if not text(name, value).strip():
        raise wrong(name, value, "a string that is not empty")
    return str(value)


def flag(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong(name, value, "true or false")
    return value


def integer(low: int, high: int) -> Check:
    """An exact integer from `low` to `high`; no float, not even a whole one."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise wrong(name, value, f"an integer from {low} to {high}")
        return value

    return check


def number(low: float, high: float) -> Check:
    """Any number from `low` to `high`."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise wrong(name, value, f"a number from {low:g} to {high:g}")
        return float(value)

    return check


def or_null(check: Check) -> Check:
    """Null, or what passes the check."""
    return lambda name, value: None if value is None else check(name, value)


def hash_(name: str, value: Any) -> int:
    """A signed 64-bit authorization hash: a string of digits or an exact integer; never 0."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -INT64 <= value < INT64 or value == 0:
        raise wrong(name, value, "a signed 64-bit integer other than 0, as a string or an exact integer")
    return value


def moment(name: str, value: Any) -> datetime:
    """Unix seconds as Telegram's, or an ISO 8601 time with its zone."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < INT32:
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise wrong(name, value, "unix seconds or an ISO 8601 time") from None
        if 0 <= parsed.timestamp() < INT32:
            return parsed.replace(microsecond=0)
    raise wrong(name, value, "unix seconds or an ISO 8601 time")


user_id = integer(1, LARGEST_ID - 1)


def path_user_id(request: web.Request, name: str = "user_id") -> int:
    """The user id in a path; raises ControlError."""
    given = request.match_info[name]
    return int(user_id(name, int(given) if re.fullmatch(r"[0-9]{1,19}", given) else given))


def path_hash(request: web.Request) -> int:
    """The hash in a path; raises ControlError."""
    return hash_("hash", request.match_info["hash"])


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
