"""What fewer fields are checked for than those in `bodies`: objects, lists and addresses."""

from __future__ import annotations

import re
from typing import Any

from sandbox.control.bodies import Check, Fields, checked, hash_, text, wrong


def inner(fields: Fields) -> Check:
    """An object with these fields, none of which need be there."""

    def check(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise wrong(name, value, f"an object with some of: {', '.join(fields)}")
        return checked(value, fields)

    return check


def hashes(name: str, value: Any) -> list[int]:
    """A list of them."""
    if not isinstance(value, list):
        raise wrong(name, value, "a list of hashes")
    return [hash_(name, one) for one in value]


def among(known: tuple[str, ...]) -> Check:
    """A list of known words, each at most once in what comes of it."""

    def check(name: str, value: Any) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) and one in known for one in value):
            raise wrong(name, value, f"a list of some of: {', '.join(known)}")
        return frozenset(value)

    return check


def email(name: str, value: Any) -> str:
    """An address, as far as one can tell by its looks."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text(name, value)):
        raise wrong(name, value, "an e-mail address")
    return str(value)
