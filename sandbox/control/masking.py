"""Hides in a call what opens something: codes, passwords, tokens, keys; the page's log of the wires shows the rest."""

from __future__ import annotations

import re
from typing import Any, Final

HIDDEN: Final = "•••"
#: Parameters and fields of MTProto and the Bot API, wherever they stand.
SECRET: Final = frozenset({
    "phone", "phone_number", "phone_code", "phone_code_hash", "codes", "password", "new_password_hash", "hint",
    "email_unconfirmed_pattern", "api_hash", "access_hash", "bytes", "token", "logout_tokens", "future_auth_token",
    "secret_token", "key", "auth_key", "srp_id", "srp_B", "A", "M1", "secure_random", "salt1", "salt2", "g", "p",
    "current_algo", "new_algo", "new_secure_algo", "public_key", "certificate",
})  # fmt: skip
#: A login code as a service message words it: 5 to 7 digits, dashes between them maybe.
CODE: Final = re.compile(r"(?<![\d-])\d(?:-?\d){4,6}(?![\d-])")
TEXTS: Final = frozenset({"message", "text", "caption"})


def masked(value: Any, name: str = "") -> Any:
    """The same value, shape kept, each secret replaced; empty ones stay, for there is nothing in them."""
    # The one that a person enters is a string; an error's number, which hides nothing, is also called so.
    is_secret = name in SECRET or (name == "code" and isinstance(value, str))
    if is_secret and value not in (None, "", [], {}):
        return HIDDEN
    match value:
        case dict():
            return {key: masked(inner, key) for key, inner in value.items()}
        case list():
            return [masked(inner, name) for inner in value]
        case str() if name in TEXTS:
            return CODE.sub(HIDDEN, value)
        case _:
            return value
