"""From an error as a person writes it to its code and parameters on the wire."""

from __future__ import annotations

import re
from typing import Any

from sandbox.control.bodies import shown, wrong
from sandbox.control.errors import ControlError
from sandbox.faults import DELAY

# By Telegram's own list [core.telegram.org/api/errors]; the first that fits.
MTPROTO = (
    (400, DELAY.pattern),  # the sandbox's own word, not to be taken for the next line's
    (420, r"\w*(?:FLOOD|WAIT|CONFIRM|DELAY)\w*_\d+|FROZEN_METHOD_INVALID"),
    (303, r"\w+_MIGRATE_\d+"),
    (406, r"AUTH_KEY_DUPLICATED|FRESH_\w+_FORBIDDEN|PHONE_PASSWORD_FLOOD|SEND_CODE_UNAVAILABLE|UPDATE_APP_TO_LOGIN"),
    (401, r"AUTH_KEY_\w+|SESSION_\w+|USER_DEACTIVATED\w*|ACTIVE_USER_REQUIRED"),
    (403, r"\w+_FORBIDDEN|NOT_ALLOWED\w*|PREMIUM_ACCOUNT_REQUIRED"),
    (503, r"Timeout"),
    (500, r"INTERNAL\w*|RPC_\w+_FAIL|AUTH_RESTART\w*|INTERDC_\w+|WORKER_BUSY\w*|MSG_WAIT_FAILED"),
)
BOTAPI = (
    (429, r"Too Many Requests\b.*"),
    (403, r"Forbidden\b.*"),
    (401, r"Unauthorized\b.*"),
    (409, r"Conflict\b.*"),
    (404, r"Not Found\b.*"),
    (502, r"Bad Gateway\b.*"),
    (503, r"Service Unavailable\b.*"),
    (504, r"Gateway Time-?out\b.*"),
    (500, r"Internal Server Error\b.*"),
)
OTHERWISE = 400
LONGEST_DELAY = 600  # seconds
RETRY_AFTER = re.compile(r"retry after (\d+)")


def read_error(layer: str, error: Any) -> tuple[int, str, dict[str, Any]]:
    """Code, message and parameters of an error given as a string or an object; raises ControlError."""
    if isinstance(error, str) and error.strip():
        _check_delay(error)
        return _code(layer, error), error, _parameters(layer, error)
    if not isinstance(error, dict):
        raise wrong("error", error, 'a string such as "FLOOD_WAIT_30", or an object with code and message')
    unknown = sorted(error.keys() - {"code", "message", "description", "parameters"})
    if unknown:
        raise ControlError(400, f"unknown field {unknown[0]!r} in 'error'; known are: code, message, parameters")
    message = error.get("message", error.get("description"))
    if not isinstance(message, str) or not message:
        raise wrong("message", message, "what the wire is to say")
    _check_delay(message)
    code, parameters = error.get("code", _code(layer, message)), error.get("parameters", _parameters(layer, message))
    if isinstance(code, bool) or not isinstance(code, int) or not 1 <= abs(code) <= 999:  # noqa: PLR2004  # three digits
        raise wrong("code", code, "a code such as 400")
    if not isinstance(parameters, dict):
        raise wrong("parameters", parameters, f"an object such as {shown({'retry_after': 3})}")
    return code, message, parameters


def _check_delay(message: str) -> None:
    match = DELAY.fullmatch(message)
    if message.startswith("DELAY") and not (match and float(match[1]) <= LONGEST_DELAY):
        raise wrong("error", message, f"DELAY_ and seconds up to {LONGEST_DELAY}, such as DELAY_0.5")


def _code(layer: str, message: str) -> int:
    table = MTPROTO if layer == "mtproto" else BOTAPI
    return next((code for code, pattern in table if re.fullmatch(pattern, message, re.DOTALL)), OTHERWISE)


def _parameters(layer: str, message: str) -> dict[str, Any]:
    match = RETRY_AFTER.search(message) if layer == "botapi" else None
    return {"retry_after": int(match[1])} if match else {}
