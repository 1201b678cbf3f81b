"""Login codes: sent for a phone number, good for some minutes and some tries."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.flood import FloodLimit

DIGITS = 5
GOOD_FOR = 300.0
SHORTEST_PHONE, LONGEST_PHONE = 5, 15  # digits of a number in international form [E.164]
# Telegram doesn't tell its limits; these are of the order that people report.
MOST_SENT = 10
MOST_WRONG = 5
WITHIN = 600.0


@dataclass(slots=True, kw_only=True)
class LoginCode:
    """`until` is monotonic time."""

    phone: str
    code: str
    hash: str
    until: float


def bare(phone: str) -> str:
    """A phone number as Telegram keeps it, if it is one: digits alone."""
    return phone.strip().removeprefix("+").replace(" ", "").replace("-", "")


def digits(phone: str) -> str:
    """Likewise. Raises RpcError if it can't be one."""
    number = bare(phone)
    if not (number.isascii() and number.isdigit() and SHORTEST_PHONE <= len(number) <= LONGEST_PHONE):
        raise RpcError(400, "PHONE_NUMBER_INVALID")
    return number


@dataclass(slots=True)
class LoginCodes:
    """One live code per phone number."""

    _by_hash: dict[str, LoginCode] = field(default_factory=dict)
    _last: dict[str, LoginCode] = field(default_factory=dict)
    _sent: FloodLimit = field(default_factory=lambda: FloodLimit(most=MOST_SENT, within=WITHIN))
    _wrong: FloodLimit = field(default_factory=lambda: FloodLimit(most=MOST_WRONG, within=WITHIN))

    def send(self, phone: str) -> LoginCode:
        """Make a code; the one before it is void. Raises RpcError 420 after too many."""
        self._sent.check(phone)
        self._sent.count(phone)
        if phone in self._last:
            self._by_hash.pop(self._last[phone].hash, None)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        made = LoginCode(phone=phone, code=code, hash=secrets.token_hex(9), until=time.monotonic() + GOOD_FOR)
        self._by_hash[made.hash] = self._last[phone] = made
        return made

    def last(self, phone: str) -> str | None:
        """The last code sent, be it still good or not."""
        code = self._last.get(phone)
        return code.code if code else None

    def is_live(self, phone: str) -> bool:
        """Whether the last one sent would still sign somebody in."""
        code = self._last.get(phone)
        return code is not None and code.hash in self._by_hash and code.until > time.monotonic()

    def pending(self, phone: str, hash_: str) -> LoginCode:
        """The live code of that hash. Raises RpcError."""
        if not hash_:
            raise RpcError(400, "PHONE_CODE_HASH_EMPTY")
        code = self._by_hash.get(hash_)
        if not code or code.phone != phone or code.until <= time.monotonic():
            raise RpcError(400, "PHONE_CODE_EXPIRED")
        return code

    def check(self, phone: str, hash_: str, entered: str) -> None:
        """Raises RpcError unless it is the code; a right one is used up."""
        if not entered:
            raise RpcError(400, "PHONE_CODE_EMPTY")
        self._wrong.check(phone)
        code = self.pending(phone, hash_)
        if not secrets.compare_digest(code.code.encode(), entered.encode()):
            self._wrong.count(phone)
            raise RpcError(400, "PHONE_CODE_INVALID")
        self.void(code)
        self._sent.forgive(phone)
        self._wrong.forgive(phone)

    def void(self, code: LoginCode) -> None:
        """It is good for nothing any more."""
        self._by_hash.pop(code.hash, None)

    def void_all(self, phone: str, entered: list[str]) -> None:
        """Void a number's code if it is among those that were shown to somebody [account.invalidateSignInCodes]."""
        code = self._last.get(phone)
        if code and code.code in {"".join(filter(str.isdigit, text)) for text in entered}:
            self.void(code)
