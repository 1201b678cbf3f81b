"""The numbers that a key exchange needs, and the few sums done with them."""

from __future__ import annotations

import os
from typing import Final

#: Telegram's well-known safe prime; some clients refuse any other [core.telegram.org/mtproto/auth_key].
DH_PRIME: Final = int(
    "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F"
    "48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37"
    "20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F64"
    "2477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4"
    "A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754"
    "FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4"
    "E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F"
    "0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B",
    16,
)
GENERATOR: Final = 3
#: The factors of the documentation's sample `pq`: clients must only show that they can split it, so one will do.
P: Final = 0x494C553B
Q: Final = 0x53911073
#: Both sides keep g_a and g_b this far from the ends of the range [core.telegram.org/mtproto/auth_key].
MARGIN: Final = 1 << (2048 - 64)
#: Short for speed: a sandbox's keys guard nothing, and a bench makes thousands of them.
EXPONENT_BYTES: Final = 32
NUMBER_BYTES: Final = 256


def to_bytes(number: int) -> bytes:
    """A positive number as the shortest big-endian bytes, as TL carries big numbers."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_256(number: int) -> bytes:
    """A number below 2^2048 as exactly 256 big-endian bytes."""
    return number.to_bytes(NUMBER_BYTES, "big")


def is_safe(half: int) -> bool:
    """Whether a g_a or g_b is far enough from the ends of the range."""
    return MARGIN <= half <= DH_PRIME - MARGIN


def half_key() -> tuple[int, int]:
    """A secret exponent and its g_a."""
    while True:
        secret = int.from_bytes(os.urandom(EXPONENT_BYTES), "big")
        half = pow(GENERATOR, secret, DH_PRIME)
        if is_safe(half):
            return secret, half


def xor(left: bytes, right: bytes) -> bytes:
    """Two strings of one length, bit by bit."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
