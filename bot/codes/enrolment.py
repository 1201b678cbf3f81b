"""What one owner's codes are checked against: the secret that the app knows as well, and marks of the recovery codes.

Codes by RFC 6238 as every app makes them: SHA-1, 6 digits, 30 seconds.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import pyotp

from bot.codes.typed import GROUP, GROUPS, LETTERS, has_digit, in_groups
from core.domain.sessions import check_aware

ISSUER = "Doorman"
STEP_SECONDS = 30
#: How many steps the app's clock may be off either way (RFC 6238, 5.2).
TOLERANCE = 1
#: A code of so many steps after those is no good yet, but will be: whoever saw it typed would only have to wait.
AHEAD = 4
RECOVERY_CODES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`secret` is base 32; `marks` tell a recovery code without being one."""

    id: str
    enrolled_at: datetime
    secret: str = field(repr=False)
    salt: str = field(repr=False)
    marks: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        check_aware(self.enrolled_at)

    def uri(self, owner: int) -> str:
        """What the QR code says (github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=str(owner), issuer_name=ISSUER)

    def steps(self, digits: str, first: int, last: int) -> tuple[int, ...]:
        """The time steps from the first to the last one whose code this is, in their order."""
        totp = pyotp.TOTP(self.secret, interval=STEP_SECONDS)
        return tuple(
            step
            for step in range(max(first, 0), last + 1)
            if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
        )

    def place(self, letters: str) -> int | None:
        """Which of the recovery codes this is."""
        mark = mark_of(self.salt, letters)
        places = [at for at, known in enumerate(self.marks) if hmac.compare_digest(known.encode(), mark.encode())]
        return places[0] if places else None


def step_at(now: datetime) -> int:
    """The time step that it is."""
    return int(now.timestamp() // STEP_SECONDS)


def new_enrolment(now: datetime) -> tuple[Enrolment, tuple[str, ...]]:
    """One with a secret of its own, and its recovery codes, which can't be had from it again."""
    codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    salt = secrets.token_hex(16)
    enrolment = Enrolment(
        id=secrets.token_hex(16),
        enrolled_at=now,
        secret=pyotp.random_base32(),
        salt=salt,
        marks=tuple(mark_of(salt, code) for code in codes),
    )
    return enrolment, tuple(in_groups(code, "-") for code in codes)


def mark_of(salt: str, letters: str) -> str:
    """A plain HMAC suffices: the code has 60 random bits, and its mark is kept encrypted."""
    return hmac.digest(salt.encode(), letters.encode(), "sha256").hex()


def _recovery_code() -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
        if has_digit(code):
            return code
