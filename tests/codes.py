"""An enrolment for tests: the secret of RFC 6238's own examples, and recovery codes that nobody would take for real."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyotp

from bot.codes.enrolment import Enrolment, mark_of, step_at
from tests.domain_values import NOW

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", RFC 6238, appendix B
SALT = "not-a-salt"
RECOVERY = tuple(f"fake-c0de-000{n}" for n in range(8))
NO_RECOVERY = "fake-c0de-9999"


def enrolment(**particulars: Any) -> Enrolment:
    """One whose codes are known."""
    usual: dict[str, Any] = {
        "id": "an enrolment",
        "enrolled_at": NOW,
        "secret": RFC_SECRET,
        "salt": SALT,
        "marks": tuple(mark_of(SALT, code.replace("-", "")) for code in RECOVERY),
    }
    return Enrolment(**(usual | particulars))


def code_at(now: datetime, steps_later: int = 0, *, of: Enrolment | None = None) -> str:
    """What an app shows, its clock so many steps off."""
    return pyotp.TOTP((of or enrolment()).secret).generate_otp(step_at(now) + steps_later)


def wrong_at(now: datetime) -> str:
    """Six digits that are no code of now, nor of long before or after."""
    near = {code_at(now, offset) for offset in range(-30, 31)}
    return next(code for code in map(str, range(111_111, 999_999)) if code not in near)
